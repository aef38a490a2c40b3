"""Records that wait: known from school registers only, without a child until one appears.

They are stored sealed, with their keys, and nothing finds them but a record of a child that shares
an identifier with them; every question asks for links, and they have none.
"""

from collections.abc import Sequence
from datetime import date, datetime

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.ledgers import seal_ledger
from hub.adapters.store.links import LINK_COLUMNS, write_beside
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.identity_keys import KEY_SCHEME, MATCHING_KINDS
from hub.ports import ColumnSealer, Expired, LinkRow, RecordRow

_RECORD = {
    "record_ref": "bytea",
    "agency": "text",
    "sealed": "bytea",
    "shielded": "boolean",
    "authorities": "jsonb",
    "waits": "boolean",
    "key_epoch": "smallint",
    "key_scheme": "smallint",
}


def add_waiting(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, records: Sequence[RecordRow], *, epoch: int
) -> frozenset[bytes]:
    """Insert records that are not there, waiting; answer which were inserted."""
    rows = [
        (
            *(r.record_ref, r.agency, seal_ledger(sealer, r.record_ref, r.ledger)),
            *(r.shielded, dict(r.authorities), True, epoch, KEY_SCHEME),
        )
        for r in sorted(records, key=lambda r: r.record_ref)
    ]
    if not rows:
        return frozenset()
    insert(cursor, "record", _RECORD, rows, then="ON CONFLICT DO NOTHING RETURNING record_ref")
    return frozenset(ref for (ref,) in cursor)


def lock_records(cursor: Cursor[TupleRow], record_refs: Sequence[bytes]) -> None:
    """Hold records against everything, a new event of theirs included, in order of reference.

    Whoever stores a mark of a record that waits sees afterwards that it still does: so either the
    mark comes before its promotion, or its report is tried again.
    """
    cursor.execute(
        "SELECT 1 FROM record WHERE record_ref = ANY(%s) ORDER BY record_ref FOR UPDATE",
        (bytea(sorted(record_refs)),),
    )


def promote(cursor: Cursor[TupleRow], links: Sequence[LinkRow], at: datetime) -> None:
    """Link records to children that are there; they wait no longer, and are looked at again.

    Where by a decision another link stands, it stays, and the record's own is changed beside it.
    """
    ordered = write_beside(cursor, links, at)
    rows = [
        (li.record_ref, li.child_ref, li.verdict, list(li.possible), list(li.evidence), at)
        for li in ordered
    ]
    refs = [link.record_ref for link in ordered]
    packed = bytea(refs)
    note_pending(cursor, refs, at)
    cursor.execute(
        with_rows(
            "INSERT INTO link (record_ref, child_ref, verdict, possible, evidence, linked_at,"
            " version) SELECT given.record_ref, given.child_ref, given.verdict,"
            " given.possible::bytea[], given.evidence::text[], given.linked_at,"
            " 1 + coalesce((SELECT max(version) FROM link_history"
            "  WHERE link_history.record_ref = given.record_ref), 0) FROM {}"
            " ON CONFLICT (record_ref) DO UPDATE SET child_ref = excluded.child_ref,"
            " verdict = excluded.verdict, possible = excluded.possible,"
            " evidence = excluded.evidence, linked_at = excluded.linked_at,"
            " version = link.version + 1",
            LINK_COLUMNS,
        ),
        in_columns(rows, LINK_COLUMNS),
    )
    cursor.execute(
        "INSERT INTO link_history SELECT record_ref, version, child_ref, verdict, possible,"
        " evidence, linked_at FROM link WHERE record_ref = ANY(%s) ON CONFLICT DO NOTHING",
        (packed,),
    )
    cursor.execute(
        "UPDATE record SET waits = false WHERE record_ref = ANY(%s) AND waits", (packed,)
    )
    note_pending(cursor, refs, at)


def release(cursor: Cursor[TupleRow], record_refs: Sequence[bytes], at: datetime) -> None:
    """Take records from the children whom they no longer match; they wait again."""
    refs = sorted(record_refs)
    note_pending(cursor, refs, at)
    cursor.execute("DELETE FROM identity_base WHERE record_ref = ANY(%s)", (bytea(refs),))
    cursor.execute("DELETE FROM link WHERE record_ref = ANY(%s)", (bytea(refs),))
    cursor.execute("UPDATE record SET waits = true WHERE record_ref = ANY(%s)", (bytea(refs),))


def note_pending(cursor: Cursor[TupleRow], record_refs: Sequence[bytes], at: datetime) -> None:
    """Have the children of these records looked at again."""
    cursor.execute(
        "INSERT INTO correlation_pending (child_ref, since)"
        " SELECT DISTINCT child_ref, %s::timestamptz FROM link WHERE record_ref = ANY(%s)"
        " ORDER BY child_ref ON CONFLICT (child_ref) DO UPDATE SET since = excluded.since,"
        " version = correlation_pending.version + 1",
        (at, bytea(record_refs)),
    )


def waiting_among(cursor: Cursor[TupleRow], record_refs: Sequence[bytes]) -> frozenset[bytes]:
    """Those of these records that wait."""
    cursor.execute(
        "SELECT record_ref FROM record WHERE waits AND record_ref = ANY(%s)",
        (bytea(record_refs),),
        binary=True,
    )
    return frozenset(ref for (ref,) in cursor)


def waiting_behind(cursor: Cursor[TupleRow], record_refs: Sequence[bytes]) -> tuple[bytes, ...]:
    """Waiting records that share an identifier with one of these records of children.

    And records of schools that are with a child whom one of these records has left.
    """
    cursor.execute(
        "SELECT other.record_ref FROM record_key AS own"
        " JOIN record_key AS other USING (kind, digest)"
        " JOIN record ON record.record_ref = other.record_ref AND record.waits"
        " WHERE own.record_ref = ANY(%s) AND own.kind = ANY(%s)"
        " UNION SELECT beside.record_ref FROM link_history AS before JOIN link AS now"
        " ON now.record_ref = before.record_ref AND now.child_ref <> before.child_ref"
        " JOIN link AS beside ON beside.child_ref = before.child_ref"
        " JOIN record ON record.record_ref = beside.record_ref AND record.agency LIKE 'URN%%'"
        " WHERE before.record_ref = ANY(%s)",
        (bytea(record_refs), list(MATCHING_KINDS), bytea(record_refs)),
        binary=True,
    )
    return tuple(sorted(ref for (ref,) in cursor))


def with_a_child_behind(
    cursor: Cursor[TupleRow], record_refs: Sequence[bytes]
) -> tuple[bytes, ...]:
    """Those of these records without a link that share an identifier with a record that has one."""
    cursor.execute(
        "SELECT DISTINCT own.record_ref FROM record_key AS own"
        " JOIN record_key AS other USING (kind, digest)"
        " JOIN link ON link.record_ref = other.record_ref AND other.record_ref <> own.record_ref"
        " WHERE own.record_ref = ANY(%s) AND own.kind = ANY(%s) AND NOT EXISTS"
        "  (SELECT 1 FROM link AS mine WHERE mine.record_ref = own.record_ref)",
        (bytea(record_refs), list(MATCHING_KINDS)),
        binary=True,
    )
    return tuple(sorted(ref for (ref,) in cursor))


_KEYS = {"record_ref": "bytea", "kind": "text", "digest": "bytea"}
NearKeys = Sequence[tuple[bytes, str, bytes]]
"""Record, kind and digest of each of its keys."""


def waiting_among_keys(
    cursor: Cursor[TupleRow], near: NearKeys, found: Sequence[bytes]
) -> tuple[bytes, ...]:
    """What was found, and the waiting records behind these keys."""
    cursor.execute(
        with_rows(
            "SELECT other.record_ref FROM {} JOIN record_key AS other USING (kind, digest)"
            " JOIN record ON record.record_ref = other.record_ref AND record.waits",
            _KEYS,
        ),
        in_columns(near, _KEYS),
        binary=True,
    )
    return tuple(sorted({*found, *(ref for (ref,) in cursor)}))


def linked_among_keys(
    cursor: Cursor[TupleRow], near: NearKeys, found: Sequence[bytes]
) -> tuple[bytes, ...]:
    """What was found, and those without a link behind whose keys is another that has one."""
    cursor.execute(
        with_rows(
            "SELECT given.record_ref FROM {} JOIN record_key AS other USING (kind, digest)"
            " JOIN link ON link.record_ref = other.record_ref"
            "  AND other.record_ref <> given.record_ref WHERE NOT EXISTS"
            "  (SELECT 1 FROM link AS mine WHERE mine.record_ref = given.record_ref)",
            _KEYS,
        ),
        in_columns(near, _KEYS),
        binary=True,
    )
    return tuple(sorted({*found, *(ref for (ref,) in cursor)}))


def expire_waiting(
    cursor: Cursor[TupleRow],
    after: bytes,
    before: date,
    before_at: Sequence[tuple[str, date]],
    most: int,
) -> tuple[bytes | None, Expired]:
    """Remove the marks of up to ``most`` waiting records that have waited their time.

    A mark goes if its day is before ``before``, or before the day of its own school where
    ``before_at`` has one; a record goes with its last mark. Answers the last record looked at, to
    go on after it, or ``None`` at the end, and what was removed.
    """
    cursor.execute(
        "SELECT record_ref FROM record WHERE waits AND record_ref > %s"
        " ORDER BY record_ref LIMIT %s FOR UPDATE SKIP LOCKED",
        (after, most),
    )
    refs = [ref for (ref,) in cursor]
    if not refs:
        return None, Expired()
    marks = _remove_marks(cursor, refs, before, before_at)
    return refs[-1], Expired(marks=marks, records=_remove_bare(cursor, refs))


def _remove_marks(
    cursor: Cursor[TupleRow],
    refs: Sequence[bytes],
    before: date,
    before_at: Sequence[tuple[str, date]],
) -> int:
    """Remove the marks of before their school's day, and what conflicting ones said."""
    own = {"agency": "text", "before": "date"}
    cursor.execute(
        with_rows(
            "WITH gone AS (DELETE FROM event USING event AS old LEFT JOIN {}"
            "  ON given.agency = old.agency WHERE event.event_id = old.event_id"
            "  AND old.record_ref = ANY(%s) AND old.kind = 'school_absence'"
            "  AND (old.facts->>'session_date')::date < coalesce(given.before, %s::date)"
            "  RETURNING event.fact_key),"
            " told AS (UPDATE event_problem SET sealed = NULL"
            "  WHERE fact_key IN (SELECT fact_key FROM gone) AND sealed IS NOT NULL RETURNING 1)"
            " SELECT count(*) FROM gone",
            own,
        ),
        (*in_columns(before_at, own), bytea(refs), before),
    )
    ((marks,),) = cursor.fetchall()
    return int(marks)


def _remove_bare(cursor: Cursor[TupleRow], refs: Sequence[bytes]) -> int:
    """Remove those of these records of which no event is kept."""
    cursor.execute(
        "SELECT record_ref FROM unnest(%s::bytea[]) AS record_ref WHERE NOT EXISTS"
        " (SELECT 1 FROM event WHERE event.record_ref = record_ref.record_ref)",
        (bytea(refs),),
        binary=True,
    )
    bare = [ref for (ref,) in cursor]
    if bare:
        cursor.execute("DELETE FROM home WHERE record_ref = ANY(%s)", (bytea(bare),))
        cursor.execute("DELETE FROM record_key WHERE record_ref = ANY(%s)", (bytea(bare),))
        cursor.execute("DELETE FROM record WHERE record_ref = ANY(%s)", (bytea(bare),))
    return len(bare)


def expire_registers(cursor: Cursor[TupleRow], before: date) -> int:
    """Remove what is noted of sessions before a day of which no mark is kept; answer how many."""
    cursor.execute(
        "DELETE FROM attendance_register AS held WHERE session_date < %s AND NOT EXISTS"
        " (SELECT 1 FROM event WHERE event.kind = 'school_absence'"
        "  AND event.agency = held.agency"
        "  AND event.facts->>'session_date' = held.session_date::text"
        "  AND event.facts->>'session' = held.session)",
        (before,),
    )
    return cursor.rowcount
