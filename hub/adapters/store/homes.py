"""Where agencies say that children live, as keyed digests; see ``hub/core/household.py``."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import insert
from hub.core.event import Handling
from hub.core.handling import folded_handling, is_withheld
from hub.core.household import place_told
from hub.ports import IdentityDigests, RecordRow

_HOME = {
    "record_ref": "bytea",
    "place": "bytea",
    "address": "bytea",
    "street": "bytea",
    "revision": "bigint",
}


def save_homes(
    cursor: Cursor[TupleRow], digests: IdentityDigests, records: Sequence[RecordRow]
) -> None:
    """Let the homes of these records be what they say now; keep those of shielded ones withheld."""
    homes, withheld, none = [], set(), []
    for one in sorted(records, key=lambda row: row.record_ref):
        told = place_told(one.ledger)
        if told is None:
            none.append(one.record_ref)
            continue
        place = digests.identity_digest("home_place", told.postcode)
        address = digests.identity_digest("home_address", told.address) if told.address else None
        street = digests.identity_digest("home_street", told.street) if told.street else None
        homes.append((one.record_ref, place, address, street, told.revision))
        if one.shielded and address is not None:
            withheld.add(address)
    then = (
        "ON CONFLICT (record_ref) DO UPDATE SET place = excluded.place,"
        " address = excluded.address, street = excluded.street,"
        " revision = excluded.revision, since = CASE"
        " WHEN home.address IS NOT DISTINCT FROM excluded.address AND home.place = excluded.place"
        " THEN home.since ELSE excluded.since END"
    )
    insert(cursor, "home", _HOME, homes, then=then)
    insert(cursor, "withheld_address", {"address": "bytea"}, [(one,) for one in sorted(withheld)])
    if none:
        cursor.execute("DELETE FROM home WHERE record_ref = ANY(%s)", (bytea(none),))


_TOLD_WITH: Final = (
    "SELECT home.record_ref, every.fact_key, every.not_before, every.received_at FROM link"
    " JOIN home USING (record_ref) JOIN event AS told ON told.record_ref = home.record_ref"
    " AND told.revision = home.revision JOIN event AS every ON every.fact_key = told.fact_key"
    " WHERE link.child_ref = ANY(%s) AND EXISTS (SELECT 1 FROM event AS one"
    "  WHERE one.fact_key = told.fact_key AND one.not_before > %s)"
    " ORDER BY home.record_ref, every.fact_key, every.revision, every.event_id"
)
"""Every revision of the facts that told these homes, where any asks to be told later."""


def records_told_later(
    cursor: Cursor[TupleRow], child_refs: Sequence[bytes], now: datetime
) -> frozenset[bytes]:
    """The records of these children whose home was told with a fact that is kept back now."""
    rows = cursor.execute(_TOLD_WITH, (bytea(child_refs), now), binary=True).fetchall()
    found = set()
    for (record_ref, _), group in groupby(rows, key=lambda row: row[:2]):
        revisions = list(group)
        wishes = [Handling(not_before=row[2]) for row in revisions]
        if is_withheld(folded_handling(wishes, min(row[3] for row in revisions)), now):
            found.add(record_ref)
    return frozenset(found)
