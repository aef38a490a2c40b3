"""Reads the school calendars: typed, and refused whole if anything in them is wrong.

One TOML file per authority, named by its GSS code, beside ``hub.toml`` for every other school. A
school that differs from its authority has a table of its own there, by URN. Bank holidays are
closed without being listed.
"""

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hub.adapters.reference import bank_holidays
from hub.adapters.toml_files import authority_named_by, typed_file
from hub.core.identifiers import Urn
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term, is_school_day
from hub.core.school_marks import SchoolSession
from hub.errors import ConfigurationError, InvalidIdentifier

HUB_FILE = "hub.toml"


def load_calendars(directory: Path) -> SchoolCalendars:
    """Answer the calendars in a directory.

    Raises:
        ConfigurationError: a file is missing or wrong; the sentence names file, key and what was
            expected. No file is taken if any is wrong.
    """
    if not (directory / HUB_FILE).is_file():
        raise ConfigurationError(f"{HUB_FILE} was expected in the directory of school calendars.")
    usual = _calendar(HUB_FILE, typed_file(directory / HUB_FILE, _CalendarFile), None)
    schools: dict[Urn, SchoolCalendar] = {}
    for path in sorted(directory.glob("*.toml")):
        if path.name != HUB_FILE:
            authority_named_by(path)
        for school, calendar in _schools(path).items():
            if school in schools:
                raise ConfigurationError(
                    f"{path.name}: a school stands in two files; one was right."
                )
            schools[school] = calendar
    return SchoolCalendars(usual=usual, schools=schools)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Term(_Table):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    first: date
    last: date


class _HalfDay(_Table):
    day: date
    session: Annotated[SchoolSession, Field(strict=False)]


class _School(_Table):
    name: Annotated[str, Field(min_length=1, max_length=120)]
    terms: list[_Term] = []
    closed: list[date] = []
    half_days: list[_HalfDay] = []


class _CalendarFile(_Table):
    name: Annotated[str, Field(min_length=1, max_length=120)]
    source: Annotated[str, Field(min_length=1, max_length=400)]
    terms: Annotated[list[_Term], Field(min_length=1, max_length=60)]
    closed: list[date] = []
    half_days: list[_HalfDay] = []
    schools: dict[str, _School] = {}


def _schools(path: Path) -> dict[Urn, SchoolCalendar]:
    told = typed_file(path, _CalendarFile)
    found = {}
    for number, school in told.schools.items():
        try:
            found[Urn(number)] = _calendar(path.name, told, school)
        except InvalidIdentifier as error:
            raise ConfigurationError(f"{path.name}: schools: {error}") from None
    return found


def _calendar(file: str, told: _CalendarFile, school: _School | None) -> SchoolCalendar:
    """Answer the calendar of a file or of one of its schools; own terms take over nothing."""
    parts: list[_CalendarFile | _School] = [told]
    if school is not None:
        parts = [school] if school.terms else [told, school]
    terms = tuple(Term(name=one.name, first=one.first, last=one.last) for one in parts[0].terms)
    closed = [day for part in parts for day in part.closed]
    halves = {half.day: half.session for part in parts for half in part.half_days}
    try:
        bare = SchoolCalendar(terms=terms)
        _check_closed(bare, closed)
        holidays = {day for day in bank_holidays() if bare.first <= day <= bare.last}
        return SchoolCalendar(
            terms=terms,
            closed=frozenset(closed) | holidays,
            half_days={day: half for day, half in halves.items() if day not in closed},
        )
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from None


def _check_closed(bare: SchoolCalendar, closed: list[date]) -> None:
    for day in closed:
        if not is_school_day(bare, day):
            raise ConfigurationError(f"{day} is closed, and would be no school day anyway.")
