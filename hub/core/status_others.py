"""Whether somebody else on record may be the person asked about: it can only forbid an answer.

"Possibly this child" among plan holders (design 2.5): the same birth date and (surname sound or
postcode), whatever number the plan carries; another valid number excludes only if the given name
differs too; a newborn is possibly any unborn child due within weeks.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from hub.core.answer import CannotSay, CheckQuestion
from hub.core.chronology import RegisterEntry
from hub.core.event import EventKind, SubjectRole
from hub.core.identity import Strength, strength_of, unborn_due_between
from hub.core.identity_compare import Comparison, Field, Person, compare, mother_of, person_of
from hub.core.identity_evidence import RecordEvidence


class Doubt(StrEnum):
    """Whether somebody else may be the person asked about."""

    EXCLUDED = "excluded"
    NAME_NEEDED = "name_needed"
    """The name, which was not given, would tell."""
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another child than the one matched, who shares a key with what was asked."""

    records: tuple[RecordEvidence, ...]
    entries: tuple[RegisterEntry, ...] = ()
    attended: bool = False
    """Whether an attendance is known of them."""
    shielded: bool = False
    """Where they live tells nothing then: nobody's question about a place finds them."""


def doubt(asked: Person, other: Other) -> Doubt:
    """Answer whether the other child may be the person asked about, by any of its records.

    For a shielded child the given name takes the place of the postcode, so that no home which was
    asked about is confirmed or denied.
    """
    if other.shielded:
        asked = replace(asked, postcodes=frozenset())
    born = [record for record in other.records if record.role is not SubjectRole.UNBORN]
    unborn = [record for record in other.records if record.role is SubjectRole.UNBORN]
    doubts = [_doubt_of(asked, person_of(*born))] if born or not unborn else []
    if other.shielded and born:
        doubts.append(_doubt_by_given_name(asked, person_of(*born)))
    births = frozenset(record.birth_date for record in born if record.birth_date is not None)
    doubts += [_doubt_of_unborn(asked, record, other.entries, births) for record in unborn]
    return max(doubts, key=_RISING.index)


def doubt_problems(
    question: CheckQuestion, asked: Person, others: Iterable[Other]
) -> list[CannotSay]:
    """Answer whether any of these others may be the person; no shielded one without a number."""
    numbered = question.nhs_number is not None  # without it the answer is "cannot say" anyway
    doubts = {doubt(asked, other) for other in others if numbered or not other.shielded}
    problems = []
    if Doubt.POSSIBLE in doubts:
        problems.append(CannotSay.POSSIBLE_MATCH)
    if Doubt.NAME_NEEDED in doubts:
        problems.append(CannotSay.NAME_NEEDED)
    return problems


def expected_by(asked: Person, other: Other) -> bool:
    """Answer whether the person asked about is for certain the mother of this unborn child."""
    return any(
        record.mother is not None
        and record.role is SubjectRole.UNBORN
        and strength_of(compare(asked, mother_of(record.mother))) is Strength.STRONG
        for record in other.records
    )


_RISING = (Doubt.EXCLUDED, Doubt.NAME_NEEDED, Doubt.POSSIBLE)


def _doubt_of(asked: Person, other: Person) -> Doubt:
    seen = compare(asked, other)
    if seen.nhs_number is Field.EQUAL:
        return Doubt.POSSIBLE
    if seen.birth_date is Field.DIFFERENT or seen.tells_twins_apart:
        return Doubt.EXCLUDED
    if Field.EQUAL in (seen.surname, seen.postcode):
        return _doubt_of_alike(asked, other, seen)
    if other.surnames:
        return Doubt.EXCLUDED if asked.surnames else Doubt.NAME_NEEDED
    return Doubt.POSSIBLE if seen.birth_date is Field.EQUAL else Doubt.EXCLUDED


def _doubt_by_given_name(asked: Person, other: Person) -> Doubt:
    """Answer for a shielded child by its birth date and given name alone."""
    seen = compare(asked, other)
    if seen.birth_date is not Field.EQUAL or not other.given_names:
        return Doubt.EXCLUDED
    if not asked.given_names:
        return Doubt.NAME_NEEDED
    return Doubt.POSSIBLE if seen.given_name is Field.EQUAL else Doubt.EXCLUDED


def _doubt_of_alike(asked: Person, other: Person, seen: Comparison) -> Doubt:
    """Answer for two that are alike: only two numbers and two given names tell them apart."""
    name_tells = seen.nhs_number is Field.DIFFERENT and other.given_names
    return Doubt.NAME_NEEDED if name_tells and not asked.given_names else Doubt.POSSIBLE


def _doubt_of_unborn(
    asked: Person,
    record: RecordEvidence,
    entries: Iterable[RegisterEntry],
    births: AbstractSet[date],
) -> Doubt:
    """Answer whether the person asked about may be that unborn child, or its mother.

    Args:
        asked: the person.
        record: of the unborn child.
        entries: what registers tell of it.
        births: when the child was born that it is known to be; a twin has the same day.
    """
    plans = [one for one in entries if one.kind is EventKind.UNBORN_CHILD_PROTECTION_PLAN]
    if any(_may_have_been_born_as(born, record, plans, births) for born in asked.birth_dates):
        return Doubt.POSSIBLE
    return _doubt_of(asked, mother_of(record.mother)) if record.mother else Doubt.EXCLUDED


def _may_have_been_born_as(
    born: date, record: RecordEvidence, plans: Iterable[RegisterEntry], births: AbstractSet[date]
) -> bool:
    """Answer whether a child of this birth date may be of this pregnancy."""
    told = list(plans)
    births = births | {plan.born_on for plan in told if plan.born_on is not None}
    if births:
        return born in births
    due = {plan.due_on for plan in told if plan.due_on is not None} | (
        {record.due_on} if record.due_on else set()
    )
    if due:
        first, last = unborn_due_between(born)
        return any(first <= day <= last for day in due)
    return not told or any(p.started_on is None or born >= p.started_on for p in told)
