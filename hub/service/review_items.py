"""A question about who is who as one reader may see it: in a list, or on its own page."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from hub.core.clock import london_date
from hub.core.disclosure_review import (
    Waits,
    disclose_pair,
    disclose_person,
    disclose_waiting,
    may_review,
)
from hub.core.identity_matching import Matching
from hub.core.review import Choice, Proposed, ReviewState, had_plan, needs_second
from hub.core.review_pair import Pair, compared
from hub.ports import ChildInBrief, Known, LinkRow
from hub.ports.review import RecordStand, ReviewRow, ReviewStep, ReviewTransaction
from hub.service.asker import Asker
from hub.service.described import described, in_brief_of
from hub.service.review_moves import Joined, Moves, moves_of
from hub.service.review_sides import Side, sides_of

EVENTS_SHOWN_MAX = 50
"""Of what was told of either, the latest."""

EARLIER_SHOWN_MAX = 50
"""Of other questions about either, those that changed last: a child whom many records are like is
asked about in thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTold:
    """One of the two children in a few words."""

    label: str
    name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewListed:
    """A question in a list."""

    row: ReviewRow
    sides: tuple[SideTold, ...]
    shielded: bool = False
    ended: tuple[ReviewStep, ...] = ()
    """What happened to one that is open no longer: what was decided, by whom, or how it settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReview:
    """Another question about either child, and what happened to it."""

    row: ReviewRow
    steps: tuple[ReviewStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """A question on its own page."""

    listed: ReviewListed
    pair: Pair
    waits: tuple[tuple[Waits, ...], tuple[Waits, ...]]
    """What was told of the one and of the other child, the latest first."""
    waits_total: tuple[int, int]
    kept_back: bool
    """An agency asked that something be shown later or to others only."""
    alerts: tuple[int, int]
    """How many alerts stand for each."""
    steps: tuple[ReviewStep, ...]
    earlier: tuple[EarlierReview, ...]
    plan: bool
    """Whether either child has or had a plan, or is or was looked after."""
    together: bool
    """Whether both records are with one child now."""
    stand: str
    """Changes with the question, the links and what is told: by it a stale form is seen."""
    neighbours: tuple[UUID | None, UUID | None] = (None, None)
    children: tuple[bytes, ...] = ()
    moves: Moves | None = None
    """What taking the decision back would move; only of one that is decided."""
    puts_together: tuple[Joined, ...] = ()
    """What of the one and of the other "same" puts together; of one child, "different" parts."""

    def needs_second(self, choice: Choice | Proposed) -> bool:
        """Answer whether a second person must confirm this choice."""
        if choice is Choice.CANNOT_TELL:
            return False
        return needs_second(Proposed(choice.value), plan=self.plan, together=self.together)


class ReviewItems:
    """Reads what questions are about and cuts it down to what a reader may see."""

    def __init__(self, matching: Matching) -> None:
        self._matching = matching

    def listed(
        self,
        transaction: ReviewTransaction,
        asker: Asker,
        rows: Sequence[ReviewRow],
        now: datetime,
    ) -> tuple[tuple[ReviewListed, ...], frozenset[bytes]]:
        """These questions as a list shows them, and the children that they are about."""
        links = transaction.links([ref for row in rows for ref in (row.one, row.other)])
        children = sorted({link.child_ref for link in links.values()})
        briefs = {one.child_ref: one for one in transaction.in_brief(children)}
        said = [row.review_id for row in rows if row.state is not ReviewState.OPEN or row.proposed]
        steps = transaction.steps(said) if said else {}
        found = tuple(
            _listed(asker, row, links, briefs, steps.get(row.review_id, ()), london_date(now))
            for row in rows
        )
        return found, frozenset(children)

    def one(
        self, transaction: ReviewTransaction, asker: Asker, row: ReviewRow, now: datetime
    ) -> ReviewItem | None:
        """One question with everything beside it; ``None`` if this reader may see no pair."""
        links = transaction.links([row.one, row.other])
        children = sorted({link.child_ref for link in links.values()})
        known = transaction.known(children)
        moved = transaction.moved_by(row.decision_id) if row.decision_id else {}
        sides = sides_of(row, links, known, moved)
        shielded = any(side.chronology.shielded for side in sides)
        whole = compared(sides[0].records, sides[1].records, self._matching)
        pair = disclose_pair(asker.role, whole, shielded=shielded)
        if pair is None:
            return None
        told = [side.told() for side in sides]
        seen = [disclose_waiting(asker.role, one, now, shielded=shielded) for one in told]
        others = _others(asker, row, transaction.reviews_about(children))
        told_of = transaction.steps([row.review_id, *(one.review_id for one in others)])
        steps = {one: _named(asker, of, shielded=shielded) for one, of in told_of.items()}
        return ReviewItem(
            listed=_listed_of(asker, row, sides, steps.get(row.review_id, ()), london_date(now)),
            pair=pair,
            waits=(seen[0][0][:EVENTS_SHOWN_MAX], seen[1][0][:EVENTS_SHOWN_MAX]),
            waits_total=(len(seen[0][0]), len(seen[1][0])),
            kept_back=any(kept for _, kept in seen),
            alerts=(len(sides[0].alerts), len(sides[1].alerts)),
            steps=steps.get(row.review_id, ()),
            earlier=tuple(
                EarlierReview(row=one, steps=steps.get(one.review_id, ())) for one in others
            ),
            plan=any(had_plan(side.chronology) for side in sides),
            together=len(children) == 1,
            stand=stand_of(row, transaction.stands(children)),
            children=tuple(children),
            moves=_moves(transaction, row, moved, known),
            puts_together=tuple(
                _joined(side, seen[at][0], shielded=shielded) for at, side in enumerate(sides)
            ),
        )


def _others(asker: Asker, row: ReviewRow, about: Iterable[ReviewRow]) -> list[ReviewRow]:
    """Answer the latest other questions about these children that this reader may open."""
    theirs = (
        one
        for one in about
        if one != row and may_review(asker.role, asker.authority, one.desks, one.urgent)
    )
    return list(islice(theirs, EARLIER_SHOWN_MAX))


def _listed_of(
    asker: Asker,
    row: ReviewRow,
    sides: Sequence[Side],
    steps: tuple[ReviewStep, ...],
    on: date,
) -> ReviewListed:
    shielded = any(side.chronology.shielded for side in sides)
    return ReviewListed(
        row=_held_by(asker, row, steps, shielded=shielded),
        sides=tuple(_side_told(in_brief_of(side.own), on) for side in sides),
        shielded=shielded,
        ended=() if row.state is ReviewState.OPEN else steps,
    )


def _joined(side: Side, waits: Sequence[Waits], *, shielded: bool) -> Joined:
    """What of one side an answer moves, as far as its reader may see it."""
    agencies = () if shielded else dict.fromkeys(one.agency for one in side.records)
    kinds = Counter(one.kind for one in waits)
    return Joined(
        records=len(side.records),
        agencies=tuple(agencies),
        events=tuple(sorted(kinds.items())),
        alerts=len(side.alerts),
    )


def _moves(
    transaction: ReviewTransaction,
    row: ReviewRow,
    moved: Mapping[bytes, bytes],
    children: Sequence[Known],
) -> Moves | None:
    if row.state is not ReviewState.DECIDED or row.decision_id is None:
        return None
    stands = {ref: link.child_ref for ref, link in transaction.links(sorted(moved)).items()}
    by_child = {one.child_ref: one for one in children}
    beside = transaction.known(sorted(set(stands.values()) - by_child.keys()))
    return moves_of(moved, stands, [*by_child.values(), *beside])


def stand_of(row: ReviewRow, stands: Iterable[RecordStand]) -> str:
    """Answer a short text that changes with anything that a decision rests on."""
    parts = [f"{row.review_id} {row.version}"]
    parts += [
        f"{one.record_ref.hex()} {one.child_ref.hex()} {one.link_version} {one.record_version}"
        for one in stands
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def _named(asker: Asker, steps: Sequence[ReviewStep], *, shielded: bool) -> tuple[ReviewStep, ...]:
    """Answer steps with the people whom this reader may know of them."""
    return tuple(
        replace(step, by=disclose_person(step.by, _known_to(asker, [step]), shielded=shielded))
        for step in steps
    )


def _held_by(
    asker: Asker, row: ReviewRow, steps: Sequence[ReviewStep], *, shielded: bool
) -> ReviewRow:
    """Answer a question with whom its reader may know to look at it, and to have answered first."""
    known = _known_to(asker, steps)
    return replace(
        row,
        claimed_by=disclose_person(row.claimed_by, known, shielded=shielded),
        proposed_by=disclose_person(row.proposed_by, known, shielded=shielded),
    )


def _known_to(asker: Asker, steps: Iterable[ReviewStep]) -> frozenset[str]:
    own = (step.by for step in steps if step.organisation == asker.organisation)
    return frozenset({asker.user_id, *(by for by in own if by)})


def _listed(  # noqa: PLR0913, PLR0917  # all that a list shows of one question
    asker: Asker,
    row: ReviewRow,
    links: Mapping[bytes, LinkRow],
    briefs: Mapping[bytes, ChildInBrief],
    steps: Sequence[ReviewStep],
    on: date,
) -> ReviewListed:
    refs = [links[ref].child_ref for ref in (row.one, row.other) if ref in links]
    found = [briefs[ref] for ref in dict.fromkeys(refs) if ref in briefs]
    shielded = any(brief.shielded or brief.perhaps_shielded for brief in found)
    ended = row.state is not ReviewState.OPEN
    return ReviewListed(
        row=_held_by(asker, row, steps, shielded=shielded),
        sides=tuple(_side_told(brief, on) for brief in found),
        shielded=shielded,
        ended=_named(asker, steps, shielded=shielded) if ended else (),
    )


def _side_told(brief: ChildInBrief, on: date) -> SideTold:
    name, born, label = described(brief, on)
    return SideTold(label=label, name=name, birth_date=born)
