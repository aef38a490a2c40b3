"""Keys stored records anew under the newest identity key; see the port ``KeyIndex``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.epochs import (
    digests_of,
    hold_epochs,
    read_former,
    seal_former,
    take_epochs,
)
from hub.adapters.store.homes import rekey_homes, seal_withheld
from hub.adapters.store.identity import read_records
from hub.adapters.store.ledgers import seal_ledger
from hub.adapters.store.numbers_told import rekey_numbers
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.household import place_told
from hub.core.identity_keys import KEY_SCHEME, STORED_KINDS, Key, identity_keys
from hub.ports import ColumnSealer, IdentityDigests, RecordRow
from hub.ports.reindexing import Rekeyed
from hub.service.records import evidence_in, spoken

_OLDER: Final = "(key_epoch, key_scheme) < (%s, %s)"
_KEY: Final = {"kind": "text", "digest": "bytea", "record_ref": "bytea", "epoch": "smallint"}
_GONE: Final = {"kind": "text", "digest": "bytea", "record_ref": "bytea"}
_RECORD: Final = {
    "record_ref": "bytea",
    "sealed": "bytea",
    "said": "bytea",
    "said_fields": "text[]",
    "said_revision": "bigint",
    "former_keys": "bytea",
    "key_epoch": "smallint",
    "key_scheme": "smallint",
}
_SEALED: Final = {"address": "bytea", "sealed": "bytea"}

StoredKey = tuple[str, bytes, int]
"""Kind, digest and epoch."""


@dataclass
class _Changes:
    """What one step writes."""

    keys: list[tuple[str, bytes, bytes, int]] = field(default_factory=list)
    gone: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    kept: int = 0


class PostgresKeyIndex:
    """The port ``KeyIndex`` over PostgreSQL."""

    def __init__(
        self, store: PostgresStore, sealer: ColumnSealer, digests: IdentityDigests
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._digests = digests

    def remaining(self) -> int:
        """How many records and withheld addresses lie under an older key or scheme."""
        with self._store.connection() as connection:
            cursor = connection.cursor()
            newest = take_epochs(cursor, self._digests)[-1]
            cursor.execute(
                f"SELECT (SELECT count(*) FROM record WHERE {_OLDER}) + (SELECT count(*)"
                " FROM withheld_address WHERE epoch < %s AND sealed IS NOT NULL) + (SELECT count(*)"
                " FROM superseded_number WHERE epoch < %s)",
                (newest, KEY_SCHEME, newest, newest),
            )
            ((count,),) = cursor.fetchall()
            return int(count)

    def rekey(self, most: int) -> Rekeyed:
        """Key up to ``most`` records anew that nobody holds just now.

        Whoever looks meanwhile finds each under its old keys or its new ones: the change of one
        record is one commit, and it is looked for under both.
        """
        with self._store.connection() as connection:
            cursor = connection.cursor()
            hold_epochs(cursor)
            epochs = take_epochs(cursor, self._digests)
            cursor.execute(
                f"SELECT record_ref FROM record WHERE {_OLDER} LIMIT %s"
                " FOR NO KEY UPDATE SKIP LOCKED",
                (epochs[-1], KEY_SCHEME, most),
                binary=True,
            )
            refs = sorted(ref for (ref,) in cursor)
            if not refs:
                return Rekeyed(rows=0)
            rows = read_records(cursor, self._sealer, refs)
            former = read_former(cursor, self._sealer, refs)
            kept = self._rekey_keys(cursor, epochs, rows, former)
            self._rekey_homes(cursor, epochs, rows)
            self._save(cursor, epochs, rows, former)
            return Rekeyed(rows=len(refs), kept=kept)

    def _rekey_keys(
        self,
        cursor: Cursor[TupleRow],
        epochs: Sequence[int],
        rows: Mapping[bytes, RecordRow],
        former: Mapping[bytes, Sequence[Key]],
    ) -> int:
        stored: dict[bytes, list[StoredKey]] = {ref: [] for ref in rows}
        cursor.execute(
            "SELECT record_ref, kind, digest, epoch FROM record_key WHERE record_ref = ANY(%s)",
            (bytea(sorted(rows)),),
            binary=True,
        )
        for ref, *one in cursor:
            stored[ref].append((one[0], one[1], one[2]))
        changes = _Changes()
        for ref, row in rows.items():
            keys = [*identity_keys(evidence_in(row)), *former.get(ref, ())]
            self._compare(changes, epochs, ref, keys, stored[ref])
        if changes.gone:
            cursor.execute(
                with_rows(
                    "DELETE FROM record_key USING {} WHERE record_key.kind = given.kind"
                    " AND record_key.digest = given.digest"
                    " AND record_key.record_ref = given.record_ref",
                    _GONE,
                ),
                in_columns(sorted(changes.gone), _GONE),
            )
        insert(cursor, "record_key", _KEY, sorted(changes.keys))
        return changes.kept

    def _compare(
        self,
        changes: _Changes,
        epochs: Sequence[int],
        ref: bytes,
        keys: Iterable[Key],
        stored: Iterable[StoredKey],
    ) -> None:
        """Note which keys a record gets and which go: those it gets anew, and kinds of before."""
        *former, newest = epochs
        made = [key for key in dict.fromkeys(keys) if key[0] in STORED_KINDS]
        wanted = set(digests_of(self._digests, [newest], made))
        anew = set(digests_of(self._digests, former, made))
        for kind, digest, epoch in stored:
            if kind not in STORED_KINDS or (epoch != newest and (kind, digest) in anew):
                changes.gone.append((kind, digest, ref))
            elif epoch != newest:
                changes.kept += 1
        changes.keys += [(kind, digest, ref, newest) for kind, digest in wanted]

    def _rekey_homes(
        self, cursor: Cursor[TupleRow], epochs: Sequence[int], rows: Mapping[bytes, RecordRow]
    ) -> None:
        """Put homes under the newest key, and seal withheld addresses that these records say."""
        said = {ref: place_told(row.ledger) for ref, row in rows.items()}
        told = {ref: place for ref, place in said.items() if place is not None}
        rekey_homes(cursor, self._digests, epochs, told)
        sealed = {}
        for address in {place.address for place in told.values() if place.address}:
            for epoch in epochs[:-1]:
                digest = self._digests.identity_digest("home_address", address, epoch=epoch)
                sealed[digest] = seal_withheld(self._sealer, digest, address)
        if sealed:
            cursor.execute(
                with_rows(
                    "UPDATE withheld_address AS held SET sealed = given.sealed FROM {}"
                    " WHERE held.address = given.address AND held.sealed IS NULL",
                    _SEALED,
                ),
                in_columns(sorted(sealed.items()), _SEALED),
            )

    def _save(
        self,
        cursor: Cursor[TupleRow],
        epochs: Sequence[int],
        rows: Mapping[bytes, RecordRow],
        former: Mapping[bytes, Sequence[Key]],
    ) -> None:
        """Note that it is done, and put the digest of what was said last under the newest key."""
        values = []
        for ref, row in sorted(rows.items()):
            said = self._said_anew(epochs, row).said
            keys = [key for key in former.get(ref, ()) if key[0] in STORED_KINDS]
            values.append(
                (
                    *(ref, seal_ledger(self._sealer, ref, row.ledger)),
                    *((said.digest, said.fields, said.revision) if said else (None, (), None)),
                    *(seal_former(self._sealer, ref, keys) if keys else None,),
                    *(epochs[-1], KEY_SCHEME),
                )
            )
        cursor.execute(
            with_rows(
                "UPDATE record SET sealed = given.sealed, said = given.said,"
                " said_fields = given.said_fields::text[], said_revision = given.said_revision,"
                " former_keys = given.former_keys, key_epoch = given.key_epoch,"
                " key_scheme = given.key_scheme FROM {}"
                " WHERE record.record_ref = given.record_ref",
                _RECORD,
            ),
            in_columns(values, _RECORD),
        )

    def _said_anew(self, epochs: Sequence[int], row: RecordRow) -> RecordRow:
        """What was said last, under the newest key; forgotten where that cannot be made out.

        Then it is told as something new once more, and changes nothing.
        """
        if row.said is None:
            return row
        words = {name: row.ledger[name] for name in row.said.fields}
        text = spoken(row.record_ref, words)
        made = [self._digests.identity_digest("said", text, epoch=epoch) for epoch in epochs]
        if row.said.digest not in made:
            return replace(row, said=None)
        return replace(row, said=replace(row.said, digest=made[-1]))

    def rekey_numbers(self, most: int) -> int:
        """Put up to ``most`` NHS numbers that were replaced under the newest key."""
        with self._store.connection() as connection:
            cursor = connection.cursor()
            hold_epochs(cursor)
            return rekey_numbers(cursor, self._sealer, self._digests, most)

    def rekey_withheld(self, most: int) -> int:
        """Put up to ``most`` withheld addresses under the newest key; answer how many."""
        with self._store.connection() as connection:
            cursor = connection.cursor()
            hold_epochs(cursor)
            newest = take_epochs(cursor, self._digests)[-1]
            cursor.execute(
                "SELECT address, sealed FROM withheld_address WHERE epoch < %s"
                " AND sealed IS NOT NULL LIMIT %s FOR UPDATE SKIP LOCKED",
                (newest, most),
                binary=True,
            )
            former = dict(cursor.fetchall())
            anew = []
            for digest, sealed in former.items():
                address = self._sealer.unseal("withheld_address", "sealed", digest, sealed).decode()
                made = self._digests.identity_digest("home_address", address, epoch=newest)
                anew.append((made, newest, seal_withheld(self._sealer, made, address)))
            columns = {"address": "bytea", "epoch": "smallint", "sealed": "bytea"}
            insert(cursor, "withheld_address", columns, sorted(anew))
            cursor.execute(
                "DELETE FROM withheld_address WHERE address = ANY(%s)", (bytea(sorted(former)),)
            )
            return len(former)
