"""What agencies told about who a person is: what is to be made of it, and what was made."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.core.event import EventState
from hub.core.identity_change import Change
from hub.ports.marks import durable
from hub.ports.records import LinkRow
from hub.ports.review import ReviewQuestions
from hub.ports.rows import Known


class ChangeOutcome(StrEnum):
    """What was made of a change."""

    DUE = "due"
    """To be looked at."""
    WAITS = "waits"
    """The record before is not known yet."""
    DECIDED = "decided"
    """A decision about the two records stands."""
    SHARED = "shared"
    """A birth among several of one pregnancy: each child has the plan, and they stay apart."""
    ASKED = "asked"
    """A person must say."""
    DONE = "done"
    """Nothing more follows of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One change as last told; ``decision_id`` is what was decided on an earlier revision of it."""

    fact_key: bytes
    event_id: bytes
    agency: str
    change: Change
    revision: int
    state: EventState
    record_ref: bytes
    former_ref: bytes | None
    recorded_at: datetime
    outcome: ChangeOutcome
    decision_id: bytes | None = None


class ChangeTransaction(ReviewQuestions, Protocol):
    """One transaction in which a change is looked at."""

    def change(self, fact_key: bytes) -> ChangeRow | None:
        """The change if it is due, held against everybody else."""
        ...

    def births(self, former_ref: bytes) -> tuple[ChangeRow, ...]:
        """Every birth of this unborn child that was told and not taken back, held."""
        ...

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links of these records."""
        ...

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        ...

    @durable
    def note_outcome(
        self, row: ChangeRow, outcome: ChangeOutcome, decision_id: bytes | None
    ) -> None:
        """Note what was made of a revision; nothing if another has come meanwhile."""
        ...

    @durable
    def share_plans(self, record_refs: Sequence[bytes], former_ref: bytes, at: datetime) -> None:
        """Let these records, and no other, be those born of an unborn child; look at all again."""
        ...


class ChangeStore(Protocol):
    """Where changes are kept."""

    def changes_due(self, most: int, now: datetime) -> tuple[bytes, ...]:
        """The facts of changes that are to be looked at, the oldest first."""
        ...

    @durable
    def defer_change(self, fact_key: bytes, until: datetime) -> None:
        """Let a change wait that could not be acted on."""
        ...

    def change_transaction(self) -> AbstractContextManager[ChangeTransaction]:
        """A transaction; commits on leaving, rolls back on an exception."""
        ...
