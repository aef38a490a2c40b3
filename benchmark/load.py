"""Loads a town with three years of history by COPY, as receiving it would have left it.

Every row is made by the hub's own code: reports are sealed, opened and judged, records are merged,
keyed and resolved, and the store turns all of it into rows. Only the one function through which the
store inserts is replaced, in this process: it keeps the rows for a COPY. What is left out is what
one record makes of another that was stored before its batch: each founds a child of its own.

``python -m benchmark --load copy`` loads so; the tests hold that it is the same.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast
from unittest.mock import patch

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from benchmark.agency import Agency, Publishing, cut_in
from benchmark.happenings import past_attendances
from benchmark.population import Population
from hub.adapters.store import events, freshness, homes, identity, links, reports
from hub.adapters.store.identity import PostgresIdentityTransaction
from hub.bootstrap import Hub
from hub.core.event import Event
from hub.core.intake import OpenedReport, RawReport, open_report
from hub.core.reasons import ReportState
from hub.core.report import EVENTS_PER_REPORT_MAX
from hub.demo.agencies import HOSPITALS
from hub.ports import ChildRecords, LinkRow, RecordRow
from hub.service import rows
from hub.service.linking import Linking
from hub.service.receive import observations
from hub.service.records import RECORDS_PER_TRANSACTION_MAX, chunks
from hub.settings import Settings

CHILDREN_AT_ONCE: Final = 5_000
PROCESSES: Final = 2
CONNECTOR: Final = "history"
PARTITIONS_FROM: Final = 1_000
"""Reports that never were in Kafka lie in partitions that its topic does not have."""

TABLES: Final = ("report", "record", "record_key", "home", "child", "link", "event")
"""In the order in which their references ask for."""

_REFERENCES: Final = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND conrelid = ANY(%s::text[]::regclass[])"
)
_INDEXES: Final = (
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
    " WHERE NOT indisunique AND indrelid = ANY(%s::text[]::regclass[])"
)
_HISTORY: Final = (
    "INSERT INTO link_history SELECT record_ref, version, child_ref, verdict, possible, evidence,"
    " linked_at FROM link WHERE record_ref = ANY(%s) ON CONFLICT DO NOTHING"
)

Tell = Callable[[str], None]


@dataclass
class Kept:
    """A cursor that asks nobody: it keeps the rows that are inserted, by table."""

    rows: dict[str, list[Sequence[object]]] = field(default_factory=dict)
    columns: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _last: list[tuple[object, ...]] = field(default_factory=list)

    def insert(
        self,
        _cursor: object,
        table: str,
        columns: Mapping[str, str],
        values: Sequence[Sequence[object]],
        *,
        then: str = "",
    ) -> None:
        """Keep the rows, in place of ``hub.adapters.store.rows.insert``."""
        self.columns[table] = columns
        self.rows.setdefault(table, []).extend(values)
        place = ("topic", "partition", "kafka_offset")
        named = [tuple(columns).index(name) for name in place] if "RETURNING topic" in then else []
        self._last = [tuple(one[at] for at in named) for one in values]

    def execute(self, *_: object, **__: object) -> None:
        """Answer nothing: nobody is there who could be asked for or changed."""
        self._last = []

    def fetchall(self) -> list[tuple[object, ...]]:
        """Answer that every row was inserted."""
        answered, self._last = self._last, []
        return answered

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        return iter(self.fetchall())


class NobodyThere(PostgresIdentityTransaction):
    """The linking transaction over tables in which nobody is."""

    def lock_identity(self) -> None:
        """Nobody else links."""

    def records(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Answer none."""
        del record_refs
        return {}

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """Answer none."""
        del record_refs
        return {}

    def candidates(
        self, keys: Mapping[bytes, Sequence[tuple[str, str]]]
    ) -> Mapping[bytes, tuple[ChildRecords, ...]]:
        """Answer none but those of the batch, whom the linking knows itself."""
        return dict.fromkeys(keys, ())

    def shared_children(self, child_refs: Sequence[bytes]) -> Mapping[bytes, frozenset[bytes]]:
        """Answer none."""
        del child_refs
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some children, who are loaded in one transaction under reports of their own."""

    settings: Settings
    numbers: Sequence[int]
    now: datetime
    number: int


def load_town(
    settings: Settings,
    numbers: Sequence[int],
    now: datetime,
    tell: Tell,
    *,
    processes: int = PROCESSES,
) -> int:
    """Load these children with their history; answer how many events that was."""
    url = settings.database_url.get_secret_value()
    cut = range(0, len(numbers), CHILDREN_AT_ONCE)
    parts = [
        Part(
            settings=settings,
            numbers=numbers[first : first + CHILDREN_AT_ONCE],
            now=now,
            number=number,
        )
        for number, first in enumerate(cut)
    ]
    loaded = children = 0
    began = time.monotonic()
    spawn = multiprocessing.get_context("spawn")
    with (
        without_indexes(url, tell),
        ProcessPoolExecutor(processes, mp_context=spawn) as pool,
    ):
        for done in as_completed([pool.submit(_load, part) for part in parts]):
            one, count = done.result()
            children, loaded = children + one, loaded + count
            left = (time.monotonic() - began) * (len(numbers) / children - 1)
            tell(
                f"load: {children:,} of {len(numbers):,} children, {loaded:,} events,"
                f" about {left:.0f} s left"
            )
    return loaded


def _load(part: Part) -> tuple[int, int]:
    """Load one part in a process of its own; answer how many children and events it was."""
    hub = Hub(part.settings, name="hub-load", connections=1)
    try:
        population = Population(hub.places, part.now)
        children = [population.child(number) for number in part.numbers]
        kept, told = Kept(), []
        for place, hospital in enumerate(HOSPITALS):
            publishing = Publishing(
                code=hospital.code, feed=hospital.feed, publisher=hospital.publisher
            )
            agency = Agency(part.settings, publishing, f"{CONNECTOR}-{part.number}", part.now)
            happened = [
                event
                for child in children
                if child.trust == hospital.code
                for event in past_attendances(child, part.now)
            ]
            partition = PARTITIONS_FROM + part.number * len(HOSPITALS) + place
            told += [
                _opened(hub, agency, some, partition, offset, part.now)
                for offset, some in enumerate(cut_in(happened, EVENTS_PER_REPORT_MAX))
            ]
        _keep(hub, kept, told, part.now)
        with psycopg.connect(hub.settings.database_url.get_secret_value()) as connection:
            copy(connection, kept)
            accepted = [rows.accepted_row(one, ReportState.ACCEPTED) for one in told]
            freshness.touch_feeds(connection.cursor(), accepted, rows.first_occurred(told))
        return len(children), len(kept.rows["event"])
    finally:
        hub.close()


def _opened(  # noqa: PLR0913, PLR0917  # one report: of whom, what, where and when
    hub: Hub,
    agency: Agency,
    happened: Sequence[Event],
    partition: int,
    offset: int,
    now: datetime,
) -> OpenedReport:
    """Make one report and open it again, as the worker would."""
    message = agency.report(happened, at=now, backfill=True)
    raw = RawReport(
        topic=message.topic,
        partition=partition,
        offset=offset,
        key=message.key,
        value=message.value,
        headers=message.headers,
        received_at=now,
    )
    opened = open_report(raw, hub.intake())
    if not isinstance(opened, OpenedReport) or opened.rejected:
        raise ValueError("A made-up report was not taken as it is.")
    return opened


def _keep(hub: Hub, kept: Kept, told: Sequence[OpenedReport], now: datetime) -> None:
    """Have the hub's own code make every row of these reports."""
    sealer, cursor = hub.keys.sealer, cast("Any", kept)
    linking = Linking(
        store=hub.store,
        digests=hub.keys.identity,
        places=hub.places,
        matching=hub.standing.matching,
        standing=hub.standing,
        clock=SetClock(now),
    )
    with ExitStack() as stack:
        for module in (reports, identity, homes, events, links):
            stack.enter_context(patch.object(module, "insert", kept.insert))
        reports.insert_reports(
            cursor, [rows.accepted_row(one, ReportState.ACCEPTED) for one in told], now
        )
        seen = linking._observed(observations(told))  # noqa: SLF001  # what the hub itself does
        for some in chunks(sorted(seen), RECORDS_PER_TRANSACTION_MAX):
            linking._link_some(  # noqa: SLF001  # as above
                NobodyThere(cursor, sealer, hub.keys.identity), {ref: seen[ref] for ref in some}
            )
        events.insert_events(
            cursor, sealer, [rows.event_row(one, valid) for one in told for valid in one.events]
        )


@dataclass(frozen=True, slots=True)
class SetClock:
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        """Answer the instant that it stands at."""
        return self.at


def copy(connection: psycopg.Connection[TupleRow], kept: Kept) -> None:
    """Copy what was kept into the tables, and note the history of the links.

    Raises:
        ValueError: the hub writes to a table that is not copied.
    """
    others = {table for table, found in kept.rows.items() if found} - set(TABLES)
    if others:
        raise ValueError(f"Rows were made for {', '.join(sorted(others))}: not loaded by COPY.")
    with connection.cursor() as cursor:
        for table in TABLES:
            if table not in kept.columns:
                continue
            columns = kept.columns[table]
            target = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with cursor.copy(target) as copying:
                copying.set_types(list(columns.values()))
                for row in kept.rows[table]:
                    copying.write_row(
                        [
                            _as_sent(kind, value)
                            for kind, value in zip(columns.values(), row, strict=True)
                        ]
                    )
        cursor.execute(_HISTORY, ([row[0] for row in kept.rows["link"]],))


def _as_sent(kind: str, value: object) -> object:
    if kind == "jsonb":
        return Jsonb(value)
    return list(value) if isinstance(value, tuple) else value


@contextmanager
def without_indexes(url: str, tell: Tell) -> Iterator[None]:
    """Let the tables be without references and indexes that only slow a load down; then as before.

    Keys stay: what is loaded twice is refused.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        references = connection.execute(_REFERENCES, (list(TABLES),)).fetchall()
        indexes = connection.execute(_INDEXES, (list(TABLES),)).fetchall()
        for table, name, _ in references:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}".encode())
    try:
        yield
    finally:
        tell("load: making the indexes again")
        with psycopg.connect(url, autocommit=True) as connection:
            for _, definition in indexes:
                connection.execute(definition.encode())
            for table, name, definition in references:
                connection.execute(
                    f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}".encode()
                )
            connection.execute("VACUUM (ANALYZE)")
