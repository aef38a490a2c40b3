"""How much is stored of children, counted by indexes: what is not at stake is not read."""

from collections.abc import Mapping, Sequence

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.core.event import EventKind
from hub.core.rules import SAID, SAYS_NOTHING
from hub.ports import AtStake

_STANDS = ""

_NOTHING = ", ".join(f"'{text}'" for text in SAYS_NOTHING)
_ANSWERS = "".join(f", bool_or(event.facts->>'{name}' NOT IN ({_NOTHING}))" for name in SAID)
_NO = ", false" * len(SAID)
_ANY = ", true" * len(SAID)

_COUNTS = (
    f"SELECT link.child_ref, event.kind, count(DISTINCT event.fact_key){_ANSWERS} FROM link"
    " JOIN event USING (record_ref) WHERE link.child_ref = ANY(%s::bytea[]) AND event.kind IN"
    " ('emergency_attendance', 'domestic_abuse_incident', 'school_absence') GROUP BY 1, 2"
    f" UNION ALL SELECT link.child_ref, 'emergency_attendance', count(*){_ANY} FROM link"
    " JOIN moved_visit USING (record_ref) WHERE link.child_ref = ANY(%s::bytea[]) GROUP BY 1"
    f" UNION ALL SELECT link.child_ref, plan.kind, count(*){_NO} FROM link JOIN born_of"
    " USING (record_ref) JOIN plan ON plan.record_ref = born_of.former_ref"
    "  AND plan.state <> 'withdrawn' WHERE link.child_ref = ANY(%s::bytea[]) GROUP BY 1, 2"
    f" UNION ALL SELECT link.child_ref, plan.kind, count(*){_NO} FROM link"
    " JOIN plan USING (record_ref) WHERE link.child_ref = ANY(%s::bytea[])"
    "  AND plan.state <> 'withdrawn' GROUP BY 1, 2"
    f" UNION ALL SELECT DISTINCT child_ref, '', 1::bigint{_NO} FROM alert"
    " WHERE child_ref = ANY(%s::bytea[]) AND state = 'standing'"
)


def at_stake(cursor: Cursor[TupleRow], child_refs: Sequence[bytes]) -> Mapping[bytes, AtStake]:
    """At the most so many facts of each kind, and whether an alert stands, for each child.

    A fact that was first told of one child and is another's by its last revision, or was moved to
    another, counts for both; of what was moved every answer may be yes.
    """
    refs = bytea(child_refs)
    cursor.execute(_COUNTS, (refs,) * 5, binary=True)
    counted: dict[bytes, dict[str, int]] = {ref: {} for ref in child_refs}
    said: dict[bytes, set[str]] = {ref: set() for ref in child_refs}
    for child_ref, kind, count, *answers in cursor:
        counted[child_ref][kind] = counted[child_ref].get(kind, 0) + count
        said[child_ref].update(name for name, yes in zip(SAID, answers, strict=True) if yes)
    return {
        ref: AtStake(
            facts={EventKind(kind): count for kind, count in kinds.items() if kind != _STANDS},
            alerts=_STANDS in kinds,
            said=frozenset(said[ref]),
        )
        for ref, kinds in counted.items()
    }
