"""Questions about who is who as the pages and the JSON show them: disclosed, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from hub.api.json_values import Json, day_json, instant_json
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

    def listed(self, user: User, wanted: ReviewsWanted) -> ReviewsView:
        """Answer a page of the user's queue."""

    def one(self, user: User, review_id: UUID) -> ReviewView | None:
        """Answer one question; ``None`` if there is none or it is not this user's."""

    def urgent(self, user: User) -> UrgentView | None:
        """Answer how many urgent questions wait; ``None`` for who has no queue."""

    def about(self, user: User, alert_id: UUID) -> tuple[UUID, ...]:
        """Answer the open questions about the child of an alert that the user may open."""


def reviews_json(view: ReviewsView) -> Json:
    """Answer a page of the queue as JSON."""
    return {
        "as_of": instant_json(view.as_of),
        "questions": [row_json(row) for row in view.rows],
        "counts": {shows.value: view.counts.get(shows, 0) for shows in ReviewShows},
        "urgent": view.urgent,
        "oldest_at": instant_json(view.oldest_at),
        "not_looked_at": view.behind,
        "page": view.page,
        "pages": view.pages,
    }


def row_json(row: ReviewRowView) -> Json:
    """Answer one question of a list as JSON."""
    return {
        "id": str(row.review_id),
        "reason": row.reason,
        "urgent": list(row.urgent),
        "unlikely": row.unlikely,
        "state": row.state,
        "choice": row.choice,
        "children": [
            {"name": side.name, "birth_date": day_json(side.birth_date), "label": side.label}
            for side in row.sides
        ],
        "opened_at": instant_json(row.opened_at),
        "changed_at": instant_json(row.changed_at),
        "proposed": row.proposed,
        "proposed_by": row.proposed_by,
        "proposed_at": instant_json(row.proposed_at),
    }


def review_json(view: ReviewView) -> Json:
    """Answer one question as JSON; what the reader may not know is not there."""
    return {
        **row_json(view.row),
        "as_of": instant_json(view.as_of),
        "stand": view.stand,
        "chance": view.chance,
        "otherwise": view.otherwise,
        "though_unlikely": view.though_unlikely or None,
        "evidence": list(view.words),
        "fields": [_field(row) for row in view.pair],
        "location_withheld": view.shielded,
        "plan_concerned": view.plan,
        "events": [[_waits(one) for one in side] for side in view.waits],
        "events_total": list(view.waits_total),
        "kept_back": view.kept_back,
        "standing_alerts": list(view.alerts),
        "may": {
            "answer": view.may_answer,
            "confirm": view.may_confirm,
            "take_back": view.may_take_back,
        },
        "needs_second_person": sorted(view.seconds),
        "taking_back_moves": view.moves or None,
        "steps": [_step(one) for one in view.steps],
        "earlier": [_earlier(one) for one in view.earlier],
        "previous_id": str(view.previous_id) if view.previous_id else None,
        "next_id": str(view.next_id) if view.next_id else None,
    }


def _field(row: PairRowView) -> Json:
    return {
        "field": row.label,
        "one": [{"value": one.text, "told_by": list(one.sources)} for one in row.one],
        "other": [{"value": one.text, "told_by": list(one.sources)} for one in row.other],
        "tells": row.tells,
        "comparison": row.mark,
        "weight": row.weight,
    }


def _earlier(one: EarlierView) -> Json:
    return {
        "id": str(one.review_id),
        "state": one.state_words,
        "last": _step(one.last) if one.last else None,
    }


def _waits(one: WaitsView) -> Json:
    return {"kind": one.kind, "on": instant_json(one.on), "source": one.source}


def _step(one: StepView) -> Json:
    return {
        "what": one.words,
        "at": instant_json(one.at),
        "by": one.by,
        "reason": one.reason,
        "words": one.own_words,
    }
