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


def take_sessions(cursor: Cursor[TupleRow], rows: Sequence[SessionRow]) -> tuple[bytes, ...]:
    """Lock the sessions, note which registers were complete; answer whose absence that may end.

    Of the records with a mark that was read before, only those that are linked to a child are
    answered: nobody looks at what merely waits.
    """
    newest: dict[tuple[str, date, str], datetime | None] = {}
    for row in rows:
        key = (row.agency, row.session_date, row.session)
        told = [at for at in (newest.get(key), row.complete_as_at) if at is not None]
        newest[key] = max(told, default=None)
    values = [(*key, as_at) for key, as_at in sorted(newest.items())]
    then = (
        "ON CONFLICT (agency, session_date, session) DO UPDATE SET complete_as_at ="
        " greatest(attendance_register.complete_as_at, excluded.complete_as_at)"
    )
    insert(cursor, "attendance_register", _SESSION, values, then=then)
    complete = [
        (agency, day.isoformat(), session, as_at)
        for agency, day, session, as_at in values
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


def complete_registers(
    cursor: Cursor[TupleRow], events: Sequence[StoredEvent]
) -> Mapping[bytes, datetime]:
    """Answer for each fact of a mark when a complete register of its session was last read."""
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
            "SELECT given.fact_key, max(held.complete_as_at) FROM {}"
            " JOIN attendance_register AS held ON held.agency = given.agency"
            " AND held.session_date = given.session_date AND held.session = given.session"
            " WHERE held.complete_as_at IS NOT NULL GROUP BY given.fact_key",
            columns,
        ),
        in_columns(sorted(wanted), columns),
        binary=True,
    )
    return dict(cursor.fetchall())
