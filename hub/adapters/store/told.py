"""What was said last of a record, so that saying it again is the change of one number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import in_columns, with_rows
from hub.ports import RecordRow, Said, Told, ToldAgain

_TOLD_AGAIN = {
    "record_ref": "bytea",
    "said": "bytea",
    "said_revision": "bigint",
    "authority": "text",
}


def said_of(digest: bytes | None, names: Sequence[str], revision: int) -> Said | None:
    """The words said last, from their columns; ``None`` if they do not all stand."""
    return None if digest is None else Said(digest=digest, fields=tuple(names), revision=revision)


def as_told(record: RecordRow, said: Said | None) -> RecordRow:
    """The record with what was said last, each word of it at the newest revision that said it."""
    if said is None:
        return record
    ledger = dict(record.ledger)
    for name in said.fields:
        value, revision = ledger[name]
        ledger[name] = (value, max(revision, said.revision))
    return replace(record, ledger=ledger, said=said)


def read_told(cursor: Cursor[TupleRow], refs: Sequence[bytes]) -> Mapping[bytes, Told]:
    """What was said last of the records that are linked."""
    cursor.execute(
        "SELECT record_ref, said, said_fields, said_revision, shielded, authorities"
        " FROM record JOIN link USING (record_ref) WHERE record_ref = ANY(%s)",
        (bytea(refs),),
        binary=True,
    )
    return {
        ref: Told(said=said_of(*said), shielded=shielded, authorities=authorities)
        for ref, *said, shielded, authorities in cursor
    }


def tell_again(cursor: Cursor[TupleRow], told: Sequence[ToldAgain]) -> frozenset[bytes]:
    """Note the newer revision of words that stand; answer the records of which they still do."""
    rows = [(o.record_ref, o.digest, o.revision, o.authority) for o in told]
    cursor.execute(
        with_rows(
            "WITH held AS MATERIALIZED ("
            " SELECT given.* FROM {} JOIN record USING (record_ref, said)"
            " ORDER BY record_ref FOR NO KEY UPDATE OF record)"
            " UPDATE record SET"
            " said_revision = greatest(record.said_revision, held.said_revision),"
            " authorities = CASE WHEN held.authority IS NULL THEN record.authorities"
            "  ELSE record.authorities || jsonb_build_object(held.authority, greatest("
            "   (record.authorities ->> held.authority)::bigint, held.said_revision)) END"
            " FROM held WHERE record.record_ref = held.record_ref RETURNING record.record_ref",
            _TOLD_AGAIN,
        ),
        in_columns(sorted(rows), _TOLD_AGAIN),
        binary=True,
    )
    return frozenset(ref for (ref,) in cursor)
