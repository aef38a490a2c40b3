"""Asks people what linking is not sure of, and asks no longer what has settled itself.

A round looks at the records whose links changed. Every child that an uncertain record may be of
makes a question about two records; a question whose link was settled otherwise is withdrawn, and
one that people could not answer is asked again when something new is known. Then the questions
that were not looked at lately are: a plan may have come, or a baby grown.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from hub.core.chronology import Chronology
from hub.core.person import birth_date_of
from hub.core.policy import Policies
from hub.core.review import (
    HUB_DESK,
    Choice,
    ReviewReason,
    ReviewState,
    review_id,
    urgency,
)
from hub.ports import Clock, Known, LinkRow, Places
from hub.ports.review import ReviewRow, ReviewStep, ReviewStore, ReviewTransaction
from hub.service.correlating import chronology_of, responsible_for

MARKS_PER_ROUND: Final = 100
ASSESSED_PER_ROUND: Final = 20
ASSESSED_AGAIN_AFTER: Final = timedelta(minutes=5)
"""How old the urgency of an open question may be: an alert or a plan may have come since."""

UNSURE: Final = frozenset({"possible", "many"})

Change = tuple[ReviewRow, tuple[ReviewStep, ...]]


class Reviewing:
    """The use case; several processes may run it, one of them at a time does a round."""

    def __init__(
        self, *, store: ReviewStore, policies: Policies, places: Places, clock: Clock
    ) -> None:
        self._store = store
        self._policies = policies
        self._places = places
        self._clock = clock

    def __call__(self) -> int:
        """Do one round; answer how many changed links it has looked at.

        Raises:
            TransientFault: the database was away or busy; nothing of the round stands then.
        """
        with self._store.review_transaction() as transaction:
            if not transaction.take_round():
                return 0
            now = self._clock.now()
            marks = transaction.marks(MARKS_PER_ROUND)
            if marks:
                self._look(transaction, marks, now)
                transaction.settle_marks(marks)
            self._assess(transaction, now)
        return len(marks)

    def _look(self, transaction: ReviewTransaction, refs: Iterable[bytes], now: datetime) -> None:
        """Ask what the links of these records ask now, and withdraw what they no longer ask."""
        marked = sorted(refs)
        beside = transaction.reviews_of(marked)
        everyone = {*marked, *(ref for row in beside for ref in (row.one, row.other))}
        held = transaction.reviews_of(sorted(everyone))
        links = transaction.links(sorted({*everyone, *(r for h in held for r in (h.one, h.other))}))
        wanted = list(_wanted(transaction, marked, held, links))
        changes = [*_settled(beside, links, now), *_asked(wanted, held, now)]
        if changes:
            transaction.save_reviews(changes)

    def _assess(self, transaction: ReviewTransaction, now: datetime) -> None:
        """Look again at whose the questions are and how urgent, the longest ago first."""
        rows = transaction.assessed_before(now - ASSESSED_AGAIN_AFTER, ASSESSED_PER_ROUND)
        if rows:
            transaction.save_reviews([self._assessed(transaction, row, now) for row in rows])

    def _assessed(self, transaction: ReviewTransaction, row: ReviewRow, now: datetime) -> Change:
        links = transaction.links([row.one, row.other])
        children = transaction.known(sorted({link.child_ref for link in links.values()}))
        sides = [(chronology_of(one), one.standing) for one in children]
        desks = {self._desk(chronology, now) for chronology, _ in sides} - {None}
        urgent = urgency(sides, _births(children), now, self._policies.hub.windows)
        found = replace(
            row,
            desks=tuple(sorted(desk for desk in desks if desk)) or (HUB_DESK,),
            urgent=urgent,
            assessed_at=now,
        )
        opened = ReviewStep(kind="opened", at=row.opened_at, code=row.reason.value)
        return found, () if row.desks else (opened,)

    def _desk(self, chronology: Chronology, now: datetime) -> str | None:
        found = responsible_for(chronology, self._policies, self._places, now)
        return found.reveal() if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a link asks: is this record that child's?"""

    record_ref: bytes
    child_ref: bytes
    beside: bytes
    """A record of that child."""
    reason: ReviewReason
    evidence: bytes


def _wanted(
    transaction: ReviewTransaction,
    marked: Sequence[bytes],
    held: Sequence[ReviewRow],
    links: Mapping[bytes, LinkRow],
) -> Iterator[_Wanted]:
    """What the uncertain links of these records ask; about a record that is asked about already."""
    unsure = [links[ref] for ref in marked if ref in links and links[ref].verdict in UNSURE]
    stands_for = transaction.representatives([ref for link in unsure for ref in link.possible])
    for link in unsure:
        for child_ref in link.possible:
            beside = _asked_of(link.record_ref, child_ref, held, links) or stands_for.get(child_ref)
            if beside is not None and beside != link.record_ref:
                yield _Wanted(
                    record_ref=link.record_ref,
                    child_ref=child_ref,
                    beside=beside,
                    reason=ReviewReason(link.verdict),
                    evidence=evidence_digest(link),
                )


def _asked_of(
    record_ref: bytes, child_ref: bytes, held: Sequence[ReviewRow], links: Mapping[bytes, LinkRow]
) -> bytes | None:
    """A record of the child about which this record is asked already, whatever became of it."""
    for row in sorted(held, key=lambda one: (one.state is not ReviewState.OPEN, one.review_id)):
        if record_ref in {row.one, row.other}:
            beside = row.other if record_ref == row.one else row.one
            if beside in links and links[beside].child_ref == child_ref:
                return beside
    return None


def _asked(wanted: Sequence[_Wanted], held: Sequence[ReviewRow], now: datetime) -> Iterator[Change]:
    """The questions that are new, or that are asked again."""
    rows = {row.review_id: row for row in held}
    seen = set()
    for one in wanted:
        asked = review_id(one.record_ref, one.beside)
        if asked in seen:
            continue
        seen.add(asked)
        row = rows.get(asked)
        if row is None:
            yield _opened(one, now)
        elif _asks_again(row, one.evidence):
            fresh = row.state is ReviewState.DECIDED
            kind = "new_evidence" if fresh else "uncertain_again"
            yield _again(row, one, now), (ReviewStep(kind="opened", at=now, code=kind),)


def _asks_again(row: ReviewRow, evidence: bytes) -> bool:
    """Whether it is to be asked again: it had settled itself, or nobody could tell by less."""
    if row.state is ReviewState.WITHDRAWN:
        return True
    return row.choice is Choice.CANNOT_TELL and row.evidence != evidence


def _opened(one: _Wanted, now: datetime) -> Change:
    first, second = sorted((one.record_ref, one.beside))
    row = ReviewRow(
        review_id=review_id(first, second),
        one=first,
        other=second,
        reason=one.reason,
        asked_by=None,
        state=ReviewState.OPEN,
        choice=None,
        decision_id=None,
        unfinished=None,
        proposed=None,
        proposed_by=None,
        proposed_at=None,
        opened_at=now,
        changed_at=now,
        desks=(),
        urgent=(),
        evidence=one.evidence,
        claimed_by=None,
        claimed_at=None,
        assessed_at=_NEVER,
        version=1,
    )
    return row, ()


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _again(row: ReviewRow, one: _Wanted, now: datetime) -> ReviewRow:
    return replace(
        row,
        state=ReviewState.OPEN,
        reason=one.reason,
        choice=None,
        evidence=one.evidence,
        opened_at=now,
        changed_at=now,
        assessed_at=_NEVER,
        version=row.version + 1,
    )


def _settled(
    rows: Sequence[ReviewRow], links: Mapping[bytes, LinkRow], now: datetime
) -> Iterator[Change]:
    """The open questions that their links no longer ask."""
    for row in rows:
        why = settled_by(row, links)
        if row.state is ReviewState.OPEN and why is not None:
            ended = replace(
                row,
                state=ReviewState.WITHDRAWN,
                changed_at=now,
                proposed=None,
                proposed_by=None,
                proposed_at=None,
                claimed_by=None,
                claimed_at=None,
                version=row.version + 1,
            )
            yield ended, (ReviewStep(kind="withdrawn", at=now, code=why),)


def settled_by(row: ReviewRow, links: Mapping[bytes, LinkRow]) -> str | None:
    """Answer how a question has settled itself; ``None`` if it is still to be asked."""
    one, other = links.get(row.one), links.get(row.other)
    if one is None or other is None:
        return "gone"
    together = one.child_ref == other.child_ref
    if row.reason is ReviewReason.AGENCY_SPLIT:
        return None if together else "apart"
    if together:
        return "together"
    if not row.reason.from_linking or _names(one, other) or _names(other, one):
        return None
    return "apart"


def _names(link: LinkRow, other: LinkRow) -> bool:
    return link.verdict in UNSURE and other.child_ref in link.possible


def evidence_digest(link: LinkRow) -> bytes:
    """Answer a digest of what a link rests on; it holds no value of anybody's."""
    return hashlib.sha256("\n".join((link.verdict, *link.evidence)).encode()).digest()


def _births(children: Sequence[Known]) -> Iterator[date]:
    for child in children:
        for record in child.records:
            if born := birth_date_of(record.ledger):
                yield born
