"""Whether two written addresses are of one home: flats, ranges, house names and abbreviations.

For comparing in memory only; what the store keeps of an address is ``household.py``'s own form.
"""

import re
from dataclasses import dataclass, field
from typing import Final

_WORD: Final = re.compile(r"[a-z]+|[0-9]+[a-z]?(?![a-z])|[0-9]+")
_APOSTROPHES: Final = str.maketrans("", "", "'`\u2019")

_STREET_WORDS: Final = {
    "av": "avenue", "ave": "avenue", "aven": "avenue", "bldg": "building", "bldgs": "buildings",
    "cl": "close", "clo": "close", "cotts": "cottages", "cres": "crescent", "cr": "crescent",
    "cresc": "crescent", "crt": "court", "ct": "court", "cty": "court", "dr": "drive",
    "drv": "drive", "est": "estate", "fm": "farm", "gdn": "gardens", "gdns": "gardens",
    "gn": "green", "gr": "grove", "grn": "green", "gro": "grove", "gv": "grove", "hse": "house",
    "ho": "house", "ln": "lane", "mans": "mansions", "mt": "mount", "pde": "parade", "pk": "park",
    "pl": "place", "rd": "road", "sq": "square", "st": "street", "str": "street", "ter": "terrace",
    "terr": "terrace", "tce": "terrace", "vw": "view", "wk": "walk", "wy": "way", "yd": "yard",
}  # fmt: skip
"""Abbreviations of street words, as postal guides and atlases print them; our own list."""

_OF_A_HOME: Final = frozenset(
    {"apartment", "apt", "flat", "floor", "no", "number", "room", "rm", "unit"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What tells one home of a postcode from another; ``repr`` shows nothing of it."""

    numbers: frozenset[str] = field(repr=False)
    """Numbers of flat and house, with their letter; both ends of a range."""
    words: frozenset[str] = field(repr=False)
    """Words of house, street and town, abbreviations written out."""


def home_of(lines: tuple[str, ...]) -> Home | None:
    """Answer the home that address lines name, or None if they name nothing.

    ``Flat 2, 12 High St`` and ``12/2 HIGH STREET`` are one home.
    """
    found = _WORD.findall(" ".join(lines).lower().translate(_APOSTROPHES))
    numbers = {_number(word) for word in found if word[0].isdigit()}
    spelled = [_STREET_WORDS.get(word, word) for word in found if word[0].isalpha()]
    words = frozenset(word for word in spelled if word not in _OF_A_HOME and len(word) > 1)
    if not numbers and not words:
        return None
    return Home(numbers=frozenset(numbers), words=words)


def same_numbers(one: Home, other: Home) -> bool | None:
    """Answer whether two homes have the same numbers; None if that does not tell.

    Some numbers in common (a flat left out, one end of a range) and a house name instead of a
    number do not tell.
    """
    if not one.numbers or not other.numbers:
        named = one.words & other.words
        both = not one.numbers and not other.numbers
        return True if both and len(named) > 1 else None
    if one.numbers == other.numbers:
        return True
    return None if one.numbers & other.numbers else False


def same_street(one: Home, other: Home) -> bool:
    """Answer whether a word other than a kind of street is in both."""
    return bool((one.words & other.words) - _KINDS_OF_STREET)


_KINDS_OF_STREET: Final = frozenset(_STREET_WORDS.values())


def _number(word: str) -> str:
    return word.lstrip("0") or "0"
