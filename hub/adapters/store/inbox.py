"""Alerts as an inbox reads them."""

from datetime import datetime
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.alerts import ALERT_COLUMNS, add_step, alert_of, read_grounds
from hub.adapters.store.inbox_changes import SHOWN_DAYS, Snapshot
from hub.core.alert import AlertState, Severity
from hub.ports import (
    InboxAlert,
    InboxCount,
    InboxFound,
    InboxShows,
    InboxWanted,
)

_INBOX = f"SELECT {ALERT_COLUMNS}, alert.acknowledged_at, alert.acknowledged_by FROM alert"

_STANDS = "alert.delivered AND alert.state = 'standing'"
_SHOWN = {
    InboxShows.WAITING: f"{_STANDS} AND alert.acknowledged_at IS NULL",
    InboxShows.ACKNOWLEDGED: f"{_STANDS} AND alert.acknowledged_at IS NOT NULL",
    InboxShows.ALL: (
        "alert.delivered AND (alert.state = 'standing' OR (alert.state = 'withdrawn'"
        " AND alert.changed_at > now() - %(kept)s * interval '1 day'))"
    ),
}


def alerts_of(cursor: Cursor[TupleRow], authority: str | None, wanted: InboxWanted) -> InboxFound:
    """One page of the delivered alerts that an authority owns or is informed of, and the counts.

    What waits comes first, then by severity and the newest. The transaction must see one instant.
    """
    counts = _counts(cursor, authority)
    total = sum(
        one.count
        for one in counts
        if wanted.severity in {None, one.severity}
        and wanted.shows.includes(one.state, acknowledged=one.acknowledged)
    )
    page = min(wanted.page, max(1, -(-total // wanted.size)))
    cursor.execute(
        f"{_INBOX} WHERE {_SHOWN[wanted.shows]} AND {_whose(authority)}"
        " AND (%(severity)s::text IS NULL OR alert.severity = %(severity)s)"
        " ORDER BY (alert.state = 'standing' AND alert.acknowledged_at IS NULL) DESC,"
        " array_position(ARRAY['immediate', 'today', 'information'], alert.severity),"
        " alert.raised_at DESC, alert.alert_id LIMIT %(most)s OFFSET %(passed)s",
        {
            "who": authority,
            "kept": SHOWN_DAYS,
            "severity": wanted.severity.value if wanted.severity else None,
            "most": wanted.size,
            "passed": (page - 1) * wanted.size,
        },
    )
    listed = tuple(
        InboxAlert(alert=alert_of(row[:-2], ()), acknowledged_at=row[-2], acknowledged_by=row[-1])
        for row in cursor
    )
    return InboxFound(alerts=listed, counts=counts, page=page, cursor=str(Snapshot.now(cursor)))


def _counts(cursor: Cursor[TupleRow], authority: str | None) -> tuple[InboxCount, ...]:
    cursor.execute(
        "SELECT alert.severity, alert.state, alert.acknowledged_at IS NOT NULL, count(*)"
        f" FROM alert WHERE {_SHOWN[InboxShows.ALL]} AND {_whose(authority)}"
        " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        {"who": authority, "kept": SHOWN_DAYS},
    )
    return tuple(
        InboxCount(
            severity=Severity(severity),
            state=AlertState(state),
            acknowledged=acknowledged,
            count=count,
        )
        for severity, state, acknowledged, count in cursor
    )


def _whose(authority: str | None) -> str:
    """Of this authority, or of nobody: the two are separate, so that each uses its index."""
    if authority is None:
        return "alert.owner IS NULL"
    return "(alert.owner = %(who)s OR alert.informed @> ARRAY[%(who)s])"


def alert(cursor: Cursor[TupleRow], alert_id: UUID) -> InboxAlert | None:
    """One alert, whatever its state."""
    cursor.execute(f"{_INBOX} WHERE alert.alert_id = %s", (alert_id,))
    found = _with_grounds(cursor, cursor.fetchall())
    return found[0] if found else None


def _with_grounds(cursor: Cursor[TupleRow], rows: list[TupleRow]) -> tuple[InboxAlert, ...]:
    grounds = read_grounds(cursor, [row[0] for row in rows])
    everything = [g for some in grounds.values() for g in some]
    cursor.execute(
        "SELECT fact_key, min(received_at), min(agency) FROM event WHERE fact_key = ANY(%s)"
        " GROUP BY fact_key",
        (sorted({g.fact_key for g in everything}),),
    )
    told = {fact_key: (received_at, agency) for fact_key, received_at, agency in cursor}
    return tuple(
        InboxAlert(
            alert=alert_of(row[:-2], tuple(grounds.get(row[0], ()))),
            acknowledged_at=row[-2],
            acknowledged_by=row[-1],
            told=tuple(
                (g.fact_key, *told[g.fact_key])
                for g in grounds.get(row[0], ())
                if g.fact_key in told
            ),
        )
        for row in rows
    )


def acknowledge(cursor: Cursor[TupleRow], alert_id: UUID, *, by: str, at: datetime) -> bool:
    """Note who saw it first; answer whether that was now."""
    cursor.execute(
        "UPDATE alert SET acknowledged_at = %s, acknowledged_by = %s, changed_at = %s"
        " WHERE alert_id = %s AND acknowledged_at IS NULL RETURNING 1",
        (at, by, at, alert_id),
    )
    first = cursor.fetchone() is not None
    if first:
        add_step(cursor, alert_id, "acknowledged", at, by, "Seen by the duty team.")
    return first
