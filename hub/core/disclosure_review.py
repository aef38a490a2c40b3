"""Who may see a question about who is who, and how much of the two children; no entry, nothing.

Whoever decides must see what each agency said. But a question about a shielded child could tell
where it is: by its own address, by the other side's, which would be its own if both are one child,
by whether the homes agree, by which agencies spoke, and by whose people answer. So where either is
shielded all of that goes, whoever asks.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hub.core.disclosure import Role, may_be_shown
from hub.core.event import EventKind, Handling
from hub.core.front_door import OWN_DESK
from hub.core.identifiers import GssCode
from hub.core.review import Urgency
from hub.core.review_pair import Pair, PairField, PairRow, Said, Tells


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReach:
    """What a role may do with questions."""

    urgent_only: bool
    fields: frozenset[PairField]
    events: bool
    """Whether it sees kind, agency and day of what was told of either."""


_EVERY = frozenset(PairField)

REVIEW_READERS: Mapping[Role, ReviewReach] = MappingProxyType(
    {
        Role.IDENTITY_REVIEWER: ReviewReach(urgent_only=False, fields=_EVERY, events=True),
        Role.DUTY_WORKER: ReviewReach(urgent_only=True, fields=_EVERY, events=True),
    }
)
"""Closed: who is not here is told of no question."""


def desk_of(role: Role, authority: GssCode | None) -> str | None:
    """Answer whose questions this reader may see; ``None`` for nobody's.

    Only a reviewer can be of the hub's own desk: a duty worker is always of an authority.
    """
    if role not in REVIEW_READERS:
        return None
    if authority is not None:
        return authority.reveal()
    return OWN_DESK if role is Role.IDENTITY_REVIEWER else None


def may_review(
    role: Role, authority: GssCode | None, desks: tuple[str, ...], urgent: tuple[Urgency, ...]
) -> bool:
    """Answer whether this reader may open a question, and so answer it."""
    desk = desk_of(role, authority)
    if desk is None or desk not in desks:
        return False
    return bool(urgent) or not REVIEW_READERS[role].urgent_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """One thing that was told of either child: never what it was beyond its kind."""

    kind: EventKind
    on: datetime
    agency: str
    """Who told it; empty where that would say where the child is."""
    handling: Handling


def disclose_pair(role: Role, pair: Pair, *, shielded: bool) -> Pair | None:
    """Answer what this reader sees of two children; ``None`` without an entry in the table.

    ``shielded`` is whether either of the two is.
    """
    reach = REVIEW_READERS.get(role)
    if reach is None:
        return None
    rows = tuple(row for row in pair.rows if row.name in reach.fields)
    if not shielded:
        return replace(pair, rows=rows)
    hidden = tuple(_without_place(row) for row in rows)
    return replace(pair, rows=hidden, chance=None, likeliest_other=None, words=())


def _without_place(row: PairRow) -> PairRow:
    if row.name is PairField.HOME:
        return PairRow(name=row.name, tells=Tells.WITHHELD)
    return replace(row, one=_unsourced(row.one), other=_unsourced(row.other))


def _unsourced(values: tuple[Said, ...]) -> tuple[Said, ...]:
    return tuple(
        replace(said, sources=tuple(("", at) for _, at in said.sources)) for said in values
    )


COLLEAGUE: Final = "A colleague"
"""Instead of a person whose desk would say where a child is."""


def disclose_person(by: str | None, named: Container[str], *, shielded: bool) -> str | None:
    """Answer who said or looks at something, as a reader sees it; ``None`` for nobody.

    Whoever answers questions is known to be of some authority, and so a person of another desk
    says which one is responsible for a child that is shielded.

    Args:
        by: the account.
        named: whom the reader may know of it: themselves, and who is of their own organisation.
        shielded: whether either child is.
    """
    return COLLEAGUE if shielded and by is not None and by not in named else by


def disclose_waiting(
    role: Role, events: tuple[Waits, ...], now: datetime, *, shielded: bool
) -> tuple[tuple[Waits, ...], bool]:
    """Answer what of these this reader sees, and whether anything is kept back."""
    reach = REVIEW_READERS.get(role)
    if reach is None or not reach.events:
        return (), False
    seen = tuple(one for one in events if may_be_shown(role, one.handling, now))
    shown = tuple(replace(one, agency="") for one in seen) if shielded else seen
    return shown, len(seen) < len(events)
