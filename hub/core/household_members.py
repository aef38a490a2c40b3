"""Who of the children who were told at an address makes a household there with a child. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from hub.core.household import (
    ADDRESS_CHILDREN_READ_MAX,
    HOUSEHOLD_CHILDREN_MAX,
    HomeTold,
    current_home,
    may_be_one_home,
    streets_of,
)

Told = Mapping[bytes, Sequence[HomeTold]]
"""What each agency last told of the homes of children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFound:
    """Who is told to live at the address at which a child is told to live."""

    children: tuple[tuple[bytes, datetime], ...] = ()
    """Each other child, and since when the hub knows of both there."""
    withheld: bool = False
    """A shielded record has had this address: it makes no household."""
    too_many: bool = False
    """More children than a household has: none of them is told."""


def household_at(
    ref: bytes, address: bytes, there: Sequence[bytes], told: Told, shielded: AbstractSet[bytes]
) -> HouseholdFound:
    """Answer the household of one child at its address, which is not withheld by itself.

    Args:
        ref: the child.
        address: where it lives, by ``current_home``.
        there: every child of whom a record tells this address; more than are read make a crowd.
        told: the homes of the child, and of those unless they are a crowd.
        shielded: those of them of whom anything that was ever told says so.
    """
    if is_crowd(there):
        return HouseholdFound(too_many=True)
    streets = streets_of(told[ref], address)
    living = {
        other: told[other]
        for other in there
        if other != ref
        and current_home(told.get(other, ())) == address
        and may_be_one_home(streets, streets_of(told[other], address))
    }
    if not shielded.isdisjoint({ref, *living}):
        return HouseholdFound(withheld=True)
    if len(living) + 1 > HOUSEHOLD_CHILDREN_MAX:
        return HouseholdFound(too_many=True)
    since = _since(told[ref], address)
    children = ((one, max(since, _since(some, address))) for one, some in sorted(living.items()))
    return HouseholdFound(children=tuple(children))


def is_crowd(told_there: Sequence[bytes]) -> bool:
    """Answer whether so many were ever told at an address that nobody looks who lives there."""
    return len(told_there) > ADDRESS_CHILDREN_READ_MAX


def _since(told: Iterable[HomeTold], address: bytes) -> datetime:
    return min(one.since for one in told if one.address == address)
