"""How far a record is about a child, by weights, where deterministic evidence does not settle it.

Rules come before weights (social-care.md 7): two valid NHS numbers that differ are never one child
automatically, however alike the rest, since a number may be a brother's; an NHS number that agrees
while birth date and surname do not is for a person, and so is a birth date that plainly differs.
Everything else is weighed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_levels import BirthLevel, Levels, NumberLevel, PlaceLevel, levels_of
from hub.core.identity_names import FamilyLevel, GivenLevel, given_level
from hub.core.identity_profile import Profile, profile_of
from hub.core.identity_weights import IdentityWeights, Score, score


class Band(StrEnum):
    """What is done about a likeness."""

    LINK = "link"
    REVIEW = "review"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How likely it is that two people are one child, and what is done about it."""

    band: Band
    score: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Weights, and among how many children they are used."""

    weights: IdentityWeights
    children: int
    """How many children the index holds; more children make each agreement count for less."""

    def judge(self, one: Profile, other: Profile) -> Judgement:
        """Answer how likely two people are one child; the order of the two does not matter."""
        levels = levels_of(one, other, self.weights.synonyms)
        found = score(levels, self.weights, self.children)
        return Judgement(
            band=self._band(levels, found, may_be_two=_may_be_two(one, other)), score=found
        )

    def named_otherwise(self, one: Profile, other: Profile) -> bool:
        """Answer whether given names are known on both sides and plainly differ."""
        return given_level(one, other, self.weights.synonyms)[0] is GivenLevel.DIFFERS

    def _band(self, levels: Levels, found: Score, *, may_be_two: bool) -> Band:
        bands = self.weights.bands
        if levels.nhs_number is NumberLevel.SAME and _nobody_of_that_number(levels):
            return Band.REVIEW
        numbered = NumberLevel.SAME in (levels.nhs_number, levels.upn)
        if levels.nhs_number is NumberLevel.DIFFERS:
            alike = found.chance >= bands.review and levels.given not in ANOTHER_NAME
            return Band.REVIEW if numbered or alike else Band.NONE
        unnamed = levels.given in _UNNAMED and not numbered
        guarded = not numbered and _may_be_a_twin(levels, may_be_two=may_be_two)
        guarded |= levels.birth is BirthLevel.DIFFERS
        guarded |= levels.upn is NumberLevel.DIFFERS and levels.nhs_number is not NumberLevel.SAME
        if found.chance >= (bands.link_unnamed if unnamed else bands.link) and not guarded:
            return Band.LINK
        return Band.REVIEW if numbered or found.chance >= bands.review else Band.NONE


def _nobody_of_that_number(levels: Levels) -> bool:
    """Answer whether family name and birth date leave a shared NHS number alone."""
    alone = levels.birth in {BirthLevel.DIFFERS, BirthLevel.MISSING}
    return alone and levels.family is FamilyLevel.DIFFERS


def _may_be_two(one: Profile, other: Profile) -> bool:
    """Answer whether a nameless record and a child may be two though names, day and home agree.

    So may two who are both nameless, and a nameless and a named patient of one hospital, which
    would know its own again. What a council or a school tells without a name is for people too: a
    plan answers checks and a roll says where a child is, and a twin's would be disclosed.
    """
    nameless = other if one.given else one
    known_again = bool(one.hospitals & other.hospitals)
    return not (one.given or other.given) or known_again or not nameless.by_who_saw


def _may_be_a_twin(levels: Levels, *, may_be_two: bool) -> bool:
    """Answer whether only a person may say that this is the child and no twin: the twin guard.

    So it is where the name told is another's that many bear, where a nameless record tells of
    another home, and where the nameless and the child may be two.
    """
    if levels.given in _UNNAMED:
        return may_be_two or levels.place not in _AT_HOME or levels.family not in _ONE_FAMILY
    return levels.given in ANOTHER_NAME


ANOTHER_NAME = frozenset({GivenLevel.NEAR_NAME, GivenLevel.RESEMBLING_NAME, GivenLevel.DIFFERS})
_UNNAMED = frozenset({GivenLevel.MISSING, GivenLevel.ONE_OF_SEVERAL})
_ONE_FAMILY = frozenset({FamilyLevel.SAME, FamilyLevel.PART})
_AT_HOME = frozenset(
    {
        PlaceLevel.HOME,
        PlaceLevel.HOME_IN_PART,
        PlaceLevel.POSTCODE,
        PlaceLevel.HOME_NEAR_POSTCODE,
    }
)


def profile_of_child(records: Sequence[RecordEvidence]) -> Profile:
    """Answer all that is known of a child from its records, whatever their order."""
    return profile_of(sorted(records, key=lambda record: record.record_ref))
