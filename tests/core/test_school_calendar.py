"""Which days are school days, and how many have passed: terms, inset days, half days, holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.identifiers import Urn
from hub.core.school_calendar import (
    SchoolCalendar,
    SchoolCalendars,
    Term,
    is_school_day,
    next_school_day,
    school_day_after,
    sessions_on,
    waits_from,
)
from hub.core.school_marks import SchoolSession
from hub.errors import ConfigurationError

AM, PM = SchoolSession.AM, SchoolSession.PM
FRIDAY, MONDAY = date(2026, 10, 23), date(2026, 11, 2)
CALENDAR = SchoolCalendar(
    terms=(
        Term(name="first half", first=date(2026, 9, 2), last=FRIDAY),
        Term(name="second half", first=MONDAY, last=date(2026, 12, 18)),
    ),
    closed=frozenset({date(2026, 9, 2), date(2026, 11, 20)}),
    half_days={date(2026, 12, 18): AM},
)


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2026, 9, 1), False),
        (date(2026, 9, 2), False),
        (date(2026, 9, 3), True),
        (FRIDAY, True),
        (date(2026, 10, 24), False),
        (date(2026, 10, 28), False),
        (MONDAY, True),
        (date(2026, 11, 20), False),
        (date(2026, 12, 18), True),
        (date(2026, 12, 19), False),
    ],
)
def test_a_school_day_is_a_weekday_of_a_term_on_which_school_is_not_closed(day, held):
    assert is_school_day(CALENDAR, day) is held
    assert bool(sessions_on(CALENDAR, day)) is held


def test_a_half_day_has_one_session():
    assert sessions_on(CALENDAR, date(2026, 12, 18)) == (AM,)
    assert sessions_on(CALENDAR, date(2026, 12, 17)) == (AM, PM)


def test_the_next_school_day_after_half_term_is_the_first_of_the_next_half():
    assert next_school_day(CALENDAR, FRIDAY) == MONDAY
    assert next_school_day(CALENDAR, date(2026, 11, 19)) == date(2026, 11, 23)


def test_what_the_calendar_does_not_reach_is_not_known():
    assert next_school_day(CALENDAR, date(2026, 12, 18)) is None
    assert school_day_after(CALENDAR, date(2026, 12, 17), 1) == date(2026, 12, 18)


def test_days_are_counted_forwards_only():
    assert school_day_after(CALENDAR, FRIDAY, 0) == FRIDAY
    assert school_day_after(CALENDAR, FRIDAY, 5) == date(2026, 11, 6)
    with pytest.raises(ValueError, match="forwards"):
        school_day_after(CALENDAR, FRIDAY, -1)


@given(st.integers(0, 100), st.integers(1, 25))
def test_a_mark_waits_through_its_last_school_day_and_not_longer(day, count):
    """``waits_from`` and ``school_day_after`` say the same from their two ends."""
    mark = date(2026, 9, 3) + timedelta(days=day)
    last = school_day_after(CALENDAR, mark, count)
    if last is None:
        return
    far = {"school_days": count, "days_max": 1000}
    assert waits_from(CALENDAR, last, **far) <= mark
    assert waits_from(CALENDAR, last + timedelta(days=1), **far) > mark


def test_waiting_has_an_end_whatever_the_calendar_says():
    on = date(2030, 1, 1)
    assert waits_from(CALENDAR, on, school_days=20, days_max=100) == on - timedelta(days=100)


@pytest.mark.parametrize(
    "terms",
    [
        (),
        (Term(name="a", first=FRIDAY, last=date(2026, 9, 2)),),
        (
            Term(name="a", first=date(2026, 9, 2), last=FRIDAY),
            Term(name="b", first=FRIDAY, last=MONDAY),
        ),
        (
            Term(name="b", first=MONDAY, last=MONDAY),
            Term(name="a", first=FRIDAY, last=FRIDAY),
        ),
    ],
)
def test_terms_that_do_not_follow_one_another_are_refused(terms):
    with pytest.raises(ConfigurationError):
        SchoolCalendar(terms=terms)


def test_a_half_day_that_is_no_school_day_is_refused():
    with pytest.raises(ConfigurationError, match="half day"):
        SchoolCalendar(terms=CALENDAR.terms, half_days={date(2026, 10, 28): AM})


def test_a_school_without_a_calendar_of_its_own_has_the_usual_one():
    own = SchoolCalendar(terms=CALENDAR.terms[:1])
    calendars = SchoolCalendars(usual=CALENDAR, schools={Urn("107200"): own})
    assert calendars.of(Urn("107200")) is own
    assert calendars.of(Urn("107201")) is CALENDAR
