"""The two children of a question, each with what was told of it: also once both are one child."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from hub.core.alert import Alert
from hub.core.chronology import Chronology
from hub.core.disclosure_review import Waits
from hub.core.history import EntryState, HistoryFacts, history
from hub.core.identity import evidence_of
from hub.core.person import subject_of
from hub.core.review_pair import PairRecord
from hub.ports import Known, LinkRow, RecordRow
from hub.ports.review import ReviewRow
from hub.service.correlating import chronology_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two."""

    chronology: Chronology
    """Of the whole child with whom its records stand now."""
    own: Known
    """Of that child what is this side's alone: its records and what was told of them."""
    records: tuple[PairRecord, ...]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts that stand, that somebody was told of, and that rest on this side."""
        return tuple(one for one in self.own.standing if one.delivered)

    def told(self) -> tuple[Waits, ...]:
        """What was told of it and was not taken back, the latest first."""
        facts = HistoryFacts(
            events=self.own.events,
            register=self.own.register,
            registers_read=self.own.registers_read,
        )
        return tuple(
            Waits(kind=entry.kind, on=entry.on, agency=entry.agency, handling=entry.handling)
            for entry in history(facts)
            if not entry.ends and entry.state in _STANDING
        )


_STANDING = frozenset({EntryState.STANDS, EntryState.CORRECTED})
_NOBODY = Known(child_ref=b"", records=(), events=(), register=(), standing=())


def sides_of(
    row: ReviewRow,
    links: Mapping[bytes, LinkRow],
    known: Sequence[Known],
    moved: Mapping[bytes, bytes],
) -> tuple[Side, Side]:
    """Answer the two sides of a question.

    Args:
        row: the question.
        links: of its two records.
        known: the child or the children with whom they stand.
        moved: the records that its decision moved, each with the child of before.
    """
    by_child = {one.child_ref: one for one in known}
    found = []
    for ref, beside in ((row.one, row.other), (row.other, row.one)):
        link = links.get(ref)
        child = by_child[link.child_ref] if link else _NOBODY
        own = child
        if len(by_child) == 1:
            every = {one.record_ref for one in child.records}
            own = _only(child, _of_side(ref, beside, every, moved))
        found.append(
            Side(
                chronology=chronology_of(child), own=own, records=tuple(_pair_records(own.records))
            )
        )
    return found[0], found[1]


def _of_side(
    ref: bytes, beside: bytes, every: AbstractSet[bytes], moved: Mapping[bytes, bytes]
) -> AbstractSet[bytes]:
    """Answer which records of what is one child now are the side's of one of its records.

    What a decision moved was a side's; where it moved one side, the rest is the other's. Where
    both came to be one child otherwise, a side is its own record alone.
    """
    if ref in moved:
        return {one for one in moved if moved[one] == moved[ref]} & every | {ref}
    if beside in moved:
        return every - moved.keys() | {ref}
    return {ref}


def _only(child: Known, records: AbstractSet[bytes]) -> Known:
    events = tuple(one for one in child.events if one.record_ref in records)
    register = tuple(one for one in child.register if one.record_ref in records)
    facts = {one.fact_key for one in events} | {one.fact_key for one in register}
    return replace(
        child,
        records=tuple(one for one in child.records if one.record_ref in records),
        events=events,
        register=register,
        standing=tuple(
            one
            for one in child.standing
            if not facts.isdisjoint(ground.fact_key for ground in one.grounds)
        ),
    )


def _pair_records(records: Iterable[RecordRow]) -> Iterator[PairRecord]:
    for record in records:
        subject = subject_of(record.ledger, "record")
        evidence = evidence_of(subject, record_ref=record.record_ref, agency=record.agency)
        yield PairRecord(agency=record.agency, ledger=record.ledger, evidence=evidence)
