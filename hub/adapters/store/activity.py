"""What each feed has done: how it is heard, what is missing, and what could not be used and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow, dict_row

from hub.ports import FeedActivity, GapFound, Overdue, ParkedFound, RefusalFound, RefusedEvent

LISTED_MAX = 50
"""How many refusals, gaps, faults and parked reports of a feed are listed."""

OVERDUE_MAX = 1000

_FEEDS = """
SELECT feed.agency, feed.feed, feed.last_received_at, feed.source_as_of,
 (SELECT coalesce(sum(events_stored), 0) FROM report WHERE report.agency = feed.agency
  AND report.feed = feed.feed
  AND received_at > feed.last_received_at - interval '7 days') AS accepted,
 (SELECT count(*) FROM report WHERE report.agency = feed.agency
  AND report.feed = feed.feed AND state = 'parked') AS parked,
 (SELECT count(*) FROM event_problem AS p WHERE p.agency = feed.agency
  AND p.feed = feed.feed AND p.outcome = 'conflict') AS conflicts
FROM feed WHERE %(all)s OR feed.agency = ANY(%(agencies)s) ORDER BY feed.agency, feed.feed
"""

_REFUSALS = """
SELECT told.outcome, told.reference, told.field, told.expected, told.refused_at, told.index,
 told.kind, report.sequence, report.created_at, report.received_at, count(*) OVER () AS total FROM (
 SELECT 'refused' AS outcome, reference, field, expected, refused_at, NULL::integer AS index,
  NULL AS kind, topic, partition, kafka_offset FROM refusal
  WHERE agency = %(agency)s AND feed = %(feed)s
 UNION ALL SELECT outcome, '', field, expected, found_at, position, kind, topic, partition,
  kafka_offset FROM event_problem WHERE agency = %(agency)s AND feed = %(feed)s) AS told
LEFT JOIN report USING (topic, partition, kafka_offset)
ORDER BY told.refused_at DESC, told.reference, kafka_offset, told.index LIMIT %(most)s
"""

_GAPS = """
SELECT lower(hole) AS first_missing, upper(hole) - 1 AS last_missing FROM spool,
 unnest(int8multirange(int8range(1, upper(received))) - received - settled) AS hole
WHERE %(agency)s = ANY(agencies) AND feed = %(feed)s AND NOT isempty(received)
ORDER BY epoch DESC, hole LIMIT %(most)s
"""

_FAULTS = """
SELECT code, subject, count, last_at FROM feed_fault WHERE agency = %(agency)s
 AND feed = %(feed)s ORDER BY last_at DESC, code, subject LIMIT %(most)s
"""

_PARKED = """
SELECT reason, sentence, sequence, received_at, settled_at IS NOT NULL AS settled FROM report
WHERE state = 'parked' AND agency = %(agency)s AND feed = %(feed)s
ORDER BY received_at, topic, partition, kafka_offset LIMIT %(most)s
"""


def activity(
    connection: Connection[TupleRow], agencies: Sequence[str] | None
) -> tuple[FeedActivity, ...]:
    """What the feeds of these agencies have done; of all agencies for ``None``."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_FEEDS, {"all": agencies is None, "agencies": list(agencies or ())})
        return tuple(_activity(cursor, row) for row in cursor.fetchall())


def _activity(cursor: Cursor[dict[str, Any]], row: dict[str, Any]) -> FeedActivity:
    key = {"agency": row["agency"], "feed": row["feed"], "most": LISTED_MAX}
    refusals = cursor.execute(_REFUSALS, key).fetchall()
    gaps = cursor.execute(_GAPS, key).fetchall()
    parked = cursor.execute(_PARKED, key).fetchall()
    cursor.execute(_FAULTS, key)
    total = int(refusals[0]["total"]) if refusals else 0
    return FeedActivity(
        agency=row["agency"],
        feed=row["feed"],
        last_received_at=row["last_received_at"],
        source_as_of=row["source_as_of"],
        accepted=int(row["accepted"]),
        parked=int(row["parked"]),
        conflicts=int(row["conflicts"]),
        gaps=tuple(GapFound(**gap) for gap in gaps),
        parked_found=tuple(ParkedFound(**one) for one in parked),
        refusals=tuple(_refusal(one) for one in refusals),
        refusals_total=total,
        faults=tuple((one["code"], one["subject"], int(one["count"])) for one in cursor),
    )


def _refusal(row: dict[str, Any]) -> RefusalFound:
    event = None
    if row["index"] is not None:
        event = RefusedEvent(
            index=row["index"],
            kind=row["kind"],
            sequence=row["sequence"],
            created_at=row["created_at"],
            received_at=row["received_at"] or row["refused_at"],
        )
    return RefusalFound(
        outcome=row["outcome"],
        reference=row["reference"],
        event=event,
        field=row["field"],
        expected=row["expected"],
        refused_at=row["refused_at"],
    )


def overdue(cursor: Cursor[TupleRow], before: datetime) -> Overdue:
    """Parked reports that came before an instant and that nobody has settled."""
    cursor.execute(
        "SELECT count(*), min(received_at) FROM (SELECT received_at FROM report"
        " WHERE state = 'parked' AND settled_at IS NULL AND received_at < %s"
        " ORDER BY received_at LIMIT %s) AS waiting",
        (before, OVERDUE_MAX),
    )
    row = cursor.fetchone()
    return Overdue(count=int(row[0]), oldest_at=row[1]) if row else Overdue(count=0, oldest_at=None)
