"""Changes of identity as agencies told them: kept with the events that tell them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import insert
from hub.core.event import EventKind
from hub.core.identity_change import Change
from hub.ports import EventRow

_TOLD: Final = {
    "fact_key": "bytea",
    "event_id": "bytea",
    "agency": "text",
    "change": "text",
    "revision": "bigint",
    "state": "text",
    "record_ref": "bytea",
    "former_ref": "bytea",
    "visit_key": "bytea",
    "recorded_at": "timestamptz",
    "outcome": "text",
    "due_at": "timestamptz",
}
_SAME: Final = (
    "(identity_told.record_ref, identity_told.former_ref, identity_told.change,"
    " identity_told.state = 'withdrawn') IS NOT DISTINCT FROM"
    " (excluded.record_ref, excluded.former_ref, excluded.change, excluded.state = 'withdrawn')"
)
"""A register tells the same again each day: nothing more follows of that."""

_LATER: Final = (
    "ON CONFLICT (fact_key) DO UPDATE SET revision = excluded.revision, state = excluded.state,"
    " agency = excluded.agency, record_ref = excluded.record_ref, "
    + ", ".join(
        f"{name} = CASE WHEN {_SAME} THEN identity_told.{name} ELSE excluded.{name} END"
        for name in ("event_id", "recorded_at", "outcome", "due_at")
    )
    # what a withdrawal need not say again stays: it says nothing but its key
    + ", change = CASE excluded.change WHEN 'unknown' THEN identity_told.change"
    " ELSE excluded.change END"
    ", former_ref = coalesce(excluded.former_ref, identity_told.former_ref)"
    ", visit_key = coalesce(excluded.visit_key, identity_told.visit_key)"
    " WHERE identity_told.revision < excluded.revision"
)

_MOVED: Final = (
    "INSERT INTO moved_visit AS moved (fact_key, record_ref)"
    " SELECT DISTINCT ON (visit_key) visit_key, record_ref FROM identity_told"
    " WHERE fact_key = ANY(%s) AND change = 'visit_moved' AND state <> 'withdrawn'"
    " AND visit_key IS NOT NULL ORDER BY visit_key, revision DESC"
    " ON CONFLICT (fact_key) DO UPDATE SET record_ref = excluded.record_ref"
)
_MOVED_BACK: Final = (
    "DELETE FROM moved_visit USING identity_told AS told WHERE told.fact_key = ANY(%s)"
    " AND told.change = 'visit_moved' AND told.state = 'withdrawn'"
    " AND moved_visit.fact_key = told.visit_key"
)
_DOUBTED: Final = (
    "WITH told AS (SELECT record_ref, visit_key FROM identity_told"
    "  WHERE fact_key = ANY(%s) AND change = 'visit_moved')"
    " INSERT INTO answer_doubt (child_ref)"
    " SELECT link.child_ref FROM told JOIN link USING (record_ref)"
    " UNION SELECT link.child_ref FROM told JOIN event ON event.fact_key = told.visit_key"
    " JOIN link ON link.record_ref = event.record_ref"
)
"""Checks of either patient may have counted the visit otherwise: they are asked again."""

_WOKEN: Final = (
    "UPDATE identity_told SET outcome = 'due' WHERE outcome = 'waits' AND former_ref = ANY(%s)"
)


def save_changes(cursor: Cursor[TupleRow], events: Sequence[EventRow]) -> None:
    """Let the highest revision of each change stand, and wake those that waited for a record.

    ``events`` are those of the batch that are stored as they are here; others are in conflict.
    """
    told = [row for row in events if row.stored.kind is EventKind.IDENTITY_CHANGE]
    if told:
        rows = sorted(map(_values, told), key=lambda row: (row[0], row[4]))
        for some in _revision_by_revision(rows):
            insert(cursor, "identity_told", _TOLD, some, then=_LATER)
        facts = bytea(sorted({row.stored.fact_key for row in told}))
        cursor.execute(_MOVED, (facts,))
        cursor.execute(_MOVED_BACK, (facts,))
        cursor.execute(_DOUBTED, (facts,))
    if events:
        cursor.execute(_WOKEN, (bytea(sorted({row.stored.record_ref for row in events})),))


def _values(row: EventRow) -> tuple[object, ...]:
    stored, facts = row.stored, row.stored.facts
    change = str(facts.get("change", Change.UNKNOWN.value))
    settled = change == Change.VISIT_MOVED.value
    return (
        *(stored.fact_key, stored.event_id, stored.agency, change, stored.revision),
        *(stored.state.value, stored.record_ref, _former(facts)),
        *(_bytes(facts.get("visit_key")), stored.recorded_at),
        *("done" if settled else "due", stored.received_at),
    )


def _former(facts: Mapping[str, object]) -> bytes | None:
    """The digest of the former record; of a number that was replaced that of the number."""
    return _bytes(facts.get("former_local_id")) or _bytes(facts.get("former_nhs_number"))


def _bytes(digits: object) -> bytes | None:
    return bytes.fromhex(digits) if isinstance(digits, str) else None


def _revision_by_revision(
    rows: Sequence[tuple[object, ...]],
) -> Iterable[Sequence[tuple[object, ...]]]:
    """Cut rows so that none has two revisions of one fact, which no one statement can write."""
    left = list(rows)
    while left:
        first: dict[object, tuple[object, ...]] = {}
        rest = []
        for row in left:
            if row[0] in first:
                rest.append(row)
            else:
                first[row[0]] = row
        yield tuple(first.values())
        left = rest
