"""Parked reports: what waits, and its bytes when it is tried again."""

from collections.abc import Iterator, Mapping

from psycopg.rows import dict_row

from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.rows import recordset, with_recordset
from hub.core.intake import SIGNATURE_HEADER, RawReport
from hub.ports import ParkedFound, Position

SHOWN_MAX = 1000


class PostgresParked:
    """The parked reports over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def waiting(self) -> tuple[ParkedFound, ...]:
        """What is parked, the oldest first; never its content."""
        with (
            self._store.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            cursor.execute(
                "SELECT topic, partition, kafka_offset, reason, sentence, publisher, agency,"
                " received_at FROM report WHERE state = 'parked'"
                " ORDER BY received_at, topic, partition, kafka_offset LIMIT %s",
                (SHOWN_MAX,),
            )
            return tuple(
                ParkedFound(
                    position=Position(
                        topic=row["topic"], partition=row["partition"], offset=row["kafka_offset"]
                    ),
                    reason=row["reason"],
                    sentence=row["sentence"],
                    publisher=row["publisher"],
                    agency=row["agency"],
                    received_at=row["received_at"],
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
                with_recordset(
                    "SELECT topic, partition, kafka_offset, value_digest FROM report JOIN {}"
                    " USING (topic, partition, kafka_offset)"
                    " WHERE state = 'parked' AND left_bytes IS NOT NULL",
                    columns,
                ),
                (recordset(wanted, columns),),
            )
            return {
                Position(topic=topic, partition=partition, offset=offset): digest
                for topic, partition, offset, digest in found
            }
