"""Records, their keys and their links to children, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store import waiting
from hub.adapters.store.arrays import bytea
from hub.adapters.store.decisions import PostgresDecisionRows
from hub.adapters.store.epochs import hold_epochs, keep_former, take_epochs
from hub.adapters.store.homes import save_homes
from hub.adapters.store.ledgers import seal_ledger, unseal_ledger, unseal_values
from hub.adapters.store.links import read_own_links, write_own_links
from hub.adapters.store.operator_faults import tell_wide_keys
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.adapters.store.superseded import current_of
from hub.adapters.store.told import as_told, said_of
from hub.core.identity_keys import KEY_SCHEME
from hub.ports import (
    CANDIDATES_PER_KEY_MAX,
    ChildRecords,
    ColumnSealer,
    IdentityDigests,
    KnownRecord,
    LinkRow,
    RecordRow,
)

IDENTITY_LOCK = 0x5A46_4547_4841_5244
"""The one advisory lock under which records are linked to children."""

Keys = Mapping[bytes, Sequence[tuple[str, str]]]
"""Keys, kind and value, by the reference of their record."""

_RECORD = {
    "record_ref": "bytea",
    "agency": "text",
    "sealed": "bytea",
    "shielded": "boolean",
    "authorities": "jsonb",
    "said": "bytea",
    "said_fields": "text[]",
    "said_revision": "bigint",
    "key_epoch": "smallint",
    "key_scheme": "smallint",
}
_KEY = {"kind": "text", "digest": "bytea", "record_ref": "bytea", "epoch": "smallint"}


def record_of(sealer: ColumnSealer, row: TupleRow) -> RecordRow:
    """A record from (record_ref, agency, sealed, shielded, authorities)."""
    record_ref, agency, sealed, shielded, authorities = row
    return RecordRow(
        record_ref=record_ref,
        agency=agency,
        ledger=unseal_ledger(sealer, record_ref, sealed),
        shielded=shielded,
        authorities=authorities,
    )


def read_records(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, refs: Sequence[bytes], *, lock: bool = False
) -> Mapping[bytes, RecordRow]:
    """Records by reference; with ``lock``, held for change in order of their reference."""
    cursor.execute(
        "SELECT record_ref, agency, sealed, shielded, authorities, said, said_fields,"
        " said_revision FROM record"
        " WHERE record_ref = ANY(%s) ORDER BY record_ref" + (" FOR NO KEY UPDATE" if lock else ""),
        (bytea(sorted(set(refs))),),
        binary=True,
    )
    return {
        ref: as_told(record_of(sealer, (ref, *row)), said_of(*said))
        for ref, *row, said in ((*r[:5], r[5:]) for r in cursor)
    }


_BEHIND: Final = (
    "SELECT DISTINCT given.kind, given.digest, found.child_ref FROM {} CROSS JOIN LATERAL"
    " (SELECT DISTINCT link.child_ref FROM record_key JOIN link USING (record_ref)"
    "  WHERE record_key.kind = given.kind AND record_key.digest = given.digest"
    "  LIMIT %s) AS found"
)
_BEHIND_BY_OWN: Final = (
    "SELECT DISTINCT given.kind, given.digest, found.child_ref FROM {} CROSS JOIN LATERAL"
    " (SELECT DISTINCT coalesce(base.child_ref, link.child_ref) AS child_ref"
    "  FROM record_key JOIN link USING (record_ref)"
    "  LEFT JOIN identity_base AS base USING (record_ref)"
    "  WHERE record_key.kind = given.kind AND record_key.digest = given.digest"
    "  LIMIT %s) AS found"
)
_OWN_OF: Final = (
    "SELECT record_ref, child_ref FROM link WHERE child_ref = ANY(%s) AND NOT EXISTS"
    " (SELECT 1 FROM identity_base AS base WHERE base.record_ref = link.record_ref)"
    " UNION ALL SELECT record_ref, child_ref FROM identity_base WHERE child_ref = ANY(%s)"
)
"""The records of children by the links of the records' own."""


def children_behind(
    cursor: Cursor[TupleRow],
    sealer: ColumnSealer,
    keys: Sequence[tuple[str, bytes]],
    *,
    most: int = CANDIDATES_PER_KEY_MAX,
    own: bool = False,
) -> tuple[Mapping[tuple[str, bytes], tuple[bytes, ...]], Mapping[bytes, ChildRecords]]:
    """Which children stand behind each key, and every record of each of those children.

    With ``own`` by the links of the records' own evidence, whatever was decided.
    """
    columns = {"kind": "text", "digest": "bytea"}
    cursor.execute(
        with_rows(_BEHIND_BY_OWN if own else _BEHIND, columns),
        (*in_columns(keys, columns), most),
        binary=True,
    )
    behind: dict[tuple[str, bytes], list[bytes]] = {}
    for kind, digest, child_ref in cursor.fetchall():
        behind.setdefault((kind, digest), []).append(child_ref)
    everyone = sorted({ref for refs in behind.values() for ref in refs})
    if not everyone:
        return {}, {}
    filed = _OWN_OF if own else "SELECT record_ref, child_ref FROM link WHERE child_ref = ANY(%s)"
    cursor.execute(
        "SELECT record_ref, agency, sealed, child_ref"
        f" FROM ({filed}) AS filed JOIN record USING (record_ref) ORDER BY child_ref, record_ref",
        [bytea(everyone)] * (2 if own else 1),
        binary=True,
    )
    records: dict[bytes, list[KnownRecord]] = {}
    for record_ref, agency, sealed, child_ref in cursor.fetchall():
        said = unseal_values(sealer, record_ref, sealed)
        known = KnownRecord(record_ref=record_ref, agency=agency, said=said)
        records.setdefault(child_ref, []).append(known)
    children = {
        ref: ChildRecords(child_ref=ref, records=tuple(rows)) for ref, rows in records.items()
    }
    return {key: tuple(refs) for key, refs in behind.items()}, children


class PostgresIdentityTransaction(PostgresDecisionRows):
    """The linking transaction over one connection."""

    def __init__(
        self, cursor: Cursor[TupleRow], sealer: ColumnSealer, digests: IdentityDigests
    ) -> None:
        super().__init__(cursor, sealer)
        self._digests = digests
        self._made: dict[tuple[tuple[str, str], int], bytes] = {}
        self._wide: set[tuple[str, bytes]] = set()

    @cached_property
    def _epochs(self) -> tuple[int, ...]:
        """The epochs of the identity key, which stay in force until the transaction ends."""
        hold_epochs(self._cursor)
        return take_epochs(self._cursor, self._digests)

    def _digest(self, key: tuple[str, str], epoch: int) -> bytes:
        """The keyed digest of a key; a record is looked for under the keys that it then gets."""
        made = self._made.get((key, epoch))
        if made is None:
            made = self._digests.identity_digest(*key, epoch=epoch)
            self._made[key, epoch] = made
        return made

    def lock_identity(self) -> None:
        """Take the one identity advisory lock until the transaction ends."""
        self._cursor.execute("SELECT pg_advisory_xact_lock(%s)", (IDENTITY_LOCK,))

    def records(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """The records that exist, locked for change, in order of their reference."""
        return read_records(self._cursor, self._sealer, record_refs, lock=True)

    def records_read(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Records without a lock."""
        return read_records(self._cursor, self._sealer, record_refs)

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links that records have by their own evidence."""
        return read_own_links(self._cursor, record_refs)

    def candidates(self, keys: Keys) -> Mapping[bytes, tuple[ChildRecords, ...]]:
        """For each record reference, the children that share one of its keys."""
        digested = {
            ref: [(key[0], self._digest(key, epoch)) for key in pairs for epoch in self._epochs]
            for ref, pairs in keys.items()
        }
        wanted = sorted({key for pairs in digested.values() for key in pairs})
        behind, children = children_behind(self._cursor, self._sealer, wanted, own=True)
        wide = [key for key, refs in behind.items() if len(refs) >= CANDIDATES_PER_KEY_MAX]
        tell_wide_keys(self._cursor, [kind for kind, _ in wide])
        self._wide.update(wide)
        return {
            ref: tuple(
                children[child]
                for child in sorted({c for pair in pairs for c in behind.get(pair, ())})
            )
            for ref, pairs in digested.items()
        }

    def current_numbers(self, numbers: Collection[str]) -> Mapping[str, str]:
        """For those of these NHS numbers that were replaced, which one stands in their place."""
        return current_of(self._cursor, self._sealer, self._digests, self._epochs, numbers)

    def cut(self, keys: Sequence[tuple[str, str]]) -> frozenset[str]:
        """The kinds of those of these keys whose children ``candidates`` may not all have seen."""
        if not self._wide:
            return frozenset()
        made = {(key[0], self._digest(key, epoch)) for key in keys for epoch in self._epochs}
        return frozenset(kind for kind, _ in made & self._wide)

    def shared_children(self, child_refs: Sequence[bytes]) -> Mapping[bytes, frozenset[bytes]]:
        """The records linked to each of these children."""
        self._cursor.execute(
            f"SELECT child_ref, array_agg(record_ref) FROM ({_OWN_OF}) AS filed GROUP BY child_ref",
            (bytea(sorted(child_refs)), bytea(sorted(child_refs))),
            binary=True,
        )
        return {ref: frozenset(records) for ref, records in self._cursor}

    def save_records(self, records: Sequence[RecordRow], at: datetime) -> None:
        """Insert or replace records."""
        rows = [
            (
                r.record_ref,
                r.agency,
                seal_ledger(self._sealer, r.record_ref, r.ledger),
                r.shielded,
                dict(r.authorities),
                *((r.said.digest, r.said.fields, r.said.revision) if r.said else (None, (), None)),
                *(self._epochs[-1], KEY_SCHEME),
            )
            for r in sorted(records, key=lambda r: r.record_ref)
        ]
        then = (
            "ON CONFLICT (record_ref) DO UPDATE SET sealed = excluded.sealed,"
            " shielded = record.shielded OR excluded.shielded,"
            " authorities = excluded.authorities, version = record.version + 1,"
            " said = excluded.said, said_fields = excluded.said_fields,"
            " said_revision = excluded.said_revision"
        )
        insert(self._cursor, "record", _RECORD, rows, then=then)
        save_homes(self._cursor, self._sealer, self._digests, self._epochs, records, at)

    def add_keys(self, keys: Keys, *, former: Keys = MappingProxyType({})) -> None:
        """Add identity keys; those that a record ever had stay, the former ones sealed too."""
        newest = self._epochs[-1]
        rows = sorted(
            {
                (key[0], self._digest(key, newest), ref, newest)
                for ref, pairs in keys.items()
                for key in pairs
            }
        )
        insert(self._cursor, "record_key", _KEY, rows)
        keep_former(self._cursor, self._sealer, former)

    def lock_records(self, record_refs: Sequence[bytes]) -> None:
        """Hold records against everything, a new event of theirs included."""
        waiting.lock_records(self._cursor, record_refs)

    def add_waiting(self, records: Sequence[RecordRow]) -> frozenset[bytes]:
        """Insert records that are not there, to wait for a child; answer which were inserted."""
        return waiting.add_waiting(self._cursor, self._sealer, records, epoch=self._epochs[-1])

    def promote(self, links: Sequence[LinkRow], at: datetime) -> None:
        """Link records to children that are there; they wait no longer."""
        waiting.promote(self._cursor, links, at)

    def release(self, record_refs: Sequence[bytes], at: datetime) -> None:
        """Take records from children whom they no longer match; they wait again."""
        waiting.release(self._cursor, record_refs, at)

    def save_links(self, links: Sequence[LinkRow], at: datetime) -> None:
        """Insert or change links of records' own; see the port."""
        write_own_links(self._cursor, links, at)
