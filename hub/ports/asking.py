"""What the surfaces ask of the store."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.ports.answers import AnswerChanged, AnswerGiven
from hub.ports.aside import OutOfTime, Overdue
from hub.ports.feedback import FeedbackRows
from hub.ports.found import Found
from hub.ports.history import HistoryFound
from hub.ports.inbox import (
    ChangesFound,
    ChildInBrief,
    DeskFound,
    InboxAlert,
    InboxFound,
    InboxWanted,
)
from hub.ports.life import LifeStep, Lived
from hub.ports.marks import durable
from hub.ports.related import RelatedFound
from hub.ports.rows import AuditRow, FeedFacts, Known


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFound:
    """Sequence numbers that a connector gave and the hub has not received."""

    first_missing: int
    last_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedEvent:
    """Which event of which report could not be used; nothing in it is of a person."""

    index: int
    """Its place in the report, from 0."""
    kind: str
    sequence: int | None
    """The number of the report in its connector's spool."""
    created_at: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFound:
    """A record or an event that could not be used.

    ``outcome``: refused by the connector, or by the hub as ``rejected`` or ``conflict``.
    """

    outcome: str
    reference: str
    """As the connector names the record; empty for an event, which ``event`` names."""
    event: RefusedEvent | None = None
    field: str
    expected: str
    refused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedFound:
    """A report of an agency's own that waits, and why."""

    reason: str
    sentence: str
    sequence: int | None
    received_at: datetime
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedActivity:
    """What one feed of one agency has done."""

    agency: str
    feed: str
    last_received_at: datetime
    source_as_of: datetime
    accepted: int
    parked: int
    conflicts: int
    gaps: tuple[GapFound, ...]
    parked_found: tuple[ParkedFound, ...]
    refusals: tuple[RefusalFound, ...]
    refusals_total: int
    faults: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Something missing or faulty that stands against answers until a person settles it.

    ``agencies`` are those whose feed it puts in doubt; none, where no answer rests on it.
    """

    reference: str
    """What a person names it by; the same until it changes."""
    kind: str
    place: tuple[str | int, ...] = field(repr=False)
    """By what the store finds it."""
    feed: str
    agencies: tuple[str, ...]
    sentence: str
    since: datetime | None = None


class Question(FeedbackRows, Protocol):
    """One question in one transaction; its audit row commits before anything is answered."""

    def search(
        self, keys: Sequence[tuple[str, str]], *, councils: Sequence[str], feeds: Sequence[str]
    ) -> Found:
        """Everything stored of every child that has a record with one of these identity keys.

        With it, how complete these councils' registers are, and how fresh every agency on these
        feeds is: what may be asked together is.
        """
        ...

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        ...

    def feeds(self, feeds: Sequence[str]) -> tuple[FeedFacts, ...]:
        """How fresh every agency on these feeds is."""
        ...

    def in_brief(self, child_refs: Sequence[bytes]) -> tuple[ChildInBrief, ...]:
        """What a list says of these children."""
        ...

    def alerts_of(self, desks: Sequence[str], wanted: InboxWanted) -> InboxFound:
        """Delivered alerts in the inbox of one of these desks, each once; without their grounds."""
        ...

    def desk(self, desks: Sequence[str], decided_since: datetime) -> DeskFound:
        """What stands at these desks and is not closed, and what was decided there since then."""
        ...

    def taken_back(self, desks: Sequence[str], since: datetime) -> tuple[InboxAlert, ...]:
        """Alerts that a team had seen, withdrawn since then, of which it does not know yet."""
        ...

    @durable
    def note_ending(self, authority: str, alert_id: UUID, *, by: str, at: datetime) -> bool:
        """Note that a team knows that an alert was withdrawn; answer whether it was news."""
        ...

    def alerts_named(self, alert_ids: Sequence[UUID]) -> tuple[InboxAlert, ...]:
        """These alerts, without their grounds."""
        ...

    def concerned(
        self, alert_ids: Sequence[UUID]
    ) -> Mapping[UUID, tuple[str | None, tuple[str, ...]]]:
        """Who acts on each of these alerts that there are, and who is informed; shows nobody."""
        ...

    def changes_of(self, desks: Sequence[str], since: str) -> ChangesFound:
        """What changed in these inboxes since the cursor; all for a cursor not of these."""
        ...

    def alert(self, alert_id: UUID) -> InboxAlert | None:
        """One alert, whatever its state."""
        ...

    def history(self, child_ref: bytes) -> HistoryFound | None:
        """What was told of a child and of those who are possibly it; ``None`` if there is none."""
        ...

    def related(
        self, child_ref: bytes, same_incidents: Sequence[tuple[str, bytes]], now: datetime
    ) -> RelatedFound:
        """Who is told to live where this child lives, or is listed with it in these incidents.

        A home that was told with something that may not be told of yet relates nobody until then.
        """
        ...

    def hold_alert(self, alert_id: UUID) -> None:
        """Let nobody else change an alert until this question is over.

        Whose it is can then not change between looking at it and acting on it.
        """
        ...

    @durable
    def acknowledge(self, alert_id: UUID, step: LifeStep) -> bool:
        """Note who saw it first; answer whether that was now."""
        ...

    @durable
    def record(self, alert_id: UUID, lived: Lived, at: datetime) -> None:
        """Let a held alert be as a person's act leaves it, with the steps that say so."""
        ...

    @durable
    def claim(
        self, alert_id: UUID, *, by: str, at: datetime, instead_of: str | None = None
    ) -> bool:
        """Note who has a standing alert in hand, if nobody has; answer whether that was now.

        With ``instead_of``: if that colleague has it, from whom it is so taken over.
        """
        ...

    @durable
    def release(self, alert_id: UUID, *, by: str, at: datetime) -> bool:
        """Note that who had it in hand has it no more; answer whether they had."""
        ...

    def activity(self, agencies: Sequence[str] | None) -> tuple[FeedActivity, ...]:
        """What the feeds of these agencies have done; of all agencies for ``None``."""
        ...

    def overdue(self, before: datetime) -> Overdue:
        """Parked reports that came before an instant and that nobody has settled."""
        ...

    def out_of_time(self, before: datetime) -> OutOfTime:
        """Notices that are late, and timers that were due before an instant and still wait."""
        ...

    def unsettled(self) -> tuple[Unsettled, ...]:
        """What is missing from feeds, parked or faulty, and was not settled by a person."""
        ...

    def operator_faults(self) -> tuple[Unsettled, ...]:
        """Those of them that are faults of no one agency."""
        ...

    @durable
    def settle(self, one: Unsettled, at: datetime) -> None:
        """Let it stand against nothing from now on."""
        ...

    @durable
    def note_settlement(  # noqa: PLR0913  # a settlement names who, what, why, when, its effect
        self,
        settlement_id: UUID,
        one: Unsettled,
        *,
        by: str,
        reason: str,
        answerable: tuple[str, ...],
        at: datetime,
    ) -> None:
        """Keep who settled it and why, and what could be answered then."""
        ...

    def times_asked(
        self, actor: str, action: str, *, since: datetime, most: int
    ) -> tuple[datetime, ...]:
        """When this account was audited for this action, the latest first, at most so many."""
        ...

    def changed_answers(
        self, organisation: str, roles: Sequence[str], most: int
    ) -> tuple[AnswerChanged, ...]:
        """The changes that nobody of an organisation has seen, of answers given to these roles."""
        ...

    @durable
    def acknowledge_changed(  # which, whose, to which roles, who saw it when
        self, changed_id: UUID, organisation: str, roles: Sequence[str], *, by: str, at: datetime
    ) -> bool:
        """Note who has seen first that an answer has changed; ``False`` if there is none to see."""
        ...

    @durable
    def write_audit(self, row: AuditRow, given: AnswerGiven | None = None) -> None:
        """Have the audit row of this question written; it commits with the question.

        With it ``given``: an answer that is kept, so that it can be asked again.
        """
        ...


class Questions(Protocol):
    """What the surfaces ask of the store."""

    def question(self, *, changes: bool = False) -> AbstractContextManager[Question]:
        """A transaction for one question, all of one instant unless it changes something."""
        ...

    def inbox_changed(self, desks: Sequence[str], since: str) -> bool:
        """Whether anything changed in these inboxes since the cursor; one not of these: yes."""
        ...

    def check_reachable(self) -> None:
        """Ask the server one question; raises ``ServiceMissing`` when it does not answer."""
        ...
