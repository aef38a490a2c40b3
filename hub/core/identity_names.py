"""How far the names of two people agree, as levels that carry weight."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final

import jellyfish
from rapidfuzz.distance import OSA, JaroWinkler

from hub.core.identity_profile import Profile
from hub.core.name_bones import bones
from hub.core.name_forms import FamilyForm, Words

Synonyms = Mapping[str, frozenset[int]]
"""A given name that many bear -> the groups of names of which each may be written for another."""


class GivenLevel(StrEnum):
    """How far given names agree, from most to least."""

    FULL = "all of several names agree"
    SAME = "first name agrees"
    VARIANT = "known variant"
    NEAR = "near spelling"
    SOUND = "sounds alike"
    LATER = "agrees with a later name"
    INITIAL = "initial fits"
    NEAR_NAME = "near spelling, but each is a name"
    RESEMBLES = "resembles"
    SOME = "some names agree"
    RESEMBLING_NAME = "resembles, but each is a name"
    SWAPPED = "is the other's family name"
    MISSING = "not known"
    ONE_OF_SEVERAL = "not given, one of twins"
    DIFFERS = "differs"


class FamilyLevel(StrEnum):
    """How far family names agree, from most to least."""

    SAME = "agrees"
    PART = "part agrees"
    NEAR = "near spelling"
    SOUND = "sounds alike"
    RESEMBLES = "resembles"
    SWAPPED = "is the other's given name"
    MISSING = "not known"
    DIFFERS = "differs"


_GIVEN_ORDER: Final = {level: place for place, level in enumerate(GivenLevel)}
_FAMILY_ORDER: Final = {level: place for place, level in enumerate(FamilyLevel)}
_PAIRS_KEPT: Final = 50_000


def given_level(
    one: Profile, other: Profile, synonyms: Synonyms
) -> tuple[GivenLevel, tuple[str, ...]]:
    """Answer the best agreement of any two given names, and the words that agreed."""
    several = one.of_several or other.of_several
    return given_names_level(one.given, other.given, synonyms, of_several=several)


def given_names_level(
    one: Sequence[Words], other: Sequence[Words], synonyms: Synonyms, *, of_several: bool
) -> tuple[GivenLevel, tuple[str, ...]]:
    """Answer the same of names alone; ``of_several``: a stand-in of either says twin."""
    best, agreed = GivenLevel.MISSING, set[str]()
    for first in one:
        for second in other:
            level = _names_level(first, second, synonyms)
            if best is GivenLevel.MISSING or _GIVEN_ORDER[level] < _GIVEN_ORDER[best]:
                best, agreed = level, set()
            if level is best:
                agreed.update(_agreed(level, first, second))
    if best is GivenLevel.MISSING and of_several:
        return GivenLevel.ONE_OF_SEVERAL, ()
    return best, tuple(sorted(agreed))


def _agreed(level: GivenLevel, one: Words, other: Words) -> Words:
    if level is GivenLevel.VARIANT:
        return (one[0], other[0])
    return tuple(word for word in one if word in other)


def _names_level(one: Words, other: Words, synonyms: Synonyms) -> GivenLevel:
    if one == other:
        return GivenLevel.FULL if len(one) > 1 else GivenLevel.SAME
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    if _written_together(fewer, more):
        return GivenLevel.SAME
    level = _first_names(fewer[0], more[0], synonyms)
    if level in _ONE_NAME:
        return _with_the_rest(level, fewer, more, synonyms)
    return _across(level, fewer, more, synonyms)


def _across(level: GivenLevel, fewer: Words, more: Words, synonyms: Synonyms) -> GivenLevel:
    """Answer the level of names whose first names are not one name: any other may be."""
    across = any(word in more for word in fewer if len(word) > 1)
    if across and all(_fits(word, more, synonyms) for word in fewer):
        same_words = len(fewer) > 1 and set(fewer) == set(more)
        return GivenLevel.FULL if same_words else GivenLevel.LATER
    if level is not GivenLevel.DIFFERS:
        return level
    if across:
        return GivenLevel.SOME
    return GivenLevel.LATER if any(_alike(w, more, synonyms) for w in fewer) else level


def _written_together(one: Words, other: Words) -> bool:
    """Answer whether a hyphen or space was lost: ``PeterJames``, ``Peter James Connor``."""
    if "".join(one) == "".join(other):
        return True
    return (len(other) > 1 and one[0] == other[0] + other[1]) or (
        len(one) > 1 and other[0] == one[0] + one[1]
    )


def _with_the_rest(level: GivenLevel, fewer: Words, more: Words, synonyms: Synonyms) -> GivenLevel:
    """Answer the level of names whose first names agree: brothers may all be Muhammad something."""
    if len(fewer) == 1:
        return level
    if not all(_fits(word, more[1:], synonyms) for word in fewer[1:]):
        return GivenLevel.SOME
    if level is GivenLevel.SAME and sum(len(word) > 1 for word in fewer) > 1:
        return GivenLevel.FULL
    return level


def _fits(word: str, among: Sequence[str], synonyms: Synonyms) -> bool:
    """Answer whether a word is among others: itself, its initial, cut off, or near."""
    return any(one.startswith(word) or word.startswith(one) for one in among) or _alike(
        word, among, synonyms
    )


def _alike(word: str, among: Sequence[str], synonyms: Synonyms) -> bool:
    if len(word) < _SHORTEST_NEAR:
        return False
    return any(word_level(word, one, synonyms) in _ONE_NAME for one in among)


_ONE_NAME: Final = frozenset({GivenLevel.SAME, GivenLevel.VARIANT, GivenLevel.NEAR})
_SHORTEST_NEAR: Final = 4
_SHORTEST_EXCHANGED: Final = 3
"""Letters of a name of which two neighbours may be exchanged, and nothing else be wrong: Bne."""


def _first_names(one: str, other: str, synonyms: Synonyms) -> GivenLevel:
    if one == other:
        return GivenLevel.SAME
    if 1 in (len(one), len(other)):
        return GivenLevel.INITIAL if one[0] == other[0] else GivenLevel.DIFFERS
    return word_level(one, other, synonyms)


def word_level(one: str, other: str, synonyms: Synonyms) -> GivenLevel:
    """Answer how far two single given names agree."""
    if one == other:
        return GivenLevel.SAME
    groups, others = synonyms.get(one), synonyms.get(other)
    if groups and others and not groups.isdisjoint(others):
        return GivenLevel.VARIANT
    level = _spelt_level(one, other) if one < other else _spelt_level(other, one)
    if groups is None or others is None:
        return level
    return _IF_EACH_IS_A_NAME.get(level, level)


_IF_EACH_IS_A_NAME: Final = {
    GivenLevel.NEAR: GivenLevel.NEAR_NAME,
    GivenLevel.SOUND: GivenLevel.RESEMBLING_NAME,
    GivenLevel.RESEMBLES: GivenLevel.RESEMBLING_NAME,
}
"""Nadia and Sadia: two names that many bear are rather two children's than one misspelt."""


@lru_cache(_PAIRS_KEPT)
def _spelt_level(one: str, other: str) -> GivenLevel:
    if _is_near(one, other):
        return GivenLevel.NEAR
    if bones(one) == bones(other):
        return GivenLevel.SOUND
    return GivenLevel.RESEMBLES if _resembles(one, other) else GivenLevel.DIFFERS


_SLIP_WINKLER: Final = 0.93
"""Jaro-Winkler similarity from which two words with two slips are one; this project's own."""

_RESEMBLING_WINKLER: Final = 0.78
"""The same, from which two words may still be one; this project's own."""

_LONGEST_KEPT: Final = 8
"""Letters from which a name that begins another is taken for cut off."""


def _is_near(one: str, other: str) -> bool:
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) >= _LONGEST_KEPT and long.startswith(short):
        return True
    if len(long) == len(short) == _SHORTEST_EXCHANGED:
        return sorted(one) == sorted(other) and OSA.distance(one, other) == 1
    if len(long) < _SHORTEST_NEAR or len(short) < _SHORTEST_NEAR - 1:
        return False
    slips = OSA.distance(one, other, score_cutoff=2)
    if slips <= 1:
        return True
    return slips == 2 and JaroWinkler.similarity(one, other) >= _SLIP_WINKLER  # noqa: PLR2004  # two slips


def _resembles(one: str, other: str) -> bool:
    return JaroWinkler.similarity(one, other) >= _RESEMBLING_WINKLER


def family_level(one: Profile, other: Profile) -> tuple[FamilyLevel, tuple[str, ...]]:
    """Answer the best agreement of any two family names, and the parts that agreed exactly."""
    return family_names_level(one.family, other.family)


def family_names_level(
    one: Sequence[FamilyForm], other: Sequence[FamilyForm]
) -> tuple[FamilyLevel, tuple[str, ...]]:
    """Answer the same of names alone."""
    best, agreed = FamilyLevel.MISSING, set[str]()
    for first in one:
        for second in other:
            level = _families_level(first, second)
            if best is FamilyLevel.MISSING or _FAMILY_ORDER[level] < _FAMILY_ORDER[best]:
                best, agreed = level, set()
            if level is best:
                agreed.update(first.parts & second.parts or {first.whole})
    return best, tuple(sorted(agreed)) if best in (FamilyLevel.SAME, FamilyLevel.PART) else ()


def _families_level(one: FamilyForm, other: FamilyForm) -> FamilyLevel:
    if one.whole == other.whole or (len(one.words) > 1 and set(one.words) == set(other.words)):
        return FamilyLevel.SAME
    if one.parts & other.parts:
        return FamilyLevel.PART
    if one.whole < other.whole:
        return _spelt_family(one.whole, other.whole, one.parts, other.parts)
    return _spelt_family(other.whole, one.whole, other.parts, one.parts)


@lru_cache(_PAIRS_KEPT)
def _spelt_family(
    one: str, other: str, parts: frozenset[str], others: frozenset[str]
) -> FamilyLevel:
    if _is_near(one, other) or _any_near(parts, others):
        return FamilyLevel.NEAR
    if bones(one) == bones(other) or jellyfish.metaphone(one) == jellyfish.metaphone(other):
        return FamilyLevel.SOUND
    return FamilyLevel.RESEMBLES if _resembles(one, other) else FamilyLevel.DIFFERS


def _any_near(one: Iterable[str], other: Iterable[str]) -> bool:
    longer = [word for word in other if len(word) > _SHORTEST_NEAR]
    return any(_is_near(a, b) for a in one if len(a) > _SHORTEST_NEAR for b in longer)


def names_are_swapped(one: Profile, other: Profile) -> bool:
    """Answer whether the given name of each is the family name of the other, one maybe misspelt."""
    return any(
        (_given_is_family(a, f2) and _is_family_or_near(b, f1))
        or (_given_is_family(b, f1) and _is_family_or_near(a, f2))
        for a in one.given
        for b in other.given
        for f1 in one.family
        for f2 in other.family
    )


def _given_is_family(given: Words, family: FamilyForm) -> bool:
    """Answer whether a given name is in a family name, or one of several is the whole of it."""
    return "".join(given) == family.whole or any(
        word in family.parts for word in given if len(word) > 1
    )


def _is_family_or_near(given: Words, family: FamilyForm) -> bool:
    return _given_is_family(given, family) or _is_near("".join(given), family.whole)
