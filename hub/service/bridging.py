"""Joins children whom one record makes all but certainly one, unless one of them has a plan."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub.core.identity import Candidate, RecordEvidence, Verdict
from hub.core.identity_decision import (
    DecisionCause,
    DecisionKind,
    IdentityDecision,
    decision,
)
from hub.core.identity_joining import Joining
from hub.ports import IdentityTransaction, LinkRow
from hub.service.standing import Standing

_HUB: Final = "HUB"
_REASON: Final = "A record is all but certainly of both children, and nothing known contradicts it."

CAME_BEFORE_MAX: Final = 3
"""Of so few records a child is looked at again when another's record might be its too: one of more
stands by what is known of it. This project's own bound."""

NAMED_PER_TRANSACTION_MAX: Final = 20
"""So many unsure records are resolved again after those that a child learnt something from."""

UNSURE: Final = frozenset({Verdict.POSSIBLE.value, Verdict.MANY.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Two children whom a record makes one, and all records of both."""

    record_ref: bytes
    children: tuple[bytes, bytes]
    records: tuple[tuple[bytes, ...], tuple[bytes, ...]]
    """Of each of the two children, in order of their reference."""

    @property
    def everyone(self) -> tuple[bytes, ...]:
        """Every record concerned."""
        return tuple(sorted({self.record_ref, *self.records[0], *self.records[1]}))


class Bridging:
    """The use case within the transaction that links records, under the identity lock."""

    def __init__(self, *, joining: Joining, standing: Standing) -> None:
        self._joining = joining
        self._standing = standing

    def found(
        self, evidence: RecordEvidence, candidates: Sequence[Candidate], link: LinkRow
    ) -> tuple[Bridge, ...]:
        """The children that a record, just linked, bridges with its own."""
        if link.verdict != Verdict.MATCHED.value or not link.possible:
            return ()
        by_ref = {one.child_ref: one.records for one in candidates}
        own = by_ref.get(link.child_ref, ())
        bridges = []
        for child_ref in link.possible:
            other = by_ref.get(child_ref, ())
            if own and other and self._joining.may_join(own, other, evidence):
                bridges.append(
                    Bridge(
                        record_ref=evidence.record_ref,
                        children=(link.child_ref, child_ref),
                        records=(_refs(own), _refs(other)),
                    )
                )
        return tuple(bridges)

    def for_people(
        self, transaction: IdentityTransaction, bridges: Iterable[Bridge]
    ) -> Mapping[bytes, Bridge]:
        """Those of the bridges, by their record, where a child has or ever had a plan."""
        told = list(bridges)
        if not told:
            return {}
        planned = transaction.planned(sorted({ref for one in told for ref in one.everyone}))
        return {one.record_ref: one for one in told if planned.intersection(one.everyone)}

    def join(
        self, transaction: IdentityTransaction, bridges: Iterable[Bridge], at: datetime
    ) -> None:
        """Join the children, each pair once: what a person has reversed is not joined again."""
        for bridge in bridges:
            made = _decision(*self._pair(transaction, bridge), at)
            if transaction.decision(made.decision_id) is not None:
                continue
            around = self._standing.around(transaction, made.pair, ())
            if transaction.planned(sorted(around)):
                continue
            transaction.save_decisions([self._standing.signed(made)])
            done = self._standing.settle(transaction, made.pair, (), at)
            if done.before:
                transaction.note_moves(made.decision_id, done.before)

    def came_before(
        self, evidence: RecordEvidence, candidates: Sequence[Candidate], link: LinkRow
    ) -> frozenset[bytes]:
        """The records of children of few, where a record that was just matched might be theirs too.

        They were linked by what was known then: a misspelt name that a later record explains. Not
        of a child whom some record bridges with this one: whether those are joined is decided, and
        a person may take it back.
        """
        if link.verdict != Verdict.MATCHED.value or not link.possible:
            return frozenset()
        by_ref = {one.child_ref: one.records for one in candidates}
        known = (*by_ref.get(link.child_ref, ()), evidence)
        few = (by_ref.get(child_ref, ()) for child_ref in link.possible)
        return frozenset(
            record.record_ref
            for other in few
            if 0 < len(other) <= CAME_BEFORE_MAX and not self._bridged(known, other)
            for record in other
        )

    def _bridged(self, known: Sequence[RecordEvidence], other: Sequence[RecordEvidence]) -> bool:
        return any(
            self._joining.may_join([one for one in known if one is not bridge], other, bridge)
            for bridge in known
        )

    def again(
        self,
        transaction: IdentityTransaction,
        made: Mapping[bytes, LinkRow],
        before: AbstractSet[bytes],
    ) -> Sequence[bytes]:
        """What is resolved again after these links were made, others each time; at most so many.

        Unsure records that name a child who learnt something, and what ``came_before``, unless a
        plan was ever told of it: people move plans. A child that is possibly many would else be
        resolved again with all of them at each report.
        """
        matched = [one for one in made.values() if one.verdict == Verdict.MATCHED.value]
        if not matched:
            return ()
        before = before - transaction.planned(sorted(before)) if before else before
        found = {*_unsure_of(transaction, made, matched), *before} - made.keys()
        turn = min(made)
        ordered = sorted(found, key=lambda ref: hashlib.sha256(turn + ref).digest())
        return sorted(ordered[:NAMED_PER_TRANSACTION_MAX])

    def _pair(self, transaction: IdentityTransaction, bridge: Bridge) -> tuple[bytes, bytes]:
        """The two records that the decision is about, the same whichever record bridges them."""
        founded = transaction.founded(bridge.children)
        founders = {one.founded_by for one in founded.values()}
        one, other = (
            next((ref for ref in refs if ref in founders), refs[0]) for refs in bridge.records
        )
        return one, other


def _refs(records: Sequence[RecordEvidence]) -> tuple[bytes, ...]:
    return tuple(sorted(record.record_ref for record in records))


def _decision(one: bytes, other: bytes, at: datetime) -> IdentityDecision:
    return decision(
        DecisionKind.SAME,
        one,
        other,
        cause=DecisionCause.BRIDGED,
        by=_HUB,
        role="hub",
        organisation=_HUB,
        reason=_REASON,
        at=at,
        occasion=b"",
    )


def _unsure_of(
    transaction: IdentityTransaction,
    made: Mapping[bytes, LinkRow],
    matched: Iterable[LinkRow],
) -> Iterable[bytes]:
    """The unsure records that may be of children who learnt something."""
    learnt = {link.child_ref for link in matched}
    for ref, one in transaction.naming(sorted(learnt)).items():
        unsure = ref not in made and one.own.verdict in UNSURE
        if unsure and learnt.intersection(one.own.possible):
            yield ref
