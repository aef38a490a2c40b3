"""In which incidents children are listed together, and who is related by that or by a home.

Relations hang on records: what a record says is its own, and to which child it belongs its link
says. A row follows from what was told and from nothing else, so writing it again changes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.homes import Homes
from hub.adapters.store.households import read_households
from hub.adapters.store.known import EVENT_COLUMNS, stored_event
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.event import EventKind
from hub.core.household_members import HouseholdFound
from hub.core.incident_fold import incidents
from hub.ports import (
    EventRow,
    RelatedFound,
    SharedIncidentFound,
)

INCIDENT_CHILDREN_MAX = 20
"""More children of one occurrence are no family; none of them is told as related."""

_SHARED = {
    "fact_key": "bytea",
    "record_ref": "bytea",
    "agency": "text",
    "occurrence": "bytea",
    "began_at": "timestamptz",
}


def save_shared_incidents(cursor: Cursor[TupleRow], events: Iterable[EventRow]) -> None:
    """Let the relations by the incidents of these events be what all their revisions say."""
    kind = EventKind.DOMESTIC_ABUSE_INCIDENT
    facts = sorted({row.stored.fact_key for row in events if row.stored.kind is kind})
    if not facts:
        return
    cursor.execute(
        f"SELECT {EVENT_COLUMNS} FROM event WHERE fact_key = ANY(%s)"
        " ORDER BY fact_key, revision, event_id",
        (bytea(facts),),
        binary=True,
    )
    standing = [
        (one.fact_key, one.record_ref, one.agency, bytes.fromhex(one.occurrence), one.began_at)
        for one in incidents(stored_event(tuple(row)) for row in cursor.fetchall())
        if one.occurrence is not None
    ]
    then = (
        "ON CONFLICT (fact_key) DO UPDATE SET record_ref = excluded.record_ref,"
        " agency = excluded.agency, occurrence = excluded.occurrence,"
        " began_at = excluded.began_at, ended_at = NULL"
    )
    insert(cursor, "shared_incident", _SHARED, sorted(standing), then=then)
    ended = sorted(set(facts) - {fact for fact, *_ in standing})
    if ended:
        cursor.execute(
            "UPDATE shared_incident SET ended_at = now()"
            " WHERE fact_key = ANY(%s) AND ended_at IS NULL",
            (bytea(ended),),
        )


def read_related(
    cursor: Cursor[TupleRow],
    homes: Homes,
    child_ref: bytes,
    same_incidents: Sequence[tuple[str, bytes]],
    now: datetime,
) -> RelatedFound:
    """Who lives where this child lives, and whom forces list with it in these incidents.

    A home that was told with something that may not be told of yet relates nobody until then.
    """
    household = read_households(cursor, homes, [child_ref], now)[child_ref]
    shared = _listed_together(cursor, child_ref, same_incidents)
    others = {ref for ref, _ in household.children} | {one.child_ref for one in shared}
    same = _perhaps_the_same(cursor, child_ref, sorted(others)) if others else frozenset()
    return RelatedFound(
        household=HouseholdFound(
            children=tuple(one for one in household.children if one[0] not in same),
            withheld=household.withheld,
            too_many=household.too_many,
        ),
        incidents=tuple(one for one in shared if one.child_ref not in same),
    )


def _listed_together(
    cursor: Cursor[TupleRow], child_ref: bytes, same_incidents: Sequence[tuple[str, bytes]]
) -> list[SharedIncidentFound]:
    if not same_incidents:
        return []
    columns = {"agency": "text", "occurrence": "bytea"}
    cursor.execute(
        with_rows(
            "SELECT DISTINCT given.agency, given.occurrence, found.child_ref, found.began_at"
            " FROM {} CROSS JOIN LATERAL"
            " (SELECT link.child_ref, min(shared.began_at) AS began_at"
            "  FROM shared_incident AS shared JOIN link USING (record_ref)"
            "  WHERE shared.agency = given.agency AND shared.occurrence = given.occurrence"
            "  AND shared.ended_at IS NULL AND link.child_ref <> %s"
            "  GROUP BY link.child_ref LIMIT %s) AS found ORDER BY 1, 2, 3",
            columns,
        ),
        (*in_columns(sorted(set(same_incidents)), columns), child_ref, INCIDENT_CHILDREN_MAX + 1),
        binary=True,
    )
    found = [
        SharedIncidentFound(child_ref=ref, same_incident=(agency, occurrence), began_at=began_at)
        for agency, occurrence, ref, began_at in cursor
    ]
    by_incident = (list(some) for _, some in groupby(found, key=lambda one: one.same_incident))
    return [one for some in by_incident if len(some) <= INCIDENT_CHILDREN_MAX for one in some]


def _perhaps_the_same(
    cursor: Cursor[TupleRow], child_ref: bytes, others: Sequence[bytes]
) -> frozenset[bytes]:
    """Those of the others who may be this very child: a person decides, and it has no sibling."""
    cursor.execute(
        "SELECT unnest(possible) FROM link WHERE child_ref = %s"
        " UNION SELECT child_ref FROM link WHERE child_ref = ANY(%s) AND %s = ANY(possible)",
        (child_ref, bytea(others), child_ref),
        binary=True,
    )
    return frozenset(ref for (ref,) in cursor)
