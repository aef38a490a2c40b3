"""Two people compared field by field: equal, different or missing, and never by a value alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import TypeVar

from hub.core.event import Mother
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity_evidence import RecordEvidence
from hub.core.names import NameVerdict, given_name_agrees, surname_sounds

_Value = TypeVar("_Value")


class Field(StrEnum):
    """What comparing one field tells."""

    EQUAL = "equal"
    DIFFERENT = "different"
    MISSING = "missing"
    """One side has no value, or the values do not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that is known of one person, from one or several records; every value counts."""

    nhs_numbers: frozenset[NhsNumber] = field(default=frozenset(), repr=False)
    upns: frozenset[Upn] = field(default=frozenset(), repr=False)
    birth_dates: frozenset[date] = field(default=frozenset(), repr=False)
    surnames: frozenset[str] = field(default=frozenset(), repr=False)
    """How the surnames sound."""
    given_names: frozenset[str] = field(default=frozenset(), repr=False)
    postcodes: frozenset[Postcode] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What comparing two people tells, field by field."""

    nhs_number: Field
    upn: Field
    birth_date: Field
    surname: Field
    given_name: Field
    postcode: Field

    @property
    def tells_twins_apart(self) -> bool:
        """Whether two valid NHS numbers differ and the given names differ too."""
        return self.nhs_number is Field.DIFFERENT and self.given_name is Field.DIFFERENT

    def words(self) -> tuple[str, ...]:
        """Answer each field and what it tells, without any value."""
        return tuple(
            f"{_IN_WORDS[one.name]} {getattr(self, one.name).value}"
            for one in fields(self)
            if getattr(self, one.name) is not Field.MISSING
        )


_IN_WORDS = {
    "nhs_number": "NHS number",
    "upn": "UPN",
    "birth_date": "birth date",
    "surname": "surname sound",
    "given_name": "given name",
    "postcode": "postcode",
}


def person_of(*records: RecordEvidence) -> Person:
    """Answer one person from all records about them."""
    names = [n for r in records for n in (r.family_name, *(o.family_name for o in r.other_names))]
    given = [n for r in records for n in (r.given_names, *(o.given_names for o in r.other_names))]
    return Person(
        nhs_numbers=_known(record.nhs_number for record in records),
        upns=_known(record.upn for record in records),
        birth_dates=_known(record.birth_date for record in records),
        surnames=frozenset(sound for name in names if name for sound in surname_sounds(name)),
        given_names=frozenset(" ".join(name) for name in given if name),
        postcodes=_known(record.postcode for record in records),
    )


def mother_of(mother: Mother) -> Person:
    """Answer the mother, as an unborn child's record describes her, as a person."""
    return Person(
        nhs_numbers=_known([mother.nhs_number]),
        birth_dates=_known([mother.birth_date]),
        surnames=surname_sounds(mother.family_name or ""),
        given_names=frozenset([" ".join(mother.given_names)] if mother.given_names else []),
        postcodes=_known([mother.postcode]),
    )


def compare(one: Person, other: Person) -> Comparison:
    """Answer what comparing two people tells; the order of the two does not matter."""
    return Comparison(
        nhs_number=_compare(one.nhs_numbers, other.nhs_numbers),
        upn=_compare(one.upns, other.upns),
        birth_date=_compare(one.birth_dates, other.birth_dates),
        surname=_compare(one.surnames, other.surnames),
        given_name=_compare_given_names(one.given_names, other.given_names),
        postcode=_compare(one.postcodes, other.postcodes),
    )


def _known(values: Iterable[_Value | None]) -> frozenset[_Value]:
    return frozenset(value for value in values if value is not None)


def _compare(one: frozenset[object], other: frozenset[object]) -> Field:
    if not one or not other:
        return Field.MISSING
    return Field.EQUAL if one & other else Field.DIFFERENT


def _compare_given_names(one: frozenset[str], other: frozenset[str]) -> Field:
    """Answer equal if any two agree and different only if every two plainly differ."""
    verdicts = {given_name_agrees(a, b) for a in one for b in other}
    if NameVerdict.AGREES in verdicts:
        return Field.EQUAL
    return Field.DIFFERENT if verdicts == {NameVerdict.DIFFERS} else Field.MISSING
