"""Which days are school days: terms, inset days, half days and closures, from what is passed in.

In England a school year has at least 380 sessions, two a day (Education (School Day and School
Year) Regulations 1999, regulation 3). Which days they are differs between councils and between
schools, so a calendar is data. Nothing here reads the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from hub.core.identifiers import Urn
from hub.core.school_marks import SchoolSession
from hub.errors import ConfigurationError

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A stretch of days in which school is held, both days included; half terms part stretches."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCalendar:
    """The days of one school, or of every school of an authority that has no own.

    Attributes:
        terms: in order, not overlapping.
        closed: days within terms without school: inset days, bank holidays, closures.
        half_days: days on which only one session is held, and which.
    """

    terms: tuple[Term, ...]
    closed: frozenset[date] = frozenset()
    half_days: Mapping[date, SchoolSession] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.terms:
            raise ConfigurationError("A school calendar needs one term at least.")
        days = [day for term in self.terms for day in (term.first, term.last)]
        if days != sorted(days) or len(set(days[1:-1:2]) & set(days[2::2])):
            raise ConfigurationError(
                "Terms must follow one another: each begins after the one before has ended."
            )
        for day in self.half_days:
            if not is_school_day(self, day):
                raise ConfigurationError(f"{day} is a half day, and no school day at all.")

    @property
    def first(self) -> date:
        """The first day of which the calendar speaks."""
        return self.terms[0].first

    @property
    def last(self) -> date:
        """The last day of which it speaks; what comes after is not known."""
        return self.terms[-1].last


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolCalendars:
    """The calendars of every school: its own, else of its authority, else the hub's."""

    usual: SchoolCalendar
    schools: Mapping[Urn, SchoolCalendar] = field(default_factory=dict)

    def of(self, school: Urn) -> SchoolCalendar:
        """Answer a school's calendar."""
        return self.schools.get(school, self.usual)


def is_school_day(calendar: SchoolCalendar, day: date) -> bool:
    """Answer whether a session is held on a day; a half day is a school day."""
    if day.weekday() >= _SATURDAY or day in calendar.closed:
        return False
    return any(term.first <= day <= term.last for term in calendar.terms)


def sessions_on(calendar: SchoolCalendar, day: date) -> tuple[SchoolSession, ...]:
    """Answer the sessions of a day: two, one on a half day, none if it is no school day."""
    if not is_school_day(calendar, day):
        return ()
    half = calendar.half_days.get(day)
    return (half,) if half is not None else (SchoolSession.AM, SchoolSession.PM)


def next_school_day(calendar: SchoolCalendar, after: date) -> date | None:
    """Answer the first school day after a day; None if the calendar does not reach so far."""
    return school_day_after(calendar, after, 1)


def school_day_after(calendar: SchoolCalendar, day: date, count: int) -> date | None:
    """Answer the ``count``-th school day after a day; None if the calendar does not reach so far.

    A count of 0 answers the day itself.

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError("School days are counted forwards: no negative number of them.")
    while count:
        day += _DAY
        if day > calendar.last:
            return None
        count -= is_school_day(calendar, day)
    return day


def waits_from(calendar: SchoolCalendar, on: date, *, school_days: int, days_max: int) -> date:
    """Answer the earliest day whose marks still wait on a day; those of days before it are gone.

    A mark waits through the ``school_days``-th school day after its own. Where the calendar does
    not speak of the days that have passed, and over long holidays, ``days_max`` days are the end.
    """
    day, left = on, school_days
    while left and (on - day).days < days_max:
        day -= _DAY
        left -= is_school_day(calendar, day)
    return day
