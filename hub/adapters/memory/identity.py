"""Records, their keys and their links to children, in memory: for measuring, and for fast tests.

It answers what PostgreSQL would: one suite of tests holds both to the same contract. Keys are held
as the same keyed digests and ledgers as the same packed bytes, so nothing compares by other values
than it would there. It is gone with the process, and one transaction runs at a time.
"""

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from hub.adapters.memory.decisions import MemoryDecisionRows
from hub.adapters.memory.tables import Digest, Tables, held
from hub.core.identity_decision import IdentityDecision
from hub.core.person import values_of
from hub.ports import (
    CANDIDATES_PER_KEY_MAX,
    ChildRecords,
    IdentityDigests,
    KnownRecord,
    LinkRow,
    RecordRow,
    Told,
)

SCHOOL_PREFIX = "URN"
"""How the agency of a school begins; see ``Urn.agency``."""


class MemoryIdentityTransaction(MemoryDecisionRows):
    """The linking transaction over what is in memory."""

    def __init__(self, tables: Tables, digests: IdentityDigests, wide: Counter[str]) -> None:
        super().__init__(tables)
        self._digests = digests
        self._wide = wide
        self._cut: set[tuple[str, str]] = set()
        self._made: dict[tuple[str, str], Digest] = {}

    def _digest(self, key: tuple[str, str]) -> Digest:
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = (key[0], self._digests.identity_digest(*key))
        return made

    def lock_identity(self) -> None:
        """Nothing to take: one transaction runs at a time."""

    def lock_records(self, record_refs: Sequence[bytes]) -> None:
        """Nothing to hold: one transaction runs at a time."""

    def records(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """The records that exist, in order of their reference."""
        return self._tables.rows(record_refs)

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links that records have by their own evidence."""
        own = {ref: self._tables.own(ref) for ref in record_refs}
        return {ref: link for ref, link in own.items() if link is not None}

    def candidates(
        self, keys: Mapping[bytes, Sequence[tuple[str, str]]]
    ) -> Mapping[bytes, tuple[ChildRecords, ...]]:
        """For each record reference, the children that share one of its keys."""
        found: dict[bytes, ChildRecords] = {}
        behind = {key: self._children_behind(key) for own in keys.values() for key in own}
        for child_ref in {child for children in behind.values() for child in children}:
            rows = [self._tables.row(ref) for ref in sorted(self._tables.own_of(child_ref))]
            found[child_ref] = ChildRecords(
                child_ref=child_ref,
                records=tuple(
                    KnownRecord(
                        record_ref=row.record_ref, agency=row.agency, said=values_of(row.ledger)
                    )
                    for row in rows
                ),
            )
        return {
            ref: tuple(found[child] for child in sorted({c for key in own for c in behind[key]}))
            for ref, own in keys.items()
        }

    def _children_behind(self, key: tuple[str, str]) -> Sequence[bytes]:
        children: dict[bytes, None] = {}
        for ref in self._tables.behind.get(self._digest(key), ()):
            link = self._tables.own(ref)
            if link is not None:
                children[link.child_ref] = None
                if len(children) >= CANDIDATES_PER_KEY_MAX:
                    self._wide[key[0]] += 1
                    self._cut.add(key)
                    break
        return tuple(children)

    def current_numbers(self, numbers: Collection[str]) -> Mapping[str, str]:
        """None: nobody tells here that a number was replaced."""
        del numbers
        return {}

    def cut(self, keys: Sequence[tuple[str, str]]) -> frozenset[str]:
        """The kinds of those of these keys whose children ``candidates`` may not all have seen."""
        return frozenset(key[0] for key in keys if key in self._cut)

    def shared_children(self, child_refs: Sequence[bytes]) -> Mapping[bytes, frozenset[bytes]]:
        """The records linked to each of these children."""
        found = {ref: self._tables.own_of(ref) for ref in child_refs}
        return {ref: records for ref, records in found.items() if records}

    def save_records(self, records: Sequence[RecordRow], at: datetime) -> None:
        """Insert or replace records; what is shielded stays so, and what waits waits on."""
        del at  # since when a home is known is of no use here
        for row in records:
            there = self._tables.records.get(row.record_ref)
            saved = held(row, waits=there.waits if there else False)
            if there is not None:
                shielded = there.shielded or row.shielded
                saved = replace(saved, agency=there.agency, shielded=shielded)
            self._tables.put(self._tables.records, row.record_ref, saved)

    def add_keys(
        self,
        keys: Mapping[bytes, Sequence[tuple[str, str]]],
        *,
        former: Mapping[bytes, Sequence[tuple[str, str]]] = MappingProxyType({}),
    ) -> None:
        """Add identity keys; those that a record ever had stay, and nothing is ever keyed anew."""
        del former
        for ref, pairs in keys.items():
            self._tables.add_keys(ref, map(self._digest, pairs))

    def save_links(self, links: Sequence[LinkRow], at: datetime) -> None:
        """Insert or change links of records' own; where another one stands, it stays."""
        for link in links:
            self._tables.found(link, at)
            if link.record_ref in self._tables.bases:
                self._tables.put_base(link)
            else:
                self._tables.link(link)

    def add_waiting(self, records: Sequence[RecordRow]) -> frozenset[bytes]:
        """Insert records that are not there, to wait for a child; answer which were inserted."""
        missing = [row for row in records if row.record_ref not in self._tables.records]
        for row in missing:
            waiting = held(replace(row, said=None), waits=True)
            self._tables.put(self._tables.records, row.record_ref, waiting)
        return frozenset(row.record_ref for row in missing)

    def promote(self, links: Sequence[LinkRow], at: datetime) -> None:
        """Link records to children that are there; they wait no longer."""
        self.save_links(links, at)
        self._wait([link.record_ref for link in links], waits=False)

    def release(self, record_refs: Sequence[bytes], at: datetime) -> None:
        """Take records from children whom they no longer match; they wait again."""
        del at
        for ref in record_refs:
            self._tables.drop_base(ref)
            self._tables.unlink(ref)
        self._wait(record_refs, waits=True)

    def _wait(self, refs: Iterable[bytes], *, waits: bool) -> None:
        for ref in refs:
            changed = replace(self._tables.records[ref], waits=waits)
            self._tables.put(self._tables.records, ref, changed)


class MemoryIdentityStore:
    """The port ``IdentityStore`` in memory."""

    def __init__(self, digests: IdentityDigests) -> None:
        self._digests = digests
        self._tables = Tables()
        self._lock = threading.RLock()
        self.wide_keys: Counter[str] = Counter()
        """How often, by kind, a key had as many children behind it as are looked at."""

    def keys_of(self, record_ref: bytes) -> tuple[Digest, ...]:
        """The keys of a record, for measuring what they are worth."""
        return self._tables.keys.get(record_ref, ())

    @contextmanager
    def identity_transaction(self) -> Iterator[MemoryIdentityTransaction]:
        """The short transaction that links records to children."""
        with self._lock:
            try:
                yield MemoryIdentityTransaction(self._tables, self._digests, self.wide_keys)
            except BaseException:
                self._tables.roll_back()
                raise
            self._tables.commit()

    def decisions_about(self, record_refs: Sequence[bytes]) -> tuple[IdentityDecision, ...]:
        """Every decision about these records, reversed ones too, the oldest first."""
        return self._tables.decisions_about(record_refs)

    def decision_moves(self, decision_id: bytes) -> tuple[LinkRow, ...]:
        """The links that records had before a decision moved them."""
        return self._tables.moves.get(decision_id, ())

    def told(self, record_refs: Sequence[bytes]) -> Mapping[bytes, Told]:
        """What was said last of the records that are linked, without their words."""
        records = self._tables.records
        return {
            ref: Told(
                said=records[ref].said,
                shielded=records[ref].shielded,
                authorities=records[ref].authorities,
            )
            for ref in record_refs
            if ref in self._tables.links
        }

    def record_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Records by reference."""
        return self._tables.rows(record_refs)

    def link_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """Links by record."""
        return self._tables.link_rows(record_refs)

    def waiting_behind(self, record_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """Waiting records that share a number with one of these, and schools' that were left."""
        tables = self._tables
        near = tables.sharing_a_number(record_refs)
        found = {other for _, other in near if tables.records[other].waits}
        for ref in record_refs:
            now = tables.links.get(ref)
            for child in tables.left.get(ref, frozenset()) if now else ():
                if now is not None and child != now.child_ref:
                    beside = tables.linked.get(child, frozenset())
                    found |= {
                        other
                        for other in beside
                        if tables.records[other].agency.startswith(SCHOOL_PREFIX)
                    }
        return tuple(sorted(found))

    def with_a_child_behind(self, record_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """Those of these without a link that share a number with a record that has one."""
        links = self._tables.links
        unlinked = [ref for ref in record_refs if ref not in links]
        near = self._tables.sharing_a_number(unlinked)
        return tuple(sorted({ref for ref, other in near if other in links}))
