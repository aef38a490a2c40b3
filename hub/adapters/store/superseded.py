"""Looks up which NHS numbers were replaced: what linking and questions ask of it."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import bytea
from hub.adapters.store.epochs import digests_of
from hub.core.superseded import Supersession, current_numbers
from hub.ports import ColumnSealer, IdentityDigests

NUMBERS_LOCK: Final = 0x4E55_4D42_4552_5331
"""Shared by whoever links by numbers, taken alone by whoever lets a supersession stand otherwise:
so that either sees what the other wrote."""

HOPS_MAX: Final = 20
"""A number is replaced once or twice in a life; what is tied together longer is not followed."""

AROUND: Final = (
    "SELECT fact_key, sealed FROM superseded_number WHERE (former = ANY(%s) OR now = ANY(%s))"
    " AND standing IN ('told', 'in_force', 'asked')"
)
"""What was told of numbers, whether records are read by it yet or not."""

_FOLLOWING: Final = (
    "SELECT fact_key, sealed FROM superseded_number WHERE former = ANY(%s)"
    " AND standing = 'in_force'"
)

Ask = Callable[[Collection[str]], Iterable[tuple[bytes, bytes]]]
"""From numbers to the rows about them: fact key and sealed numbers."""


def seal_pair(sealer: ColumnSealer, fact_key: bytes, one: Supersession) -> bytes:
    """Both numbers as the sealed column of their row."""
    packed = json.dumps([one.former, one.now]).encode()
    return sealer.seal("superseded_number", "sealed", fact_key, packed)


def supersessions(
    sealer: ColumnSealer, rows: Iterable[Sequence[bytes]]
) -> Mapping[bytes, Supersession]:
    """The numbers of rows of (fact_key, sealed)."""
    found = {}
    for fact_key, sealed in rows:
        packed = sealer.unseal("superseded_number", "sealed", fact_key, sealed)
        former, now = json.loads(packed)
        found[fact_key] = Supersession(former=former, now=now)
    return found


def closure(
    ask: Ask, sealer: ColumnSealer, numbers: Collection[str]
) -> Mapping[bytes, Supersession]:
    """What is found from these numbers on, and from those that are found."""
    found: dict[bytes, Supersession] = {}
    asked, left = set[str](), set(numbers)
    for _ in range(HOPS_MAX):
        if not left:
            break
        asked |= left
        new = supersessions(sealer, ask(left))
        found |= new
        left = {number for one in new.values() for number in (one.former, one.now)} - asked
    return found


def current_of(
    cursor: Cursor[TupleRow],
    sealer: ColumnSealer,
    digests: IdentityDigests,
    epochs: Sequence[int],
    numbers: Collection[str],
) -> Mapping[str, str]:
    """For those of these numbers that were replaced, which one stands in their place.

    What is answered holds until the transaction ends.
    """
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (NUMBERS_LOCK,))

    def ask(some: Collection[str]) -> Iterable[tuple[bytes, bytes]]:
        keys = [("nhs", number) for number in sorted(some)]
        wanted = bytea(digest for _, digest in digests_of(digests, epochs, keys))
        cursor.execute(_FOLLOWING, (wanted,), binary=True)
        return cursor.fetchall()

    current = current_numbers(closure(ask, sealer, numbers).values())
    return {number: current[number] for number in numbers if number in current}
