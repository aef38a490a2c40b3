"""What a list says of many children: their names and whether they are shielded, set by set.

An inbox of 500 alerts needs no chronology, no register and no grounds: reading those for each
child took most of a list's time.
"""

from collections.abc import Sequence

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.ledgers import unseal_ledger
from hub.core.person import Ledger
from hub.ports import ChildInBrief, ColumnSealer

_RECORDS = (
    "SELECT link.child_ref, link.verdict IN ('possible', 'many'), record.record_ref, record.sealed,"
    " record.shielded FROM link JOIN record USING (record_ref) WHERE link.child_ref = ANY(%s)"
    " ORDER BY link.child_ref, record.record_ref"
)
_SHIELDED_BY_REGISTER = (
    "SELECT DISTINCT link.child_ref FROM link JOIN plan USING (record_ref)"
    " WHERE link.child_ref = ANY(%s) AND plan.shielded AND plan.state <> 'withdrawn'"
)
_SHIELDED_BY_EVENT = (
    "SELECT DISTINCT link.child_ref FROM link JOIN event USING (record_ref)"
    " WHERE link.child_ref = ANY(%s)"
    " AND event.kind IN ('emergency_attendance', 'domestic_abuse_incident') AND EXISTS ("
    "  SELECT FROM event AS said WHERE said.fact_key = event.fact_key AND said.shielded)"
    " UNION SELECT link.child_ref FROM link JOIN moved_visit USING (record_ref)"
    " JOIN event AS said ON said.fact_key = moved_visit.fact_key AND said.shielded"
    " WHERE link.child_ref = ANY(%s)"
)


def read_in_brief(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, child_refs: Sequence[bytes]
) -> tuple[ChildInBrief, ...]:
    """Names and shielding of these children, in three statements for any number of them."""
    refs = sorted(set(child_refs))
    if not refs:
        return ()
    ledgers: dict[bytes, list[Ledger]] = {}
    unsure, shielded = set(), set()
    for child_ref, is_unsure, record_ref, sealed, is_shielded in cursor.execute(_RECORDS, (refs,)):
        ledgers.setdefault(child_ref, []).append(unseal_ledger(sealer, record_ref, sealed))
        if is_unsure:
            unsure.add(child_ref)
        if is_shielded:
            shielded.add(child_ref)
    shielded |= {ref for (ref,) in cursor.execute(_SHIELDED_BY_REGISTER, (refs,))}
    perhaps = {ref for (ref,) in cursor.execute(_SHIELDED_BY_EVENT, (refs, refs))}
    return tuple(
        ChildInBrief(
            child_ref=ref,
            ledgers=tuple(ledgers.get(ref, ())),
            unsure=ref in unsure,
            shielded=ref in shielded,
            perhaps_shielded=ref in perhaps,
        )
        for ref in refs
    )
