"""Where agencies say that children live, as keyed digests; see ``hub/core/household.py``.

While two identity keys are in force some homes lie under the one and some under the other. Whoever
reads then makes the digests of the homes anew from the records' own words, all under one key.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.ledgers import unseal_ledger
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.event import Handling
from hub.core.handling import folded_handling, is_withheld
from hub.core.household import HomeTold, PlaceTold, place_told
from hub.ports import ColumnSealer, IdentityDigests, RecordRow

_HOME: Final = {
    "record_ref": "bytea",
    "place": "bytea",
    "address": "bytea",
    "street": "bytea",
    "revision": "bigint",
    "since": "timestamptz",
}
_WITHHELD: Final = {"address": "bytea", "epoch": "smallint", "sealed": "bytea"}
_REKEYED: Final = {
    "record_ref": "bytea",
    "former_place": "bytea",
    "former_address": "bytea",
    "place": "bytea",
    "address": "bytea",
    "street": "bytea",
}

_Digests = tuple[bytes, bytes | None, bytes | None]
"""Of place, address and street."""


def save_homes(  # noqa: PLR0913, PLR0917  # whose homes, since when, and under which keys
    cursor: Cursor[TupleRow],
    sealer: ColumnSealer,
    digests: IdentityDigests,
    epochs: Sequence[int],
    records: Sequence[RecordRow],
    at: datetime,
) -> None:
    """Let the homes of these records be what they say now, and since ``at`` where that is new.

    Those of shielded ones are kept withheld, a former one too at which shielding was asked for.
    """
    said = {one.record_ref: place_told(one.ledger) for one in records}
    told = {ref: place for ref, place in sorted(said.items()) if place is not None}
    rekey_homes(cursor, digests, epochs, told)
    newest = epochs[-1]
    homes = [(ref, *_digested(digests, one, newest), one.revision, at) for ref, one in told.items()]
    then = (
        "ON CONFLICT (record_ref) DO UPDATE SET place = excluded.place,"
        " address = excluded.address, street = excluded.street,"
        " revision = excluded.revision, since = CASE"
        " WHEN home.address IS NOT DISTINCT FROM excluded.address AND home.place = excluded.place"
        " THEN home.since ELSE excluded.since END"
    )
    insert(cursor, "home", _HOME, homes, then=then)
    shielded = [told[one.record_ref] for one in records if one.shielded and one.record_ref in told]
    addresses = [one.address for one in shielded if one.address]
    addresses += [address for one in records for address in one.withheld]
    withhold(cursor, sealer, digests, addresses, epoch=newest)
    none = [ref for ref in sorted(said) if ref not in told]
    if none:
        cursor.execute("DELETE FROM home WHERE record_ref = ANY(%s)", (bytea(none),))


def withhold(
    cursor: Cursor[TupleRow],
    sealer: ColumnSealer,
    digests: IdentityDigests,
    addresses: Sequence[str],
    *,
    epoch: int,
) -> None:
    """Let these addresses never make a household again."""
    rows = []
    for one in sorted(set(addresses)):
        digest = digests.identity_digest("home_address", one, epoch=epoch)
        rows.append((digest, epoch, seal_withheld(sealer, digest, one)))
    then = (
        "ON CONFLICT (address) DO UPDATE SET sealed = excluded.sealed"
        " WHERE withheld_address.sealed IS NULL"
    )
    insert(cursor, "withheld_address", _WITHHELD, sorted(rows), then=then)


def seal_withheld(sealer: ColumnSealer, digest: bytes, address: str) -> bytes:
    """A withheld address as the sealed column of its row."""
    return sealer.seal("withheld_address", "sealed", digest, address.encode())


def rekey_homes(
    cursor: Cursor[TupleRow],
    digests: IdentityDigests,
    epochs: Sequence[int],
    told: Mapping[bytes, PlaceTold],
) -> None:
    """Put these homes, where they are still those stored, under the newest key, since when or not.

    Without this a home under another key would look like a move.
    """
    *former, newest = epochs
    if not former or not told:
        return
    rows = [
        (ref, *_digested(digests, one, epoch)[:2], *_digested(digests, one, newest))
        for epoch in former
        for ref, one in sorted(told.items())
    ]
    cursor.execute(
        with_rows(
            "UPDATE home SET place = given.place, address = given.address, street = given.street"
            " FROM {} WHERE home.record_ref = given.record_ref AND home.place = given.former_place"
            " AND home.address IS NOT DISTINCT FROM given.former_address",
            _REKEYED,
        ),
        in_columns(rows, _REKEYED),
    )


def _digested(digests: IdentityDigests, told: PlaceTold, epoch: int) -> _Digests:
    made = digests.identity_digest
    return (
        made("home_place", told.postcode, epoch=epoch),
        made("home_address", told.address, epoch=epoch) if told.address else None,
        made("home_street", told.street, epoch=epoch) if told.street else None,
    )


class Homes:
    """The homes of children as one question sees them, whatever keys they lie under."""

    def __init__(
        self,
        cursor: Cursor[TupleRow],
        sealer: ColumnSealer,
        digests: IdentityDigests,
        epochs: Sequence[int],
    ) -> None:
        """Read in a transaction in which these epochs are in force."""
        self._epochs = epochs
        self._cursor = cursor
        self._sealer = sealer
        self._digests = digests
        self._under: dict[bytes, list[bytes]] = {}
        """An address under the newest key -> the same under each."""

    def told(self, child_refs: Sequence[bytes], now: datetime) -> dict[bytes, list[HomeTold]]:
        """What each agency last said of where these children live, and when it last said so."""
        told_later = records_told_later(self._cursor, child_refs, now)
        self._cursor.execute(_HOMES, (bytea(child_refs),), binary=True)
        found: dict[bytes, list[HomeTold]] = {}
        for child_ref, record_ref, *digested, revision, since, sealed in self._cursor:
            if record_ref in told_later:
                continue
            place, address, street = self._anew(record_ref, tuple(digested), sealed)
            one = HomeTold(
                place=place, address=address, street=street, revision=revision, since=since
            )
            found.setdefault(child_ref, []).append(one)
        return found

    def _anew(self, record_ref: bytes, stored: _Digests, sealed: bytes) -> _Digests:
        """The digests of a home under the newest key, from its record's words if need be."""
        if len(self._epochs) == 1:
            return stored
        told = place_told(unseal_ledger(self._sealer, record_ref, sealed))
        if told is None:
            return stored
        made = _digested(self._digests, told, self._epochs[-1])
        if made[1] is not None and told.address is not None:
            self._under[made[1]] = [
                self._digests.identity_digest("home_address", told.address, epoch=epoch)
                for epoch in self._epochs
            ]
        return made

    def withheld_among(self, addresses: Collection[bytes]) -> frozenset[bytes]:
        """Those of these addresses that were told that may never make a household."""
        newest = self._stored(addresses)
        self._cursor.execute(
            "SELECT address FROM withheld_address WHERE address = ANY(%s)",
            (bytea(sorted(newest)),),
            binary=True,
        )
        return frozenset(newest[address] for (address,) in self._cursor)

    def ever_at(self, addresses: Collection[bytes], most: int) -> Mapping[bytes, Sequence[bytes]]:
        """For each address up to ``most`` children, and a few more, with a record that says it."""
        newest = self._stored(addresses)
        found: dict[bytes, set[bytes]] = {}
        if newest:
            self._cursor.execute(
                with_rows(_EVER_AT, _ADDRESS),
                (*in_columns([(one,) for one in sorted(newest)], _ADDRESS), most),
                binary=True,
            )
            for address, child_ref in self._cursor:
                found.setdefault(newest[address], set()).add(child_ref)
        return {address: sorted(refs) for address, refs in found.items()}

    def _stored(self, addresses: Collection[bytes]) -> Mapping[bytes, bytes]:
        """These addresses under every key in force -> the same under the newest."""
        return {under: one for one in addresses for under in self._under.get(one, [one])}


_ADDRESS: Final = {"address": "bytea"}

_EVER_AT: Final = (
    "SELECT given.address, found.child_ref FROM {} CROSS JOIN LATERAL"
    " (SELECT DISTINCT link.child_ref FROM home JOIN link USING (record_ref)"
    "  WHERE home.address = given.address LIMIT %s) AS found"
)

_HOMES: Final = (
    "SELECT link.child_ref, home.record_ref, home.place, home.address, home.street,"
    " greatest(home.revision, CASE WHEN 'postcode' = ANY(record.said_fields)"
    "  THEN record.said_revision END), home.since, record.sealed"
    " FROM link JOIN home USING (record_ref) JOIN record USING (record_ref)"
    " WHERE link.child_ref = ANY(%s) ORDER BY link.child_ref, home.record_ref"
)

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
