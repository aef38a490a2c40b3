"""The weights by which levels of agreement become the chance that two people are one child.

After Fellegi and Sunter, with four classes in place of two: how often each level is seen between a
record and the child it is of, its twin, a brother or sister of other age, and a stranger. So what
twins share counts little, and a placeholder for a name leaves twins undecided.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from math import log2
from typing import Final

from hub.core.identity_levels import Levels
from hub.core.identity_names import GivenLevel, Synonyms


class Kinship(StrEnum):
    """Who a child may be whose record resembles that of another."""

    SAME = "the same child"
    TWIN = "a twin"
    SIBLING = "a brother or sister"
    STRANGER = "a stranger"


_PRIORS_KEPT: Final = 64
"""A process has one or few: whoever asks again need not take logarithms again."""

Bits = tuple[float, float, float, float]
"""The logarithms to base 2 of a level's chance in each class, in the order of :class:`Kinship`."""

FIELDS = ("nhs_number", "upn", "given", "family", "birth", "sex", "place")
"""What is compared, by the attributes of :class:`Levels`."""

FIELDS_IN_WORDS = {
    "nhs_number": "NHS number",
    "upn": "UPN",
    "given": "given name",
    "family": "family name",
    "birth": "birth date",
    "sex": "sex",
    "place": "home",
}


@dataclass(frozen=True, kw_only=True)
class NameFrequencies:
    """How much likelier or rarer than usual it is that strangers share a name, in bits."""

    bits: Mapping[str, float] = field(repr=False)
    unseen: float
    """Of a name that the table does not hold: rarer than all it holds."""

    def of(self, words: tuple[str, ...], *, commonest: bool) -> float:
        """Answer the bits of the rarest of the words, or of the commonest."""
        known = [self.bits.get(word, self.unseen) for word in words]
        return max(known) if commonest else min(known)


@dataclass(frozen=True, kw_only=True)
class Bands:
    """From which chance a record is linked, and from which a person looks at it."""

    link: float
    link_unnamed: float
    """The same where no given name is known on one side and no number agrees: it may be a twin.
    Where none is known on either side, nothing links without a number."""
    review: float


@dataclass(frozen=True, kw_only=True)
class IdentityWeights:
    """Everything that scoring rests on, versioned as one."""

    version: str
    levels: Mapping[str, Mapping[str, Bits]]
    """Field -> level -> bits."""
    given: NameFrequencies
    family: NameFrequencies
    synonyms: Synonyms = field(repr=False)
    known_before: float
    """The chance that a record's child is known already."""
    twins: float
    """The chance that a record's child is not known, and its twin is: a known twin is compared."""
    siblings: float
    """Of how many known brothers and sisters of other age a record of no known child is."""
    children_least: int
    """Of how many children an index is taken to be, though it holds fewer."""
    bands: Bands

    def prior(self, children: int) -> Bits:
        """Answer the bits of each class before anything is compared, among so many children."""
        among = max(children, self.children_least)
        return _prior(self.known_before / among, self.twins / among, self.siblings / among)

    @cached_property
    def against_strangers(self) -> Mapping[str, Mapping[str, float]]:
        """The bits of each level of each field for the same child against a stranger."""
        return {
            name: {level: bits[0] - bits[3] for level, bits in levels.items()}
            for name, levels in self.levels.items()
        }

    def of_given(self, level: GivenLevel, agreed: tuple[str, ...]) -> float:
        """Answer how much likelier than usual strangers agree on these given names, in bits."""
        if not agreed:
            return 0.0
        return self.given.of(agreed, commonest=level is GivenLevel.VARIANT)

    def of_family(self, agreed: tuple[str, ...]) -> float:
        """Answer how much likelier than usual strangers agree on these family names, in bits."""
        return self.family.of(agreed, commonest=False) if agreed else 0.0


@lru_cache(_PRIORS_KEPT)
def _prior(*chances: float) -> Bits:
    same, twin, sibling = map(log2, chances)
    return same, twin, sibling, log2(1 - sum(chances))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How likely each class is, and how it comes about; holds no value of anybody's."""

    chance: float
    """That both are the same child, from 0 to 1."""
    likeliest_other: Kinship
    """Whom else it may be."""
    weights: tuple[tuple[str, str, float], ...]
    """Field, level, and bits for the same child against a stranger, of what is known."""

    def words(self) -> tuple[str, ...]:
        """Answer the score field by field, as people read it."""
        told = (f"{name} {level} ({bits:+.0f} bits)" for name, level, bits in self.weights)
        if self.chance >= _ALL_BUT_CERTAIN:
            return tuple(told)
        return (*told, f"if not the same child, likeliest {self.likeliest_other.value}")


_ALL_BUT_CERTAIN = 0.999


def score(levels: Levels, weights: IdentityWeights, children: int) -> Score:
    """Answer how likely two people at these levels of agreement are one child."""
    rows = [(name, getattr(levels, name), _bits(name, levels, weights)) for name in FIELDS]
    same, twin, sibling, stranger = weights.prior(children)
    for _, _, bits in rows:
        same += bits[0]
        twin += bits[1]
        sibling += bits[2]
        stranger += bits[3]
    highest = max(same, twin, sibling, stranger)
    chances = [2.0 ** (total - highest) for total in (same, twin, sibling, stranger)]
    other = max(range(1, len(chances)), key=chances.__getitem__)
    return Score(
        chance=chances[0] / sum(chances),
        likeliest_other=_KINSHIPS[other],
        weights=tuple(
            (FIELDS_IN_WORDS[name], str(level), bits[0] - bits[3])
            for name, level, bits in rows
            if level != _NOT_KNOWN
        ),
    )


_NOT_KNOWN: Final = "not known"
_KINSHIPS = tuple(Kinship)


def _bits(name: str, levels: Levels, weights: IdentityWeights) -> Bits:
    bits = weights.levels[name][getattr(levels, name)]
    if name == "given":
        more = weights.of_given(levels.given, levels.given_agreed)
    elif name == "family":
        more = weights.of_family(levels.family_agreed)
    else:
        return bits
    same, twin, sibling, stranger = bits
    return same, twin, sibling, stranger + more
