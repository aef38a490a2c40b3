"""How many of an authority's records are matched, and what did not match and why, in counts.

The rate is that of records of born children whose child has a traced NHS number, of all records of
born children that one agency told. A record may be matched in other ways and still lack the number.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from hub.core.event import SubjectRole
from hub.core.identifiers import GssCode, NhsNumber
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_profile import profile_of
from hub.core.name_forms import given_forms

RATE_AIMED_AT: Final = 0.95
"""Child Protection - Information Sharing needs this share of a council's records matched before it
goes live there (digital.nhs.uk, on matching for CP-IS)."""


class Standing(StrEnum):
    """How far one record is matched; each record has one, the first of these that holds."""

    VERIFIED = "verified"
    """Its child has an NHS number that an agency traced, and only one."""
    NUMBERED = "numbered"
    """Its child has a valid NHS number, which nobody is known to have traced."""
    JOINED = "joined"
    """No NHS number, and another agency's record is of the same child."""
    MANY = "many"
    """Several children claim it."""
    POSSIBLE = "possible"
    """It may be another child's: a person is asked."""
    ALONE = "alone"
    """Nobody else is known to be like it."""
    WAITING = "waiting"
    """Only a school told of it, and it matches no child: it waits, and then goes."""


class Reason(StrEnum):
    """What stands against a traced NHS number; one record may have several."""

    NO_NUMBER = "no_number"
    NOT_TRACED = "not_traced"
    NUMBERS_DIFFER = "numbers_differ"
    """Records of the child carry two NHS numbers."""
    NO_BIRTH_DATE = "no_birth_date"
    BIRTH_DATE_IN_PART = "birth_date_in_part"
    NO_GIVEN_NAME = "no_given_name"
    PLACEHOLDER_NAME = "placeholder_name"
    NO_FAMILY_NAME = "no_family_name"
    NO_POSTCODE = "no_postcode"
    ONE_CANDIDATE = "one_candidate"
    """One child is possibly the same: a person is asked."""
    SEVERAL_CANDIDATES = "several_candidates"
    WAITS = "waits"
    NOBODY_ALIKE = "nobody_alike"
    """Everything was told that matching needs, and nobody is known who is like it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRecord:
    """A record with how it is linked to its child."""

    evidence: RecordEvidence
    verdict: str
    possible: int
    """How many other children it is possibly about."""
    counted: bool = True
    """Whether this authority is told of it: its own, or another agency's of a child who is told to
    live there and is not shielded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyMatch:
    """What one agency's records come to."""

    agency: str
    standings: Mapping[Standing, int]
    reasons: Mapping[Reason, int] = field(default_factory=dict)
    with_others: int = 0
    """Records whose child another agency knows too, whatever its number."""
    unborn: int = 0
    """Records of unborn children, who have no NHS number and are not part of the rate."""

    @property
    def records(self) -> int:
        """Records of born children."""
        return sum(self.standings.values())

    @property
    def verified(self) -> int:
        """Records whose child has a traced NHS number."""
        return self.standings.get(Standing.VERIFIED, 0)

    @property
    def rate(self) -> float | None:
        """Share of 1 of the records that have a traced NHS number; None of no records."""
        return self.verified / self.records if self.records else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReport:
    """One authority's report: its own records, and other agencies' of children who live there."""

    authority: GssCode
    agencies: tuple[AgencyMatch, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Identifiers of its own reports that are not valid, by field and failed check: times told."""

    @property
    def own(self) -> AgencyMatch:
        """The authority's own records."""
        own = self.authority.reveal()
        found = (one for one in self.agencies if one.agency == own)
        return next(found, AgencyMatch(agency=own, standings={}))

    @property
    def others(self) -> tuple[AgencyMatch, ...]:
        """Other agencies, the one with the most records first."""
        own = self.authority.reveal()
        found = (one for one in self.agencies if one.agency != own)
        return tuple(sorted(found, key=lambda one: (-one.records, one.agency)))


@dataclass(frozen=True, slots=True)
class _Tally:
    standings: Counter[Standing] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)


class MatchCounts:
    """Counts children one after another, so that nothing of them need be kept."""

    def __init__(self) -> None:
        self._tallies: dict[str, _Tally] = {}

    def add(self, child: Sequence[LinkedRecord]) -> None:
        """Count the records of one child that the authority is told of."""
        for one in child:
            if one.counted:
                self._add(one, child)

    def add_waiting(self, agency: str, records: int) -> None:
        """Count records that wait without a child."""
        tally = self._of(agency)
        tally.standings[Standing.WAITING] += records
        tally.reasons[Reason.WAITS] += records

    def report(self, authority: GssCode, left_out: Mapping[str, int]) -> MatchReport:
        """Answer what was counted."""
        agencies = tuple(
            AgencyMatch(
                agency=agency,
                standings=dict(tally.standings),
                reasons=dict(tally.reasons),
                with_others=tally.counts["with_others"],
                unborn=tally.counts["unborn"],
            )
            for agency, tally in sorted(self._tallies.items())
        )
        return MatchReport(authority=authority, agencies=agencies, left_out=dict(left_out))

    def _add(self, one: LinkedRecord, child: Sequence[LinkedRecord]) -> None:
        tally = self._of(one.evidence.agency)
        if one.evidence.role is not SubjectRole.CHILD:
            tally.counts["unborn"] += one.evidence.role is SubjectRole.UNBORN
            return
        standing = standing_of(one, child)
        tally.standings[standing] += 1
        tally.reasons.update(reasons_of(one, child, standing))
        tally.counts["with_others"] += _is_known_elsewhere(one, child)

    def _of(self, agency: str) -> _Tally:
        return self._tallies.setdefault(agency, _Tally())


def standing_of(one: LinkedRecord, child: Sequence[LinkedRecord]) -> Standing:
    """Answer how far a record is matched; ``child`` is every record of its child."""
    numbers = _numbers(child)
    if numbers:
        return Standing.VERIFIED if list(numbers.values()) == [True] else Standing.NUMBERED
    if _is_known_elsewhere(one, child):
        return Standing.JOINED
    return _UNMATCHED.get(one.verdict, Standing.ALONE)


def reasons_of(
    one: LinkedRecord, child: Sequence[LinkedRecord], standing: Standing
) -> frozenset[Reason]:
    """Answer what stands against a traced NHS number; nothing where there is one."""
    if standing is Standing.VERIFIED:
        return frozenset()
    found = {*_number_reasons(child), *missing_of(one.evidence)}
    if one.possible or one.verdict == _MANY:
        found.add(Reason.ONE_CANDIDATE if one.possible == 1 else Reason.SEVERAL_CANDIDATES)
    if standing is Standing.ALONE and found == {Reason.NO_NUMBER}:
        found.add(Reason.NOBODY_ALIKE)
    return frozenset(found)


def missing_of(record: RecordEvidence) -> Iterator[Reason]:
    """Answer what a record lacks of what a search for its number needs."""
    if record.birth_date is None:
        in_part = record.birth_date_partial is not None
        yield Reason.BIRTH_DATE_IN_PART if in_part else Reason.NO_BIRTH_DATE
    known = profile_of([record])
    if not known.given:
        told = given_forms(" ".join(record.given_names))
        yield Reason.PLACEHOLDER_NAME if told.placeholder else Reason.NO_GIVEN_NAME
    if not known.family:
        yield Reason.NO_FAMILY_NAME
    if not any(place.postcode for place in known.places):
        yield Reason.NO_POSTCODE


_MANY = "many"
_UNMATCHED = {"possible": Standing.POSSIBLE, _MANY: Standing.MANY}


def _number_reasons(child: Sequence[LinkedRecord]) -> Iterator[Reason]:
    numbers = _numbers(child)
    if not numbers:
        yield Reason.NO_NUMBER
    elif len(numbers) > 1:
        yield Reason.NUMBERS_DIFFER
    else:
        yield Reason.NOT_TRACED


def _numbers(child: Iterable[LinkedRecord]) -> Mapping[NhsNumber, bool]:
    """Answer the child's NHS numbers, and whether each was traced by anybody."""
    found: dict[NhsNumber, bool] = {}
    for one in child:
        number = one.evidence.nhs_number
        if number is not None and one.evidence.role is SubjectRole.CHILD:
            found[number] = found.get(number, False) or one.evidence.nhs_number_verified
    return found


def _is_known_elsewhere(one: LinkedRecord, child: Iterable[LinkedRecord]) -> bool:
    return any(other.evidence.agency != one.evidence.agency for other in child)
