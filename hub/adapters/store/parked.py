"""What was set aside: parked reports, rejected and conflicting events; and bytes to try again."""

from collections.abc import Iterator, Mapping

from psycopg.rows import dict_row

from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.operator_faults import feed_of
from hub.adapters.store.rows import in_columns, with_rows
from hub.core.intake import SIGNATURE_HEADER, RawReport
from hub.ports import AsideFound, AsideState, AsideWanted, Position

_ASIDE = """
SELECT * FROM (
 SELECT 'parked' AS state, topic, partition, kafka_offset, NULL::integer AS index, agency,
  publisher, connector, sequence, NULL AS kind, reason, sentence, received_at AS at,
  value_digest AS digest, left_bytes, settled_at
 FROM report WHERE state = 'parked'
 UNION ALL
 SELECT p.outcome, p.topic, p.partition, p.kafka_offset, p.position, p.agency, r.publisher,
  r.connector, r.sequence, p.kind, p.reason, p.field || ': ' || p.expected, p.found_at,
  r.value_digest, NULL, NULL
 FROM event_problem AS p JOIN report AS r USING (topic, partition, kafka_offset)
) AS aside
WHERE (%(state)s::text IS NULL OR state = %(state)s)
 AND (%(topic)s::text IS NULL OR topic = %(topic)s)
 AND (%(agency)s::text IS NULL OR agency = %(agency)s)
 AND (%(before)s::timestamptz IS NULL OR at < %(before)s)
 AND (%(at_topic)s::text IS NULL OR (topic = %(at_topic)s AND partition = %(partition)s
  AND kafka_offset = %(offset)s))
 AND (cardinality(%(reasons)s::text[]) = 0 OR reason = ANY(%(reasons)s))
 AND NOT (%(unsettled)s AND settled_at IS NOT NULL)
ORDER BY publisher IS NULL, at, topic, partition, kafka_offset, index LIMIT %(most)s
"""
"""Known senders first: whatever strangers send, it hides none of theirs."""


class PostgresParked:
    """What was set aside, over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def aside(self, wanted: AsideWanted) -> tuple[AsideFound, ...]:
        """What was set aside, known senders first and then the oldest; never its content."""
        place = wanted.position
        asked = {
            "state": wanted.state.value if wanted.state else None,
            "topic": wanted.topic,
            "agency": wanted.agency,
            "before": wanted.before,
            "at_topic": place.topic if place else None,
            "partition": place.partition if place else None,
            "offset": place.offset if place else None,
            "reasons": list(wanted.reasons),
            "unsettled": wanted.unsettled,
            "most": wanted.most,
        }
        with (
            self._store.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            cursor.execute(_ASIDE, asked)
            return tuple(
                AsideFound(
                    state=AsideState(row.pop("state")),
                    position=Position(
                        topic=row["topic"],
                        partition=row.pop("partition"),
                        offset=row.pop("kafka_offset"),
                    ),
                    feed=feed_of(row.pop("topic")),
                    **row,
                )
                for row in cursor
            )

    def raw(self, positions: tuple[Position, ...]) -> Iterator[RawReport]:
        """The parked messages at these positions as they came; those that were kept whole."""
        with self._store.connection() as connection:
            for one in positions:
                row = connection.execute(
                    "SELECT message_key, parked_value, parked_signatures, received_at FROM report"
                    " WHERE topic = %s AND partition = %s AND kafka_offset = %s"
                    " AND state = 'parked' AND left_bytes IS NULL",
                    (one.topic, one.partition, one.offset),
                ).fetchone()
                if row is not None:
                    yield RawReport(
                        topic=one.topic,
                        partition=one.partition,
                        offset=one.offset,
                        key=row[0],
                        value=row[1],
                        headers=tuple((SIGNATURE_HEADER, bytes(s)) for s in row[2] or ()),
                        received_at=row[3],
                    )

    def left(self, positions: tuple[Position, ...]) -> Mapping[Position, bytes]:
        """The digests of those parked at these positions whose bytes were not kept."""
        columns = {"topic": "text", "partition": "integer", "kafka_offset": "bigint"}
        wanted = [(one.topic, one.partition, one.offset) for one in positions]
        with self._store.connection() as connection:
            found = connection.execute(
                with_rows(
                    "SELECT topic, partition, kafka_offset, value_digest FROM report JOIN {}"
                    " USING (topic, partition, kafka_offset)"
                    " WHERE state = 'parked' AND left_bytes IS NOT NULL",
                    columns,
                ),
                in_columns(wanted, columns),
            )
            return {
                Position(topic=topic, partition=partition, offset=offset): digest
                for topic, partition, offset, digest in found
            }
