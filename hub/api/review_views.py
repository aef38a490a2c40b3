"""Questions about who is who as the pages and the JSON show them: disclosed, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from hub.api.users import User
from hub.core.answer import Phone
from hub.core.review_answer import Refusal
from hub.ports.review import ReviewShows, ReviewsWanted
from hub.service.review_answers import AnswerOutcome
from hub.service.review_said import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One of the two children in a few words."""

    label: str
    name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRowView:
    """A question in the queue."""

    review_id: UUID
    reason: str
    urgent: tuple[str, ...]
    state: str
    state_words: str
    sides: tuple[SideView, ...]
    opened_at: datetime
    changed_at: datetime
    choice: str | None = None
    outcome: str = ""
    """What was decided, or how it settled itself; empty of one that is open."""
    decided_by: tuple[str, ...] = ()
    """Who decided it: two where a second person confirmed it."""
    claimed_by: str | None = None
    """Who looks at it, since ``claimed_at``; it keeps nobody from answering."""
    claimed_at: datetime | None = None
    unlikely: bool = False
    """Asked all the same, behind the others: as where two records have one number."""
    proposed: str | None = None
    """What a first person says, in words."""
    proposed_by: str | None = None
    proposed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsView:
    """A page of the queue as of one instant."""

    rows: tuple[ReviewRowView, ...] = ()
    shows: ReviewShows = ReviewShows.WAITING
    counts: Mapping[ReviewShows, int] = field(default_factory=dict)
    urgent: int = 0
    oldest_at: datetime | None = None
    behind: int = 0
    """Records whose questions were not looked at for a minute: some may be missing."""
    urgent_only: bool = False
    page: int = 1
    pages: int = 1
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidView:
    """One value, with who said it and when."""

    text: str = field(repr=False)
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRowView:
    """One field of both children."""

    label: str
    one: tuple[SaidView, ...]
    other: tuple[SaidView, ...]
    tells: str
    """``for``, ``against``, ``little``, ``not_known`` or ``withheld``."""
    mark: str
    weight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsView:
    """One thing that was told of a child: its kind, day and agency."""

    kind: str
    on: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """What happened to a question."""

    words: str
    at: datetime
    by: str | None = None
    reason: str | None = None
    own_words: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierView:
    """Another question about either child."""

    review_id: UUID
    state_words: str
    last: StepView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """A question on its own page."""

    row: ReviewRowView
    pair: tuple[PairRowView, ...]
    chance: str | None
    otherwise: str | None
    though_unlikely: str
    """Why it is asked although both are hardly one child; empty where that does not hold."""
    words: tuple[str, ...]
    shielded: bool
    waits: tuple[tuple[WaitsView, ...], tuple[WaitsView, ...]]
    waits_total: tuple[int, int]
    kept_back: bool
    alerts: tuple[int, int]
    steps: tuple[StepView, ...]
    earlier: tuple[EarlierView, ...]
    plan: bool
    together: bool
    desks: tuple[str, ...]
    """Who decides; not other authorities' names where either child is shielded."""
    phones: tuple[Phone, ...] = ()
    previous_id: UUID | None = None
    next_id: UUID | None = None
    own_proposal: bool = False
    """Whether the reader is who said it first: they cannot confirm it."""
    may_answer: bool = False
    may_confirm: bool = False
    may_take_back: bool = False
    may_claim: bool = False
    may_release: bool = False
    puts_together: tuple[str, ...] = ()
    """What "same" puts together, child by child; of both in one child, what "different" parts."""
    seconds: frozenset[str] = frozenset()
    """Which answers a second person must confirm."""
    moves: str = ""
    """What taking the decision back would move, in words."""
    stand: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentView:
    """How many urgent questions wait for the reader's desk."""

    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """What became of an answer, and the question as it stands now."""

    outcome: AnswerOutcome
    review: ReviewView
    refusal: Refusal | None = None
    sentence: str = ""
    """Why it was not taken, in words."""


class Reviews(Protocol):
    """What the surfaces need done with questions; each look commits its audit row first."""

    def answer(self, user: User, review_id: UUID, answer: Answer) -> AnswerView | None:
        """Record an answer in the user's name; ``None`` if it is not theirs to give."""

    def claim(self, user: User, review_id: UUID, *, looks: bool) -> bool:
        """Note that the user looks at a question, or no longer; ``False`` if it is not theirs."""

    def listed(self, user: User, wanted: ReviewsWanted) -> ReviewsView:
        """Answer a page of the user's queue."""

    def one(self, user: User, review_id: UUID) -> ReviewView | None:
        """Answer one question; ``None`` if there is none or it is not this user's."""

    def urgent(self, user: User) -> UrgentView | None:
        """Answer how many urgent questions wait; ``None`` for who has no queue."""

    def about(self, user: User, alert_id: UUID) -> tuple[UUID, ...]:
        """Answer the open questions about the child of an alert that the user may open."""
