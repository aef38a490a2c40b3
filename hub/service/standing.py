"""Works out where records stand: by what linking came to by itself, and by what was decided.

Linking never looks at decisions. Whenever a decision is made or reversed, or linking changes
something beside one, the links of everybody concerned are worked out anew from both, in the same
transaction and under the identity lock; see ``hub.core.identity_standing``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.core.identity import Verdict
from hub.core.identity_decision import IdentityDecision, consistent, signed_decision
from hub.core.identity_matching import Matching
from hub.ports import DecisionSigning, Filed, IdentityDigests, IdentityTransaction, LinkRow
from hub.service.doubting import bridging_two, joining_strangers, take_back, told_of_two
from hub.service.standing_links import Around, StandingLinks

GENUINE_KEPT: Final = 10_000
"""Of how many decisions it is remembered that they bear the hub's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was moved: the links as they were before, and every child concerned."""

    before: tuple[LinkRow, ...] = ()
    children: frozenset[bytes] = frozenset()


class Standing:
    """The use case within a transaction that holds the identity lock."""

    def __init__(
        self, *, digests: IdentityDigests, matching: Matching, signing: DecisionSigning
    ) -> None:
        self._digests = digests
        self.matching = matching
        self._signing = signing
        self._genuine: dict[tuple[bytes, bytes], bool] = {}

    def signed(self, one: IdentityDecision) -> IdentityDecision:
        """The decision with the hub's signature."""
        return replace(one, signature=self._signing.sign_decision(signed_decision(one)))

    def genuine(self, one: IdentityDecision) -> bool:
        """Whether the hub signed this decision as it stands."""
        signed = signed_decision(one)
        known = (signed, one.signature)
        if known not in self._genuine:
            if len(self._genuine) >= GENUINE_KEPT:
                self._genuine.clear()
            self._genuine[known] = self._signing.verify_decision(signed, one.signature)
        return self._genuine[known]

    def around(
        self,
        transaction: IdentityTransaction,
        record_refs: Iterable[bytes],
        child_refs: Iterable[bytes],
    ) -> frozenset[bytes]:
        """The records that would be worked out anew with these."""
        return frozenset(self._look(transaction, record_refs, child_refs).filed)

    def follow(
        self,
        transaction: IdentityTransaction,
        changed: Sequence[LinkRow],
        held: Mapping[bytes, LinkRow],
        at: datetime,
        *,
        released: Sequence[bytes] = (),
    ) -> None:
        """Let stand what follows from links that linking has changed beside decisions.

        Args:
            transaction: in which they were changed.
            changed: the links of records' own as they are now, and those of records that learnt
                something: a number that they bear by now may contradict a bridge.
            held: as they were before, where there was one.
            at: the present instant.
            released: records that have no link any more.
        """
        if not changed and not released:
            return
        before = [
            held[ref] for ref in (*released, *(li.record_ref for li in changed)) if ref in held
        ]
        near = {child for li in (*changed, *before) for child in (li.child_ref, *li.possible)}
        decided = transaction.decided_about(sorted(near))
        if decided:
            refs = [link.record_ref for link in changed]
            moved = frozenset(li.record_ref for li in changed if li != held.get(li.record_ref))
            self.settle(transaction, refs, decided, at, moved=moved)

    def settle(
        self,
        transaction: IdentityTransaction,
        record_refs: Iterable[bytes],
        child_refs: Iterable[bytes],
        at: datetime,
        *,
        moved: frozenset[bytes] = frozenset(),
    ) -> Settled:
        """Let the links stand that follow for these records and everybody concerned.

        A decision that the hub has not signed is not followed, and told to the operator. An
        agency's word that joins strangers by now is taken back, and so is a bridge between two who
        have two numbers by now; ``moved`` are the records that linking has changed just now, and
        that may do so.
        """
        around = self._look(transaction, record_refs, child_refs)
        forged = [one for one in around.decisions.values() if not self.genuine(one)]
        if forged:
            transaction.tell_unsigned(sorted(one.decision_id for one in forged), at)
        held = consistent(one for one in around.decisions.values() if one not in forged)
        held = self._without(transaction, told_of_two(transaction, held, self.matching), held, at)
        held = self._without(transaction, bridging_two(transaction, around.filed, held), held, at)
        links = self._links(transaction, around, held)
        doubted = joining_strangers(transaction, around.filed, links, moved, held)
        if doubted:
            links = self._links(transaction, around, self._without(transaction, doubted, held, at))
        standing = {ref: one.standing for ref, one in (around.beside | around.filed).items()}
        changed = [link for ref, link in sorted(links.items()) if link != standing[ref]]
        if not changed:
            return Settled()
        before = tuple(standing[link.record_ref] for link in changed)
        together = min(link.child_ref for link in changed)
        transaction.place(changed, at, together)
        touched = {link.child_ref for link in (*before, *changed)}
        return Settled(before=before, children=frozenset(touched))

    def _links(
        self,
        transaction: IdentityTransaction,
        around: Around,
        held: Sequence[IdentityDecision],
    ) -> Mapping[bytes, LinkRow]:
        return StandingLinks(self._digests, self.matching, transaction, around, held).links()

    def _without(
        self,
        transaction: IdentityTransaction,
        doubted: Sequence[IdentityDecision],
        held: Sequence[IdentityDecision],
        at: datetime,
    ) -> tuple[IdentityDecision, ...]:
        """Those of the decisions that hold without these, which are taken back."""
        if doubted:
            take_back(transaction, doubted, self._signing, at)
        return consistent(one for one in held if one not in doubted)

    def _look(
        self,
        transaction: IdentityTransaction,
        record_refs: Iterable[bytes],
        child_refs: Iterable[bytes],
    ) -> Around:
        around, asked = Around(), set[bytes]()
        records, children = set(record_refs), set(child_refs)
        while records or children:
            asked |= records
            around.children |= children
            found = transaction.filed(sorted(records), sorted(children))
            new = {ref: one for ref, one in found.items() if ref not in around.filed}
            around.filed |= new
            reached = {child for one in new.values() for child in _children(one)}
            reached |= children
            naming = transaction.naming(sorted(reached)) if reached else {}
            around.beside |= naming
            told = transaction.decisions(sorted({*records, *new, *naming}))
            around.decisions |= {one.decision_id: one for one in told}
            records = self._further(told, naming, around) - asked
            children = reached - around.children
        around.beside = {r: one for r, one in around.beside.items() if r not in around.filed}
        return around

    def _further(
        self,
        told: Sequence[IdentityDecision],
        naming: Mapping[bytes, Filed],
        around: Around,
    ) -> set[bytes]:
        """Who is concerned too: joined by a decision, moved by one, or claimed by several."""
        found = {ref for one in told if not one.keeps_apart for ref in one.pair}
        for ref, one in naming.items():
            moved = one.own.child_ref != one.standing.child_ref
            if moved or one.own.verdict == Verdict.MANY.value:
                found.add(ref)
        return found - around.filed.keys()


def _children(one: Filed) -> Iterator[bytes]:
    yield one.own.child_ref
    yield one.standing.child_ref
