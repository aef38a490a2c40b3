"""A question about who is who as one reader may see it: in a list, or on its own page."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from hub.core.alert import Alert
from hub.core.chronology import Chronology
from hub.core.clock import london_date
from hub.core.disclosure_review import Waits, disclose_pair, disclose_waiting
from hub.core.history import EntryState, HistoryFacts, history
from hub.core.identity import evidence_of
from hub.core.identity_matching import Matching
from hub.core.person import subject_of
from hub.core.review import Choice, Proposed, ReviewState, had_plan, needs_second
from hub.core.review_pair import Pair, PairRecord, compared
from hub.ports import ChildInBrief, Known, LinkRow, RecordRow
from hub.ports.review import RecordStand, ReviewRow, ReviewStep, ReviewTransaction
from hub.service.asker import Asker
from hub.service.correlating import chronology_of
from hub.service.described import described, in_brief_of
from hub.service.review_moves import Moves, moves_of

EVENTS_SHOWN_MAX = 50
"""Of what was told of either, the latest."""


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

    def needs_second(self, choice: Choice | Proposed) -> bool:
        """Answer whether a second person must confirm this choice."""
        if choice is Choice.CANNOT_TELL:
            return False
        return needs_second(Proposed(choice.value), plan=self.plan, together=self.together)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    known: Known
    chronology: Chronology
    records: tuple[PairRecord, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that stand and that somebody was told of."""
        return tuple(one for one in self.known.standing if one.delivered)


class ReviewItems:
    """Reads what questions are about and cuts it down to what a reader may see."""

    def __init__(self, matching: Matching) -> None:
        self._matching = matching

    def listed(
        self, transaction: ReviewTransaction, rows: Sequence[ReviewRow], now: datetime
    ) -> tuple[tuple[ReviewListed, ...], frozenset[bytes]]:
        """These questions as a list shows them, and the children that they are about."""
        links = transaction.links([ref for row in rows for ref in (row.one, row.other)])
        children = sorted({link.child_ref for link in links.values()})
        briefs = {one.child_ref: one for one in transaction.in_brief(children)}
        found = tuple(_listed(row, links, briefs, london_date(now)) for row in rows)
        return found, frozenset(children)

    def one(
        self, transaction: ReviewTransaction, asker: Asker, row: ReviewRow, now: datetime
    ) -> ReviewItem | None:
        """One question with everything beside it; ``None`` if this reader may see no pair."""
        links = transaction.links([row.one, row.other])
        children = sorted({link.child_ref for link in links.values()})
        sides = _sides(row, links, transaction.known(children))
        shielded = any(side.chronology.shielded for side in sides)
        whole = compared(sides[0].records, sides[1].records, self._matching)
        pair = disclose_pair(asker.role, whole, shielded=shielded)
        if pair is None:
            return None
        told = [_told(side) for side in sides]
        seen = [disclose_waiting(asker.role, one, now, shielded=shielded) for one in told]
        others = [one for one in transaction.reviews_about(children) if one != row]
        steps = transaction.steps([row.review_id, *(one.review_id for one in others)])
        briefs = [in_brief_of(side.known) for side in sides]
        return ReviewItem(
            listed=ReviewListed(
                row=row,
                sides=tuple(_side_told(brief, london_date(now)) for brief in briefs),
                shielded=shielded,
            ),
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
            moves=_moves(transaction, row, [side.known for side in sides]),
        )


def _moves(
    transaction: ReviewTransaction, row: ReviewRow, children: Sequence[Known]
) -> Moves | None:
    if row.state is not ReviewState.DECIDED or row.decision_id is None:
        return None
    moved = transaction.moved_by(row.decision_id)
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


def _listed(
    row: ReviewRow,
    links: Mapping[bytes, LinkRow],
    briefs: Mapping[bytes, ChildInBrief],
    on: date,
) -> ReviewListed:
    refs = [links[ref].child_ref for ref in (row.one, row.other) if ref in links]
    found = [briefs[ref] for ref in dict.fromkeys(refs) if ref in briefs]
    return ReviewListed(
        row=row,
        sides=tuple(_side_told(brief, on) for brief in found),
        shielded=any(brief.shielded or brief.perhaps_shielded for brief in found),
    )


def _side_told(brief: ChildInBrief, on: date) -> SideTold:
    name, born, label = described(brief, on)
    return SideTold(label=label, name=name, birth_date=born)


def _sides(
    row: ReviewRow, links: Mapping[bytes, LinkRow], known: Sequence[Known]
) -> tuple[_Side, _Side]:
    """The two children; where both records are with one, each side has its own record alone."""
    by_child = {one.child_ref: one for one in known}
    found = []
    for ref in (row.one, row.other):
        link = links.get(ref)
        child = by_child[link.child_ref] if link else _NOBODY
        alone = len(by_child) == 1
        records = [one for one in child.records if not alone or one.record_ref == ref]
        found.append(
            _Side(
                known=child,
                chronology=chronology_of(child),
                records=tuple(_pair_records(records)),
            )
        )
    return found[0], found[1]


_NOBODY = Known(child_ref=b"", records=(), events=(), register=(), standing=())


def _pair_records(records: Iterable[RecordRow]) -> Iterator[PairRecord]:
    for record in records:
        subject = subject_of(record.ledger, "record")
        evidence = evidence_of(subject, record_ref=record.record_ref, agency=record.agency)
        yield PairRecord(agency=record.agency, ledger=record.ledger, evidence=evidence)


def _told(side: _Side) -> tuple[Waits, ...]:
    """What was told of a child and was not taken back, the latest first."""
    known = side.known
    facts = HistoryFacts(
        events=known.events, register=known.register, registers_read=known.registers_read
    )
    return tuple(
        Waits(kind=entry.kind, on=entry.on, agency=entry.agency, handling=entry.handling)
        for entry in history(facts)
        if not entry.ends and entry.state in _STANDING
    )


_STANDING = frozenset({EntryState.STANDS, EntryState.CORRECTED})
