"""The history of one child as it is stored: the same number of statements for any child."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.known import read_known
from hub.core.history import HistoryFacts, ToldTimes
from hub.ports import ColumnSealer, Known
from hub.ports.history import POSSIBLE_MAX, ChildHistory, HistoryFound

POSSIBLY: Final = (
    "SELECT child_ref, count(*) OVER () FROM ("
    " SELECT unnest(possible) AS child_ref FROM link WHERE child_ref = %(child)s"
    "  AND verdict IN ('possible', 'many')"
    " UNION SELECT child_ref FROM link WHERE possible @> ARRAY[%(child)s::bytea]"
    "  AND possible <> '{}' AND verdict IN ('possible', 'many')) AS others"
    " WHERE child_ref <> %(child)s ORDER BY child_ref LIMIT %(most)s"
)
"""Whom a record of this child is possibly of, and whose records are possibly this child's.

That ``possible`` is not empty follows, and is said for the index on those that are not.
"""

_UNSURE: Final = (
    "SELECT record_ref FROM link WHERE child_ref = ANY(%s) AND verdict IN ('possible', 'many')"
)
_TOLD: Final = (
    "SELECT fact_key, min(received_at), max(received_at) FILTER (WHERE state = 'corrected')"
    " FROM event WHERE fact_key = ANY(%s) GROUP BY fact_key"
)
_PARKED: Final = (
    "SELECT agency, feed, min(received_at) FROM report WHERE state = 'parked'"
    " AND settled_at IS NULL AND agency IS NOT NULL GROUP BY agency, feed"
)


def read_history(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, child_ref: bytes
) -> HistoryFound | None:
    """What is stored of the child and of those who are possibly it; ``None`` if there is none."""
    asked = {"child": child_ref, "most": POSSIBLE_MAX}
    others = cursor.execute(POSSIBLY, asked).fetchall()
    refs = [child_ref, *(ref for ref, _ in others)]
    found = {known.child_ref: known for known in read_known(cursor, sealer, refs)}
    unsure = frozenset(ref for (ref,) in cursor.execute(_UNSURE, (bytea(refs),), binary=True))
    told = _told(cursor, list(found.values()))
    histories = {
        ref: ChildHistory(known=known, facts=_facts(known, told, unsure))
        for ref, known in found.items()
    }
    own = histories.pop(child_ref, None)
    if own is None:
        return None
    cursor.execute(_PARKED)
    return HistoryFound(
        child=own,
        possible=tuple(one for _, one in sorted(histories.items()) if one.known.records),
        possible_total=int(others[0][1]) if others else 0,
        parked_since={(agency, feed): since for agency, feed, since in cursor},
    )


def _told(cursor: Cursor[TupleRow], found: Sequence[Known]) -> Mapping[bytes, ToldTimes]:
    keys = sorted({entry.fact_key for known in found for entry in known.register})
    if not keys:
        return {}
    rows: list[tuple[bytes, datetime, datetime | None]] = cursor.execute(
        _TOLD, (bytea(keys),), binary=True
    ).fetchall()
    return {fact: ToldTimes(first_at=first, corrected_at=last) for fact, first, last in rows}


def _facts(known: Known, told: Mapping[bytes, ToldTimes], unsure: frozenset[bytes]) -> HistoryFacts:
    return HistoryFacts(
        events=known.events,
        register=known.register,
        registers_read=known.registers_read,
        told=told,
        unsure_records=unsure,
    )
