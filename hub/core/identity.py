"""Which child a record is about: deterministic evidence first, and "not sure" as a verdict.

A wrong link shows one family's child to another, a missed link hides a risk: so only strong
identifiers that contradict nothing link by themselves, and everything that is merely alike is
``possible``, which can forbid an answer and never give one. Scores come with a later issue.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from hub.core.answer import CheckQuestion
from hub.core.event import Mother, NhsNumberStatus, OtherName, Subject, SubjectRole
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity_compare import Comparison, Field, compare, person_of
from hub.core.names import SURNAME_SOUND_VERSION, surname_sounds

BORN_BEFORE_DUE_MAX = timedelta(weeks=18)
"""A child born at 22 weeks is 18 weeks before its due date; this project's own bound."""

BORN_AFTER_DUE_MAX = timedelta(weeks=4)
"""Few pregnancies go beyond 42 weeks, and dates are estimates; this project's own bound."""


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
class RecordEvidence:
    """What one agency knows of one person that helps to recognise them; ``repr`` hides it."""

    record_ref: bytes
    agency: str
    role: SubjectRole = SubjectRole.CHILD
    nhs_number: NhsNumber | None = None
    nhs_number_verified: bool = False
    upn: Upn | None = None
    birth_date: date | None = field(default=None, repr=False)
    family_name: str | None = field(default=None, repr=False)
    given_names: tuple[str, ...] = field(default=(), repr=False)
    other_names: tuple[OtherName, ...] = field(default=(), repr=False)
    postcode: Postcode | None = None
    due_on: date | None = field(default=None, repr=False)
    mother: Mother | None = None


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


def evidence_of(subject: Subject, *, record_ref: bytes, agency: str) -> RecordEvidence:
    """Answer the identity evidence in what an agency knows of a person."""
    return RecordEvidence(
        record_ref=record_ref,
        agency=agency,
        role=subject.role,
        nhs_number=subject.nhs_number,
        nhs_number_verified=subject.nhs_number_status is NhsNumberStatus.VERIFIED,
        upn=subject.upn,
        birth_date=subject.birth_date,
        family_name=subject.family_name,
        given_names=subject.given_names or (),
        other_names=subject.other_names or (),
        postcode=subject.postcode,
        due_on=subject.due_on,
        mother=subject.mother,
    )


def evidence_of_question(question: CheckQuestion) -> RecordEvidence:
    """Answer the identity evidence in what the asker of a check gave."""
    return RecordEvidence(
        record_ref=b"",
        agency="",
        nhs_number=question.nhs_number,
        birth_date=question.birth_date,
        family_name=question.family_name,
        given_names=(question.given_name,) if question.given_name else (),
        postcode=question.postcode,
    )


def resolve(record: RecordEvidence, candidates: Sequence[Candidate]) -> Resolution:
    """Answer whose record it is among the children that share a key with it.

    One child with strong evidence is ``matched``, two are ``many``; else any possible child makes
    it ``possible``, and none ``new``. The order of the candidates does not matter. A record of
    anyone but a child, born or unborn, never matches.
    """
    if record.role not in _CHILDREN:
        return Resolution(verdict=Verdict.NEW, evidence=("not the record of a child",))
    judged = [_judge(record, one) for one in sorted(candidates, key=lambda one: one.child_ref)]
    strong = [one for one in judged if one.strength is Strength.STRONG]
    possible = [one for one in judged if one.strength is Strength.POSSIBLE]
    verdict, named = _verdict(strong, possible)
    return Resolution(
        verdict=verdict,
        child_ref=strong[0].child_ref if verdict is Verdict.MATCHED else None,
        possible=tuple(one.child_ref for one in named),
        evidence=tuple(dict.fromkeys(w for one in (strong or possible) for w in one.evidence)),
        contradiction=any(one.contradiction for one in judged),
    )


def strength(one: RecordEvidence, other: RecordEvidence) -> Strength:
    """Answer how far two records are about one child; the order of the two does not matter."""
    if one.record_ref and one.record_ref == other.record_ref:
        return Strength.STRONG
    if one.role not in _CHILDREN or other.role not in _CHILDREN:
        return Strength.NONE
    if SubjectRole.UNBORN in (one.role, other.role):
        return Strength.POSSIBLE if _maybe_one_pregnancy(one, other) else Strength.NONE
    return strength_of(compare(person_of(one), person_of(other)))


def strength_of(seen: Comparison) -> Strength:
    """Answer the strength of a comparison of two people who have been born.

    A valid NHS number and the birth date are strong; so are UPN and birth date unless two valid
    NHS numbers differ. A number whose birth date is missing on one side needs the surname. A
    conflicting birth date is never settled automatically (social-care.md 7). Twins share birth
    date, surname and address: two different numbers *and* given names tell them apart.
    """
    if seen.nhs_number is Field.EQUAL:
        agrees = seen.birth_date is Field.EQUAL or (
            seen.birth_date is Field.MISSING and seen.surname is Field.EQUAL
        )
        return Strength.STRONG if agrees else Strength.POSSIBLE
    if seen.upn is Field.EQUAL:
        agrees = seen.birth_date is Field.EQUAL and seen.nhs_number is not Field.DIFFERENT
        return Strength.STRONG if agrees else Strength.POSSIBLE
    alike = seen.birth_date is Field.EQUAL and Field.EQUAL in (seen.surname, seen.postcode)
    return Strength.POSSIBLE if alike and not seen.tells_twins_apart else Strength.NONE


def identity_keys(record: RecordEvidence) -> tuple[tuple[str, str], ...]:
    """Answer the keys under which a record is found again; the store keeps keyed digests of them.

    Records without a birth date also get keys of their own kind, so that a search with a birth
    date can ask for them (:func:`search_keys`). Records of adults have none.
    """
    if record.role not in _CHILDREN:
        return ()
    keys = [("nhs", record.nhs_number.reveal())] if record.nhs_number else []
    if record.upn:
        keys.append(("upn", record.upn.reveal()))
    if record.mother and record.mother.nhs_number:
        keys.append(("mother_nhs", record.mother.nhs_number.reveal()))
    if record.role is SubjectRole.CHILD:
        keys += _likeness_keys(record, record.birth_date)
    return tuple(keys)


def search_keys(record: RecordEvidence) -> tuple[tuple[str, str], ...]:
    """Answer the keys with which a check looks for everyone who is possibly this person.

    Beside the record's own keys: records without a birth date that are alike, and unborn children
    whose mother has this NHS number.
    """
    keys = [*identity_keys(record), *_likeness_keys(record, None)]
    if record.nhs_number:
        keys.append(("mother_nhs", record.nhs_number.reveal()))
    return tuple(dict.fromkeys(keys))


def unborn_due_between(birth_date: date) -> tuple[date, date]:
    """Answer the first and last due date of a pregnancy that this birth may have ended."""
    return birth_date - BORN_AFTER_DUE_MAX, birth_date + BORN_BEFORE_DUE_MAX


_CHILDREN = frozenset({SubjectRole.CHILD, SubjectRole.UNBORN})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    child_ref: bytes
    strength: Strength
    evidence: tuple[str, ...]
    contradiction: bool


_ORDER = (Strength.STRONG, Strength.POSSIBLE, Strength.NONE)


def _judge(record: RecordEvidence, candidate: Candidate) -> _Judged:
    children = [one for one in candidate.records if one.role in _CHILDREN]
    compared = [(strength(record, one), one.record_ref, one) for one in children]
    seen = [compare(person_of(record), person_of(one)) for one in children]
    best = min(compared, key=lambda one: (_ORDER.index(one[0]), one[1]), default=None)
    return _Judged(
        child_ref=candidate.child_ref,
        strength=best[0] if best else Strength.NONE,
        evidence=_words(record, best[2]) if best else (),
        contradiction=any(
            one.nhs_number is Field.EQUAL and one.birth_date is Field.DIFFERENT for one in seen
        ),
    )


def _verdict(
    strong: Sequence[_Judged], possible: Sequence[_Judged]
) -> tuple[Verdict, Sequence[_Judged]]:
    if len(strong) == 1:
        return Verdict.MATCHED, possible
    if strong:
        return Verdict.MANY, strong
    return (Verdict.POSSIBLE, possible) if possible else (Verdict.NEW, ())


def _words(record: RecordEvidence, other: RecordEvidence) -> tuple[str, ...]:
    if record.record_ref and record.record_ref == other.record_ref:
        return ("same agency's own identifier",)
    if SubjectRole.UNBORN in (record.role, other.role):
        return ("birth or due date fits the pregnancy",)
    return compare(person_of(record), person_of(other)).words()


def _maybe_one_pregnancy(one: RecordEvidence, other: RecordEvidence) -> bool:
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


def _likeness_keys(record: RecordEvidence, birth_date: date | None) -> list[tuple[str, str]]:
    dated = birth_date.isoformat() if birth_date else "undated"
    sounds = sorted(_all_sounds(record))
    keys = [("birth_surname", f"{dated}|{SURNAME_SOUND_VERSION}|{sound}") for sound in sounds]
    if record.postcode:
        keys.append(("birth_postcode", f"{dated}|{record.postcode.reveal()}"))
    return keys


def _all_sounds(record: RecordEvidence) -> Iterable[str]:
    names = (record.family_name, *(other.family_name for other in record.other_names))
    return {sound for name in names if name for sound in surname_sounds(name)}
