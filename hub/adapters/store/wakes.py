"""Wakes of rules: timers that wait for feeds, as they are stored."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import array, bytea
from hub.adapters.store.completeness import FEED_IS_BEHIND
from hub.adapters.store.rows import insert
from hub.ports.wakes import WAKE, WakeKept, WakeTerms, WokenRow

_NOT_TOLD: Final = (
    "SELECT need.feed FROM unnest(timer.need_agencies, timer.need_feeds) AS need (agency, feed)"
    " LEFT JOIN feed ON feed.agency = need.agency AND feed.feed = need.feed"
    f" WHERE feed.source_as_of IS NULL OR feed.source_as_of < timer.due_at OR {FEED_IS_BEHIND}"
)
MAY_FIRE: Final = (
    f"(timer.kind <> '{WAKE}' OR timer.waits_until <= %(now)s OR NOT EXISTS ({_NOT_TOLD}))"
)
"""Of a timer whose time has come, whether it waits for no feed any more."""


_WAKE: Final = {
    "timer_id": "uuid",
    "kind": "text",
    "subject_id": "uuid",
    "child_ref": "bytea",
    "due_at": "timestamptz",
    "rule": "text",
    "cause": "bytea",
    "need_agencies": "text[]",
    "need_feeds": "text[]",
    "waits_until": "timestamptz",
    "late_after": "timestamptz",
}


def set_wakes(cursor: Cursor[TupleRow], rows: Sequence[WakeKept]) -> None:
    """Set wakes; one that was cancelled waits again, one that waits is kept as it is said now."""
    values = [
        (
            *(row.timer_id, WAKE, row.timer_id, row.child_ref, row.due_at),
            *(row.terms.rule, row.terms.cause),
            [agency for agency, _ in row.terms.needs],
            [feed for _, feed in row.terms.needs],
            *(row.terms.waits_until, row.terms.late_after),
        )
        for row in rows
    ]
    then = (
        "ON CONFLICT (timer_id) DO UPDATE SET state = 'waiting', ended_at = NULL,"
        " need_agencies = excluded.need_agencies, need_feeds = excluded.need_feeds,"
        " waits_until = excluded.waits_until, late_after = excluded.late_after"
        " WHERE timer.state IN ('cancelled', 'waiting')"
    )
    insert(cursor, "timer", _WAKE, values, then=then)


def wakes_kept(cursor: Cursor[TupleRow], child_refs: Sequence[bytes]) -> tuple[WakeKept, ...]:
    """Every wake of these children, by child and time."""
    cursor.execute(
        "SELECT timer_id, child_ref, due_at, rule, cause, need_agencies, need_feeds, waits_until,"
        f" late_after, state, silent, late FROM timer WHERE kind = '{WAKE}'"
        " AND child_ref = ANY(%s) ORDER BY child_ref, due_at, timer_id",
        (bytea(child_refs),),
        binary=True,
    )
    return tuple(_kept(row) for row in cursor)


def _kept(row: TupleRow) -> WakeKept:
    timer_id, child_ref, due_at, rule, cause, agencies, feeds, until, late_after, *ended = row
    state, silent, late = ended
    return WakeKept(
        timer_id=timer_id,
        child_ref=child_ref,
        due_at=due_at,
        terms=WakeTerms(
            rule=rule,
            cause=cause,
            needs=tuple(zip(agencies, feeds, strict=True)),
            waits_until=until,
            late_after=late_after,
        ),
        state=state,
        silent=tuple(silent or ()),
        late=bool(late),
    )


def silent_needs(cursor: Cursor[TupleRow], timer_id: UUID) -> tuple[str, ...]:
    """The kinds of feeds that a wake needs and that have not told of the time up to it."""
    cursor.execute(
        f"SELECT DISTINCT told.feed FROM timer, LATERAL ({_NOT_TOLD}) AS told"
        " WHERE timer.timer_id = %s ORDER BY 1",
        (timer_id,),
    )
    return tuple(feed for (feed,) in cursor)


def wake(cursor: Cursor[TupleRow], rows: Sequence[WokenRow]) -> None:
    """Note what came of these wakes; that they have fired is noted with any timer's."""
    for row in rows:
        cursor.execute(
            "UPDATE timer SET silent = %s, late = %s WHERE timer_id = %s",
            (array("text", row.silent), row.late, row.timer_id),
        )
