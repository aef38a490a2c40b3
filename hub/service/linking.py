"""Links records to children before their events are decided; harmless if it stands alone.

What agencies say of a person is merged field by field into the agency's record. Only a record with
keys that are not yet resolved (new, or learnt later) is resolved, under the one identity lock.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from hub.core.event import Subject
from hub.core.identity import RecordEvidence, Resolution, Verdict, identity_keys
from hub.core.identity_joining import Joining
from hub.core.identity_keys import Key, hides, linking_among
from hub.core.identity_matching import Matching
from hub.core.identity_screen import Screen
from hub.core.identity_weighed import resolve_by_weights
from hub.core.person import Ledger, ledger_of
from hub.ports import (
    Clock,
    IdentityDigests,
    IdentityStore,
    IdentityTransaction,
    LinkRow,
    Places,
    RecordRow,
    Said,
    ToldAgain,
)
from hub.service.board import Board
from hub.service.bridging import Bridge, Bridging
from hub.service.records import (
    combined,
    evidence_in,
    former_keys,
    in_transactions,
    needs_resolving,
    refuse_too_many,
    revision_of,
    says_nothing_else,
    spoken,
    told_again,
    told_shielded,
    with_current_numbers,
)
from hub.service.standing import Standing
from hub.service.waiting import Waiting, founds_no_child

NOT_ALL_SEEN = Resolution(
    verdict=Verdict.POSSIBLE,
    evidence=("more children share each of its keys than are looked at: it may be any of theirs",),
)
"""Not new: that would say that nobody like this is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one event says of one person."""

    record_ref: bytes
    agency: str
    subject: Subject
    revision: int
    shielded: bool
    waits: bool = False
    """Whether it may only wait for a child: what schools tell founds none, nor do new numbers."""


class Linking:
    """The use case: observations in, every record linked to exactly one child."""

    def __init__(  # noqa: PLR0913  # one place composes it
        self,
        *,
        store: IdentityStore,
        digests: IdentityDigests,
        places: Places,
        matching: Matching,
        standing: Standing,
        clock: Clock,
    ) -> None:
        self._store = store
        self._digests = digests
        self._places = places
        self._clock = clock
        self._matching = matching
        self._standing = standing
        self._bridging = Bridging(joining=Joining(matching=matching), standing=standing)
        self._waiting = Waiting(store=store, matching=matching, standing=standing, clock=clock)

    def link(self, observations: Iterable[Observation]) -> tuple[ToldAgain, ...]:
        """Bring records up to date and link those that need it, some at a time.

        What schools tell only waits, unless it matches a child that is there; and what others tell
        may find records that wait.

        Answers those that were only told again in the words they hold: nothing is written of them
        here, and whoever decides notes the newer revision in its own transaction.
        """
        observations = tuple(observations)
        self._waiting.keep(self._observed(one for one in observations if one.waits))
        seen = self._observed(one for one in observations if not one.waits)
        told = self._store.told(sorted(seen)) if seen else {}
        again = [
            told_again(seen[ref], told[ref])
            for ref in sorted(seen)
            if ref in told and says_nothing_else(seen[ref], told[ref])
        ]
        others = seen.keys() - {one.record_ref for one in again}
        self._link_others({ref: seen[ref] for ref in others})
        self._waiting.find(sorted(seen))
        return tuple(one for one in again if one.revision > revision_of(told[one.record_ref].said))

    def _link_others(self, seen: Mapping[bytes, RecordRow]) -> None:
        if not seen:
            return
        held = self._store.record_rows(sorted(seen))
        links = self._store.link_rows(sorted(seen))
        changed = [
            ref
            for ref in sorted(seen)
            if ref not in links or combined(held.get(ref), seen[ref]) != held.get(ref)
        ]

        def link(some: Sequence[bytes]) -> Sequence[bytes]:
            with self._store.identity_transaction() as transaction:
                return self._link_some(transaction, {ref: seen[ref] for ref in some})

        for named in in_transactions(changed, link):
            for _ in in_transactions(named, self._resolve_named):
                pass

    def _resolve_named(self, refs: Sequence[bytes]) -> None:
        """Resolve again what may be of a child of whom something was just learnt.

        In a transaction of its own, since records are locked before the identity lock is taken.
        """
        with self._store.identity_transaction() as transaction:
            rows = transaction.records(refs)
            transaction.lock_identity()
            links = transaction.links(refs)
            found = {ref: evidence_in(rows[ref]) for ref in rows if ref in links}
            keys = {ref: identity_keys(evidence) for ref, evidence in found.items()}
            self._resolve_all(transaction, found, keys, links)

    def read_again(self, record_refs: Sequence[bytes], *, link: bool) -> None:
        """Note which number stands now for each record's; ``link``: link them all again by it."""
        for _ in in_transactions(record_refs, self._note_numbers):
            pass
        if link:
            self._link_again(record_refs)
        self._waiting.read_again(record_refs)

    def _note_numbers(self, refs: Sequence[bytes]) -> None:
        with self._store.identity_transaction() as transaction:
            held = transaction.records(refs)
            rows = with_current_numbers(transaction, held, held)
            changed = {ref: row for ref, row in rows.items() if row != held[ref]}
            transaction.save_records([changed[ref] for ref in sorted(changed)], self._clock.now())
            keys = {ref: identity_keys(evidence_in(row)) for ref, row in changed.items()}
            former = {ref: former_keys(held[ref], keys[ref]) for ref in changed}
            transaction.add_keys(keys, former=former)

    def _link_again(self, refs: Sequence[bytes]) -> None:
        """Link records again: first who came to another's child, so that its own stay with it."""
        rows = self._store.record_rows(refs)
        with self._store.identity_transaction() as transaction:
            links = transaction.links(refs)
        linked = [ref for ref in sorted(links) if not founds_no_child(rows[ref].agency)]
        founded = [ref for ref in linked if links[ref].child_ref == self._digests.child_ref(ref)]
        for some in ([ref for ref in linked if ref not in founded], founded):
            for _ in in_transactions(some, self._resolve_named):
                pass

    def _observed(self, observations: Iterable[Observation]) -> dict[bytes, RecordRow]:
        """One row a record: everything that the batch says of it."""
        rows: dict[bytes, RecordRow] = {}
        for one in observations:
            ledger = ledger_of(one.subject, one.revision)
            row = RecordRow(
                record_ref=one.record_ref,
                agency=one.agency,
                ledger=ledger,
                shielded=one.shielded,
                authorities=self._authorities(one),
                said=None if one.waits else self._said(one, ledger),
                withheld=told_shielded(ledger, shielded=one.shielded),
            )
            rows[one.record_ref] = combined(rows.get(one.record_ref), row)
        return rows

    def _said(self, one: Observation, ledger: Ledger) -> Said:
        """The words of one observation."""
        digest = self._digests.identity_digest("said", spoken(one.record_ref, ledger))
        return Said(digest=digest, fields=tuple(ledger), revision=one.revision)

    def _authorities(self, one: Observation) -> Mapping[str, int]:
        postcode = one.subject.postcode
        found = self._places.authority_of_postcode(postcode) if postcode else None
        return {found.reveal(): one.revision} if found else {}

    def _link_some(
        self, transaction: IdentityTransaction, seen: Mapping[bytes, RecordRow]
    ) -> Sequence[bytes]:
        """Save what was said, and link what needs it under the identity lock.

        Answers what is to be resolved again, since it may be of a child that learnt something.

        Records are locked first: whoever decides about them holds them for long, and is waited for
        without the lock that everybody needs. Under it they are read again.
        """
        held = transaction.records(sorted(seen))
        links = transaction.links(sorted(seen))
        if _unresolved(seen, held, links):
            transaction.lock_identity()
            held = transaction.records(sorted(seen))
            links = transaction.links(sorted(seen))
        rows = {ref: combined(held.get(ref), row) for ref, row in seen.items()}
        unresolved = _unresolved(rows, held, links)
        rows = with_current_numbers(transaction, rows, unresolved)
        transaction.save_records([rows[ref] for ref in sorted(rows)], self._clock.now())
        if not unresolved:
            return ()
        found = {ref: evidence_in(rows[ref]) for ref in unresolved}
        keys = {ref: identity_keys(evidence) for ref, evidence in found.items()}
        former = {ref: former_keys(held.get(ref), keys[ref]) for ref in unresolved}
        transaction.add_keys(keys, former=former)
        made, before = self._resolve_all(transaction, found, keys, links)
        return self._bridging.again(transaction, made, before)

    def _resolve_all(
        self,
        transaction: IdentityTransaction,
        found: Mapping[bytes, RecordEvidence],
        keys: Mapping[bytes, Sequence[Key]],
        links: Mapping[bytes, LinkRow],
    ) -> tuple[Mapping[bytes, LinkRow], AbstractSet[bytes]]:
        """Link records that are unresolved; answer the links of their own, and who came before."""
        by = {ref: linking_among(some) for ref, some in keys.items()}
        near = transaction.candidates(by)
        refuse_too_many(near)
        board = Board(near, by)
        shared = transaction.shared_children([self._digests.child_ref(ref) for ref in found])
        made: dict[bytes, LinkRow] = {}
        bridges: list[Bridge] = []
        before: set[bytes] = set()
        for ref in sorted(found):
            beside = board.candidates(ref, Screen(found[ref], self._matching))
            resolution = resolve_by_weights(found[ref], beside, self._matching)
            if resolution.verdict is Verdict.NEW and hides(by[ref], transaction.cut(by[ref])):
                resolution = NOT_ALL_SEEN
            own = self._digests.child_ref(ref)
            if shared.get(own, frozenset()) - {ref}:
                own = self._digests.child_ref(ref + own)
            made[ref] = _linked(ref, resolution, links.get(ref), own)
            board.place(made[ref].child_ref, found[ref])
            bridges += self._bridging.found(found[ref], beside, made[ref])
            before |= self._bridging.came_before(found[ref], beside, made[ref])
        now = self._clock.now()
        asked = self._bridging.for_people(transaction, bridges)
        made |= {ref: replace(made[ref], verdict=Verdict.MANY.value) for ref in asked}
        changed = [link for ref, link in made.items() if link != links.get(ref)]
        transaction.save_links(changed, now)
        self._standing.follow(transaction, list(made.values()), links, now)
        self._bridging.join(transaction, (b for b in bridges if b.record_ref not in asked), now)
        return made, before


def _linked(ref: bytes, found: Resolution, held: LinkRow | None, own: bytes) -> LinkRow:
    """The link that a resolution leads to; ``own`` is the child of this record alone.

    A record that claims nobody for certain has a child of its own, so that its events are never
    without one. It is the child it founded, unless others are linked to that by now: they stay
    there, and this record, which is no longer surely theirs, goes.
    """
    child_ref = own
    if found.verdict is Verdict.MATCHED and found.child_ref is not None:
        child_ref = found.child_ref
    elif found.verdict is Verdict.MANY and held is not None and held.child_ref in found.possible:
        child_ref = held.child_ref
    return LinkRow(
        record_ref=ref,
        child_ref=child_ref,
        verdict=found.verdict.value,
        possible=tuple(sorted(set(found.possible) - {child_ref})),
        evidence=found.evidence,
    )


def _unresolved(
    rows: Mapping[bytes, RecordRow],
    held: Mapping[bytes, RecordRow],
    links: Mapping[bytes, LinkRow],
) -> list[bytes]:
    """The records that are not linked, or of which something else is said than is held."""
    return [
        ref for ref, row in rows.items() if ref not in links or needs_resolving(held.get(ref), row)
    ]
