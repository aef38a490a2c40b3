"""Alerts with what people did about them, streamed, and what was counted of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from hub.adapters.store.arrays import bytea
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.identity import record_of
from hub.core.alert import Severity
from hub.core.event import Sex
from hub.core.identifiers import GssCode
from hub.core.person import birth_date_of
from hub.ports import ColumnSealer, RecordRow
from hub.ports.rule_yields import KeptYield, YieldRow

ALERTS_AT_ONCE: Final = 500
"""So many alerts are held at a time, with the records of their children."""

_LONGEST: Final = "SET LOCAL statement_timeout = '15min'"

_ALERTS: Final = (
    "SELECT child_ref, rule, owner, severity, delivered, raised_at,"
    " coalesce(counts_from, raised_at), acknowledged_at,"
    " to_jsonb(alert)->>'outcome', ARRAY(SELECT DISTINCT event.agency FROM alert_ground"
    "  JOIN event USING (event_id) WHERE alert_ground.alert_id = alert.alert_id"
    "  AND alert_ground.role = 'trigger' ORDER BY 1),"
    " EXISTS (SELECT FROM alert_ground WHERE alert_ground.alert_id = alert.alert_id"
    "  AND role = 'trigger' AND live)"
    " FROM alert WHERE raised_at >= %(since)s"
    " AND (%(authority)s::text IS NULL OR owner = %(authority)s) ORDER BY child_ref, alert_id"
)
_RECORDS: Final = (
    "SELECT link.child_ref, record_ref, agency, sealed, shielded, authorities FROM link"
    " JOIN record USING (record_ref) WHERE link.child_ref = ANY(%s)"
)


class PostgresRuleYields:
    """The port over PostgreSQL."""

    def __init__(self, store: PostgresStore, sealer: ColumnSealer) -> None:
        self._store = store
        self._sealer = sealer

    def raised(self, since: datetime, authority: str | None, *, people: bool) -> Iterator[YieldRow]:
        """Yield alerts raised since an instant; see the port."""
        with self._store.connection(IsolationLevel.REPEATABLE_READ) as connection:
            connection.execute("SET TRANSACTION READ ONLY")
            connection.execute(_LONGEST)
            with connection.cursor(name="rule_yield") as cursor:
                cursor.execute(_ALERTS, {"since": since, "authority": authority})
                while some := cursor.fetchmany(ALERTS_AT_ONCE):
                    refs = sorted({row[0] for row in some}) if people else []
                    known = self._people(connection, refs) if refs else {}
                    yield from (_row(row, known.get(row[0], ())) for row in some)

    def _people(
        self, connection: Connection[TupleRow], refs: Sequence[bytes]
    ) -> Mapping[bytes, list[RecordRow]]:
        found: dict[bytes, list[RecordRow]] = {}
        for child_ref, *record in connection.execute(_RECORDS, (bytea(refs),), binary=True):
            row = record_of(self._sealer, tuple(record))
            found.setdefault(child_ref, []).append(row)
        return found


def _row(row: TupleRow, records: Sequence[RecordRow]) -> YieldRow:
    (
        _,
        rule,
        owner,
        severity,
        told,
        raised_at,
        counts_from,
        acknowledged_at,
        outcome,
        sources,
        news,
    ) = row
    return YieldRow(
        rule=rule,
        owner=GssCode.parse(owner) if owner else None,
        severity=Severity(severity),
        told=told,
        news=news,
        raised_at=raised_at,
        counts_from=counts_from,
        acknowledged_at=acknowledged_at,
        outcome=outcome,
        sources=tuple(sources),
        born=_born(records),
        sex=_sex(records),
    )


def _born(records: Sequence[RecordRow]) -> date | None:
    births = {born for one in records if (born := birth_date_of(one.ledger))}
    return births.pop() if len(births) == 1 else None


def _sex(records: Sequence[RecordRow]) -> Sex:
    told = {str(one.ledger["sex"][0]) for one in records if one.ledger.get("sex", (None,))[0]}
    return Sex(told.pop()) if len(told) == 1 else Sex.UNKNOWN


class PostgresKeptYields:
    """The store of what was counted, over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def told(self, authority: str, days: int) -> KeptYield | None:
        """The last count over so many days; ``None`` if there is none."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT days, since, made_at, counted FROM rule_yield_report"
                " WHERE authority = %s AND days = %s",
                (authority, days),
            ).fetchone()
        if found is None:
            return None
        days, since, made_at, counted = found
        return KeptYield(days=days, since=since, made_at=made_at, counted=counted)

    def keep(self, authority: str, rows: Sequence[KeptYield]) -> None:
        """Keep counts in place of earlier ones of as many days."""
        with self._store.connection() as connection:
            connection.cursor().executemany(
                "INSERT INTO rule_yield_report (authority, days, since, made_at, counted)"
                " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (authority, days) DO UPDATE SET"
                " since = excluded.since, made_at = excluded.made_at, counted = excluded.counted"
                " WHERE rule_yield_report.made_at < excluded.made_at",
                [
                    (authority, one.days, one.since, one.made_at, Jsonb(dict(one.counted)))
                    for one in rows
                ],
            )
