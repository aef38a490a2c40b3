"""Timers, and the outbox as the deciding transaction fills it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import array
from hub.adapters.store.rows import insert
from hub.ports import Effects, OutboxRow, OutOfTime, Overdue, TimerRow

_TIMER: Final = {
    "timer_id": "uuid",
    "kind": "text",
    "subject_id": "uuid",
    "child_ref": "bytea",
    "due_at": "timestamptz",
}
_OUTBOX: Final = {
    "outbox_id": "uuid",
    "kind": "text",
    "recipient": "text",
    "subject_id": "uuid",
    "created_at": "timestamptz",
    "next_at": "timestamptz",
}
_COLUMNS: Final = ", ".join(_TIMER)
_COUNTED_MAX: Final = 1000


def write_effects(cursor: Cursor[TupleRow], effects: Effects, at: datetime) -> None:
    """Cancel, set and settle timers, and put what must go out into the outbox."""
    _cancel(cursor, effects.settled_subjects, at)
    _set(cursor, effects.timers)
    _settle(cursor, effects.fired, at)
    _put(cursor, effects.outbox, at)


def _set(cursor: Cursor[TupleRow], rows: Sequence[TimerRow]) -> None:
    """Set timers; one that was cancelled waits again, and one that has fired has."""
    values = [(r.timer_id, r.kind, r.subject_id, r.child_ref, r.due_at) for r in rows]
    then = (
        "ON CONFLICT (timer_id) DO UPDATE SET state = 'waiting', ended_at = NULL"
        " WHERE timer.state = 'cancelled'"
    )
    insert(cursor, "timer", _TIMER, values, then=then)


def _cancel(cursor: Cursor[TupleRow], subjects: Sequence[UUID], at: datetime) -> None:
    """Let the timers of these subjects that still wait never fire."""
    if subjects:
        cursor.execute(
            "UPDATE timer SET state = 'cancelled', ended_at = %s"
            " WHERE subject_id = ANY(%s) AND state = 'waiting'",
            (at, array("uuid", sorted(set(subjects)))),
        )


def _settle(cursor: Cursor[TupleRow], timers: Sequence[UUID], at: datetime) -> None:
    """Note that these have been looked at."""
    if timers:
        cursor.execute(
            "UPDATE timer SET state = 'fired', ended_at = %s"
            " WHERE timer_id = ANY(%s) AND state <> 'fired'",
            (at, array("uuid", sorted(timers))),
        )


def due_timers(
    cursor: Cursor[TupleRow], kinds: Sequence[str], now: datetime, most: int
) -> tuple[TimerRow, ...]:
    """Timers of these kinds whose time has come, the oldest first, without a lock."""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM timer WHERE state = 'waiting' AND due_at <= %s"
        " AND kind = ANY(%s)"
        " ORDER BY due_at, timer_id LIMIT %s",
        (now, list(kinds), most),
        binary=True,
    )
    return tuple(_timer_of(row) for row in cursor.fetchall())


def take_timer(cursor: Cursor[TupleRow], timer_id: UUID) -> TimerRow | None:
    """Lock a timer that still waits; ``None`` if it no longer does."""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM timer WHERE timer_id = %s AND state = 'waiting' FOR UPDATE",
        (timer_id,),
        binary=True,
    )
    row = cursor.fetchone()
    return _timer_of(row) if row else None


def out_of_time(cursor: Cursor[TupleRow], before: datetime) -> OutOfTime:
    """Notices that are late, and timers that were due before an instant and still wait."""
    late = _overdue(
        cursor,
        "SELECT due_at FROM encompass_notice WHERE late_at IS NOT NULL AND state = 'standing'"
        " AND acknowledged_at IS NULL ORDER BY due_at LIMIT %s",
        (_COUNTED_MAX,),
    )
    behind = _overdue(
        cursor,
        "SELECT due_at FROM timer WHERE state = 'waiting' AND due_at < %s ORDER BY due_at LIMIT %s",
        (before, _COUNTED_MAX),
    )
    return OutOfTime(late_notices=late, timers_behind=behind)


def _overdue(cursor: Cursor[TupleRow], statement: str, values: tuple[object, ...]) -> Overdue:
    cursor.execute(f"SELECT count(*), min(due_at) FROM ({statement}) AS found", values)
    row = cursor.fetchone()
    return Overdue(count=int(row[0]), oldest_at=row[1]) if row else Overdue(count=0, oldest_at=None)


def _put(cursor: Cursor[TupleRow], rows: Sequence[OutboxRow], at: datetime) -> None:
    """Put what must go out beside what causes it; a row that is there is left as it is."""
    values = [
        (r.outbox_id, r.kind, r.recipient, r.subject_id, at, r.not_before)
        for r in sorted(rows, key=lambda row: row.outbox_id)
    ]
    insert(cursor, "outbox", _OUTBOX, values)


def _timer_of(row: TupleRow) -> TimerRow:
    timer_id, kind, subject_id, child_ref, due_at = row
    return TimerRow(
        timer_id=timer_id, kind=kind, subject_id=subject_id, child_ref=child_ref, due_at=due_at
    )
