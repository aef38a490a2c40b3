"""NHS numbers that were replaced as they were told: sealed, and keyed like all that is searched."""

from collections.abc import Sequence
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.epochs import hold_epochs, take_epochs
from hub.adapters.store.rows import insert
from hub.adapters.store.superseded import seal_pair, supersessions
from hub.core.superseded import Supersession
from hub.ports import ColumnSealer, EventRow, IdentityDigests, NumberTold
from hub.ports.numbers import NumberStanding

_ROW: Final = {
    "fact_key": "bytea",
    "former": "bytea",
    "now": "bytea",
    "epoch": "smallint",
    "sealed": "bytea",
    "revision": "bigint",
    "standing": "text",
}
_LATER: Final = (
    "ON CONFLICT (fact_key) DO UPDATE SET former = excluded.former, now = excluded.now,"
    " epoch = excluded.epoch, sealed = excluded.sealed, revision = excluded.revision"
    " WHERE superseded_number.revision < excluded.revision"
)
_STANDS: Final = (
    "UPDATE superseded_number AS held SET standing = CASE WHEN told.state = 'withdrawn'"
    "  THEN 'withdrawn' WHEN told.outcome = 'due' THEN 'told' ELSE held.standing END"
    " FROM identity_told AS told WHERE told.fact_key = held.fact_key"
    " AND held.fact_key = ANY(%s)"
)
"""By the change as last told, whichever of its revisions came first."""


def save_told(
    cursor: Cursor[TupleRow],
    sealer: ColumnSealer,
    digests: IdentityDigests,
    events: Sequence[EventRow],
) -> None:
    """Keep what was told of numbers, after the changes that tell it."""
    told = [row.number for row in events if row.number is not None]
    if not told:
        return
    hold_epochs(cursor)
    newest = take_epochs(cursor, digests)[-1]
    latest: dict[bytes, NumberTold] = {}
    for one in sorted(told, key=lambda one: one.revision):
        if one.told is not None:
            latest[one.fact_key] = one
    rows = [
        (
            *(key, *_pair_digests(digests, one.told, newest), newest),
            *(seal_pair(sealer, key, one.told), one.revision, NumberStanding.TOLD.value),
        )
        for key, one in sorted(latest.items())
        if one.told is not None
    ]
    insert(cursor, "superseded_number", _ROW, rows, then=_LATER)
    cursor.execute(_STANDS, (bytea(sorted({one.fact_key for one in told})),))


def _pair_digests(digests: IdentityDigests, one: Supersession, epoch: int) -> tuple[bytes, bytes]:
    former, now = (
        digests.identity_digest("nhs", number, epoch=epoch) for number in (one.former, one.now)
    )
    return former, now


def rekey_numbers(
    cursor: Cursor[TupleRow], sealer: ColumnSealer, digests: IdentityDigests, most: int
) -> int:
    """Put up to ``most`` supersessions under the newest identity key; answer how many."""
    newest = take_epochs(cursor, digests)[-1]
    cursor.execute(
        "SELECT fact_key, sealed FROM superseded_number WHERE epoch < %s LIMIT %s"
        " FOR UPDATE SKIP LOCKED",
        (newest, most),
        binary=True,
    )
    found = supersessions(sealer, cursor.fetchall())
    for key, one in sorted(found.items()):
        cursor.execute(
            "UPDATE superseded_number SET former = %s, now = %s, epoch = %s WHERE fact_key = %s",
            (*_pair_digests(digests, one, newest), newest, key),
        )
    return len(found)
