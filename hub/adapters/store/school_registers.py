"""Which school registers were complete, and which absences that ends."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.chronology import StoredEvent
from hub.core.event import EventKind
from hub.ports import SessionRow

_SESSION = {
    "agency": "text",
    "session_date": "date",
    "session": "text",
    "complete_as_at": "timestamptz",
}
_TAKEN = {**_SESSION, "complete_received_at": "timestamptz"}
_LATEST_COMPLETE = """
ON CONFLICT (agency, session_date, session) DO UPDATE SET
    complete_as_at = greatest(attendance_register.complete_as_at, excluded.complete_as_at),
    complete_received_at = CASE
        WHEN excluded.complete_as_at > coalesce(attendance_register.complete_as_at, '-infinity')
        THEN excluded.complete_received_at ELSE attendance_register.complete_received_at END
"""


def take_sessions(cursor: Cursor[TupleRow], rows: Sequence[SessionRow]) -> tuple[bytes, ...]:
    """Lock the sessions, note which registers were complete; answer whose absence that may end.

    Of the records with a mark that was read before, only those that are linked to a child are
    answered: nobody looks at what merely waits.
    """
    newest: dict[tuple[str, date, str], SessionRow] = {}
    for row in rows:
        key = (row.agency, row.session_date, row.session)
        before = newest.get(key)
        if before is None or _later(row, before):
            newest[key] = row
    values = [
        (*key, row.complete_as_at, row.received_at if row.complete_as_at else None)
        for key, row in sorted(newest.items(), key=lambda item: item[0])
    ]
    insert(cursor, "attendance_register", _TAKEN, values, then=_LATEST_COMPLETE)
    complete = [
        (agency, day.isoformat(), session, as_at)
        for agency, day, session, as_at, _ in values
        if as_at is not None
    ]
    if not complete:
        return ()
    columns = {**_SESSION, "session_date": "text"}
    cursor.execute(
        with_rows(
            "SELECT DISTINCT event.record_ref FROM {} JOIN event ON event.kind = 'school_absence'"
            " AND event.agency = given.agency"
            " AND event.facts->>'session_date' = given.session_date"
            " AND event.facts->>'session' = given.session"
            " AND event.recorded_at < given.complete_as_at"
            " JOIN link ON link.record_ref = event.record_ref",
            columns,
        ),
        in_columns(complete, columns),
        binary=True,
    )
    return tuple(ref for (ref,) in cursor)


def _later(one: SessionRow, other: SessionRow) -> bool:
    """Answer whether one tells of a whole register that was read later."""
    if one.complete_as_at is None:
        return False
    return other.complete_as_at is None or one.complete_as_at > other.complete_as_at


def complete_registers(
    cursor: Cursor[TupleRow], events: Sequence[StoredEvent]
) -> Mapping[bytes, datetime]:
    """Answer for each fact of a mark when a complete register of its session was last read."""
    return {fact: read_at for fact, (read_at, _) in registers_received(cursor, events).items()}


def registers_received(
    cursor: Cursor[TupleRow], events: Sequence[StoredEvent]
) -> Mapping[bytes, tuple[datetime, datetime]]:
    """Answer the same, and when the hub got that register (if unknown, when it was read)."""
    columns = {"fact_key": "bytea", "agency": "text", "session_date": "date", "session": "text"}
    wanted = {
        (
            *(one.fact_key, one.agency),
            *(date.fromisoformat(str(one.facts["session_date"])), str(one.facts["session"])),
        )
        for one in events
        if one.kind is EventKind.SCHOOL_ABSENCE and {"session_date", "session"} <= one.facts.keys()
    }
    if not wanted:
        return {}
    cursor.execute(
        with_rows(
            "SELECT DISTINCT ON (given.fact_key) given.fact_key, held.complete_as_at,"
            " coalesce(held.complete_received_at, held.complete_as_at) FROM {}"
            " JOIN attendance_register AS held ON held.agency = given.agency"
            " AND held.session_date = given.session_date AND held.session = given.session"
            " WHERE held.complete_as_at IS NOT NULL"
            " ORDER BY given.fact_key, held.complete_as_at DESC",
            columns,
        ),
        in_columns(sorted(wanted), columns),
        binary=True,
    )
    return {fact: (read_at, received_at) for fact, read_at, received_at in cursor}
