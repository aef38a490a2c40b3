"""All that is known of one person, in the forms that matching compares; made once a record."""

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from hub.core.event import Sex
from hub.core.homes import Home, home_of
from hub.core.identifiers import NhsNumber, Upn
from hub.core.identity_evidence import RecordEvidence
from hub.core.name_forms import FamilyForm, Words, family_forms, given_forms

_TRUST = re.compile(r"R[0-9A-Z]{2}(?:[0-9A-Z]{2})?")
"""Codes of NHS trusts and their sites."""

_SEES_CHILDREN = re.compile(r"R[0-9A-Z]{2}(?:[0-9A-Z]{2})?|[A-Z]\d{5}|POL\d+")
"""Codes of NHS trusts, general practices and police forces."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")


@dataclass(frozen=True)
class Place:
    """Where a record says its person lives: postcode without its space, and the lines.

    Not slotted: what home the lines name is worked out once and only if postcodes leave it open.
    """

    postcode: str | None = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)

    @cached_property
    def home(self) -> Home | None:
        """The home that the lines name."""
        return home_of(self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that one or several records say of one person; every value counts, ``repr`` hides it."""

    given: tuple[Words, ...] = field(default=(), repr=False)
    of_several: bool = False
    """Whether a stand-in for the given name says that several were born together: twin 1."""
    family: tuple[FamilyForm, ...] = field(default=(), repr=False)
    born: tuple[date, ...] = field(default=(), repr=False)
    born_between: tuple[tuple[date, date], ...] = field(default=(), repr=False)
    """Birth dates of which only the year, or year and month, were told."""
    sexes: frozenset[Sex] = field(default=frozenset(), repr=False)
    places: tuple[Place, ...] = field(default=(), repr=False)
    nhs_numbers: frozenset[NhsNumber] = field(default=frozenset(), repr=False)
    upns: frozenset[Upn] = field(default=frozenset(), repr=False)
    hospitals: frozenset[str] = frozenset()
    """Trusts that wrote any of it."""
    by_who_saw: bool = False
    """Whether hospitals, general practices and forces wrote all of it: no register, no roll."""


def profile_of(records: Sequence[RecordEvidence]) -> Profile:
    """Answer all that the records say, every value once and in the order told."""
    written = [text for record in records for text in _given_names(record)]
    given = [given_forms(text) for text in written]
    names = tuple(dict.fromkeys(name for forms in given for name in forms.names))
    partial = [between for r in records if (between := days_between(r.birth_date_partial))]
    return Profile(
        given=names,
        of_several=any(forms.of_several for forms in given),
        family=_families(records),
        born=tuple(dict.fromkeys(r.birth_date for r in records if r.birth_date)),
        born_between=tuple(dict.fromkeys(partial)),
        sexes=frozenset(r.sex for r in records if r.sex in _TOLD),
        places=tuple(dict.fromkeys(_places(records))),
        nhs_numbers=frozenset(r.nhs_number for r in records if r.nhs_number),
        upns=frozenset(r.upn for r in records if r.upn and not r.upn.is_temporary),
        hospitals=frozenset(r.agency[:3] for r in records if _TRUST.fullmatch(r.agency)),
        by_who_saw=all(_SEES_CHILDREN.fullmatch(r.agency) for r in records),
    )


def tells_who(record: RecordEvidence) -> bool:
    """Answer whether a record says which child of a family it is of; twins share all else."""
    return bool(record.nhs_number or record.upn) or any(
        given_forms(text).names for text in _given_names(record)
    )


_TOLD = frozenset({Sex.MALE, Sex.FEMALE})


def _given_names(record: RecordEvidence) -> Iterable[str]:
    names = (record.given_names, *(other.given_names for other in record.other_names))
    return (" ".join(name) for name in names if name)


def _families(records: Sequence[RecordEvidence]) -> tuple[FamilyForm, ...]:
    found: dict[str, FamilyForm] = {}
    for record in records:
        for name in (record.family_name, *(other.family_name for other in record.other_names)):
            for form in family_forms(name) if name else ():
                found.setdefault(form.whole, form)
    return tuple(found.values())


def _places(records: Sequence[RecordEvidence]) -> Iterable[Place]:
    for record in records:
        if record.postcode or record.address_lines:
            told = postcode_told(record.postcode.reveal()) if record.postcode else None
            yield Place(told, record.address_lines)


_NO_HOME = "ZZ99"
"""Postcodes that say why there is none: no fixed abode, abroad, not known (NHS Data Dictionary)."""


def postcode_told(written: str) -> str | None:
    """Answer a postcode without its space; None where it only says why there is none."""
    told = written.replace(" ", "")
    return None if told.startswith(_NO_HOME) else told


def days_between(partial: str | None) -> tuple[date, date] | None:
    """Answer the first and last day that a partial birth date may be; None if it tells none."""
    found = _PARTIAL.fullmatch(partial) if partial else None
    if not found:
        return None
    year, month = int(found[1]), int(found[2] or 0)
    if year < 1 or month > 12:  # noqa: PLR2004  # months of a year
        return None
    last = month or 12
    days = calendar.monthrange(year, last)[1]
    return date(year, month or 1, 1), date(year, last, days)
