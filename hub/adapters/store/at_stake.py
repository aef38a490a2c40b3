"""How much is stored of children, counted by indexes: what is not at stake is not read."""

from collections.abc import Mapping, Sequence

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.core.event import EventKind
from hub.ports import AtStake

_STANDS = ""

_COUNTS = (
    "SELECT link.child_ref, event.kind, count(DISTINCT event.fact_key) FROM link"
    " JOIN event USING (record_ref) WHERE link.child_ref = ANY(%s::bytea[]) AND event.kind IN"
    " ('emergency_attendance', 'domestic_abuse_incident', 'school_absence') GROUP BY 1, 2"
    " UNION ALL SELECT link.child_ref, 'emergency_attendance', count(*) FROM link"
    " JOIN moved_visit USING (record_ref) WHERE link.child_ref = ANY(%s::bytea[]) GROUP BY 1"
    " UNION ALL SELECT link.child_ref, plan.kind, count(*) FROM link JOIN born_of"
    " USING (record_ref) JOIN plan ON plan.record_ref = born_of.former_ref"
    "  AND plan.state <> 'withdrawn' WHERE link.child_ref = ANY(%s::bytea[]) GROUP BY 1, 2"
    " UNION ALL SELECT link.child_ref, plan.kind, count(*) FROM link"
    " JOIN plan USING (record_ref) WHERE link.child_ref = ANY(%s::bytea[])"
    "  AND plan.state <> 'withdrawn' GROUP BY 1, 2"
    " UNION ALL SELECT DISTINCT child_ref, '', 1::bigint FROM alert"
    " WHERE child_ref = ANY(%s::bytea[]) AND state = 'standing'"
)


def at_stake(cursor: Cursor[TupleRow], child_refs: Sequence[bytes]) -> Mapping[bytes, AtStake]:
    """At the most so many facts of each kind, and whether an alert stands, for each child.

    A fact that was first told of one child and is another's by its last revision, or was moved to
    another, counts for both.
    """
    refs = bytea(child_refs)
    cursor.execute(_COUNTS, (refs,) * 5, binary=True)
    counted: dict[bytes, dict[str, int]] = {ref: {} for ref in child_refs}
    for child_ref, kind, count in cursor:
        counted[child_ref][kind] = counted[child_ref].get(kind, 0) + count
    return {
        ref: AtStake(
            facts={EventKind(kind): count for kind, count in kinds.items() if kind != _STANDS},
            alerts=_STANDS in kinds,
        )
        for ref, kinds in counted.items()
    }
