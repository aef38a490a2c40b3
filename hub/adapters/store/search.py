"""What a check searches for, in as few round trips as it can be had.

Statements that do not wait for each other's rows go to the server together. Every row is found by
an index on what is asked for, so that no statement grows with what is stored.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from psycopg import Connection
from psycopg.rows import TupleRow

from hub.adapters.store.completeness import FEEDS, REGISTERS
from hub.adapters.store.epochs import EPOCHS, digests_of
from hub.adapters.store.identity import record_of
from hub.adapters.store.known import EVENTS, PLANS, events_by_child, register_by_child
from hub.adapters.store.rows import bytea_array, text_array
from hub.adapters.store.superseded import AROUND, closure, supersessions
from hub.adapters.store.together import Rows, Statement, ask_together
from hub.core.identity_keys import Key
from hub.core.superseded import Supersession
from hub.errors import TransientFault
from hub.ports import (
    ChildFound,
    ColumnSealer,
    FeedFacts,
    Found,
    IdentityDigests,
    RecordRow,
    RegisterFacts,
)

BEHIND_KEY_MAX = 2000
"""A question that would have to look through more is not answered, never answered in part."""

_BEHIND = (
    "WITH behind AS MATERIALIZED ("
    " SELECT given.place, found.child_ref"
    "  FROM unnest($1::text[], $2::bytea[])"
    "  WITH ORDINALITY AS given(kind, digest, place) CROSS JOIN LATERAL"
    "  (SELECT DISTINCT link.child_ref FROM record_key JOIN link USING (record_ref)"
    "   WHERE record_key.kind = given.kind AND record_key.digest = given.digest"
    "   LIMIT $3::bigint) AS found)"
    " SELECT child.child_ref, record_ref, record.agency, record.sealed, record.shielded,"
    "  record.authorities, (SELECT max(times) FROM"
    "   (SELECT count(*) AS times FROM behind GROUP BY place) AS counted) AS most"
    " FROM (SELECT DISTINCT child_ref FROM behind) AS child"
    " JOIN link USING (child_ref) JOIN record USING (record_ref)"
    " ORDER BY child.child_ref, record_ref"
)
"""Every record of every child behind the keys, and the most children that one key has."""
_REPLACED = AROUND.replace("%s", "$1::bytea[]")
_EVENTS, _PLANS = EVENTS.replace("%s", "$1"), PLANS.replace("%s", "$1")
_REGISTERS, _FEEDS = REGISTERS.replace("%s", "$1::text[]"), FEEDS.replace("%s", "$1::text[]")

_Facts = TypeVar("_Facts")


def search(  # noqa: PLR0913  # what is asked of whom, under which keys
    connection: Connection[TupleRow],
    sealer: ColumnSealer,
    digests: IdentityDigests,
    keys: Collection[Key],
    *,
    councils: Sequence[str],
    feeds: Sequence[str],
    epochs: tuple[int, ...] = (),
) -> Found:
    """Everything stored of every child behind the keys, and how complete these sources are.

    Raises:
        TransientFault: more than can be looked through stand behind one key, so that the question
            cannot be answered whole.
    """
    asked, epochs = [], epochs or digests.in_force
    if keys:
        asked.append(Statement(_BEHIND, _behind(sorted(set(digests_of(digests, epochs, keys))))))
        asked.append(Statement(EPOCHS))
        asked += _numbers_asked(digests, epochs, [v for kind, v in keys if kind == "nhs"])
    if councils:
        asked.append(Statement(_REGISTERS, (text_array(sorted(set(councils))),)))
    if feeds:
        asked.append(Statement(_FEEDS, (text_array(sorted(set(feeds))),)))
    found = dict(zip((one.text for one in asked), ask_together(connection, *asked), strict=True))
    in_force = digests.take(dict(found[EPOCHS])) if keys else epochs
    if not set(in_force) <= set(epochs):  # in the snapshot that was searched: look again, wider
        wider = partial(search, connection, sealer, digests, keys, epochs=in_force)
        return wider(councils=councils, feeds=feeds)
    records = _records(list(found[_BEHIND]), sealer) if keys else {}
    replaced = list(found.get(_REPLACED) or ())
    return Found(
        numbers=_numbers(connection, sealer, digests, epochs, replaced) if replaced else (),
        children=_children(connection, sealer, records),
        registers=tuple(_facts(RegisterFacts, found.get(_REGISTERS))),
        feeds=tuple(_facts(FeedFacts, found.get(_FEEDS))),
    )


def _numbers_asked(
    digests: IdentityDigests, epochs: Sequence[int], numbers: Collection[str]
) -> list[Statement]:
    if not numbers:
        return []
    made = digests_of(digests, epochs, [("nhs", number) for number in sorted(set(numbers))])
    return [Statement(_REPLACED, (bytea_array(digest for _, digest in made),))]


def _numbers(
    connection: Connection[TupleRow],
    sealer: ColumnSealer,
    digests: IdentityDigests,
    epochs: Sequence[int],
    rows: Sequence[TupleRow],
) -> tuple[Supersession, ...]:
    """What was told of the numbers in these rows, and of those that they are tied to."""

    def ask(numbers: Collection[str]) -> Rows | Sequence[TupleRow]:
        (found,) = ask_together(connection, *_numbers_asked(digests, epochs, numbers))
        return found

    told = supersessions(sealer, rows).values()
    numbers = {number for one in told for number in (one.former, one.now)}
    return tuple(closure(ask, sealer, numbers).values())


def _facts(kind: Callable[..., _Facts], rows: Rows | None) -> Iterator[_Facts]:
    return (kind(**row) for row in rows.by_name()) if rows else iter(())


def _behind(keys: Sequence[tuple[str, bytes]]) -> tuple[str, str, str]:
    kinds = text_array(kind for kind, _ in keys)
    return kinds, bytea_array(digest for _, digest in keys), str(BEHIND_KEY_MAX)


def _records(
    rows: Sequence[TupleRow], sealer: ColumnSealer
) -> Mapping[bytes, tuple[RecordRow, ...]]:
    if rows and rows[0][-1] >= BEHIND_KEY_MAX:
        raise TransientFault(f"more than {BEHIND_KEY_MAX} children stand behind one key.")
    found: dict[bytes, list[RecordRow]] = {}
    for child_ref, *record, _ in rows:
        found.setdefault(child_ref, []).append(record_of(sealer, tuple(record)))
    return {ref: tuple(records) for ref, records in found.items()}


def _children(
    connection: Connection[TupleRow],
    sealer: ColumnSealer,
    records: Mapping[bytes, tuple[RecordRow, ...]],
) -> tuple[ChildFound, ...]:
    """The children with what has happened to them and what councils hold on them.

    Asked for too where nobody was found, so that a hit and a miss ask the database the same.
    """
    refs = bytea_array(records)
    attended, held = ask_together(
        connection, Statement(_EVENTS, (refs,)), Statement(_PLANS, (refs,))
    )
    events = events_by_child(attended)
    register = register_by_child(held.by_name(), sealer)
    return tuple(
        ChildFound(
            child_ref=ref,
            records=rows,
            events=tuple(events.get(ref, ())),
            register=tuple(register.get(ref, ())),
        )
        for ref, rows in records.items()
    )
