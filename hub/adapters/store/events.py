"""Events and plans: what agencies told, revision by revision, and the registers as last told."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import insert
from hub.ports import ColumnSealer, EventRow, PlanRow

_EVENT = {
    "event_id": "bytea",
    "fact_key": "bytea",
    "record_ref": "bytea",
    "agency": "text",
    "feed": "text",
    "kind": "text",
    "revision": "bigint",
    "state": "text",
    "occurred_at": "timestamptz",
    "recorded_at": "timestamptz",
    "received_at": "timestamptz",
    "facts": "jsonb",
    "cleared": "text[]",
    "audience": "text",
    "not_before": "timestamptz",
    "not_to_family": "boolean",
    "shielded": "boolean",
    "backfill": "boolean",
    "content_digest": "bytea",
    "sealed": "bytea",
    "detail": "bytea",
    "topic": "text",
    "partition": "integer",
    "kafka_offset": "bigint",
}

BIRTH_FACTS = ("born_on", "due_on")
"""Facts that are days of birth: they stand sealed, never in clear. So does the end of an unborn
child's plan where the birth ended it, for that is the same day."""

_PLAN = {
    "fact_key": "bytea",
    "event_id": "bytea",
    "record_ref": "bytea",
    "agency": "text",
    "kind": "text",
    "revision": "bigint",
    "state": "text",
    "authority": "text",
    "started_on": "date",
    "ended_on": "date",
    "end_reason": "text",
    "category_latest": "text",
    "held_for_another": "boolean",
    "shielded": "boolean",
    "backfill": "boolean",
    "as_at": "timestamptz",
    "sealed": "bytea",
}


def _event_values(row: EventRow, sealer: ColumnSealer) -> tuple[object, ...]:
    stored, at = row.stored, row.position
    births = _days_of_birth(stored.facts)
    facts = {name: value for name, value in stored.facts.items() if name not in births}
    private = json.dumps(
        {
            "source_key": row.source_key,
            "contacts": json.loads(row.contacts),
            "facts": births,
        }
    )
    return (
        *(stored.event_id, stored.fact_key, stored.record_ref, stored.agency, row.feed),
        *(stored.kind.value, stored.revision, stored.state.value, stored.occurred_at),
        *(stored.recorded_at, stored.received_at, facts, stored.cleared),
        *(stored.handling.audience.value, stored.handling.not_before),
        *(stored.handling.not_to_family, stored.shielded, stored.backfill, row.content_digest),
        sealer.seal("event", "sealed", stored.event_id, private.encode()),
        *(row.detail, at.topic, at.partition, at.offset),
    )


def _days_of_birth(facts: Mapping[str, object]) -> Mapping[str, object]:
    """Answer the facts that tell when somebody was, or will be, born."""
    born = facts.get("born_on")
    ended_by_birth = ("ended_on",) if born and facts.get("ended_on") == born else ()
    return {name: facts[name] for name in (*BIRTH_FACTS, *ended_by_birth) if name in facts}


_AS_NEWS: Final = (
    "ON CONFLICT (event_id) DO UPDATE SET backfill = false WHERE event.backfill"
    " AND NOT excluded.backfill AND event.content_digest = excluded.content_digest RETURNING 1"
)


def insert_events(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, rows: Sequence[EventRow]
) -> Mapping[bytes, bytes]:
    """Insert events that are not there; answer the content digest that stands for each id.

    What was loaded as history and is then told as news is news: whichever came first.
    """
    if not rows:
        return {}
    ordered = sorted(rows, key=lambda row: row.stored.event_id)
    values = [_event_values(row, sealer) for row in ordered]
    insert(cursor, "event", _EVENT, values, then=_AS_NEWS)
    if len(cursor.fetchall()) == len(ordered):  # as nearly always: none was there
        return {row.stored.event_id: row.content_digest for row in ordered}
    cursor.execute(
        "SELECT event_id, content_digest FROM event WHERE event_id = ANY(%s)",
        (bytea(row.stored.event_id for row in ordered),),
        binary=True,
    )
    return dict(cursor.fetchall())


def _private(plan: PlanRow) -> str:
    """What of a plan is sealed: who works with the child, and days of birth."""
    days = {"due_on": plan.due_on, "born_on": plan.born_on, "ended_on": _end_by_birth(plan)}
    told = {name: day.isoformat() if day else None for name, day in days.items()}
    return json.dumps({"contacts": json.loads(plan.contacts), **told})


def _end_by_birth(plan: PlanRow) -> date | None:
    """Answer the last day of a plan that a birth ended; ``None`` of every other."""
    return plan.ended_on if plan.ended_on == plan.born_on else None


def _end_in_clear(plan: PlanRow) -> date | None:
    """Answer the last day as it stands in clear: of a plan that a birth ended, when that was told.

    The statement of open plans is compared by it: a plan that had ended by then is not missed.
    """
    return plan.as_at.date() if _end_by_birth(plan) else plan.ended_on


def upsert_plans(cursor: Cursor[TupleRow], sealer: ColumnSealer, rows: Sequence[PlanRow]) -> None:
    """Let the highest revision of each plan stand, and omission by a newer full extract."""
    highest: dict[bytes, PlanRow] = {}
    for row in rows:
        held = highest.get(row.fact_key)
        if held is None or row.revision > held.revision:
            highest[row.fact_key] = row
    if not highest:
        return
    values = [
        (
            *(p.fact_key, p.event_id, p.record_ref, p.agency, p.kind, p.revision, p.state),
            *(p.authority, p.started_on, _end_in_clear(p), p.end_reason),
            *(p.category_latest, p.held_for_another, p.shielded, p.backfill, p.as_at),
            sealer.seal("plan", "sealed", p.fact_key, _private(p).encode()),
        )
        for _, p in sorted(highest.items())
    ]
    replaced = ", ".join(
        f"{name} = excluded.{name}" for name in _PLAN if name not in {"fact_key", "shielded"}
    )
    then = (
        f"ON CONFLICT (fact_key) DO UPDATE SET {replaced},"
        " shielded = plan.shielded OR excluded.shielded WHERE plan.revision < excluded.revision"
    )
    insert(cursor, "plan", _PLAN, values, then=then)
    cursor.execute(
        "UPDATE plan SET omitted_as_at = register.baseline_as_at FROM register"
        " WHERE register.agency = plan.agency AND plan.fact_key = ANY(%s)"
        " AND plan.kind <> 'child_in_need_period'"
        " AND plan.as_at < register.baseline_as_at AND NOT EXISTS ("
        "  SELECT 1 FROM extract_entry AS entry WHERE entry.agency = plan.agency"
        "  AND entry.extract_id = register.baseline_extract AND entry.fact_key = plan.fact_key)",
        (bytea(sorted(highest)),),
    )
