"""What reports on matching are made of, streamed, and the reports, in PostgreSQL."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Final, LiteralString

from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.identity import record_of
from hub.ports import ColumnSealer
from hub.ports.match_reports import LinkedRow, MatchReportRow

ROWS_AT_ONCE: Final = 1_000
"""As many rows are held at a time, and one child's."""

_LONGEST: Final = "SET LOCAL statement_timeout = '15min'"
"""Sorting the records of a large county takes a while; nobody waits for it and it locks nothing."""

_OWN: Final = "record.agency = %(authority)s"
_TOLD_OF: Final = f"({_OWN} OR record.authorities ? %(authority)s)"
_KEYS: Final = (
    "ARRAY(SELECT DISTINCT ON (fact_key) event_id || sealed FROM event"
    " WHERE event.record_ref = record.record_ref AND record.agency = %(authority)s"
    " AND sealed IS NOT NULL ORDER BY fact_key, revision DESC LIMIT 20)"
)
_EVENT_ID_BYTES: Final = 16


def _of_children(told: LiteralString, keys: LiteralString) -> LiteralString:
    return (
        "SELECT link.child_ref, record.record_ref, record.agency, record.sealed, record.shielded,"
        f" record.authorities, link.verdict, cardinality(link.possible), {keys}"
        " FROM (SELECT DISTINCT child_ref FROM record JOIN link USING (record_ref)"
        f"  WHERE {told}) AS concerned"
        " JOIN link USING (child_ref) JOIN record USING (record_ref)"
        " ORDER BY link.child_ref, record.record_ref"
    )


class PostgresMatchReading:
    """One instant, over one connection; see ``hub.ports.match_reports.MatchReading``."""

    def __init__(
        self, connection: Connection[TupleRow], sealer: ColumnSealer, authority: str
    ) -> None:
        self._connection = connection
        self._sealer = sealer
        self._values = {"authority": authority}

    def records(self) -> int:
        """How many records there are to go through."""
        found = self._connection.execute(
            "SELECT count(*) FROM (SELECT DISTINCT child_ref FROM record JOIN link"
            f" USING (record_ref) WHERE {_TOLD_OF}) AS concerned JOIN link USING (child_ref)",
            self._values,
        ).fetchone()
        return int(found[0]) if found else 0

    def children(self) -> Iterator[Sequence[LinkedRow]]:
        """Every record of each child of whom the authority is told."""
        return self._streamed(_of_children(_TOLD_OF, "'{}'::bytea[]"))

    def own_children(self) -> Iterator[Sequence[LinkedRow]]:
        """The same of children of whom the authority itself told, with its own keys."""
        return self._streamed(_of_children(_OWN, _KEYS))

    def waiting(self) -> Mapping[str, int]:
        """By agency, how many records wait without a child."""
        found = self._connection.execute(
            "SELECT agency, count(*) FROM record"
            f" WHERE waits AND NOT shielded AND {_TOLD_OF} GROUP BY agency",
            self._values,
        )
        return {agency: count for agency, count in found}  # noqa: C416  # a row is no pair to mypy

    def identifiers_left_out(self) -> Mapping[str, int]:
        """By field and failed check, how often the authority told an identifier not valid."""
        found = self._connection.execute(
            "SELECT subject, sum(count)::bigint FROM feed_fault"
            " WHERE agency = %(authority)s AND code = 'identifier_dropped' GROUP BY subject",
            self._values,
        )
        return {subject: count for subject, count in found}  # noqa: C416  # as above

    def _streamed(self, statement: LiteralString) -> Iterator[Sequence[LinkedRow]]:
        with self._connection.cursor(name="match_report") as cursor:
            cursor.itersize = ROWS_AT_ONCE
            cursor.execute(statement, self._values)
            for _, rows in groupby(cursor, key=lambda row: row[0]):
                yield [self._linked(row) for row in rows]

    def _linked(self, row: TupleRow) -> LinkedRow:
        _, *record, verdict, possible, keys = row
        return LinkedRow(
            record=record_of(self._sealer, tuple(record)),
            verdict=verdict,
            possible=possible,
            keys=tuple(self._source_key(bytes(one)) for one in keys),
        )

    def _source_key(self, event: bytes) -> str:
        event_id, sealed = event[:_EVENT_ID_BYTES], event[_EVENT_ID_BYTES:]
        private = json.loads(self._sealer.unseal("event", "sealed", event_id, sealed))
        return str(private["source_key"])


class PostgresMatchReports:
    """The port over PostgreSQL."""

    def __init__(self, store: PostgresStore, sealer: ColumnSealer) -> None:
        self._store = store
        self._sealer = sealer

    @contextmanager
    def reading(self, authority: str) -> Iterator[PostgresMatchReading]:
        """What is known of an authority's records at one instant."""
        with self._store.connection(IsolationLevel.REPEATABLE_READ) as connection:
            connection.execute(_LONGEST)
            yield PostgresMatchReading(connection, self._sealer, authority)

    def told(self, authority: str, most: int) -> tuple[MatchReportRow, ...]:
        """The last reports of an authority, the latest first."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT week, made_at, counted FROM match_report WHERE authority = %s"
                " ORDER BY week DESC LIMIT %s",
                (authority, most),
            ).fetchall()
        return tuple(
            MatchReportRow(week=week, made_at=made_at, counted=counted)
            for week, made_at, counted in found
        )

    def keep(self, authority: str, row: MatchReportRow) -> None:
        """Keep a report in place of an earlier one of its week."""
        with self._store.connection() as connection:
            connection.execute(
                "INSERT INTO match_report (authority, week, made_at, counted)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (authority, week) DO UPDATE"
                " SET made_at = excluded.made_at, counted = excluded.counted"
                " WHERE match_report.made_at < excluded.made_at",
                (authority, row.week, row.made_at, Jsonb(dict(row.counted))),
            )
