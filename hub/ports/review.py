"""Questions for people about who is who: what asks them, and what the store holds of them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from hub.core.review import Choice, Proposed, ReviewReason, ReviewState, Urgency, review_id
from hub.ports.inbox import ChildInBrief
from hub.ports.marks import durable
from hub.ports.notices import OutboxRow
from hub.ports.records import LinkRow
from hub.ports.rows import AuditRow, Known


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """A question to be asked of people: are these two records of one child?"""

    one: bytes
    other: bytes
    reason: ReviewReason
    evidence: bytes = b""
    """Digest of what makes it uncertain; another one later is new evidence, and asks again."""
    asked_by: str | None = None
    """The agency that asks it, by its code; ``None`` for matching itself."""

    @property
    def review_id(self) -> UUID:
        """The id of the question, which follows from the two records."""
        return review_id(self.one, self.other)


class ReviewQuestions(Protocol):
    """What asks a question in a transaction of its own cause: an agency's message, a bridge."""

    @durable
    def ask_review(self, asked: Sequence[ReviewAsked], at: datetime) -> None:
        """Ask these questions; one that is open already stays as it is.

        One that was withdrawn, or answered "cannot tell", is opened again; one that was answered
        "same" or "different" stays answered. Whose it is and how urgent is found out by the next
        round of ``hub.service.reviewing``, a second later.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One question as it stands."""

    review_id: UUID
    one: bytes
    other: bytes
    reason: ReviewReason
    asked_by: str | None
    state: ReviewState
    choice: Choice | None
    decision_id: bytes | None
    unfinished: str | None
    """``decide`` or ``take_back``: decided, and not carried out yet."""
    proposed: Proposed | None
    proposed_by: str | None
    proposed_at: datetime | None
    opened_at: datetime
    changed_at: datetime
    desks: tuple[str, ...]
    urgent: tuple[Urgency, ...]
    unlikely: bool
    """Both are very unlikely one child; never of a shielded child, whose place it could tell."""
    evidence: bytes
    claimed_by: str | None
    claimed_at: datetime | None
    assessed_at: datetime
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStep:
    """What happened to a question, and who did it if it was a person."""

    kind: str
    at: datetime
    by: str | None = None
    role: str | None = None
    organisation: str | None = None
    code: str | None = None
    """A reason of the short list, or why the hub itself did it."""
    words: str | None = field(default=None, repr=False)
    """The reason in a person's own words; sealed in the store."""


class ReviewShows(StrEnum):
    """Which questions of a desk are asked for."""

    WAITING = "waiting"
    SECOND = "second"
    """Those of the waiting that a second person must confirm."""
    SET_ASIDE = "set_aside"
    """Answered "cannot tell", until something new is known."""
    ENDED = "ended"
    """Decided, or settled by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsWanted:
    """Which page of which questions; pages count from one."""

    shows: ReviewShows = ReviewShows.WAITING
    urgent_only: bool = False
    page: int = 1
    size: int = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsFound:
    """A page of questions: urgent ones first, of these the likelier, then the oldest."""

    rows: tuple[ReviewRow, ...]
    page: int
    counts: Mapping[ReviewShows, int]
    urgent: int
    """How many of the waiting are urgent."""
    oldest_at: datetime | None
    """Since when the oldest of the waiting has waited."""
    behind: int
    """Records whose questions have not been looked at for a minute: some may be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStand:
    """Where a record stands, in numbers that change with every change of it."""

    record_ref: bytes
    child_ref: bytes
    link_version: int
    record_version: int


class ReviewTransaction(ReviewQuestions, Protocol):
    """One transaction in which questions are read or changed; its audit row commits with it."""

    def take_round(self) -> bool:
        """Whether this is the only one that looks at links now, until the transaction ends."""
        ...

    def marks(self, most: int, left_out: Sequence[bytes] = ()) -> Mapping[bytes, int]:
        """Records whose link changed and has not been looked at since, with the mark of each."""
        ...

    @durable
    def settle_marks(self, marks: Mapping[bytes, int]) -> None:
        """These have been looked at; one whose link changed meanwhile stays marked."""
        ...

    def reviews_of(self, record_refs: Sequence[bytes]) -> tuple[ReviewRow, ...]:
        """Every question that names one of these records, held against change."""
        ...

    def representatives(self, child_refs: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """A record that stands for each child: that which founded it, if it is still there.

        Children of whom a register ever told come first.
        """
        ...

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links of these records."""
        ...

    def stands(self, child_refs: Sequence[bytes]) -> tuple[RecordStand, ...]:
        """Where every record of these children stands, in order of their references."""
        ...

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children."""
        ...

    def in_brief(self, child_refs: Sequence[bytes]) -> tuple[ChildInBrief, ...]:
        """What a list says of these children."""
        ...

    def assessed_before(
        self, before: datetime, most: int, left_out: Sequence[UUID] = ()
    ) -> tuple[ReviewRow, ...]:
        """Open questions whose urgency was last looked at before an instant, held."""
        ...

    def unfinished(self, most: int) -> tuple[UUID, ...]:
        """Questions that are decided and not carried out yet, the oldest first."""
        ...

    def review(self, review_id: UUID, *, hold: bool = False) -> ReviewRow | None:
        """One question; with ``hold`` against change until the transaction ends."""
        ...

    def reviews_at(
        self, desks: Sequence[str], wanted: ReviewsWanted, now: datetime
    ) -> ReviewsFound:
        """A page of the questions of a desk."""
        ...

    def neighbours(
        self, desk: str, row: ReviewRow, *, urgent_only: bool
    ) -> tuple[UUID | None, ...]:
        """The waiting question before this one in the queue, and the one after it."""
        ...

    def reviews_about(self, child_refs: Sequence[bytes]) -> tuple[ReviewRow, ...]:
        """Every question about a record of these children, the newest change first."""
        ...

    def reviews_about_alert(self, alert_id: UUID) -> tuple[ReviewRow, ...]:
        """Every question about a record of an alert's child; none for an alert that is not."""
        ...

    def moved_by(self, decision_id: bytes) -> Mapping[bytes, bytes]:
        """The records that a decision moved, each with the child with which it stood before."""
        ...

    def steps(self, review_ids: Sequence[UUID]) -> Mapping[UUID, tuple[ReviewStep, ...]]:
        """What happened to these questions, in order."""
        ...

    @durable
    def save_reviews(
        self,
        changes: Sequence[tuple[ReviewRow, Sequence[ReviewStep]]],
        told: Sequence[OutboxRow] = (),
    ) -> None:
        """Write questions as they are to stand, each with the steps that led there.

        Who is told that they wait is told as of when they were last looked at.
        """
        ...

    @durable
    def write_audit(self, row: AuditRow) -> None:
        """Write the audit row of what somebody looked at or decided, in this same transaction."""
        ...


class ReviewStore(Protocol):
    """Where questions are kept."""

    def review_transaction(self) -> AbstractContextManager[ReviewTransaction]:
        """A transaction; commits on leaving, rolls back on an exception."""
        ...
