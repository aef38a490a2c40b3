"""How far a record is about a child, by weights, where deterministic evidence does not settle it.

Rules come before weights (social-care.md 7): two valid NHS numbers that differ are never one child
automatically, however alike the rest, since a number may be a brother's; an NHS number that agrees
while birth date and surname do not is for a person. Everything else is weighed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_levels import BirthLevel, Levels, NumberLevel, levels_of
from hub.core.identity_names import FamilyLevel, GivenLevel
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
        return Judgement(band=self._band(levels, found), score=found)

    def _band(self, levels: Levels, found: Score) -> Band:
        bands = self.weights.bands
        if levels.nhs_number is NumberLevel.SAME and _nobody_of_that_number(levels):
            return Band.REVIEW
        link = bands.link_unnamed if _may_be_a_twin(levels) else bands.link
        if found.chance >= link and levels.nhs_number is not NumberLevel.DIFFERS:
            return Band.LINK
        numbered = NumberLevel.SAME in (levels.nhs_number, levels.upn)
        return Band.REVIEW if numbered or found.chance >= bands.review else Band.NONE


def _nobody_of_that_number(levels: Levels) -> bool:
    """Answer whether family name and birth date leave a shared NHS number alone."""
    alone = levels.birth in {BirthLevel.DIFFERS, BirthLevel.MISSING}
    return alone and levels.family is FamilyLevel.DIFFERS


def _may_be_a_twin(levels: Levels) -> bool:
    """Answer whether neither a given name nor a number speaks for this child and no twin."""
    numbered = NumberLevel.SAME in (levels.nhs_number, levels.upn)
    return levels.given in _UNNAMED and not numbered


_UNNAMED = frozenset({GivenLevel.MISSING, GivenLevel.ONE_OF_SEVERAL})


def profile_of_child(records: Sequence[RecordEvidence]) -> Profile:
    """Answer all that is known of a child from its records, whatever their order."""
    return profile_of(sorted(records, key=lambda record: record.record_ref))
