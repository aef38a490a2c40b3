"""Two people compared field by field: equal, different or missing, and never by a value alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
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


@dataclass(frozen=True, kw_only=True)
class Person:
    """All that is known of one person, from one or several records; every value counts.

    Not slotted, like :class:`Comparison`: how names sound is worked out once and only if needed,
    since a check compares with everybody whom a council knows of one birth date.
    """

    nhs_numbers: frozenset[NhsNumber] = field(default=frozenset(), repr=False)
    verified: bool = False
    """Whether an agency traced the NHS number, or the person asked about was named by it."""
    upns: frozenset[Upn] = field(default=frozenset(), repr=False)
    birth_dates: frozenset[date] = field(default=frozenset(), repr=False)
    family_names: frozenset[str] = field(default=frozenset(), repr=False)
    given_names: frozenset[str] = field(default=frozenset(), repr=False)
    postcodes: frozenset[Postcode] = field(default=frozenset(), repr=False)

    @cached_property
    def surnames(self) -> frozenset[str]:
        """How the surnames sound."""
        return frozenset(sound for name in self.family_names for sound in surname_sounds(name))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What comparing two people tells, field by field; the order of the two does not matter."""

    one: Person = field(repr=False)
    other: Person = field(repr=False)

    @cached_property
    def nhs_number(self) -> Field:
        """Whether a valid NHS number is the same."""
        return _compare(self.one.nhs_numbers, self.other.nhs_numbers)

    @cached_property
    def upn(self) -> Field:
        """Whether a UPN is the same."""
        return _compare(self.one.upns, self.other.upns)

    @cached_property
    def birth_date(self) -> Field:
        """Whether the birth date is the same."""
        return _compare(self.one.birth_dates, self.other.birth_dates)

    @cached_property
    def surname(self) -> Field:
        """Whether a surname sounds the same."""
        return _compare(self.one.surnames, self.other.surnames)

    @cached_property
    def given_name(self) -> Field:
        """Whether a given name agrees; different only if every two plainly differ."""
        return _compare_given_names(self.one.given_names, self.other.given_names)

    @cached_property
    def postcode(self) -> Field:
        """Whether a postcode is the same."""
        return _compare(self.one.postcodes, self.other.postcodes)

    @property
    def tells_twins_apart(self) -> bool:
        """Whether two valid NHS numbers differ and the given names differ too."""
        return self.nhs_number is Field.DIFFERENT and self.given_name is Field.DIFFERENT

    @property
    def contradicted(self) -> bool:
        """Whether nothing of name and place agrees, and something of it differs."""
        told = (self.surname, self.given_name, self.postcode)
        return Field.EQUAL not in told and Field.DIFFERENT in told

    def words(self) -> tuple[str, ...]:
        """Answer each field and what it tells, without any value."""
        told = ((words, getattr(self, name)) for name, words in _IN_WORDS.items())
        return tuple(f"{words} {seen.value}" for words, seen in told if seen is not Field.MISSING)


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
        verified=any(record.nhs_number_verified for record in records),
        upns=_known(record.upn for record in records),
        birth_dates=_known(record.birth_date for record in records),
        family_names=frozenset(name for name in names if name),
        given_names=frozenset(" ".join(name) for name in given if name),
        postcodes=_known(record.postcode for record in records),
    )


def mother_of(mother: Mother) -> Person:
    """Answer the mother, as an unborn child's record describes her, as a person."""
    return Person(
        nhs_numbers=_known([mother.nhs_number]),
        birth_dates=_known([mother.birth_date]),
        family_names=_known([mother.family_name]),
        given_names=frozenset([" ".join(mother.given_names)] if mother.given_names else []),
        postcodes=_known([mother.postcode]),
    )


def compare(one: Person, other: Person) -> Comparison:
    """Answer what comparing two people tells."""
    return Comparison(one=one, other=other)


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
