"""Timers, and the outbox as the deciding transaction fills it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.alerts import add_steps
from hub.adapters.store.arrays import array
from hub.adapters.store.operator_faults import TIMER_PARKED, count_operator_faults
from hub.adapters.store.rows import insert
from hub.adapters.store.wakes import MAY_FIRE, set_wakes, wake
from hub.ports import (
    Effects,
    OperatorFaultRow,
    OutboxRow,
    OutOfTime,
    Overdue,
    ParkedTimer,
    TimerRow,
)
from hub.ports.wakes import WAKE

_TIMER: Final = {
    "timer_id": "uuid",
    "kind": "text",
    "subject_id": "uuid",
    "child_ref": "bytea",
    "due_at": "timestamptz",
    "turn": "integer",
}
_OUTBOX: Final = {
    "outbox_id": "uuid",
    "kind": "text",
    "recipient": "text",
    "subject_id": "uuid",
    "created_at": "timestamptz",
    "next_at": "timestamptz",
    "severity": "text",
    "authority": "text",
}
_COLUMNS: Final = ", ".join(_TIMER)
_COUNTED_MAX: Final = 1000


def write_effects(cursor: Cursor[TupleRow], effects: Effects, at: datetime) -> None:
    """Cancel, set and settle timers, and put what must go out into the outbox."""
    _cancel(cursor, effects.settled_subjects, at)
    _cancel_alone(cursor, effects.unwanted, at)
    _set(cursor, effects.timers)
    if effects.wakes:
        set_wakes(cursor, effects.wakes)
    wake(cursor, effects.woken)
    _settle(cursor, effects.fired, at)
    _park(cursor, effects.parked, at)
    _release(cursor, effects.released)
    _put(cursor, effects.outbox, at)
    add_steps(cursor, effects.steps, at)
    if effects.faults:
        count_operator_faults(cursor, effects.faults, at)


def _set(cursor: Cursor[TupleRow], rows: Sequence[TimerRow]) -> None:
    """Set timers; one that was cancelled waits again, and one that has fired has.

    But not one at which more of a child may be told: whoever sets it finds that something waits,
    so by that process's clock it fired too early. Nor one by which a child is looked at for another
    of its household: it has one timer for all of it.
    """
    values = [(r.timer_id, r.kind, r.subject_id, r.child_ref, r.due_at, r.turn) for r in rows]
    then = (
        "ON CONFLICT (timer_id) DO UPDATE SET state = 'waiting', ended_at = NULL,"
        " due_at = excluded.due_at"
        " WHERE timer.state = 'cancelled'"
        " OR (timer.state = 'fired' AND timer.kind IN ('told_later', 'household_look'))"
    )
    insert(cursor, "timer", _TIMER, values, then=then)


def _cancel(cursor: Cursor[TupleRow], subjects: Sequence[UUID], at: datetime) -> None:
    """Let the timers of these subjects that still wait never fire."""
    if subjects:
        cursor.execute(
            "UPDATE timer SET state = 'cancelled', ended_at = %s"
            " WHERE subject_id = ANY(%s) AND state IN ('waiting', 'parked')",
            (at, array("uuid", sorted(set(subjects)))),
        )


def _cancel_alone(cursor: Cursor[TupleRow], timers: Sequence[UUID], at: datetime) -> None:
    """Let these never fire that still wait; what else waits for their subjects stays."""
    if timers:
        cursor.execute(
            "UPDATE timer SET state = 'cancelled', ended_at = %s"
            " WHERE timer_id = ANY(%s) AND state = 'waiting'",
            (at, array("uuid", sorted(timers))),
        )


def _settle(cursor: Cursor[TupleRow], timers: Sequence[UUID], at: datetime) -> None:
    """Note that these have been looked at."""
    if timers:
        cursor.execute(
            "UPDATE timer SET state = 'fired', ended_at = %s"
            " WHERE timer_id = ANY(%s) AND state <> 'fired'",
            (at, array("uuid", sorted(timers))),
        )


def _park(cursor: Cursor[TupleRow], parked: Sequence[ParkedTimer], at: datetime) -> None:
    """Keep timers aside on which the hub failed, and tell the operator by their kind."""
    faults = []
    for one in parked:
        cursor.execute(
            "UPDATE timer SET state = 'parked', ended_at = %s, fault = %s"
            " WHERE timer_id = %s AND state = 'waiting' RETURNING 1",
            (at, one.reason, one.timer.timer_id),
        )
        if cursor.fetchone() is not None:
            subject = f"{one.timer.kind}:{one.reason}"
            faults.append(OperatorFaultRow(code=TIMER_PARKED, feed="", subject=subject))
    if faults:
        count_operator_faults(cursor, faults, at)


def _release(cursor: Cursor[TupleRow], timers: Sequence[UUID]) -> None:
    """Let parked timers wait for their turn again."""
    if timers:
        cursor.execute(
            "UPDATE timer SET state = 'waiting', ended_at = NULL"
            " WHERE timer_id = ANY(%s) AND state = 'parked'",
            (array("uuid", sorted(timers)),),
        )


def parked_timers(cursor: Cursor[TupleRow]) -> tuple[ParkedTimer, ...]:
    """Timers on which the hub failed, the oldest first."""
    cursor.execute(
        f"SELECT {_COLUMNS}, fault, ended_at FROM timer WHERE state = 'parked'"
        " ORDER BY ended_at, timer_id LIMIT %s",
        (_COUNTED_MAX,),
        binary=True,
    )
    return tuple(
        ParkedTimer(timer=_timer_of(tuple(row)), reason=reason or "", since=since)
        for *row, reason, since in cursor.fetchall()
    )


def due_timers(
    cursor: Cursor[TupleRow], kinds: Sequence[str], now: datetime, most: int
) -> tuple[TimerRow, ...]:
    """Timers of these kinds whose time has come and that wait for no feed, the oldest first.

    Without a lock. Wakes come last: a first load may bring thousands that were due years ago, and
    no alert and no notice of today waits behind them.
    """
    found = _due(cursor, [one for one in kinds if one != WAKE], now, most)
    if WAKE in kinds and len(found) < most:
        found += _due(cursor, [WAKE], now, most - len(found))
    return found


def _due(
    cursor: Cursor[TupleRow], kinds: Sequence[str], now: datetime, most: int
) -> tuple[TimerRow, ...]:
    cursor.execute(
        f"SELECT {_COLUMNS} FROM timer WHERE state = 'waiting' AND due_at <= %(now)s"
        f" AND kind = ANY(%(kinds)s) AND {MAY_FIRE}"
        " ORDER BY due_at, timer_id LIMIT %(most)s",
        {"now": now, "kinds": list(kinds), "most": most},
        binary=True,
    )
    return tuple(_timer_of(row) for row in cursor.fetchall())


def take_timer(cursor: Cursor[TupleRow], timer_id: UUID, now: datetime) -> TimerRow | None:
    """Lock a timer that still waits, for its time alone; ``None`` if it no longer does."""
    cursor.execute(
        f"SELECT {_COLUMNS} FROM timer WHERE timer_id = %(timer)s AND state = 'waiting'"
        f" AND due_at <= %(now)s AND {MAY_FIRE} FOR UPDATE OF timer",
        {"timer": timer_id, "now": now},
        binary=True,
    )
    row = cursor.fetchone()
    return _timer_of(row) if row else None


def out_of_time(cursor: Cursor[TupleRow], before: datetime) -> OutOfTime:
    """Notices that are late, timers that were due before an instant and still wait, parked ones.

    And when each kind of process was last seen at work.
    """
    late = _overdue(
        cursor,
        "SELECT due_at FROM encompass_notice WHERE late_at IS NOT NULL AND state = 'standing'"
        " AND acknowledged_at IS NULL ORDER BY due_at LIMIT %s",
        (_COUNTED_MAX,),
    )
    behind = _overdue(
        cursor,
        "SELECT due_at FROM timer WHERE state = 'waiting' AND due_at < %s"
        f" AND (kind <> '{WAKE}' OR waits_until < %s) ORDER BY due_at LIMIT %s",
        (before, before, _COUNTED_MAX),
    )
    parked = _overdue(
        cursor,
        "SELECT ended_at AS due_at FROM timer WHERE state = 'parked' ORDER BY ended_at LIMIT %s",
        (_COUNTED_MAX,),
    )
    cursor.execute("SELECT process, seen_at FROM process_seen")
    seen: dict[str, datetime] = dict(cursor.fetchall())
    return OutOfTime(
        late_notices=late,
        timers_behind=behind,
        timers_parked=parked,
        processes_seen=seen,
    )


def _overdue(cursor: Cursor[TupleRow], statement: str, values: tuple[object, ...]) -> Overdue:
    cursor.execute(f"SELECT count(*), min(due_at) FROM ({statement}) AS found", values)
    row = cursor.fetchone()
    return Overdue(count=int(row[0]), oldest_at=row[1]) if row else Overdue(count=0, oldest_at=None)


def _put(cursor: Cursor[TupleRow], rows: Sequence[OutboxRow], at: datetime) -> None:
    """Put what must go out beside what causes it; a row that is there is left as it is."""
    values = [
        (
            *(r.outbox_id, r.kind, r.recipient, r.subject_id, at, r.not_before),
            *(r.severity.value if r.severity else None, r.authority),
        )
        for r in sorted(rows, key=lambda row: row.outbox_id)
    ]
    insert(cursor, "outbox", _OUTBOX, values)


def _timer_of(row: TupleRow) -> TimerRow:
    timer_id, kind, subject_id, child_ref, due_at, turn = row
    return TimerRow(
        timer_id=timer_id,
        kind=kind,
        subject_id=subject_id,
        child_ref=child_ref,
        due_at=due_at,
        turn=turn,
    )
