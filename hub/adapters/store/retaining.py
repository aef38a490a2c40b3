"""Deletes events past their time that nothing rests on, batch by batch, in PostgreSQL."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.connection import PostgresStore
from hub.core.retention import Kept
from hub.ports.retaining import Swept

_KEPT_AS: Final = (
    "CASE WHEN {event}.facts->>'reason' = '" + Kept.SICKNESS + "'"
    " OR {event}.kind = '" + Kept.ABSENCES + "'"
    "  AND coalesce({event}.facts->>'reason', 'unknown') = 'unknown'"
    "  AND EXISTS (SELECT FROM event AS said WHERE said.fact_key = {event}.fact_key"
    "   AND said.facts->>'reason' = '" + Kept.SICKNESS + "')"
    " THEN '" + Kept.SICKNESS + "' ELSE {event}.kind END"
)
"""A mark that was another before, or since, is kept for as long as the longest kept of the two. One
that was only taken back gives no reason of its own: it goes as what it took back."""

_OLD: Final = (
    "greatest({event}.occurred_at, {event}.received_at) <"
    " (SELECT before FROM unnest(%(kept)s::text[], %(before)s::timestamptz[])"
    "   AS held(kept, before) WHERE held.kept = " + _KEPT_AS + ")"
)
_RECORDS: Final = (
    "event AS other LEFT JOIN moved_visit AS moved USING (fact_key)"
    " {join} link ON link.record_ref = ANY(ARRAY[other.record_ref, moved.record_ref])"
)
"""Every revision of a fact, with each child of whom it was told or to whom it was moved."""

_BATCH: Final = (
    "SELECT event.event_id, event.fact_key, whose.child_ref FROM (SELECT * FROM event"
    "  WHERE event_id > %(after)s ORDER BY event_id LIMIT %(most)s) AS event"
    " LEFT JOIN LATERAL (SELECT DISTINCT link.child_ref FROM " + _RECORDS.format(join="JOIN") + ""
    "  WHERE other.fact_key = event.fact_key AND "
    + _OLD.format(event="event")
    + ") AS whose ON true"
    " ORDER BY event.event_id"
)
_LOCK: Final = (
    "SELECT 1 FROM child WHERE child_ref = ANY(%(children)s) ORDER BY child_ref FOR NO KEY UPDATE"
)
_DELETE: Final = (
    "DELETE FROM event WHERE event.fact_key = ANY(%(facts)s)"
    " AND NOT EXISTS (SELECT FROM alert_ground WHERE alert_ground.fact_key = event.fact_key)"
    " AND NOT EXISTS (SELECT FROM " + _RECORDS.format(join="LEFT JOIN") + ""
    "  WHERE other.fact_key = event.fact_key"
    "  AND ((" + _OLD.format(event="other") + ") IS NOT TRUE"
    "   OR (link.child_ref = ANY(%(children)s)) IS NOT TRUE"
    "   OR EXISTS (SELECT FROM correlation_pending AS pending"
    "    WHERE pending.child_ref = link.child_ref)"
    "   OR EXISTS (SELECT FROM link AS known LEFT JOIN born_of USING (record_ref)"
    "    JOIN plan ON plan.record_ref = ANY(ARRAY[known.record_ref, born_of.former_ref])"
    "    WHERE known.child_ref = ANY(link.possible || link.child_ref)"
    "    AND plan.state <> 'withdrawn'"
    "    AND (plan.ended_on IS NULL OR plan.ended_on >= %(lately)s::date))))"
    " RETURNING event.fact_key, " + _KEPT_AS.format(event="event")
)
"""A fact may have been told of one child first and of another since: what keeps it for any of them
keeps all of its revisions, or an older one would count again."""
_PROBLEMS: Final = "DELETE FROM event_problem WHERE fact_key = ANY(%(facts)s)"


class PostgresRetaining:
    """The port over PostgreSQL."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def events_estimated(self) -> int:
        """About how many events there are."""
        with self._store.connection() as connection:
            found = connection.execute(
                "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'event'::regclass"
            ).fetchone()
        return int(found[0]) if found else 0

    def sweep(
        self, after: bytes, most: int, before: Mapping[Kept, datetime], *, trial: bool
    ) -> Swept:
        """Delete of the next events what nothing keeps; see the port."""
        values = {
            "after": after,
            "most": most,
            "kept": [kept.value for kept in before],
            "before": list(before.values()),
            "lately": min(before.values()),
        }
        with self._store.connection() as connection:
            rows = connection.execute(_BATCH, values).fetchall()
            old = [(fact, child) for _, fact, child in rows if child is not None]
            deleted = _deleted(connection, old, values) if old else Counter()
            if trial:
                connection.rollback()
        seen = len({event for event, *_ in rows})
        last = rows[-1][0] if seen == most else None
        return Swept(last=last, seen=seen, deleted=deleted)


def _deleted(
    connection: Connection[TupleRow],
    old: Sequence[tuple[bytes, bytes]],
    values: Mapping[str, object],
) -> Counter[Kept]:
    concerned = {
        "facts": bytea(sorted({fact for fact, _ in old})),
        "children": bytea(sorted({child for _, child in old})),
    }
    connection.execute(_LOCK, concerned)
    gone = connection.execute(_DELETE, {**values, **concerned}).fetchall()
    if gone:
        connection.execute(_PROBLEMS, {"facts": bytea(sorted({fact for fact, _ in gone}))})
    return Counter(Kept(kept) for _, kept in gone)
