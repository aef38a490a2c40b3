"""The rows of notices to schools, and of what they cause: timers and messages that must go out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.core.alert import Severity
from hub.core.encompass_notice import EncompassNotice, RollWord
from hub.ports.escalating import AlertStepRow, UnseenRows
from hub.ports.marks import durable
from hub.ports.rows import OperatorFaultRow
from hub.ports.wakes import WakeKept, WakeRows, WokenRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRow:
    """What must be looked at when its time has come, and whose child is locked before."""

    timer_id: UUID
    kind: str
    subject_id: UUID
    child_ref: bytes
    due_at: datetime
    turn: int = 0
    """Of an alert that is passed on: which of its turns this is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedTimer:
    """A timer on which the hub failed; ``reason`` is kind and place of the error, in one word."""

    timer: TimerRow
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """That an agency is to be told that something waits for it; nothing personal."""

    outbox_id: UUID
    kind: str
    recipient: str
    subject_id: UUID
    not_before: datetime
    attempts: int = 0
    severity: Severity | None = None
    """How urgent it is, and for which authority: where the recipient is told as much."""
    authority: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeStepRow:
    """What happened to a notice, and who did it if it was a person."""

    notice_id: UUID
    kind: str
    version: int
    at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolWordRow:
    """What a person said of a child and a school's roll."""

    child_ref: bytes
    word: RollWord
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What follows in time and towards agencies; general, whatever causes it."""

    settled_subjects: tuple[UUID, ...] = ()
    """Whose timers that still wait are no longer wanted; before ``timers`` are set."""
    unwanted: tuple[UUID, ...] = ()
    """Timers that are no longer wanted, whatever else waits for their subject; as above."""
    timers: tuple[TimerRow, ...] = ()
    fired: tuple[UUID, ...] = ()
    """Timers that have been looked at."""
    parked: tuple[ParkedTimer, ...] = ()
    """Timers on which the hub failed: kept aside, and told to the operator."""
    wakes: tuple[WakeKept, ...] = ()
    """Wakes of rules that are to wait."""
    woken: tuple[WokenRow, ...] = ()
    """What came of wakes that fire now."""
    released: tuple[UUID, ...] = ()
    """Parked timers that wait for their turn again."""
    outbox: tuple[OutboxRow, ...] = ()
    steps: tuple[AlertStepRow, ...] = ()
    """What happened to alerts; whoever has their inbox open is told."""
    faults: tuple[OperatorFaultRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWrites:
    """What changes for notices in one transaction, and what people said."""

    notices: tuple[EncompassNotice, ...] = ()
    steps: tuple[NoticeStepRow, ...] = ()
    words: tuple[SchoolWordRow, ...] = ()
    conflicts: tuple[tuple[bytes, str], ...] = ()
    """Child and staff id."""
    seen: tuple[tuple[UUID, int], ...] = ()
    """Notices, each in the version in which it was seen; one that changed meanwhile was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesKnown:
    """What is stored of one child's notices and of what people said of its school."""

    child_ref: bytes
    notices: tuple[EncompassNotice, ...] = ()
    words: tuple[RollWord, ...] = ()
    conflicted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesFound:
    """A page of notices, how many there are in all, and how many of the page cannot be read."""

    notices: tuple[EncompassNotice, ...]
    total: int
    unreadable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedWords:
    """What a force told in words of one fact: its own reference, and a narrative still sealed."""

    fact_key: bytes
    agency: str
    source_key: str = field(repr=False)
    detail: bytes | None = field(repr=False)


class NoticeRows(WakeRows, UnseenRows, Protocol):
    """What the deciding transaction does with notices, timers and the outbox."""

    def notices_known(self, child_refs: Sequence[bytes]) -> tuple[NoticesKnown, ...]:
        """What is stored of these children's notices; only of those with a notice or a word."""
        ...

    def notices_at(  # whose, when, and which page
        self, seats: Sequence[str], now: datetime, ended_after: datetime, most: int, passed: int = 0
    ) -> NoticesFound:
        """A page of what these seats may read and that has opened, what waits first.

        Of those acknowledged or ended only what changed after an instant; of what was taken back
        only what somebody had seen. ``passed`` are on the pages before.
        """
        ...

    def notice(self, notice_id: UUID) -> EncompassNotice | None:
        """One notice, whatever its state."""
        ...

    def words_of(self, fact_keys: Sequence[bytes]) -> tuple[SealedWords, ...]:
        """What the latest revision of each of these facts says in words."""
        ...

    @durable
    def write_notices(self, writes: NoticeWrites, at: datetime) -> None:
        """Write notices, their steps, and what people said."""
        ...

    @durable
    def write_effects(self, effects: Effects, at: datetime) -> None:
        """Cancel, set and settle timers, and put what must go out into the outbox."""
        ...

    def due_timers(self, kinds: Sequence[str], now: datetime, most: int) -> tuple[TimerRow, ...]:
        """Timers of these kinds whose time has come, the oldest first, without a lock.

        Of wakes only those that wait for no feed any more, and after all others.
        """
        ...

    def parked_timers(self) -> tuple[ParkedTimer, ...]:
        """Timers on which the hub failed, the oldest first."""
        ...

    def take_timer(self, timer_id: UUID, now: datetime) -> TimerRow | None:
        """Lock a timer that is due, after its child; ``None`` if it no longer waits for that."""
        ...
