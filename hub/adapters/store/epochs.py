"""Which identity keys are in force, and the keys of a record that its words no longer give."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import in_columns, with_rows
from hub.core.identity_keys import Key
from hub.ports import ColumnSealer, IdentityDigests

EPOCHS_LOCK: Final = 0x4550_4F43_4853_4B59
"""Shared by whoever stores keys, taken alone by whoever brings an epoch in force or out of it."""

EPOCHS: Final = "SELECT epoch, fingerprint FROM identity_epoch"

_FORMER: Final = {"record_ref": "bytea", "former_keys": "bytea"}


def hold_epochs(cursor: Cursor[TupleRow]) -> None:
    """Let the epochs in force be the same until the transaction ends."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (EPOCHS_LOCK,))


def take_epochs(cursor: Cursor[TupleRow], digests: IdentityDigests) -> tuple[int, ...]:
    """The epochs in force as the database says now, the oldest first.

    Raises:
        TransientFault: the key of one is not at hand.
    """
    cursor.execute(EPOCHS, binary=True)
    found: dict[int, bytes | None] = dict(cursor.fetchall())
    return digests.take(found) if found else digests.in_force


def digests_of(
    digests: IdentityDigests, epochs: Sequence[int], keys: Iterable[Key]
) -> list[tuple[str, bytes]]:
    """Kind and digest of each key under each epoch."""
    return [
        (kind, digests.identity_digest(kind, value, epoch=epoch))
        for kind, value in keys
        for epoch in epochs
    ]


def keep_former(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, former: Mapping[bytes, Sequence[Key]]
) -> None:
    """Keep keys sealed that records had and whose words they no longer hold; the rows are held."""
    refs = sorted(ref for ref, keys in former.items() if keys)
    if not refs:
        return
    there = read_former(cursor, sealer, refs)
    rows = []
    for ref in refs:
        keys = dict.fromkeys([*there.get(ref, ()), *former[ref]])
        rows.append((ref, seal_former(sealer, ref, keys)))
    cursor.execute(
        with_rows(
            "UPDATE record SET former_keys = given.former_keys FROM {}"
            " WHERE record.record_ref = given.record_ref",
            _FORMER,
        ),
        in_columns(rows, _FORMER),
    )


def read_former(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, refs: Sequence[bytes]
) -> Mapping[bytes, Sequence[Key]]:
    """The former keys of those of these records that have any."""
    cursor.execute(
        "SELECT record_ref, former_keys FROM record WHERE record_ref = ANY(%s)"
        " AND former_keys IS NOT NULL",
        (bytea(refs),),
        binary=True,
    )
    return {ref: unseal_former(sealer, ref, sealed) for ref, sealed in cursor.fetchall()}


def seal_former(sealer: ColumnSealer, record_ref: bytes, keys: Iterable[Key]) -> bytes:
    """The keys as the sealed column of their record."""
    packed = json.dumps(list(keys), ensure_ascii=False).encode()
    return sealer.seal("record", "former_keys", record_ref, packed)


def unseal_former(sealer: ColumnSealer, record_ref: bytes, sealed: bytes | None) -> list[Key]:
    """The keys of a record's sealed column; none where it has none."""
    if sealed is None:
        return []
    packed = sealer.unseal("record", "former_keys", record_ref, sealed)
    return [(str(kind), str(value)) for kind, value in json.loads(packed)]
