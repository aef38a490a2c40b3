"""Positions and attempts: which offsets have their row, and at which a worker died."""

from collections.abc import Mapping
from datetime import datetime

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.operator_faults import REMOVED, count_operator_faults, feed_of
from hub.ports import OperatorFaultRow, Position, Removed

HOLES_MAX = 1000
"""How many ranges of missing offsets one look reports; the next look sees the rest."""

__all__ = ["HOLES_MAX", "PostgresPositions"]


class PostgresPositions:
    """The positions port over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def highest_stored(self, topic: str) -> Mapping[int, int]:
        """The highest offset of each partition that has a row."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT partition, max(kafka_offset) FROM report WHERE topic = %s"
                " GROUP BY partition",
                (topic,),
            )
            return dict(found.fetchall())

    def holes(self, topic: str, partition: int, below: int) -> tuple[tuple[int, int], ...]:
        """Ranges [from, to) of offsets without a row, from the verified mark up to ``below``."""
        with self._store.connection() as connection:
            mark = self._verified_to(connection, topic, partition)
            found = connection.execute(
                "SELECT held + 1, next FROM (SELECT kafka_offset AS held,"
                "  lead(kafka_offset, 1, %(below)s) OVER (ORDER BY kafka_offset) AS next"
                "  FROM (SELECT %(mark)s - 1 AS kafka_offset UNION ALL"
                "   SELECT kafka_offset FROM report WHERE topic = %(topic)s"
                "   AND partition = %(partition)s AND kafka_offset >= %(mark)s"
                "   AND kafka_offset < %(below)s) AS rows) AS pairs"
                " WHERE next > held + 1 ORDER BY held LIMIT %(limit)s",
                {
                    "below": below,
                    "mark": mark,
                    "topic": topic,
                    "partition": partition,
                    "limit": HOLES_MAX,
                },
            )
            return tuple((start, stop) for start, stop in found)

    def mark_verified(
        self, topic: str, partition: int, verified_to: int, *, removed: Removed | None = None
    ) -> None:
        """Note that every offset below has its row or was seen to hold no message, or was removed.

        What was removed is noted as a fault in the same transaction.
        """
        with self._store.connection() as connection:
            if removed is not None:
                fault = OperatorFaultRow(
                    code=REMOVED,
                    feed=feed_of(topic),
                    subject=f"{topic}:{partition}:{removed.start}-{removed.stop - 1}",
                    count=removed.stop - removed.start,
                )
                count_operator_faults(connection.cursor(), [fault], removed.seen_at)
            connection.execute(
                "INSERT INTO position AS held (topic, partition, verified_to) VALUES (%s, %s, %s)"
                " ON CONFLICT (topic, partition) DO UPDATE SET"
                " verified_to = greatest(held.verified_to, excluded.verified_to)",
                (topic, partition, verified_to),
            )

    def _verified_to(self, connection: Connection[TupleRow], topic: str, partition: int) -> int:
        row = connection.execute(
            "SELECT verified_to FROM position WHERE topic = %s AND partition = %s",
            (topic, partition),
        ).fetchone()
        return int(row[0]) if row else 0

    # ------------------------------------------------------------ attempts

    def begin_attempt(self, worker: str, position: Position, at: datetime, *, single: bool) -> int:
        """Note that this worker begins at this position; answer how many died there.

        With ``single``, none are answered unless one of them had this report in hand alone.
        """
        with self._store.connection() as connection:
            row = connection.execute(
                "SELECT count(DISTINCT worker) FROM attempt WHERE topic = %(topic)s"
                " AND partition = %(partition)s AND position = %(position)s"
                " AND ended_at IS NULL AND worker <> %(worker)s"
                " HAVING bool_or(single) OR NOT %(single)s",
                {
                    "topic": position.topic,
                    "partition": position.partition,
                    "position": position.offset,
                    "worker": worker,
                    "single": single,
                },
            ).fetchone()
            connection.execute(
                "INSERT INTO attempt (worker, topic, partition, position, single, begun_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (worker, position.topic, position.partition, position.offset, single, at),
            )
            return int(row[0]) if row else 0

    def end_attempts(self, worker: str, at: datetime, positions: tuple[Position, ...] = ()) -> None:
        """Note that this worker's attempts ended as planned: all, or those of these partitions."""
        with self._store.connection() as connection:
            if not positions:
                connection.execute(
                    "UPDATE attempt SET ended_at = %s WHERE worker = %s AND ended_at IS NULL",
                    (at, worker),
                )
            for one in positions:
                connection.execute(
                    "UPDATE attempt SET ended_at = %s WHERE worker = %s AND ended_at IS NULL"
                    " AND topic = %s AND partition = %s",
                    (at, worker, one.topic, one.partition),
                )
