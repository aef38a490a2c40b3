"""What is replayed of children, read in a few statements for some hundred of them at a time.

One read-only snapshot, which every process of a backtest shares. Of what is sealed, days of birth
of the unborn alone are opened: without the due date nobody can say whether their plan had ended.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from psycopg import Cursor, IsolationLevel, sql
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.blocks import children_estimated
from hub.adapters.store.connection import PostgresStore
from hub.adapters.store.epochs import take_epochs
from hub.adapters.store.homes import Homes
from hub.adapters.store.households import read_siblings
from hub.adapters.store.known import EVENT_COLUMNS, IN_CHRONOLOGY, events_by_child, stored_event
from hub.adapters.store.school_registers import registers_received
from hub.core.alert import Severity
from hub.core.chronology import StoredEvent
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.replay_history import ReplayHistory, SiblingHistory
from hub.core.revision import said_at
from hub.ports import ColumnSealer, IdentityDigests
from hub.ports.replaying import RaisedRow, ReplayExtent, ReplayPart, ReplayRow
from hub.service.records import chunks

_LIMITS: Final = (
    "SET LOCAL statement_timeout = '15min'",
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)
"""It holds no lock: nobody waits for it, whether it reads or computes."""

_CHILDREN: Final = (
    "SELECT DISTINCT child_ref FROM link WHERE child_ref >= %s AND child_ref < %s ORDER BY 1"
)
_RECORDS: Final = (
    "SELECT link.child_ref, record.shielded, record.authorities FROM link"
    " JOIN record USING (record_ref) WHERE link.child_ref = ANY(%s)"
)
_PLANS: Final = (
    "WITH asked AS (SELECT child_ref, record_ref FROM link WHERE child_ref = ANY(%s::bytea[])),"
    " held AS (SELECT child_ref, record_ref FROM asked"
    "  UNION SELECT asked.child_ref, born_of.former_ref FROM asked JOIN born_of USING (record_ref))"
    f" SELECT held.child_ref, event.sealed, plan.omitted_as_at, {EVENT_COLUMNS} FROM held"
    " JOIN event USING (record_ref) LEFT JOIN plan USING (fact_key) WHERE event.kind IN"
    " ('child_protection_plan', 'looked_after_period', 'unborn_child_protection_plan',"
    " 'child_in_need_period') ORDER BY held.child_ref, event.fact_key, event.revision"
)
_ALERTS: Final = (
    "SELECT child_ref, alert_id::text, rule, severity, owner, delivered, raised_at,"
    " coalesce(counts_from, raised_at), acknowledged_at, to_jsonb(alert)->>'outcome',"
    " ARRAY(SELECT fact_key FROM alert_ground"
    "  WHERE alert_ground.alert_id = alert.alert_id AND role = 'trigger')"
    " FROM alert WHERE child_ref = ANY(%s) ORDER BY child_ref, raised_at, alert_id"
)
_PREFIXES: Final = 1 << 16

CHILDREN_AT_ONCE: Final = 400
"""So many children are read in one go: their events are a few megabytes."""


class PostgresReplaying:
    """The port over PostgreSQL."""

    def __init__(
        self,
        store: PostgresStore,
        sealer: ColumnSealer,
        digests: IdentityDigests,
        *,
        households: bool,
    ) -> None:
        """``households``: whether any policy lets rules read of a child's household."""
        self._store = store
        self._sealer = sealer
        self._digests = digests
        self._households = households

    @contextmanager
    def extent(self) -> Iterator[ReplayExtent]:
        """How much there is; while it is lent, every reading sees the same instant."""
        estimated = children_estimated(self._store)
        with self._cursor() as cursor:
            found = cursor.execute("SELECT pg_export_snapshot()").fetchone()
            yield ReplayExtent(children=estimated, snapshot=str(found[0]) if found else "")

    def reading(self, snapshot: str, part: ReplayPart) -> Iterator[ReplayRow]:
        """Yield the children of a part; see the port."""
        with self._cursor(snapshot) as cursor:
            cursor.execute(_CHILDREN, (_prefix(part.first), _prefix(part.last + 1)), binary=True)
            refs = [ref for (ref,) in cursor]
            for some in chunks(refs, CHILDREN_AT_ONCE):
                yield from self._rows(cursor, some)

    @contextmanager
    def _cursor(self, snapshot: str = "") -> Iterator[Cursor[TupleRow]]:
        with self._store.connection(IsolationLevel.REPEATABLE_READ) as connection:
            cursor = connection.cursor()
            cursor.execute("SET TRANSACTION READ ONLY")
            if snapshot:
                cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
            for limit in _LIMITS:
                cursor.execute(limit)
            yield cursor

    def _rows(self, cursor: Cursor[TupleRow], refs: Sequence[bytes]) -> Iterator[ReplayRow]:
        cursor.execute(IN_CHRONOLOGY, (bytea(refs),), binary=True)
        events = events_by_child(cursor)
        plans, omitted = self._plans(cursor, refs)
        told = sorted({*events, *plans})
        raised = _raised(cursor, refs)
        households = self._siblings(cursor, refs)
        concerned = sorted({*told, *raised, *households})
        records = _records(cursor, concerned)
        read = registers_received(cursor, [one for some in events.values() for one in some])
        for ref in concerned:
            shielded, homes = records.get(ref, (False, ()))
            own = tuple(events.get(ref, ()))
            history = ReplayHistory(
                child_ref=ref,
                events=own,
                plans=tuple(plans.get(ref, ())),
                omitted=omitted.get(ref, {}),
                registers_read={o.fact_key: read[o.fact_key] for o in own if o.fact_key in read},
                home_authorities=homes,
                shielded=shielded,
                household=households.get(ref, ()),
            )
            yield ReplayRow(history=history, raised=tuple(raised.get(ref, ())))

    def _plans(
        self, cursor: Cursor[TupleRow], refs: Sequence[bytes]
    ) -> tuple[Mapping[bytes, list[StoredEvent]], Mapping[bytes, dict[bytes, datetime]]]:
        cursor.execute(_PLANS, (bytea(refs),), binary=True)
        plans: dict[bytes, list[StoredEvent]] = {}
        omitted: dict[bytes, dict[bytes, datetime]] = {}
        for child_ref, sealed, omitted_at, *row in cursor:
            told = self._with_births(stored_event(tuple(row)), sealed)
            plans.setdefault(child_ref, []).append(told)
            if omitted_at is not None:
                omitted.setdefault(child_ref, {})[told.fact_key] = omitted_at
        return plans, omitted

    def _with_births(self, told: StoredEvent, sealed: bytes | None) -> StoredEvent:
        """Answer an unborn child's plan with its days of birth; every other as it is."""
        if told.kind is not EventKind.UNBORN_CHILD_PROTECTION_PLAN or sealed is None:
            return told
        private: Mapping[str, Any] = json.loads(
            self._sealer.unseal("event", "sealed", told.event_id, sealed)
        )
        return replace(told, facts={**told.facts, **private.get("facts", {})})

    def _siblings(
        self, cursor: Cursor[TupleRow], refs: Sequence[bytes]
    ) -> Mapping[bytes, tuple[SiblingHistory, ...]]:
        if not self._households:
            return {}
        homes = Homes(cursor, self._sealer, self._digests, take_epochs(cursor, self._digests))
        found = cursor.execute("SELECT now()").fetchone()
        told = read_siblings(cursor, homes, refs, found[0]) if found else {}
        return {
            ref: tuple(
                SiblingHistory(child_ref=one.child_ref, since=one.since, events=one.events)
                for one in some
            )
            for ref, some in told.items()
        }


def _prefix(number: int) -> bytes:
    """Answer the first reference that begins with a number, or one after the last."""
    return number.to_bytes(2, "big") if number < _PREFIXES else b"\xff" * 64


def _records(
    cursor: Cursor[TupleRow], refs: Sequence[bytes]
) -> Mapping[bytes, tuple[bool, tuple[GssCode, ...]]]:
    """By child, whether a record shields it, and its authorities, the latest told first."""
    cursor.execute(_RECORDS, (bytea(refs),), binary=True)
    shielded: dict[bytes, bool] = {}
    latest: dict[bytes, dict[str, int]] = {}
    for ref, hides, authorities in cursor:
        shielded[ref] = hides or shielded.get(ref, False)
        of_child = latest.setdefault(ref, {})
        for authority, revision in authorities.items():
            of_child[authority] = max(said_at(revision), of_child.get(authority, 0))
    return {
        ref: (hides, tuple(map(GssCode, sorted(some, key=lambda one: (-some[one], one)))))
        for ref, hides in shielded.items()
        if (some := latest[ref]) is not None
    }


def _raised(cursor: Cursor[TupleRow], refs: Sequence[bytes]) -> Mapping[bytes, list[RaisedRow]]:
    cursor.execute(_ALERTS, (bytea(refs),), binary=True)
    return {ref: [_raised_row(row) for row in rows] for ref, rows in groupby(cursor, _first)}


def _first(row: TupleRow) -> bytes:
    ref: bytes = row[0]
    return ref


def _raised_row(row: TupleRow) -> RaisedRow:
    _, alert_id, rule, severity, owner, told, raised_at, counts_from, *seen = row
    acknowledged_at, outcome, triggers = seen
    return RaisedRow(
        alert_id=alert_id,
        rule=rule,
        severity=Severity(severity),
        owner=GssCode.parse(owner) if owner else None,
        told=told,
        raised_at=raised_at,
        counts_from=counts_from,
        triggers=frozenset(triggers),
        acknowledged_at=acknowledged_at,
        outcome=outcome,
    )
