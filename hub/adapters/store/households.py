"""Who lives with whom, as far as addresses tell, for any number of children in a few statements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.homes import Homes
from hub.adapters.store.known import EVENT_COLUMNS, events_by_child
from hub.core.household import ADDRESS_CHILDREN_READ_MAX, current_home
from hub.core.household_members import HouseholdFound, household_at, is_crowd
from hub.core.siblings import HOUSEHOLD_KINDS
from hub.ports import HouseholdAsked, SiblingKnown

_TOLD = (
    "WITH facts AS (SELECT DISTINCT event.fact_key FROM link JOIN event USING (record_ref)"
    "  WHERE link.child_ref = ANY(%s) AND event.kind = ANY(%s))"
    f" SELECT link.child_ref, {EVENT_COLUMNS} FROM facts JOIN event USING (fact_key)"
    " JOIN link USING (record_ref) ORDER BY event.fact_key, event.revision, event.event_id"
)
_SHIELDED = (
    "SELECT DISTINCT link.child_ref FROM link JOIN record USING (record_ref)"
    " WHERE link.child_ref = ANY(%s) AND (record.shielded"
    "  OR EXISTS (SELECT FROM plan WHERE plan.record_ref = link.record_ref AND plan.shielded)"
    "  OR EXISTS (SELECT FROM event WHERE event.record_ref = link.record_ref AND event.shielded))"
)
_TOLD_OF = (
    "SELECT DISTINCT link.child_ref FROM link JOIN event USING (record_ref)"
    " WHERE link.child_ref = ANY(%s) AND event.kind = ANY(%s)"
)
_RESTING_ON = (
    "SELECT DISTINCT alert.child_ref FROM link JOIN event USING (record_ref)"
    " JOIN alert_ground USING (fact_key) JOIN alert USING (alert_id)"
    " WHERE link.child_ref = ANY(%s) AND event.kind = ANY(%s)"
    " AND alert.state = 'standing' AND alert.child_ref <> link.child_ref"
)

PERHAPS_THE_SAME: Final = (
    "SELECT child_ref, unnest(possible) FROM link WHERE child_ref = ANY(%s)"
    " UNION SELECT possibly.ref, link.child_ref FROM link"
    " CROSS JOIN LATERAL unnest(link.possible) AS possibly(ref)"
    " WHERE link.possible && %s::bytea[] AND link.possible <> '{}' AND possibly.ref = ANY(%s)"
)
"""Children, each with one who may be it. Without ``<> '{}'`` the index of those named possible
would not be used, and each decision that reads a household would read every link there is."""


def read_siblings(
    cursor: Cursor[TupleRow], homes: Homes, child_refs: Sequence[bytes], now: datetime
) -> Mapping[bytes, tuple[SiblingKnown, ...]]:
    """The other children of these children's households, with what rules may read of them."""
    households = read_households(cursor, homes, child_refs, now)
    living = {ref: dict(one.children) for ref, one in households.items() if one.children}
    others = sorted({other for some in living.values() for other in some})
    if not others:
        return {}
    same = _perhaps_the_same(cursor, sorted(living))
    cursor.execute(_TOLD, (bytea(others), sorted(HOUSEHOLD_KINDS)), binary=True)
    told = events_by_child(cursor)
    return {
        ref: tuple(
            SiblingKnown(child_ref=other, since=since, events=tuple(told[other]))
            for other, since in sorted(some.items())
            if other in told and (ref, other) not in same
        )
        for ref, some in living.items()
    }


def concerned_by_households(
    cursor: Cursor[TupleRow], homes: Homes, asked: HouseholdAsked, now: datetime
) -> tuple[bytes, ...]:
    """Whom what is told of children may concern by their household; see the port."""
    told_of, others = asked.told_of, asked.others
    told = homes.told(sorted({*told_of, *others}), now)
    address_of = {ref: current_home(some) for ref, some in told.items()}
    there = homes.ever_at({one for one in address_of.values() if one}, ADDRESS_CHILDREN_READ_MAX)
    beside = {ref: set(there.get(at, ())) - {ref} for ref, at in address_of.items() if at}
    found = {other for ref in told_of for other in beside.get(ref, ())}
    living = sorted({one for ref in others for one in beside.get(ref, ())})
    if living:
        cursor.execute(_TOLD_OF, (bytea(living), sorted(asked.kinds)), binary=True)
        listed = {ref for (ref,) in cursor}
        found |= {ref for ref in others if not listed.isdisjoint(beside.get(ref, ()))}
    if told_of:
        cursor.execute(_RESTING_ON, (bytea(told_of), sorted(HOUSEHOLD_KINDS)), binary=True)
        found |= {ref for (ref,) in cursor}
    return tuple(sorted(found))


def read_households(
    cursor: Cursor[TupleRow], homes: Homes, child_refs: Sequence[bytes], now: datetime
) -> Mapping[bytes, HouseholdFound]:
    """Who else is told to live where each of these children is told to live.

    A home that was told with something that may not be told of yet relates nobody until then.
    """
    own = homes.told(child_refs, now)
    address_of = {ref: at for ref, some in own.items() if (at := current_home(some)) is not None}
    withheld = homes.withheld_among(set(address_of.values()))
    open_ones = set(address_of.values()) - withheld
    there = homes.ever_at(open_ones, ADDRESS_CHILDREN_READ_MAX + 1)
    small = {ref for some in there.values() if not is_crowd(some) for ref in some}
    told = homes.told(sorted(small - own.keys()), now) | own
    shielded = _shielded(cursor, sorted(small | address_of.keys()))
    found = dict.fromkeys(child_refs, HouseholdFound())
    for ref, address in address_of.items():
        found[ref] = (
            HouseholdFound(withheld=True)
            if address in withheld
            else household_at(ref, address, there.get(address, ()), told, shielded)
        )
    return found


def _shielded(cursor: Cursor[TupleRow], child_refs: Sequence[bytes]) -> frozenset[bytes]:
    """Of whom anything that was ever told says so: then none of their home is told or counted."""
    cursor.execute(_SHIELDED, (bytea(child_refs),), binary=True)
    return frozenset(ref for (ref,) in cursor)


def _perhaps_the_same(
    cursor: Cursor[TupleRow], child_refs: Sequence[bytes]
) -> frozenset[tuple[bytes, bytes]]:
    """Pairs of children who may be one: a person decides, and nobody is their own sibling."""
    cursor.execute(PERHAPS_THE_SAME, (bytea(child_refs),) * 3, binary=True)
    return frozenset((ref, other) for ref, other in cursor)
