"""Where agencies say that a child lives, and whether that makes a household with others.

Addresses are compared by what tells one home of a postcode from another: its numbers, or without
any its name. What cannot be compared makes no household: a relation that is not there is looked
for by people, and a wrong one discloses a stranger.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

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
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTold:
    """The same as keyed digests, with the revision that last said it, as the store keeps it."""

    place: bytes
    address: bytes | None
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
    which = _which_home([str(line) for line in lines], postcode)
    return PlaceTold(
        postcode=postcode,
        address=f"{postcode}|{which}" if which else None,
        revision=revision,
    )


def current_home(told: Sequence[HomeTold]) -> bytes | None:
    """Answer the address at which a child lives, as last told by any agency; else ``None``.

    An agency that last told only a postcode agrees with an address of that postcode, and speaks
    against any other: somebody who may have moved away is at no address.
    """
    if not told:
        return None
    newest = max(one.revision for one in told)
    places = {one.place for one in told if one.revision == newest}
    at_place = [one for one in told if one.place in places and one.address is not None]
    if len(places) != 1 or not at_place:
        return None
    last = max(one.revision for one in at_place)
    addresses = {one.address for one in at_place if one.revision == last}
    return addresses.pop() if len(addresses) == 1 else None


def _which_home(lines: Sequence[str], postcode: str) -> str:
    """Answer the numbers of an address in order, or without any the letters of its first line."""
    spaceless = postcode.replace(" ", "").upper()
    upper = [line.upper() for line in lines]
    kept = [line for line in upper if line.replace(" ", "") != spaceless]
    words = [word for line in kept for word in re.findall(r"[A-Z0-9]+", line)]
    numbers = [word for word in words if word[0].isdigit() or (len(word) == 1 and word != "S")]
    if any(word[0].isdigit() for word in numbers):
        return " ".join(numbers)
    return " ".join(re.findall(r"[A-Z]+", kept[0])) if kept else ""
