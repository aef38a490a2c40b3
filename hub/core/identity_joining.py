"""Whether two children whom one record bridges may be joined without a person. Pure, and strict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hub.core.event import Sex, SubjectRole
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_levels import BirthLevel, NumberLevel, levels_of
from hub.core.identity_matching import ANOTHER_NAME, Band, Matching, profile_of_child
from hub.core.identity_names import (
    FamilyLevel,
    GivenLevel,
    Synonyms,
    given_level,
    names_are_swapped,
)
from hub.core.identity_profile import Profile, profile_of, tells_who


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Joins by themselves only children of whom nothing that is known says otherwise."""

    matching: Matching

    def may_join(
        self,
        one: Sequence[RecordEvidence],
        other: Sequence[RecordEvidence],
        bridge: RecordEvidence,
    ) -> bool:
        """Answer whether two children are one by what a record says that is of both.

        Everything that is known of one child and the record must make the other all but certainly
        the same, in either direction, and without a number in common a given name must agree, not
        only be alike: else it may be a twin. Two NHS numbers, two UPNs, two birth dates or two
        sexes between them forbid it, however alike the rest: a number may be a brother's. So do two
        given names that plainly differ, within either too: a record under a twin's number has
        brought a twin in. A birth date or sex that both have been told with is no contradiction,
        whatever slip is told beside it. A record without given name and number joins nobody.
        """
        everyone = (*one, *other, bridge)
        if any(record.role is not SubjectRole.CHILD for record in everyone):
            return False
        speaking = [[r for r in some if tells_who(r)] for some in (one, other, (bridge,))]
        if not all(speaking):
            return False
        first, second, _ = speaking
        if _two_of_one(everyone) or _apart(one, other) or self._two_names(everyone):
            return False
        return self._makes(first, bridge, second) and self._makes(second, bridge, first)

    def _two_names(self, records: Iterable[RecordEvidence]) -> bool:
        """Answer whether they bear two given names that no record's full names bring together."""
        everyone = [profile_of([record]) for record in records]
        told = dict.fromkeys((one.given, one.family) for one in everyone if one.given)
        apart = [Profile(given=given, family=family) for given, family in told]
        linked = apart[:1]
        for one in linked:
            others = [other for other in apart if other not in linked]
            linked.extend(other for other in others if self._one_name(one, other))
        return len(linked) < len(apart)

    def _one_name(self, one: Profile, other: Profile) -> bool:
        level = given_level(one, other, self.matching.weights.synonyms)[0]
        return level not in ANOTHER_NAME or names_are_swapped(one, other)

    def _makes(
        self,
        known: Sequence[RecordEvidence],
        bridge: RecordEvidence,
        beside: Sequence[RecordEvidence],
    ) -> bool:
        """Answer whether a child with the record makes the other all but certainly the same."""
        one, other = profile_of_child((*known, bridge)), profile_of_child(beside)
        if self.matching.judge(one, other).band is not Band.LINK:
            return False
        levels = levels_of(one, other, self.matching.weights.synonyms)
        numbered = NumberLevel.SAME in (levels.nhs_number, levels.upn)
        return numbered or levels.given in _AGREE


def _two_of_one(records: Iterable[RecordEvidence]) -> bool:
    """Answer whether they bear two of a number that a child has one of."""
    told = [(record.nhs_number, record.upn) for record in records]
    numbers = {number for number, _ in told if number}
    upns = {upn for _, upn in told if upn and not upn.is_temporary}
    return len(numbers) > 1 or len(upns) > 1


def have_two_numbers(one: Iterable[RecordEvidence], other: Iterable[RecordEvidence]) -> bool:
    """Answer whether NHS number or UPN is told of both children, and never the same of both."""
    told = [profile_of(list(some)) for some in (one, other)]
    numbers = ([p.nhs_numbers for p in told], [p.upns for p in told])
    return any(all(both) and both[0].isdisjoint(both[1]) for both in numbers)


def _apart(one: Sequence[RecordEvidence], other: Sequence[RecordEvidence]) -> bool:
    """Answer whether birth date or sex is told of both, and never the same of both."""
    births = [{r.birth_date for r in some if r.birth_date} for some in (one, other)]
    sexes = [{r.sex for r in some} & _SEXES for some in (one, other)]
    return any(all(told) and told[0].isdisjoint(told[1]) for told in (births, sexes))


_SEXES: Final = frozenset({Sex.MALE, Sex.FEMALE})
_AGREE: Final = frozenset({GivenLevel.FULL, GivenLevel.SAME, GivenLevel.LATER})
"""A twin's name may be alike, a variant or begin with the same letter."""


def are_two_people(one: RecordEvidence, other: RecordEvidence, synonyms: Synonyms) -> bool:
    """Answer whether two records of one agency are plainly of two people.

    By two NHS numbers, by birth dates that no slip explains, or by given and family names that
    both differ. A newborn who gets its name, a date that is corrected, and a record that says
    little are none of these.
    """
    if (one.role, other.role) != (SubjectRole.CHILD, SubjectRole.CHILD):
        return False
    levels = levels_of(profile_of([one]), profile_of([other]), synonyms)
    named = levels.given is GivenLevel.DIFFERS and levels.family is FamilyLevel.DIFFERS
    return levels.nhs_number is NumberLevel.DIFFERS or levels.birth is BirthLevel.DIFFERS or named


def contradict(records: Iterable[RecordEvidence]) -> bool:
    """Answer whether they name two of what a child has one of."""
    told = [(r.nhs_number, r.upn, r.birth_date, r.sex) for r in records]
    numbers = {number for number, _, _, _ in told if number}
    upns = {upn for _, upn, _, _ in told if upn and not upn.is_temporary}
    births = {birth for _, _, birth, _ in told if birth}
    sexes = {sex for _, _, _, sex in told} & _SEXES
    return any(len(values) > 1 for values in (numbers, upns, births, sexes))
