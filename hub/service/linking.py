"""Links records to children before their events are decided; harmless if it stands alone.

What agencies say of a person is merged field by field into the agency's record. Only a record with
keys that are not yet resolved (new, or learnt later) is resolved, under the one identity lock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.event import Subject
from hub.core.identity import (
    Candidate,
    RecordEvidence,
    Resolution,
    Verdict,
    evidence_of,
    identity_keys,
    linking_keys,
    resolve,
)
from hub.core.person import Ledger, ledger_of, merge, same_evidence, subject_of
from hub.ports import (
    ChildRecords,
    Clock,
    IdentityDigests,
    IdentityTransaction,
    LinkRow,
    Places,
    RecordRow,
    Store,
)

RECORDS_PER_TRANSACTION_MAX = 50
"""So that the identity lock is held for milliseconds (decided: design 2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one event says of one person."""

    record_ref: bytes
    agency: str
    subject: Subject
    revision: int
    shielded: bool


def evidence_in(record: RecordRow) -> RecordEvidence:
    """The identity evidence of a stored record."""
    subject = subject_of(record.ledger, "record")
    return evidence_of(subject, record_ref=record.record_ref, agency=record.agency)


class Linking:
    """The use case: observations in, every record linked to exactly one child."""

    def __init__(
        self, *, store: Store, digests: IdentityDigests, places: Places, clock: Clock
    ) -> None:
        self._store = store
        self._digests = digests
        self._places = places
        self._clock = clock

    def link(self, observations: Iterable[Observation]) -> None:
        """Bring records up to date and link those that need it, some at a time."""
        seen = self._observed(observations)
        for some in _chunks(sorted(seen), RECORDS_PER_TRANSACTION_MAX):
            held = self._store.record_rows(some)
            links = self._store.link_rows(some)
            changed = [
                ref
                for ref in some
                if ref not in links or _combined(held.get(ref), seen[ref]) != held.get(ref)
            ]
            if changed:
                with self._store.identity_transaction() as transaction:
                    self._link_some(transaction, {ref: seen[ref] for ref in changed}, held)

    def _observed(self, observations: Iterable[Observation]) -> dict[bytes, RecordRow]:
        """One row a record: everything that the batch says of it."""
        rows: dict[bytes, RecordRow] = {}
        for one in observations:
            said = RecordRow(
                record_ref=one.record_ref,
                agency=one.agency,
                ledger=ledger_of(one.subject, one.revision),
                shielded=one.shielded,
                authorities=self._authorities(one),
            )
            rows[one.record_ref] = _combined(rows.get(one.record_ref), said)
        return rows

    def _authorities(self, one: Observation) -> Mapping[str, int]:
        postcode = one.subject.postcode
        found = self._places.authority_of_postcode(postcode) if postcode else None
        return {found.reveal(): one.revision} if found else {}

    def _link_some(
        self,
        transaction: IdentityTransaction,
        seen: Mapping[bytes, RecordRow],
        unlocked: Mapping[bytes, RecordRow],
    ) -> None:
        if any(_needs_resolving(unlocked.get(ref), row) for ref, row in seen.items()):
            transaction.lock_identity()
        held = transaction.records(sorted(seen))
        links = transaction.links(sorted(seen))
        rows = {ref: _combined(held.get(ref), row) for ref, row in seen.items()}
        transaction.save_records([rows[ref] for ref in sorted(rows)])
        unresolved = {
            ref: row
            for ref, row in rows.items()
            if ref not in links or _needs_resolving(held.get(ref), row)
        }
        if unresolved:
            self._resolve_all(transaction, unresolved, links)

    def _resolve_all(
        self,
        transaction: IdentityTransaction,
        rows: Mapping[bytes, RecordRow],
        links: Mapping[bytes, LinkRow],
    ) -> None:
        found = {ref: evidence_in(row) for ref, row in rows.items()}
        transaction.add_keys({ref: identity_keys(evidence) for ref, evidence in found.items()})
        keys = {ref: linking_keys(evidence) for ref, evidence in found.items()}
        board = _Board(transaction.candidates(keys), keys)
        shared = transaction.shared_children([self._digests.child_ref(ref) for ref in rows])
        changed = []
        for ref in sorted(rows):
            resolution = resolve(found[ref], board.candidates(ref))
            own = self._digests.child_ref(ref)
            if shared.get(own, frozenset()) - {ref}:
                own = self._digests.child_ref(ref + own)
            link = _linked(ref, resolution, links.get(ref), own)
            board.place(link.child_ref, rows[ref])
            if link != links.get(ref):
                changed.append(link)
        transaction.save_links(changed, self._clock.now())


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


class _Board:
    """The children that one transaction's records may belong to, as its links are made."""

    def __init__(
        self,
        candidates: Mapping[bytes, tuple[ChildRecords, ...]],
        keys: Mapping[bytes, Sequence[tuple[str, str]]],
    ) -> None:
        self._keys = keys
        self._children: dict[bytes, dict[bytes, RecordEvidence]] = {}
        self._behind: dict[tuple[str, str], set[bytes]] = {}
        self._stored: dict[bytes, set[bytes]] = {}
        for ref, children in candidates.items():
            self._stored[ref] = {child.child_ref for child in children}
            for child in children:
                records = {row.record_ref: evidence_in(row) for row in child.records}
                self._children.setdefault(child.child_ref, {}).update(records)

    def candidates(self, ref: bytes) -> tuple[Candidate, ...]:
        """The children that share a key with this record, without the record itself."""
        near = set(self._stored.get(ref, ()))
        for key in self._keys[ref]:
            near |= self._behind.get(key, set())
        found = []
        for child_ref in sorted(near):
            others = {r: e for r, e in self._children[child_ref].items() if r != ref}
            if others:
                records = tuple(others[r] for r in sorted(others))
                found.append(Candidate(child_ref=child_ref, records=records))
        return tuple(found)

    def place(self, child_ref: bytes, row: RecordRow) -> None:
        """Put a record with its child, and take it from where it was."""
        for records in self._children.values():
            records.pop(row.record_ref, None)
        self._children.setdefault(child_ref, {})[row.record_ref] = evidence_in(row)
        for key in self._keys[row.record_ref]:
            self._behind.setdefault(key, set()).add(child_ref)


def _combined(held: RecordRow | None, said: RecordRow) -> RecordRow:
    """Both words on one record; shielding, once set, stays."""
    if held is None:
        return said
    authorities: dict[str, int] = dict(held.authorities)
    for authority, revision in said.authorities.items():
        authorities[authority] = max(revision, authorities.get(authority, revision))
    ledger: Ledger = merge(held.ledger, said.ledger)
    return replace(
        held,
        ledger=ledger,
        shielded=held.shielded or said.shielded,
        authorities=authorities,
    )


def _needs_resolving(held: RecordRow | None, row: RecordRow) -> bool:
    return held is None or not same_evidence(held.ledger, merge(held.ledger, row.ledger))


def _chunks(refs: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(refs), size):
        yield refs[start : start + size]
