"""How far two people agree, field by field, as levels that carry weight (Fellegi and Sunter).

Where a person is known by several values (people move and change their names), the best agreement
counts. Levels say what agreed and never a value.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import ne
from typing import Final

from hub.core.homes import Home, same_numbers, same_street
from hub.core.identity_names import (
    FamilyLevel,
    GivenLevel,
    Synonyms,
    family_level,
    given_level,
    names_are_swapped,
)
from hub.core.identity_profile import Place, Profile


class BirthLevel(StrEnum):
    """How far birth dates agree, from most to least."""

    SAME = "agrees"
    SAME_JANUARY = "agrees, first of January"
    SWAPPED = "day and month exchanged"
    DIGIT = "one digit differs"
    YEAR_OFF = "a year apart"
    DEFAULT = "first of the month or year"
    MONTH = "within the month told"
    YEAR = "within the year told"
    MISSING = "not known"
    DIFFERS = "differs"


class SexLevel(StrEnum):
    """Whether the sex agrees."""

    SAME = "agrees"
    MISSING = "not known"
    DIFFERS = "differs"


class PlaceLevel(StrEnum):
    """How far homes agree, from most to least."""

    HOME = "same home"
    HOME_IN_PART = "same postcode, home agrees in part"
    POSTCODE = "same postcode"
    HOME_NEAR_POSTCODE = "same home, postcode misspelt or not known"
    NEIGHBOUR = "same postcode, another home"
    SECTOR = "same postcode sector"
    DISTRICT = "same postcode district"
    MISSING = "not known"
    DIFFERS = "differs"


class NumberLevel(StrEnum):
    """Whether a valid number agrees."""

    SAME = "agrees"
    MISSING = "not known"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What comparing two people tells, field by field."""

    given: GivenLevel
    family: FamilyLevel
    birth: BirthLevel
    sex: SexLevel
    place: PlaceLevel
    nhs_number: NumberLevel
    upn: NumberLevel
    given_agreed: tuple[str, ...] = field(default=(), repr=False)
    """Words that agreed exactly, by which it is known how common the agreement is."""
    family_agreed: tuple[str, ...] = field(default=(), repr=False)


def levels_of(one: Profile, other: Profile, synonyms: Synonyms) -> Levels:
    """Answer how far two people agree; the order of the two does not matter."""
    given, given_agreed = given_level(one, other, synonyms)
    family, family_agreed = family_level(one, other)
    if _MAY_BE_SWAPPED.issuperset((given, family)) and names_are_swapped(one, other):
        given, family = GivenLevel.SWAPPED, FamilyLevel.SWAPPED
    return Levels(
        given=given,
        family=family,
        birth=birth_level(one, other),
        sex=_sex_level(one, other),
        place=place_level(one, other),
        nhs_number=_number_level(one.nhs_numbers, other.nhs_numbers),
        upn=_number_level(one.upns, other.upns),
        given_agreed=given_agreed,
        family_agreed=family_agreed,
    )


_MAY_BE_SWAPPED: Final = frozenset(
    {
        GivenLevel.SOUND,
        GivenLevel.INITIAL,
        GivenLevel.NEAR_NAME,
        GivenLevel.RESEMBLES,
        GivenLevel.SOME,
        GivenLevel.RESEMBLING_NAME,
        GivenLevel.DIFFERS,
        FamilyLevel.SOUND,
        FamilyLevel.RESEMBLES,
        FamilyLevel.DIFFERS,
    }
)


def birth_level(one: Profile, other: Profile) -> BirthLevel:
    """Answer the best agreement of any two birth dates, whole or partial."""
    best = BirthLevel.MISSING if not (one.born and other.born) else BirthLevel.DIFFERS
    for first in one.born:
        for second in other.born:
            level = dates_level(first, second)
            if _BIRTH_ORDER[level] < _BIRTH_ORDER[best]:
                best = level
    if (one.born_between or other.born_between) and best in _MAY_BE_PARTIAL:
        return _partly(one, other, best)
    return best


_BIRTH_ORDER: Final = {level: place for place, level in enumerate(BirthLevel)}
_MAY_BE_PARTIAL: Final = frozenset({BirthLevel.MISSING, BirthLevel.DIFFERS})


def dates_level(one: date, other: date) -> BirthLevel:
    """Answer how far two whole dates agree."""
    if one == other:
        first = one.month == 1 and one.day == 1
        return BirthLevel.SAME_JANUARY if first else BirthLevel.SAME
    if one.year == other.year:
        if (one.month, one.day) == (other.day, other.month):
            return BirthLevel.SWAPPED
        if _is_default(one, other) or _is_default(other, one):
            return BirthLevel.DEFAULT
    elif (one.month, one.day) == (other.month, other.day) and abs(one.year - other.year) == 1:
        return BirthLevel.YEAR_OFF
    return BirthLevel.DIGIT if _one_slip(one, other) else BirthLevel.DIFFERS


def _is_default(one: date, other: date) -> bool:
    return one.day == 1 and one.month in {1, other.month}


def _one_slip(one: date, other: date) -> bool:
    """Answer whether one digit differs, or two neighbours of day, month or year are exchanged."""
    first, second = one.isoformat(), other.isoformat()
    if sum(map(ne, first, second)) > 2:  # noqa: PLR2004  # two neighbours; nearly all end here
        return False
    differing = [place for place in range(len(first)) if first[place] != second[place]]
    if len(differing) == 1:
        return True
    if len(differing) != 2 or differing[1] - differing[0] != 1:  # noqa: PLR2004  # two neighbours
        return False
    here = slice(differing[0], differing[1] + 1)
    return first[here] == second[here][::-1]


def _partly(one: Profile, other: Profile, best: BirthLevel) -> BirthLevel:
    """Answer whether a partial date of one may be a date of the other."""
    whole = {(day, day) for day in (*one.born, *other.born)}
    of_one = [*one.born_between, *((day, day) for day in one.born)]
    of_other = [*other.born_between, *((day, day) for day in other.born)]
    overlaps = [
        max((b - a).days for a, b in (first, second))
        for first in of_one
        for second in of_other
        if not (first in whole and second in whole)
        and first[0] <= second[1]
        and second[0] <= first[1]
    ]
    if not overlaps:
        return BirthLevel.DIFFERS if of_one and of_other else best
    return BirthLevel.MONTH if min(overlaps) <= _LONGEST_MONTH else BirthLevel.YEAR


_LONGEST_MONTH: Final = 31


def _sex_level(one: Profile, other: Profile) -> SexLevel:
    if not one.sexes or not other.sexes:
        return SexLevel.MISSING
    return SexLevel.SAME if one.sexes & other.sexes else SexLevel.DIFFERS


def place_level(one: Profile, other: Profile) -> PlaceLevel:
    """Answer the best agreement of any two homes."""
    best = PlaceLevel.MISSING
    for first in one.places:
        for second in other.places:
            level = _places_level(first, second)
            if best is PlaceLevel.MISSING or _PLACE_ORDER[level] < _PLACE_ORDER[best]:
                best = level
            if best is PlaceLevel.HOME:
                return best
    return best


_PLACE_ORDER: Final = {
    level: place
    for place, level in enumerate((*(p for p in PlaceLevel if p is not PlaceLevel.MISSING),))
} | {PlaceLevel.MISSING: len(PlaceLevel)}


def _places_level(one: Place, other: Place) -> PlaceLevel:
    if one.postcode and one.postcode == other.postcode:
        return _at_one_postcode(one.home, other.home)
    if not (one.postcode and other.postcode):
        at_one = _at_one_address(one.home, other.home)
        return PlaceLevel.HOME_NEAR_POSTCODE if at_one else PlaceLevel.MISSING
    if _misspelt(one.postcode, other.postcode) and _at_one_address(one.home, other.home):
        return PlaceLevel.HOME_NEAR_POSTCODE
    return _postcodes_level(one.postcode, other.postcode)


def _postcodes_level(one: str, other: str) -> PlaceLevel:
    if one[:-2] == other[:-2]:
        return PlaceLevel.SECTOR
    return PlaceLevel.DISTRICT if one[:-3] == other[:-3] else PlaceLevel.DIFFERS


def levels_at(one: str | None, other: str | None) -> tuple[PlaceLevel, ...]:
    """Answer every level at which homes of two postcodes may agree, whatever the lines say.

    Postcodes are without their space, as in a :class:`Place`; None where none is known.
    """
    if one is None or other is None:
        return PlaceLevel.MISSING, PlaceLevel.HOME_NEAR_POSTCODE
    if one == other:
        return _AT_ONE_POSTCODE
    level = _postcodes_level(one, other)
    return (level, PlaceLevel.HOME_NEAR_POSTCODE) if _misspelt(one, other) else (level,)


_AT_ONE_POSTCODE: Final = (
    PlaceLevel.HOME,
    PlaceLevel.HOME_IN_PART,
    PlaceLevel.POSTCODE,
    PlaceLevel.NEIGHBOUR,
)


def _at_one_address(one: Home | None, other: Home | None) -> bool:
    if one is None or other is None:
        return False
    return bool(same_numbers(one, other)) and same_street(one, other)


def _at_one_postcode(one: Home | None, other: Home | None) -> PlaceLevel:
    if one is None or other is None:
        return PlaceLevel.POSTCODE
    same = same_numbers(one, other)
    if same is None:
        in_part = bool(one.numbers & other.numbers) or not (one.numbers and other.numbers)
        return PlaceLevel.HOME_IN_PART if in_part else PlaceLevel.POSTCODE
    return PlaceLevel.HOME if same else PlaceLevel.NEIGHBOUR


def _misspelt(one: str, other: str) -> bool:
    if len(one) != len(other) or sum(map(ne, one, other)) > 2:  # noqa: PLR2004  # as below
        return False
    differing = [place for place in range(len(one)) if one[place] != other[place]]
    if len(differing) == 2:  # noqa: PLR2004  # two neighbours exchanged
        first, second = differing
        return second - first == 1 and one[first] == other[second] and one[second] == other[first]
    return len(differing) == 1


def _number_level(one: frozenset[object], other: frozenset[object]) -> NumberLevel:
    if not one or not other:
        return NumberLevel.MISSING
    return NumberLevel.SAME if one & other else NumberLevel.DIFFERS
