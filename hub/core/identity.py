"""Which child a record is about: deterministic evidence first, and "not sure" as a verdict.

A wrong link shows one family's child to another, a missed link hides a risk: so only strong
identifiers that contradict nothing link by themselves, and everything that is merely alike is
``possible``, which can forbid an answer and never give one. ``identity_weighed`` adds
linking by weights.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from hub.core.event import SubjectRole
from hub.core.identity_compare import Comparison, Field, Person, compare, person_of
from hub.core.identity_evidence import (
    BORN_AFTER_DUE_MAX,
    RecordEvidence,
    evidence_of,
    evidence_of_question,
    unborn_due_between,
)
from hub.core.identity_keys import identity_keys, linking_keys, search_keys

__all__ = [
    "UNAVAILABLE",
    "Candidate",
    "RecordEvidence",
    "Resolution",
    "Strength",
    "Verdict",
    "evidence_of",
    "evidence_of_question",
    "identity_keys",
    "linking_keys",
    "resolve",
    "search_keys",
    "strength",
    "strength_of",
    "unborn_due_between",
]


class Verdict(StrEnum):
    """What is said about whose record it is; ``unavailable`` is never ``new``."""

    MATCHED = "matched"
    POSSIBLE = "possible"
    MANY = "many"
    NEW = "new"
    UNAVAILABLE = "unavailable"


class Strength(StrEnum):
    """How far two records are about one person."""

    STRONG = "strong"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One child whose records share a key with the record in question."""

    child_ref: bytes
    records: tuple[RecordEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Whose record it is, and why in words that hold no value of anybody's."""

    verdict: Verdict
    child_ref: bytes | None = None
    possible: tuple[bytes, ...] = ()
    """Children that it is possibly about; under ``many`` the children that strongly claim it."""
    evidence: tuple[str, ...] = ()
    contradiction: bool = False
    """A record carries the same NHS number and another birth date."""


UNAVAILABLE = Resolution(verdict=Verdict.UNAVAILABLE)
"""The answer when the records could not be looked up."""


def resolve(record: RecordEvidence, candidates: Sequence[Candidate]) -> Resolution:
    """Answer whose record it is among the children that share a key with it.

    One child with strong evidence is ``matched``, two are ``many``; else any possible child makes
    it ``possible``, and none ``new``. The order of the candidates does not matter. A record of
    anyone but a child, born or unborn, never matches.
    """
    if record.role not in _CHILDREN:
        return Resolution(verdict=Verdict.NEW, evidence=("not the record of a child",))
    person, in_order = person_of(record), sorted(candidates, key=lambda one: one.child_ref)
    judged = [_judge(record, person, one) for one in in_order]
    strong = [one for one in judged if one.strength is Strength.STRONG]
    possible = [one for one in judged if one.strength is Strength.POSSIBLE]
    verdict, named = _verdict(strong, possible)
    return Resolution(
        verdict=verdict,
        child_ref=strong[0].child_ref if verdict is Verdict.MATCHED else None,
        possible=tuple(one.child_ref for one in named),
        evidence=tuple(dict.fromkeys(w for one in (strong or possible) for w in one.words())),
        contradiction=any(one.contradiction for one in judged),
    )


def strength(one: RecordEvidence, other: RecordEvidence) -> Strength:
    """Answer how far two records are about one child; the order of the two does not matter."""
    return _strength(one, other, compare(person_of(one), person_of(other)))


def strength_of(seen: Comparison) -> Strength:
    """Answer the strength of a comparison of two people who have been born.

    A valid NHS number and the birth date are strong, unless name and place contradict them and the
    number was not traced on both sides (a number may be somebody else's). UPN and birth date are
    strong unless two valid NHS numbers differ. A number whose birth date is missing on one side
    needs the surname. A conflicting birth date is never settled automatically (social-care.md 7).
    Twins share birth date, surname and address: two different numbers *and* given names tell them
    apart.
    """
    if seen.nhs_number is Field.EQUAL:
        traced = seen.one.verified and seen.other.verified
        agrees = (seen.birth_date is Field.EQUAL and (traced or not seen.contradicted)) or (
            seen.birth_date is Field.MISSING and seen.surname is Field.EQUAL
        )
        return Strength.STRONG if agrees else Strength.POSSIBLE
    if seen.upn is Field.EQUAL:
        agrees = seen.birth_date is Field.EQUAL and seen.nhs_number is not Field.DIFFERENT
        return Strength.STRONG if agrees else Strength.POSSIBLE
    alike = seen.birth_date is Field.EQUAL and Field.EQUAL in (seen.surname, seen.postcode)
    return Strength.POSSIBLE if alike and not seen.tells_twins_apart else Strength.NONE


_CHILDREN = frozenset({SubjectRole.CHILD, SubjectRole.UNBORN})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    child_ref: bytes
    strength: Strength
    words: Callable[[], tuple[str, ...]]
    contradiction: bool


_ORDER = (Strength.STRONG, Strength.POSSIBLE, Strength.NONE)


def _judge(record: RecordEvidence, person: Person, candidate: Candidate) -> _Judged:
    children = [one for one in candidate.records if one.role in _CHILDREN]
    compared = [(one, compare(person, person_of(one))) for one in children]
    judged = [(_strength(record, one, seen), one.record_ref, one, seen) for one, seen in compared]
    best = min(judged, key=lambda one: (_ORDER.index(one[0]), one[1]), default=None)
    found = best if best and best[0] is not Strength.NONE else None
    return _Judged(
        child_ref=candidate.child_ref,
        strength=found[0] if found else Strength.NONE,
        words=partial(_words, record, found[2], found[3]) if found else tuple,
        contradiction=any(
            seen.nhs_number is Field.EQUAL and seen.birth_date is Field.DIFFERENT
            for _, seen in compared
        ),
    )


def _strength(one: RecordEvidence, other: RecordEvidence, seen: Comparison) -> Strength:
    if one.record_ref and one.record_ref == other.record_ref:
        return Strength.STRONG
    if one.role not in _CHILDREN or other.role not in _CHILDREN:
        return Strength.NONE
    if SubjectRole.UNBORN in (one.role, other.role):
        return Strength.POSSIBLE if maybe_one_pregnancy(one, other) else Strength.NONE
    return strength_of(seen)


def _verdict(
    strong: Sequence[_Judged], possible: Sequence[_Judged]
) -> tuple[Verdict, Sequence[_Judged]]:
    if len(strong) == 1:
        return Verdict.MATCHED, possible
    if strong:
        return Verdict.MANY, strong
    return (Verdict.POSSIBLE, possible) if possible else (Verdict.NEW, ())


def _words(record: RecordEvidence, other: RecordEvidence, seen: Comparison) -> tuple[str, ...]:
    if record.record_ref and record.record_ref == other.record_ref:
        return ("same agency's own identifier",)
    if SubjectRole.UNBORN in (record.role, other.role):
        return ("birth or due date fits the pregnancy",)
    return seen.words()


def maybe_one_pregnancy(one: RecordEvidence, other: RecordEvidence) -> bool:
    """Answer whether an unborn child's record may be of the child in the other record."""
    mothers = [record.mother.nhs_number for record in (one, other) if record.mother]
    both = len(mothers) == 2 and None not in mothers  # noqa: PLR2004  # one mother each
    if both and mothers[0] != mothers[1]:
        return False
    unborn, child = (one, other) if one.role is SubjectRole.UNBORN else (other, one)
    if child.role is SubjectRole.UNBORN:
        return both and _due_dates_fit(unborn.due_on, child.due_on)
    if unborn.due_on is None or child.birth_date is None:
        return both
    first, last = unborn_due_between(child.birth_date)
    return first <= unborn.due_on <= last


def _due_dates_fit(one: date | None, other: date | None) -> bool:
    return one is None or other is None or abs(one - other) <= BORN_AFTER_DUE_MAX
