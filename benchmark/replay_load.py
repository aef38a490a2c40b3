"""Loads made-up facts for a backtest by COPY: records, links, events, alerts that were raised."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from benchmark.load import Tell, without_indexes
from benchmark.replay_facts import digest, events_of
from hub.core.chronology import StoredEvent
from hub.core.event import EventKind

CHILDREN_AT_ONCE: Final = 2_000
REPEATS: Final = 4
_NOTHING: Final = b"\x00"
"""Where something sealed would stand: nobody opens it."""

_COLUMNS: Final = {
    "record": ("record_ref", "agency", "sealed", "authorities"),
    "child": ("child_ref", "founded_by", "created_at"),
    "link": ("record_ref", "child_ref", "verdict", "linked_at"),
    "event": (
        *("event_id", "fact_key", "record_ref", "agency", "feed", "kind", "revision", "state"),
        *("occurred_at", "recorded_at", "received_at", "facts", "audience", "not_to_family"),
        *("shielded", "backfill", "content_digest", "topic", "partition", "kafka_offset"),
    ),
    "alert": (
        *("alert_id", "child_ref", "rule", "severity", "state", "sentence", "not_known", "owner"),
        *("informed", "delivered", "policy_version", "raised_at", "changed_at"),
    ),
    "alert_ground": (*("alert_id", "fact_key", "event_id", "kind", "occurred_at", "role", "live"),),
}

Rows = dict[str, list[Sequence[object]]]


def load_facts(url: str, children: int, events: int, now: datetime, tell: Tell) -> None:
    """Load so many children with so many events each."""
    with without_indexes(url, tell):
        for first in range(0, children, CHILDREN_AT_ONCE):
            some = range(first, min(first + CHILDREN_AT_ONCE, children))
            rows: Rows = defaultdict(list)
            for number in some:
                _add(rows, number, events_of(number, events, now))
            with psycopg.connect(url) as connection:
                _copy(connection, rows)
            tell(f"facts: {some.stop:,} of {children:,} children")


def _copy(connection: psycopg.Connection[TupleRow], rows: Rows) -> None:
    with connection.cursor() as cursor:
        for table, columns in _COLUMNS.items():
            target = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with cursor.copy(target) as copying:
                for row in rows[table]:
                    copying.write_row(row)


def _add(rows: Rows, number: int, told: Sequence[StoredEvent]) -> None:
    child = digest("child", number)
    agencies = {one.record_ref: one.agency for one in told}
    since = told[0].received_at
    for record, agency in agencies.items():
        homes = {f"E0800003{2 + 3 * (number % 2)}": 1}
        rows["record"].append((record, agency, _NOTHING, Jsonb(homes)))
        rows["link"].append((record, child, "matched", since))
    rows["child"].append((child, next(iter(agencies)), since))
    rows["event"].extend(_event(one, place, number) for place, one in enumerate(told))
    for table, row in _alert(child, told):
        rows[table].append(row)


def _event(one: StoredEvent, place: int, number: int) -> tuple[object, ...]:
    feed = "social_care" if one.kind is EventKind.CHILD_PROTECTION_PLAN else "health"
    return (
        *(one.event_id, one.fact_key, one.record_ref, one.agency, feed, one.kind.value),
        *(one.revision, one.state.value, one.occurred_at, one.recorded_at, one.received_at),
        *(Jsonb(dict(one.facts)), one.handling.audience.value, False, False, False),
        *(one.event_id, "made.up", number, place),
    )


def _alert(child: bytes, told: Iterable[StoredEvent]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield an alert on the first visits of a child that has so many, and its grounds."""
    visits = [one for one in told if one.kind is EventKind.EMERGENCY_ATTENDANCE]
    first = {one.fact_key: one for one in reversed(visits)}
    grounds = sorted(first.values(), key=lambda one: one.received_at)[:REPEATS]
    if len(grounds) < REPEATS:
        return
    alert_id, at = UUID(bytes=digest("alert", child)), grounds[-1].received_at
    yield (
        "alert",
        (
            *(alert_id, child, "repeat_attendance", "today", "standing", "Made up.", [], None),
            *([], True, "hub 1 repeat_attendance:0", at, at),
        ),
    )
    for one in grounds:
        kind = one.kind.value
        row = (alert_id, one.fact_key, one.event_id, kind, one.occurred_at, "trigger", True)
        yield "alert_ground", row
