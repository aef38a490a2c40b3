"""Takes back what joined two records of which it is known by now that they are two people's.

What an agency says is judged when it is said (``hub.core.change_verdict``). Its records change
afterwards: two empty registrations that were merged may be filled with two children later, by
mistake or with intent. Then the word holds no longer, and people are asked. So it is with children
whom a record bridged before either's number was known, and who turn out to have two.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.core.identity_decision import (
    DecisionCause,
    IdentityDecision,
    Reversal,
    signed_reversal,
)
from hub.core.identity_joining import are_two_people, contradict, have_two_numbers
from hub.core.identity_matching import Matching
from hub.core.superseded import NATIONAL_DEMOGRAPHICS
from hub.ports import DecisionSigning, Filed, IdentityTransaction, LinkRow
from hub.service.records import evidence_in

_HUB: Final = "HUB"
_REASON: Final = (
    "What is known of the two records by now is not of one child, or would join another child"
    " with a plan: people are asked."
)
_TWO_NUMBERS: Final = "The two children are known by two numbers by now, of which a child has one."
_BY_AN_AGENCY: Final = frozenset({DecisionCause.AGENCY, DecisionCause.BORN})


def told_of_two(
    transaction: IdentityTransaction, held: Iterable[IdentityDecision], matching: Matching
) -> tuple[IdentityDecision, ...]:
    """Answer those of an agency's words by which two plainly different people are one."""
    words = [one for one in held if _is_a_word(one)]
    if not words:
        return ()
    rows = transaction.records_read(sorted({ref for one in words for ref in one.pair}))
    found = {ref: evidence_in(row) for ref, row in rows.items()}
    return tuple(
        one
        for one in words
        if one.one in found
        and one.other in found
        and are_two_people(found[one.one], found[one.other], matching.weights.synonyms)
    )


def joining_strangers(
    transaction: IdentityTransaction,
    filed: Mapping[bytes, Filed],
    links: Mapping[bytes, LinkRow],
    moved: AbstractSet[bytes],
    held: Iterable[IdentityDecision],
) -> tuple[IdentityDecision, ...]:
    """Answer the agencies' words about records that linking moved, and that join children by it.

    Only where either child has or ever had a plan, or they contradict each other: as when such a
    word is told of children who are known already.
    """
    words = [one for one in held if _is_a_word(one) and not moved.isdisjoint(one.pair)]
    if not words:
        return ()
    groups: dict[bytes, list[bytes]] = {}
    for ref, link in links.items():
        if ref in filed:
            groups.setdefault(link.child_ref, []).append(ref)
    joined = [
        refs
        for refs in groups.values()
        if len({filed[ref].standing.child_ref for ref in refs if ref not in moved}) > 1
    ]
    return tuple(
        one
        for one in words
        if any(one.one in refs and one.other in refs for refs in joined)
        and any(_forbidden(transaction, refs) for refs in joined if one.one in refs)
    )


def bridging_two(
    transaction: IdentityTransaction,
    filed: Mapping[bytes, Filed],
    held: Sequence[IdentityDecision],
) -> tuple[IdentityDecision, ...]:
    """Answer the bridges between children who have two NHS numbers or two UPNs by now.

    By linking and bridges alone, so that nothing that people decided about others plays a part. Of
    several the newest first: what joined them before may hold without it.
    """
    bridges = [one for one in held if one.cause is DecisionCause.BRIDGED]
    bridges = [one for one in bridges if filed.keys() >= set(one.pair)]
    if not bridges:
        return ()
    rows = transaction.records_read(sorted(filed))
    own = {ref: one.own.child_ref for ref, one in filed.items()}
    holds, found = bridges, []
    for bridge in sorted(bridges, key=lambda one: (-one.at.timestamp(), one.decision_id)):
        rest = [one for one in holds if one is not bridge]
        sides = [_joined_with(ref, own, rest) for ref in bridge.pair]
        if have_two_numbers(*([evidence_in(rows[ref]) for ref in side] for side in sides)):
            holds = rest
            found.append(bridge)
    return tuple(found)


def _joined_with(
    ref: bytes, own: Mapping[bytes, bytes], held: Iterable[IdentityDecision]
) -> Sequence[bytes]:
    """The records that are one child with this one, by linking and by these decisions."""
    pairs = [{own[r] for r in one.pair} for one in held if own.keys() >= set(one.pair)]
    children = {own[ref]}
    while more := set[bytes]().union(*(p for p in pairs if p & children)) - children:
        children |= more
    return [one for one, child in own.items() if child in children]


def take_back(
    transaction: IdentityTransaction,
    decisions: Sequence[IdentityDecision],
    signing: DecisionSigning,
    at: datetime,
) -> None:
    """Let these hold no longer, in the hub's own name; what was told is looked at again."""
    for one in decisions:
        reason = _TWO_NUMBERS if one.cause is DecisionCause.BRIDGED else _REASON
        said = Reversal(by=_HUB, role="hub", organisation=_HUB, reason=reason, at=at)
        signature = signing.sign_decision(signed_reversal(one.decision_id, said))
        transaction.reverse_decision(one.decision_id, replace(said, signature=signature))
    transaction.doubt_told(sorted(one.decision_id for one in decisions), at)


def _is_a_word(one: IdentityDecision) -> bool:
    """Whether an agency said it of its own records; a replaced number is of two that differ."""
    told = one.organisation != NATIONAL_DEMOGRAPHICS
    return not one.keeps_apart and one.cause in _BY_AN_AGENCY and told


def _forbidden(transaction: IdentityTransaction, refs: Sequence[bytes]) -> bool:
    if transaction.planned(sorted(refs)):
        return True
    return contradict(evidence_in(r) for r in transaction.records_read(sorted(refs)).values())
