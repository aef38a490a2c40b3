"""What the database says of a first load: how far it is, and what came of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store.connection import PostgresStore
from hub.ports import LoadedPart, LoadOutcome
from hub.topics import report_topic

CLOCKS_APART: Final = timedelta(hours=1)
"""By so much the broker's clock may be behind the one that dated the beginning of the load."""

_OURS: Final = (
    "WITH ours AS MATERIALIZED (SELECT topic, partition, kafka_offset, state, sentence,"
    " events_stored FROM report WHERE received_at >= %s AND topic = %s AND publisher = %s"
    " AND connector = %s AND epoch = %s AND sequence BETWEEN %s AND %s)"
)


class PostgresLoads:
    """Loads, over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def decided(self, part: LoadedPart) -> int:
        """Answer how many of the reports have their row; one row is read, however many they are."""
        with self._store.reading() as connection:
            ((count,),) = connection.execute(
                "SELECT coalesce(sum(upper(one) - lower(one)), 0) FROM spool,"
                " unnest(received * int8multirange(int8range(%s, %s, '[]'))) AS one"
                " WHERE publisher = %s AND connector = %s AND epoch = %s AND feed = %s",
                (
                    *(part.first, max(part.first, part.last)),
                    *(part.publisher, part.connector, part.epoch, part.feed.value),
                ),
            ).fetchall()
        return int(count)

    def outcome(self, part: LoadedPart) -> LoadOutcome:
        """Answer what came of it; reads everything that came since it was begun."""
        since = part.begun_at - CLOCKS_APART
        ours = (
            *(since, report_topic(part.feed), part.publisher, part.connector, part.epoch),
            *(part.first, part.last),
        )
        with self._store.reading() as connection:
            stored = _counted(
                connection,
                f"{_OURS} SELECT 'stored', sum(events_stored) FROM ours WHERE state = 'accepted'",
                ours,
            )
            parked = _counted(
                connection,
                f"{_OURS} SELECT sentence, count(*) FROM ours WHERE state = 'parked' GROUP BY 1",
                ours,
            )
            return LoadOutcome(
                stored=stored.get("stored", 0),
                parked=parked,
                new_by_verdict=_new_by_verdict(connection, ours, since),
                conflicts=sum(_problems(connection, ours, "conflict").values()),
                rejected=_problems(connection, ours, "rejected"),
            )


def _counted(
    connection: Connection[TupleRow], statement: str, values: tuple[object, ...]
) -> dict[str, int]:
    found = connection.execute(statement.encode(), values)
    return {str(what): int(count) for what, count in found if count is not None}


def _new_by_verdict(
    connection: Connection[TupleRow], ours: tuple[object, ...], since: datetime
) -> Mapping[str, int]:
    return _counted(
        connection,
        f"{_OURS} SELECT coalesce(verdict, 'waiting'), count(*) FROM ours"
        " JOIN event USING (topic, partition, kafka_offset) LEFT JOIN link USING (record_ref)"
        " WHERE event.received_at >= %s GROUP BY 1",
        (*ours, since),
    )


def _problems(
    connection: Connection[TupleRow], ours: tuple[object, ...], outcome: str
) -> Mapping[tuple[str, str], int]:
    found = connection.execute(
        f"{_OURS} SELECT field, expected, count(*) FROM ours"
        " JOIN event_problem USING (topic, partition, kafka_offset)"
        " WHERE outcome = %s GROUP BY 1, 2".encode(),
        (*ours, outcome),
    )
    return {(str(field), str(expected)): int(count) for field, expected, count in found}
