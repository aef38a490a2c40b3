"""What uncertain links ask of people, and which questions they ask no longer."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.core.review import Choice, ReviewReason, ReviewState, review_id
from hub.ports import LinkRow
from hub.ports.review import ReviewRow, ReviewStep, ReviewTransaction

UNSURE: Final = frozenset({"possible", "many"})

AT_ONCE_MAX: Final = 20
"""So many questions wait about one record at a time: no person compares it with two hundred. As
they are answered, the others are asked. This project's own figure."""

Change = tuple[ReviewRow, tuple[ReviewStep, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a link asks: is this record that child's?"""

    record_ref: bytes
    child_ref: bytes
    beside: bytes
    """A record of that child."""
    reason: ReviewReason
    evidence: bytes


def wanted(
    transaction: ReviewTransaction,
    marked: Sequence[bytes],
    held: Sequence[ReviewRow],
    links: Mapping[bytes, LinkRow],
) -> Iterator[Wanted]:
    """Yield what these records' uncertain links ask, of a record that is asked about already.

    Where a record may be of very many children, it is asked first of those who are asked about
    already, then of those of whom a register told.
    """
    unsure = [links[ref] for ref in marked if ref in links and links[ref].verdict in UNSURE]
    stands_for = transaction.representatives([ref for link in unsure for ref in link.possible])
    ordered = sorted(held, key=lambda one: (one.state is not ReviewState.OPEN, one.review_id))
    for link in unsure:
        already = _asked_of(link.record_ref, ordered, links)
        children = [ref for ref in already if ref in link.possible]
        children += [ref for ref in stands_for if ref in link.possible and ref not in already]
        for child_ref in children[:AT_ONCE_MAX]:
            beside = already.get(child_ref) or stands_for[child_ref]
            if beside != link.record_ref:
                yield Wanted(
                    record_ref=link.record_ref,
                    child_ref=child_ref,
                    beside=beside,
                    reason=ReviewReason(link.verdict),
                    evidence=evidence_digest(link),
                )


def _asked_of(
    record_ref: bytes, held: Iterable[ReviewRow], links: Mapping[bytes, LinkRow]
) -> Mapping[bytes, bytes]:
    """Of each child about whom this record is asked already, its record; open questions first."""
    found: dict[bytes, bytes] = {}
    for row in held:
        if record_ref in {row.one, row.other}:
            beside = row.other if record_ref == row.one else row.one
            if beside in links:
                found.setdefault(links[beside].child_ref, beside)
    return found


def asked(wanted: Sequence[Wanted], held: Sequence[ReviewRow], now: datetime) -> Iterator[Change]:
    """Yield the questions that are new, or that are asked again."""
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


def _opened(one: Wanted, now: datetime) -> Change:
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
        unlikely=False,
        evidence=one.evidence,
        claimed_by=None,
        claimed_at=None,
        assessed_at=_NEVER,
        version=1,
    )
    return row, ()


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _again(row: ReviewRow, one: Wanted, now: datetime) -> ReviewRow:
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


def settled(
    rows: Sequence[ReviewRow], links: Mapping[bytes, LinkRow], now: datetime
) -> Iterator[Change]:
    """Yield the open questions that their links no longer ask."""
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
