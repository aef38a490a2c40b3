"""The grounds of alerts, each with whose report it is, and since when it is one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import array
from hub.adapters.store.rows import in_columns, with_rows
from hub.core.alert import Alert, Ground, GroundRole
from hub.core.event import EventKind

_GROUND = {
    "alert_id": "uuid",
    "fact_key": "bytea",
    "event_id": "bytea",
    "kind": "text",
    "occurred_at": "timestamptz",
    "role": "text",
    "live": "boolean",
    "added_at": "timestamptz",
}
_TAKE_GROUNDS: Final = (
    "DELETE FROM alert_ground WHERE alert_id = ANY(%s)"
    " RETURNING alert_id, fact_key, role, live, added_at"
)
_ADD_GROUNDS: Final = (
    "INSERT INTO alert_ground"
    " (alert_id, fact_key, event_id, kind, occurred_at, role, live, added_at, agency)"
    " SELECT given.alert_id, given.fact_key, given.event_id, given.kind, given.occurred_at,"
    " given.role, given.live, given.added_at,"
    " (SELECT event.agency FROM event WHERE event.fact_key = given.fact_key LIMIT 1)"
    " FROM {} ON CONFLICT DO NOTHING"
)


def read_grounds(
    cursor: Cursor[TupleRow], alert_ids: Sequence[object]
) -> dict[object, list[Ground]]:
    """The grounds of these alerts, by alert."""
    if not alert_ids:
        return {}
    cursor.execute(
        "SELECT alert_id, fact_key, event_id, kind, occurred_at, role, live FROM alert_ground"
        " WHERE alert_id = ANY(%s) ORDER BY alert_id, occurred_at, fact_key",
        (array("uuid", alert_ids),),
        binary=True,
    )
    found: dict[object, list[Ground]] = {}
    for alert_id, fact_key, event_id, kind, occurred_at, role, live in cursor:
        ground = Ground(
            fact_key=fact_key,
            event_id=event_id,
            kind=EventKind(kind),
            occurred_at=occurred_at,
            role=GroundRole(role),
            live=live,
        )
        found.setdefault(alert_id, []).append(ground)
    return found


def rewrite_grounds(cursor: Cursor[TupleRow], written: Sequence[Alert], at: datetime) -> None:
    """Let these be the grounds of these alerts; the events that they name are written before.

    What was one before in the same part has been since then.
    """
    ids = [one.alert_id for one in written]
    cursor.execute(_TAKE_GROUNDS, (array("uuid", ids),), binary=True)
    held = {tuple(row[:-1]): row[-1] for row in cursor}
    rows = [
        (
            *(a.alert_id, g.fact_key, g.event_id, g.kind.value, g.occurred_at, g.role.value),
            *(g.live, held.get((a.alert_id, g.fact_key, g.role.value, g.live), at)),
        )
        for a in written
        for g in a.grounds
    ]
    if rows:
        cursor.execute(with_rows(_ADD_GROUNDS, _GROUND), in_columns(rows, _GROUND), binary=True)
