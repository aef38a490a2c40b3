"""What one agency has said of one person, field by field, each with the revision that said it.

Messages are partial and arrive in any order: for each field the highest revision wins, so the
result does not depend on arrival order and a message that comes twice changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hub.core.event import Mother, NhsNumberStatus, OtherName, Sex, Subject, SubjectRole
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity_evidence import RecordEvidence

Ledger = dict[str, tuple[object, int]]
"""Field name -> (plain value or None when deleted, revision)."""

NUMBER_NOW = "nhs_number_now"
"""Not an agency's word: the NHS number by which the one that it told was replaced."""

CLEARABLE = frozenset(
    {
        "nhs_number",
        "upn",
        "family_name",
        "given_names",
        "other_names",
        "birth_date",
        "birth_date_partial",
        "sex",
        "postcode",
        "address_lines",
        "died_on",
        "due_on",
        "mother",
    }
)


def ledger_of(subject: Subject, revision: int) -> Ledger:
    """What this subject says, as a ledger of one revision; silence is left out."""
    said: dict[str, object] = {
        "role": subject.role.value,
        "nhs_number": subject.nhs_number.reveal() if subject.nhs_number else None,
        "nhs_number_status": subject.nhs_number_status.value if subject.nhs_number else None,
        "upn": subject.upn.reveal() if subject.upn else None,
        "family_name": subject.family_name,
        "given_names": list(subject.given_names) if subject.given_names else None,
        "other_names": _other_names(subject.other_names),
        "birth_date": subject.birth_date.isoformat() if subject.birth_date else None,
        "birth_date_partial": subject.birth_date_partial,
        "birth_date_estimated": True if subject.birth_date_estimated else None,
        "sex": subject.sex.value if subject.sex is not Sex.UNKNOWN else None,
        "postcode": subject.postcode.reveal() if subject.postcode else None,
        "address_lines": list(subject.address_lines) if subject.address_lines else None,
        "died_on": subject.died_on.isoformat() if subject.died_on else None,
        "due_on": subject.due_on.isoformat() if subject.due_on else None,
        "mother": _mother(subject.mother),
    }
    ledger: Ledger = {name: (value, revision) for name, value in said.items() if value is not None}
    for name in CLEARABLE.intersection(subject.cleared):
        ledger.setdefault(name, (None, revision))
    return ledger


def merge(one: Mapping[str, tuple[object, int]], other: Mapping[str, tuple[object, int]]) -> Ledger:
    """The later word on each field; equal revisions are settled by value, never by arrival."""
    merged: Ledger = dict(one)
    for name, (value, revision) in other.items():
        held = merged.get(name)
        if held is None or (revision, repr(value)) > (held[1], repr(held[0])):
            merged[name] = (value, revision)
    return merged


def same_evidence(
    one: Mapping[str, tuple[object, int]], other: Mapping[str, tuple[object, int]]
) -> bool:
    """Whether two ledgers say the same, whatever revisions said it."""
    names = one.keys() | other.keys()
    return all(one.get(n, (None, 0))[0] == other.get(n, (None, 0))[0] for n in names)


def subject_of(ledger: Mapping[str, tuple[object, int]], local_id: str) -> Subject:
    """The person as the agency knows them now."""
    values = {name: value for name, (value, _) in ledger.items() if value is not None}
    number, upn, postcode = values.get("nhs_number"), values.get("upn"), values.get("postcode")
    given, lines = values.get("given_names"), values.get("address_lines")
    return Subject(
        local_id=local_id,
        role=SubjectRole(str(values.get("role", "unknown"))),
        nhs_number=NhsNumber.parse(str(number), test_numbers=True) if number else None,
        nhs_number_status=_status(values) if number else NhsNumberStatus.UNKNOWN,
        upn=Upn.parse(str(upn)) if upn else None,
        family_name=_text(values.get("family_name")),
        given_names=_texts(given) if given else None,
        other_names=_read_other_names(values.get("other_names")),
        birth_date=_day(values.get("birth_date")),
        birth_date_partial=_text(values.get("birth_date_partial")),
        birth_date_estimated=bool(values.get("birth_date_estimated", False)),
        sex=Sex(str(values.get("sex", "unknown"))),
        postcode=Postcode.parse(str(postcode)) if postcode else None,
        address_lines=_texts(lines) if lines else None,
        died_on=_day(values.get("died_on")),
        due_on=_day(values.get("due_on")),
        mother=_read_mother(values.get("mother")),
    )


def values_of(ledger: Mapping[str, tuple[object, int]]) -> dict[str, object]:
    """What is said now, field by field, without the revisions; None where a value was deleted."""
    return {name: value for name, (value, _) in ledger.items()}


def evidence_said(
    values: Mapping[str, object], *, record_ref: bytes, agency: str
) -> RecordEvidence:
    """The identity evidence in the values of a ledger, under the NHS number that stands now.

    The same as of ``subject_of``, without what recognises nobody: half of the time, and each
    linking reads a score of records.
    """
    number, upn, postcode = values.get("nhs_number"), values.get("upn"), values.get("postcode")
    now = (values.get(NUMBER_NOW) or number) if number else None
    return RecordEvidence(
        record_ref=record_ref,
        agency=agency,
        role=SubjectRole(str(values.get("role") or "unknown")),
        nhs_number=NhsNumber.parse(str(now), test_numbers=True) if now else None,
        nhs_number_verified=bool(number) and _status(values) is NhsNumberStatus.VERIFIED,
        upn=Upn.parse(str(upn)) if upn else None,
        birth_date=_day(values.get("birth_date")),
        birth_date_partial=_text(values.get("birth_date_partial")),
        sex=Sex(str(values.get("sex") or "unknown")),
        family_name=_text(values.get("family_name")),
        given_names=_texts(values.get("given_names")),
        other_names=_read_other_names(values.get("other_names")) or (),
        postcode=Postcode.parse(str(postcode)) if postcode else None,
        address_lines=_texts(values.get("address_lines")),
        due_on=_day(values.get("due_on")),
        mother=_read_mother(values.get("mother")),
    )


def birth_date_of(ledger: Mapping[str, tuple[object, int]]) -> date | None:
    """The birth date of the person as the agency knows them now, as in ``subject_of``."""
    said = ledger.get("birth_date")
    return _day(said[0]) if said else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonInBrief:
    """What a list says of a person."""

    family_name: str | None = field(repr=False)
    given_names: tuple[str, ...] = field(repr=False)
    birth_date: date | None = field(repr=False)
    due_on: date | None = field(repr=False)
    sex: Sex


def in_brief(ledger: Mapping[str, tuple[object, int]]) -> PersonInBrief:
    """The same person as ``subject_of`` answers, without what a list does not show."""

    def said(name: str) -> object:
        return ledger.get(name, (None, 0))[0]

    return PersonInBrief(
        family_name=_text(said("family_name")),
        given_names=_texts(said("given_names")),
        birth_date=_day(said("birth_date")),
        due_on=_day(said("due_on")),
        sex=Sex(str(said("sex") or "unknown")),
    )


def _status(values: Mapping[str, object]) -> NhsNumberStatus:
    """Whether the number was traced, as told with it."""
    return NhsNumberStatus(str(values.get("nhs_number_status") or NhsNumberStatus.UNKNOWN.value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _other_names(names: tuple[OtherName, ...] | None) -> list[list[object]] | None:
    return [[n.family_name, list(n.given_names)] for n in names] if names else None


def _read_other_names(value: object) -> tuple[OtherName, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(
        OtherName(family_name=_text(family), given_names=_texts(given)) for family, given in value
    )


def _mother(mother: Mother | None) -> dict[str, object] | None:
    if mother is None:
        return None
    return {
        "local_id": mother.local_id,
        "nhs_number": mother.nhs_number.reveal() if mother.nhs_number else None,
        "family_name": mother.family_name,
        "given_names": list(mother.given_names),
        "birth_date": mother.birth_date.isoformat() if mother.birth_date else None,
        "postcode": mother.postcode.reveal() if mother.postcode else None,
    }


def _read_mother(value: object) -> Mother | None:
    if not isinstance(value, dict):
        return None
    number, postcode = value.get("nhs_number"), value.get("postcode")
    return Mother(
        local_id=_text(value.get("local_id")),
        nhs_number=NhsNumber.parse(str(number), test_numbers=True) if number else None,
        family_name=_text(value.get("family_name")),
        given_names=_texts(value.get("given_names")),
        birth_date=_day(value.get("birth_date")),
        postcode=Postcode.parse(str(postcode)) if postcode else None,
    )
