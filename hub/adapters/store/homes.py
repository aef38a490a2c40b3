"""Where agencies say that children live, as keyed digests; see ``hub/core/household.py``."""

from collections.abc import Sequence

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.rows import insert
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
