"""What is stored of children, read in a few statements for any number of them."""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from psycopg import Cursor
from psycopg.rows import TupleRow, dict_row

from hub.adapters.store.alerts import read_standing
from hub.adapters.store.arrays import bytea
from hub.adapters.store.identity import record_of
from hub.adapters.store.school_registers import complete_registers
from hub.core.chronology import Listing, RegisterEntry, StoredEvent
from hub.core.event import Audience, Contact, EventKind, EventState, Handling
from hub.core.identifiers import GssCode
from hub.ports import ColumnSealer, Known, RecordRow

EVENT_COLUMNS = (
    "event.event_id, event.fact_key, event.record_ref, event.agency, event.kind, event.revision,"
    " event.state, event.occurred_at, event.recorded_at, event.received_at, event.facts,"
    " event.cleared, event.audience, event.not_before, event.not_to_family, event.shielded,"
    " event.backfill"
)


def read_known(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, child_refs: Sequence[bytes]
) -> tuple[Known, ...]:
    """Records, events, register entries and standing alerts of these children."""
    refs = sorted(set(child_refs))
    if not refs:
        return ()
    records, unsure = _records(cursor, sealer, refs)
    cursor.execute(IN_CHRONOLOGY, (bytea(refs),), binary=True)
    events = events_by_child(cursor)
    register = _register(cursor, sealer, refs)
    read = complete_registers(cursor, [e for told in events.values() for e in told])
    standing = read_standing(cursor, refs)
    return tuple(
        Known(
            child_ref=ref,
            records=tuple(records.get(ref, ())),
            events=tuple(events.get(ref, ())),
            register=tuple(register.get(ref, ())),
            registers_read=read,
            standing=tuple(standing.get(ref, ())),
            unsure=ref in unsure,
        )
        for ref in refs
    )


def _records(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, refs: Sequence[bytes]
) -> tuple[Mapping[bytes, list[RecordRow]], set[bytes]]:
    cursor.execute(
        "SELECT record_ref, agency, sealed, shielded, authorities, child_ref, verdict"
        " FROM link JOIN record USING (record_ref) WHERE child_ref = ANY(%s)"
        " ORDER BY child_ref, record_ref",
        (bytea(refs),),
        binary=True,
    )
    found: dict[bytes, list[RecordRow]] = {}
    unsure: set[bytes] = set()
    for *row, child_ref, verdict in cursor:
        found.setdefault(child_ref, []).append(record_of(sealer, tuple(row)))
        if verdict in {"possible", "many"}:
            unsure.add(child_ref)
    return found, unsure


_AS_MOVED = EVENT_COLUMNS.replace(
    "event.record_ref", "coalesce(moved.record_ref, event.record_ref) AS record_ref"
)
"""A visit that an agency has moved is of the record it was moved to, in every revision."""

_EVENTS_OF = (
    "WITH asked AS (SELECT record_ref FROM link WHERE child_ref = ANY(%s::bytea[])),"
    " facts AS (SELECT event.fact_key FROM asked JOIN event USING (record_ref)"
    "  WHERE event.kind IN ({})"
    "  UNION SELECT moved_visit.fact_key FROM asked JOIN moved_visit USING (record_ref))"
    f" SELECT link.child_ref, {_AS_MOVED} FROM facts JOIN event USING (fact_key)"
    " LEFT JOIN moved_visit AS moved ON moved.fact_key = event.fact_key"
    " JOIN link ON link.record_ref = coalesce(moved.record_ref, event.record_ref)"
    " ORDER BY event.fact_key, event.revision, event.event_id"
)

_ASKED = "'emergency_attendance', 'domestic_abuse_incident'"

EVENTS = _EVENTS_OF.replace("{}", _ASKED)
"""Every revision of each attendance and incident of these children: what a check asks of events.

An incident is asked for its shielding alone. What a school withholds stands on its record.
"""

IN_CHRONOLOGY = _EVENTS_OF.replace("{}", f"{_ASKED}, 'school_absence'")
"""Every revision of each fact that the chronologies of these children fold."""

PLANS = (
    "WITH asked AS (SELECT child_ref, record_ref FROM link WHERE child_ref = ANY(%s::bytea[])),"
    " held AS (SELECT child_ref, record_ref FROM asked"
    "  UNION SELECT asked.child_ref, born_of.former_ref FROM asked JOIN born_of USING (record_ref))"
    " SELECT held.child_ref, plan.* FROM held JOIN plan USING (record_ref)"
    " WHERE plan.state <> 'withdrawn' ORDER BY held.child_ref, plan.started_on, plan.fact_key"
)
"""The register entries of these children, and of the unborn ones that they were."""


def events_by_child(rows: Iterable[TupleRow]) -> Mapping[bytes, list[StoredEvent]]:
    """The rows of ``EVENTS`` by the child whose record the latest revision of the fact is about."""
    found: dict[bytes, list[StoredEvent]] = {}
    for _, group in itertools.groupby(rows, key=lambda row: row[2]):
        revisions = list(group)
        child_ref = revisions[-1][0]
        found.setdefault(child_ref, []).extend(stored_event(tuple(row[1:])) for row in revisions)
    return found


_KINDS = {kind.value: kind for kind in EventKind}
_STATES = {state.value: state for state in EventState}
_PLAIN_HANDLING = Handling()
_AS_HANDLED_PLAINLY = (_PLAIN_HANDLING.audience.value, None, False)


def stored_event(row: TupleRow) -> StoredEvent:
    """A stored event from a row of ``EVENT_COLUMNS``."""
    handling = _PLAIN_HANDLING
    if row[12:15] != _AS_HANDLED_PLAINLY:
        handling = Handling(audience=Audience(row[12]), not_before=row[13], not_to_family=row[14])
    return StoredEvent(
        event_id=row[0],
        fact_key=row[1],
        record_ref=row[2],
        agency=row[3],
        kind=_KINDS.get(row[4]) or EventKind(row[4]),
        revision=row[5],
        state=_STATES.get(row[6]) or EventState(row[6]),
        occurred_at=row[7],
        recorded_at=row[8],
        received_at=row[9],
        facts=row[10],
        cleared=tuple(row[11]),
        handling=handling,
        shielded=row[15],
        backfill=row[16],
    )


def _register(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, refs: Sequence[bytes]
) -> Mapping[bytes, list[RegisterEntry]]:
    with cursor.connection.cursor(row_factory=dict_row) as rows:
        rows.execute(PLANS, (bytea(refs),), binary=True)
        return register_by_child(rows, sealer)


def register_by_child(
    rows: Iterable[Mapping[str, Any]], sealer: ColumnSealer
) -> Mapping[bytes, list[RegisterEntry]]:
    """The rows of ``PLANS`` by child."""
    found: dict[bytes, list[RegisterEntry]] = {}
    for row in rows:
        found.setdefault(row["child_ref"], []).append(register_entry(sealer, row))
    return found


def register_entry(sealer: ColumnSealer, row: Mapping[str, Any]) -> RegisterEntry:
    """A register entry from a row of ``plan``."""
    omitted = row["omitted_as_at"]
    private = _private(sealer, row["fact_key"], row["sealed"])
    not_listed = row["ended_on"] is None and omitted is not None and omitted > row["as_at"]
    return RegisterEntry(
        fact_key=row["fact_key"],
        event_id=row["event_id"],
        record_ref=row["record_ref"],
        agency=row["agency"],
        kind=EventKind(row["kind"]),
        authority=GssCode.parse(row["authority"]) if row["authority"] else None,
        started_on=row["started_on"],
        ended_on=_day(private.get("ended_on")) or row["ended_on"],
        end_reason=row["end_reason"],
        due_on=_day(private.get("due_on")),
        born_on=_day(private.get("born_on")),
        category_latest=row["category_latest"],
        held_for_another_authority=row["held_for_another"],
        listing=Listing.NOT_LISTED if not_listed else Listing.LISTED,
        not_listed_since=omitted.date() if not_listed else None,
        as_at=row["as_at"],
        contacts=_contacts(private.get("contacts", ())),
        shielded=row["shielded"],
        backfill=row["backfill"],
    )


def _private(sealer: ColumnSealer, fact_key: bytes, sealed: bytes | None) -> dict[str, Any]:
    """What of a plan is sealed: who works with the child, and days of birth."""
    if sealed is None:
        return {}
    held: dict[str, Any] = json.loads(sealer.unseal("plan", "sealed", fact_key, sealed))
    return held


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _contacts(held: Iterable[Mapping[str, Any]]) -> tuple[Contact, ...]:
    return tuple(
        Contact(role=one["role"], name=one["name"], team=one["team"], since=_day(one["since"]))
        for one in held
    )
