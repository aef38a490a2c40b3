"""What one agency knows of one person that helps to recognise them."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hub.core.answer import CheckQuestion
from hub.core.event import Mother, NhsNumberStatus, OtherName, Sex, Subject, SubjectRole
from hub.core.identifiers import NhsNumber, Postcode, Upn

BORN_BEFORE_DUE_MAX = timedelta(weeks=18)
"""A child born at 22 weeks is 18 weeks before its due date; this project's own bound."""

BORN_AFTER_DUE_MAX = timedelta(weeks=4)
"""Few pregnancies go beyond 42 weeks, and dates are estimates; this project's own bound."""


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
    birth_date_partial: str | None = field(default=None, repr=False)
    """Year and month or year alone, where no whole date was told."""
    sex: Sex = Sex.UNKNOWN
    family_name: str | None = field(default=None, repr=False)
    given_names: tuple[str, ...] = field(default=(), repr=False)
    other_names: tuple[OtherName, ...] = field(default=(), repr=False)
    postcode: Postcode | None = None
    address_lines: tuple[str, ...] = field(default=(), repr=False)
    due_on: date | None = field(default=None, repr=False)
    mother: Mother | None = None


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
        birth_date_partial=subject.birth_date_partial,
        sex=subject.sex,
        family_name=subject.family_name,
        given_names=subject.given_names or (),
        other_names=subject.other_names or (),
        postcode=subject.postcode,
        address_lines=subject.address_lines or (),
        due_on=subject.due_on,
        mother=subject.mother,
    )


def evidence_of_question(question: CheckQuestion) -> RecordEvidence:
    """Answer the identity evidence in what the asker of a check gave."""
    return RecordEvidence(
        record_ref=b"",
        agency="",
        nhs_number=question.nhs_number,
        nhs_number_verified=True,
        birth_date=question.birth_date,
        family_name=question.family_name,
        given_names=(question.given_name,) if question.given_name else (),
        postcode=question.postcode,
    )


def unborn_due_between(birth_date: date) -> tuple[date, date]:
    """Answer the first and last due date of a pregnancy that this birth may have ended."""
    return birth_date - BORN_AFTER_DUE_MAX, birth_date + BORN_BEFORE_DUE_MAX
