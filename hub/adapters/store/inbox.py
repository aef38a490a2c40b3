"""Alerts as an inbox reads them, and what each feed has done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow, dict_row

from hub.adapters.store.alerts import ALERT_COLUMNS, add_step, alert_of, read_grounds
from hub.adapters.store.inbox_changes import SHOWN_DAYS, Snapshot
from hub.core.alert import AlertState, Severity
from hub.ports import (
    FeedActivity,
    GapFound,
    InboxAlert,
    InboxCount,
    InboxFound,
    InboxShows,
    InboxWanted,
    RefusalFound,
)

REFUSALS_MAX = 50

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


def activity(
    connection: Connection[TupleRow], agencies: Sequence[str] | None
) -> tuple[FeedActivity, ...]:
    """What the feeds of these agencies have done; of all agencies for ``None``."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT feed.agency, feed.feed, feed.last_received_at, feed.source_as_of,"
            " (SELECT coalesce(sum(events_stored), 0) FROM report WHERE report.agency = feed.agency"
            "  AND report.feed = feed.feed"
            "  AND received_at > feed.last_received_at - interval '7 days') AS accepted,"
            " (SELECT count(*) FROM report WHERE report.agency = feed.agency"
            "  AND report.feed = feed.feed AND state = 'parked') AS parked"
            " FROM feed WHERE %(all)s OR feed.agency = ANY(%(agencies)s)"
            " ORDER BY feed.agency, feed.feed",
            {"all": agencies is None, "agencies": list(agencies or ())},
        )
        rows = cursor.fetchall()
        return tuple(_activity(cursor, row) for row in rows)


def _activity(cursor: Cursor[dict[str, Any]], row: dict[str, Any]) -> FeedActivity:
    key = {"agency": row["agency"], "feed": row["feed"], "most": REFUSALS_MAX}
    cursor.execute(
        "SELECT reference, field, expected, refused_at, count(*) OVER () AS total FROM ("
        " SELECT reference, field, expected, refused_at FROM refusal"
        "  WHERE agency = %(agency)s AND feed = %(feed)s"
        " UNION ALL SELECT 'report ' || kafka_offset || ', event ' || position, field, expected,"
        "  found_at FROM event_problem WHERE agency = %(agency)s AND feed = %(feed)s) AS told"
        " ORDER BY refused_at DESC, reference LIMIT %(most)s",
        key,
    )
    refusals = cursor.fetchall()
    cursor.execute(
        "SELECT lower(hole) AS first_missing, upper(hole) - 1 AS last_missing FROM spool,"
        " unnest(int8multirange(int8range(1, upper(received))) - received) AS hole"
        " WHERE %(agency)s = ANY(agencies) AND feed = %(feed)s ORDER BY epoch DESC, hole"
        " LIMIT %(most)s",
        key,
    )
    gaps = cursor.fetchall()
    cursor.execute(
        "SELECT code, subject, count, last_at FROM feed_fault WHERE agency = %(agency)s"
        " AND feed = %(feed)s ORDER BY last_at DESC, code, subject LIMIT %(most)s",
        key,
    )
    return FeedActivity(
        agency=row["agency"],
        feed=row["feed"],
        last_received_at=row["last_received_at"],
        source_as_of=row["source_as_of"],
        accepted=int(row["accepted"]),
        parked=int(row["parked"]),
        gaps=tuple(GapFound(**gap) for gap in gaps),
        refusals=tuple(
            RefusalFound(**{name: value for name, value in one.items() if name != "total"})
            for one in refusals
        ),
        refusals_total=int(refusals[0]["total"]) if refusals else 0,
        faults=tuple((one["code"], one["subject"], int(one["count"])) for one in cursor),
    )
