"""How complete each register is and how fresh each feed: what an answer's honesty rests on."""

from collections.abc import Sequence

from psycopg import Connection
from psycopg.rows import TupleRow, dict_row

from hub.ports import FeedFacts

_GAP = (
    "(EXISTS (SELECT 1 FROM spool WHERE {agency} = ANY(spool.agencies) AND spool.feed = {feed}"
    " AND NOT isempty(spool.received)"
    " AND int8multirange(int8range(1, upper(spool.received))) - spool.received - spool.settled"
    " <> '{{}}'::int8multirange) OR {removed})"
)

_REMOVED = (
    "EXISTS (SELECT 1 FROM operator_fault WHERE operator_fault.feed = {feed}"
    " AND operator_fault.code = 'offsets_removed' AND operator_fault.settled_at IS NULL)"
)
"""Reports of the feed were lost before anybody saw whose they were: no agency on it is complete."""

_SINCE = (
    "(r.baseline_received_at IS NULL"
    " OR coalesce(report.received_at, p.found_at) >= r.baseline_received_at"
    " OR least(report.source_as_of, report.received_at) > r.baseline_as_at)"
)
"""By the broker's time, and by what the report tells of: a problem that the baseline may not list.

A report that was parked and then retried keeps the time at which it first came.
"""

FEED_IS_BEHIND = (
    "("
    + _GAP.format(agency="feed.agency", feed="feed.feed", removed=_REMOVED.format(feed="feed.feed"))
    + " OR EXISTS (SELECT 1 FROM report WHERE report.agency = feed.agency"
    " AND report.feed = feed.feed AND report.state = 'parked' AND report.settled_at IS NULL))"
)
"""Of a row of ``feed``: a report of it is missing or set aside, so it has not told of all."""

REGISTERS = """
SELECT r.agency, r.as_of, r.baseline_as_at, r.statement_as_at, r.statement_agrees,
  EXISTS (SELECT 1 FROM extract AS e WHERE e.agency = r.agency)
    AND NOT EXISTS (SELECT 1 FROM extract AS e WHERE e.agency = r.agency
      AND ((e.state = 'collecting' AND (r.baseline_as_at IS NULL OR e.as_at > r.baseline_as_at))
        OR e.contradicted_as_at >= coalesce(r.baseline_as_at, e.contradicted_as_at)))
    AS last_extract_whole,
  EXISTS (SELECT 1 FROM extract AS e WHERE e.agency = r.agency AND e.state IN ('waiting', 'refused')
          AND (r.baseline_as_at IS NULL OR e.as_at > r.baseline_as_at)) AS waiting_approval,
  (EXISTS (SELECT 1 FROM spool AS s WHERE r.agency = ANY(s.agencies) AND s.feed = 'social_care'
    AND NOT isempty(s.received)
    AND (s.publisher = r.baseline_publisher AND s.connector = r.baseline_connector
         AND s.epoch < r.baseline_epoch) IS NOT TRUE
    AND int8multirange(int8range(
          CASE WHEN s.publisher = r.baseline_publisher AND s.connector = r.baseline_connector
               AND s.epoch = r.baseline_epoch
          THEN least(r.baseline_sequence, upper(s.received)) ELSE 1 END, upper(s.received)))
        - s.received - s.settled <> '{}'::int8multirange) OR {removed}) AS sequence_gap,
  (SELECT count(*) FROM event_problem AS p LEFT JOIN report USING (topic, partition, kafka_offset)
     WHERE p.agency = r.agency AND p.feed = 'social_care' AND p.outcome = 'rejected'
     AND {since}) AS rejected_plan_events,
  (SELECT count(*) FROM event_problem AS p LEFT JOIN report USING (topic, partition, kafka_offset)
     WHERE p.agency = r.agency AND p.feed = 'social_care' AND p.outcome = 'conflict'
     AND {since}) AS conflicting_plan_events,
  (SELECT count(*) FROM report AS p WHERE p.agency = r.agency AND p.feed = 'social_care'
     AND p.state = 'parked' AND p.settled_at IS NULL) AS parked_reports,
  (SELECT count(*) FROM feed_fault AS f WHERE f.agency = r.agency AND f.feed = 'social_care'
     AND f.code = 'register_row_refused'
     AND (r.baseline_received_at IS NULL OR f.last_at >= r.baseline_received_at))
  + (SELECT count(*) FROM extract AS e WHERE e.agency = r.agency AND e.flawed
     AND e.as_at >= coalesce(r.baseline_as_at, e.as_at)) AS refused_rows
FROM register AS r WHERE r.agency = ANY(%s)
""".replace("{since}", _SINCE).replace("{removed}", _REMOVED.format(feed="'social_care'"))
"""Of these councils, as ``RegisterFacts``; one never heard of is left out."""

FEEDS = (
    "SELECT feed.agency, feed.feed, feed.last_received_at, feed.source_as_of,"
    " feed.first_occurred_at, "
    + _GAP.format(agency="feed.agency", feed="feed.feed", removed=_REMOVED.format(feed="feed.feed"))
    + " AS sequence_gap, (SELECT count(*) FROM report WHERE report.agency = feed.agency"
    " AND report.feed = feed.feed AND report.state = 'parked' AND report.settled_at IS NULL)"
    " AS parked_reports,"
    " (SELECT count(*) FROM event_problem AS p WHERE p.agency = feed.agency"
    "  AND p.feed = feed.feed AND p.outcome = 'rejected' AND p.kind <> 'person_details'"
    "  AND p.found_at > feed.last_received_at - interval '1 day') AS rejected_events"
    " FROM feed WHERE feed.feed = ANY(%s) ORDER BY feed.agency"
)
"""Of every agency on these feeds, as ``FeedFacts``."""


def read_feeds(connection: Connection[TupleRow], feeds: Sequence[str]) -> tuple[FeedFacts, ...]:
    """What is known of every agency on these feeds."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(FEEDS, (sorted(set(feeds)),))
        return tuple(FeedFacts(**row) for row in cursor)
