"""Joins children whom one record makes all but certainly one, unless one of them has a plan."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
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


def unsure_of(transaction: IdentityTransaction, made: Mapping[bytes, LinkRow]) -> Sequence[bytes]:
    """The unsure records that may be of the children of these, others each time; at most so many.

    A child that is possibly many would else be resolved again with all of them at each report.
    """
    learnt = {link.child_ref for link in made.values() if link.verdict == Verdict.MATCHED.value}
    if not learnt:
        return ()
    unsure = [
        ref
        for ref, one in transaction.naming(sorted(learnt)).items()
        if ref not in made and one.own.verdict in UNSURE and learnt.intersection(one.own.possible)
    ]
    turn = min(made)
    ordered = sorted(unsure, key=lambda ref: hashlib.sha256(turn + ref).digest())
    return sorted(ordered[:NAMED_PER_TRANSACTION_MAX])
