"""Where agencies say that a child lives, and whether that makes a household with others.

Addresses are compared by what tells one home of a postcode from another: its numbers and, where
both sides give it, the street; or without any number its name. What cannot be compared makes no
household: a relation that is not there is looked for by people, and a wrong one discloses a
stranger.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from hub.core.revision import said_at

HOUSEHOLD_CHILDREN_MAX = 8
"""More children of one address are no household: a hostel, a school, a block told without flat
numbers. This project's own figure, no source."""

ADDRESS_CHILDREN_READ_MAX = 40
"""Children who were ever told at an address, beyond which nobody looks who of them lives there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTold:
    """Where one agency says that a child lives; never stored as it is."""

    postcode: str = field(repr=False)
    address: str | None = field(repr=False)
    """Postcode and what tells the home from others of it; ``None`` if that was not said."""
    street: str | None = field(default=None, repr=False)
    """The address with the street's name, where that was said too: 10 Park Road and 10 Mill Lane
    may share a postcode."""
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTold:
    """The same as keyed digests, with the revision that last said it, as the store keeps it."""

    place: bytes
    address: bytes | None
    street: bytes | None = None
    revision: int
    since: datetime
    """When the hub first heard it."""


def place_told(ledger: Mapping[str, tuple[object, int]]) -> PlaceTold | None:
    """Answer where the agency says that its person lives now; ``None`` if it does not say."""
    postcode, revision = ledger.get("postcode", (None, 0))
    if not isinstance(postcode, str):
        return None
    lines, of_lines = ledger.get("address_lines", (None, 0))
    if not isinstance(lines, list | tuple) or of_lines < revision:
        lines = ()  # lines from before the postcode was told are those of the home that was left
    said = _without_postcode([str(line).upper() for line in lines], postcode)
    which, street = _which_home(said), _street(said)
    return PlaceTold(
        postcode=postcode,
        address=f"{postcode}|{which}" if which else None,
        street=f"{postcode}|{which}|{street}" if which and street else None,
        revision=revision,
    )


def current_home(told: Sequence[HomeTold]) -> bytes | None:
    """Answer the address at which a child lives, as last told by any agency; else ``None``.

    An agency that last told only a postcode agrees with an address of that postcode, and speaks
    against any other: somebody who may have moved away is at no address.
    """
    if not told:
        return None
    newest = max(said_at(one.revision) for one in told)
    places = {one.place for one in told if said_at(one.revision) == newest}
    at_place = [one for one in told if one.place in places and one.address is not None]
    if len(places) != 1 or not at_place:
        return None
    last = max(said_at(one.revision) for one in at_place)
    addresses = {one.address for one in at_place if said_at(one.revision) == last}
    return addresses.pop() if len(addresses) == 1 else None


def streets_of(told: Iterable[HomeTold], address: bytes) -> frozenset[bytes]:
    """Answer the streets that agencies name in this address of a child."""
    return frozenset(one.street for one in told if one.address == address and one.street)


def may_be_one_home(one: AbstractSet[bytes], other: AbstractSet[bytes]) -> bool:
    """Answer whether two children of one address may share it, by the streets named for each.

    Where one side names none, nothing speaks against it.
    """
    return not one or not other or not one.isdisjoint(other)


def _street(lines: Sequence[str]) -> str:
    """Answer the street's name after the last number of an address; empty where it is not clear.

    Up to the word for its kind, which is made one of its spellings; without one, the first word.
    """
    spoken = [re.findall(r"[A-Z0-9]+", re.sub("['\u2019]", "", line)) for line in lines]
    numbered = [at for at, words in enumerate(spoken) if any(w[0].isdigit() for w in words)]
    if not numbered:
        return ""
    line = spoken[numbered[-1]]
    last = max(at for at, word in enumerate(line) if word[0].isdigit())
    after = line[last + 1 :]
    if last == 0 and not after:  # the number stands alone, and the street on the next line
        after = spoken[numbered[-1] + 1] if numbered[-1] + 1 < len(spoken) else []
    names = [word for word in after if len(word) > 1 and word != "THE"]
    kinds = [at for at, word in enumerate(names) if at and word in _KINDS_OF_STREET]
    if not kinds:
        return names[0] if names else ""
    kind = _KINDS_OF_STREET[names[kinds[0]]]
    first = "ST" if names[0] == "SAINT" else names[0]
    return " ".join([first, *names[1 : kinds[0]], kind])


_KINDS_OF_STREET = {
    spelling: spellings[0]
    for spellings in (
        *(("RD", "ROAD"), ("ST", "STREET"), ("LN", "LANE"), ("AVE", "AV", "AVENUE")),
        *(("CL", "CLOSE"), ("DR", "DRIVE"), ("CT", "COURT"), ("CRES", "CRESCENT")),
        *(("PL", "PLACE"), ("TER", "TERR", "TERRACE"), ("GR", "GROVE"), ("GDNS", "GARDENS")),
        *(("SQ", "SQUARE"), ("WAY",), ("ROW",), ("HILL",), ("VIEW",), ("WALK",), ("MEWS",)),
    )
    for spelling in spellings
}


def _without_postcode(lines: Sequence[str], postcode: str) -> list[str]:
    spaceless = postcode.replace(" ", "").upper()
    return [line for line in lines if line.replace(" ", "") != spaceless]


def _which_home(lines: Sequence[str]) -> str:
    """Answer the numbers of an address in order, or without any the letters of its first line."""
    words = [word for line in lines for word in re.findall(r"[A-Z0-9]+", line)]
    numbers = [word for word in words if word[0].isdigit() or (len(word) == 1 and word != "S")]
    if any(word[0].isdigit() for word in numbers):
        return " ".join(numbers)
    return " ".join(re.findall(r"[A-Z]+", lines[0])) if lines else ""
