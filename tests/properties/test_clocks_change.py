"""Around both changes of the clock in 2026/27: alerts' clocks, wakes, working and school days."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.alert import Severity
from hub.core.clock import (
    LONDON,
    Hours,
    Opening,
    is_open,
    is_working_day,
    london_date,
    london_time,
    next_opening,
    working_days_after,
)
from hub.core.due import Clocks, due_at
from hub.core.school_calendar import SchoolCalendar, Term, is_school_day, school_day_after
from hub.core.wake import days_later

BACK, FORWARD = date(2026, 10, 25), date(2027, 3, 28)
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 26), date(2027, 3, 29)})
OFFICE = Hours.on_weekdays(opens=time(9), closes=time(17))
EVERY_DAY = Hours(by_weekday=(Opening(opens=time(8), closes=time(20)),) * 7)
SMALL_HOURS = Hours(by_weekday=(Opening(opens=time(0), closes=time(1, 30)),) * 7)
OFFICES = st.sampled_from([OFFICE, EVERY_DAY, SMALL_HOURS, Hours.always()])
SEVERITIES = st.sampled_from(list(Severity))
CALENDAR = SchoolCalendar(
    terms=(
        Term(name="Autumn 1", first=date(2026, 9, 1), last=date(2026, 10, 23)),
        Term(name="Autumn 2", first=date(2026, 11, 2), last=date(2026, 12, 18)),
        Term(name="Spring", first=date(2027, 1, 4), last=date(2027, 3, 25)),
        Term(name="Summer", first=date(2027, 4, 12), last=date(2027, 7, 21)),
    )
)


@st.composite
def instants(draw):
    """An instant within five days of a change, more often than not within hours of it."""
    change = draw(st.sampled_from([BACK, FORWARD]))
    at_one = datetime(change.year, change.month, change.day, 1, tzinfo=UTC)
    near = st.integers(-4 * 3600, 4 * 3600)
    far = st.integers(-5 * 86400, 5 * 86400)
    return at_one + timedelta(seconds=draw(st.one_of(near, far)))


def test_these_are_the_nights_in_which_the_clocks_change():
    for day, hours in ((BACK, 25), (FORWARD, 23)):
        begins = datetime.combine(day, time.min, tzinfo=LONDON).astimezone(UTC)
        ends = datetime.combine(day + timedelta(days=1), time.min, tzinfo=LONDON).astimezone(UTC)
        assert ends - begins == timedelta(hours=hours)


@given(instants(), st.integers(1, 600))
def test_an_immediate_alert_is_due_so_many_minutes_later_that_pass(at, minutes):
    clocks = Clocks(immediate_minutes=minutes)
    for told in (at, at.astimezone(LONDON)):
        due = due_at(Severity.IMMEDIATE, told, clocks, OFFICE, HOLIDAYS)
        assert due.astimezone(UTC) - at == timedelta(minutes=minutes)


@given(instants(), OFFICES, SEVERITIES, st.integers(0, 10))
def test_nothing_is_due_before_it_was_raised(at, hours, severity, days):
    clocks = Clocks(today_working_days=days, information_working_days=days)
    due = due_at(severity, at, clocks, hours, HOLIDAYS)
    assert due.astimezone(UTC) >= at


@given(instants(), OFFICES, SEVERITIES)
def test_in_which_zone_an_instant_is_given_changes_nothing(at, hours, severity):
    due = due_at(severity, at, Clocks(), hours, HOLIDAYS)
    assert due_at(severity, at.astimezone(LONDON), Clocks(), hours, HOLIDAYS) == due


@given(instants(), st.integers(0, 7 * 86400), OFFICES, SEVERITIES)
def test_what_is_raised_later_is_never_due_earlier(at, later, hours, severity):
    first = due_at(severity, at, Clocks(), hours, HOLIDAYS)
    second = due_at(severity, at + timedelta(seconds=later), Clocks(), hours, HOLIDAYS)
    assert first.astimezone(UTC) <= second.astimezone(UTC)


@given(instants(), st.integers(0, 5))
def test_what_is_for_today_is_due_at_five_by_the_wall_on_a_working_day(at, days):
    due = due_at(Severity.TODAY, at, Clocks(today_working_days=days), OFFICE, HOLIDAYS)
    assert london_time(due).time() == time(17)
    assert is_working_day(london_date(due), HOLIDAYS)


@given(instants(), OFFICES)
def test_an_office_is_open_when_it_next_opens_and_at_no_whole_minute_before(at, hours):
    opens = next_opening(hours, HOLIDAYS, at)
    assert is_open(hours, HOLIDAYS, opens)
    assert opens.astimezone(UTC) >= at
    minutes = int((opens.astimezone(UTC) - at) / timedelta(minutes=1))
    assert not any(is_open(hours, HOLIDAYS, at + timedelta(minutes=one)) for one in range(minutes))


@given(instants(), st.integers(0, 30))
def test_a_wake_comes_days_later_at_the_same_time_by_the_clock(at, days):
    due = days_later(at, days)
    assert due.tzinfo is UTC
    assert london_date(due) == london_date(at) + timedelta(days=days)
    same = london_time(due).time() == london_time(at).time()
    left_out = london_date(due) == FORWARD and london_time(at).hour == 1
    assert same or left_out
    assert abs(due - at - timedelta(days=days)) <= timedelta(hours=1)


@given(instants(), st.integers(0, 7 * 86400), st.integers(1, 30))
def test_what_happens_later_wakes_no_rule_earlier_but_within_the_hour_that_comes_twice(
    at, seconds, days
):
    later = at + timedelta(seconds=seconds)
    twice = {london_date(at), london_date(later)} == {BACK}
    assert days_later(later, days) >= days_later(at, days) - timedelta(hours=1 if twice else 0)


def test_a_wake_of_no_days_is_its_instant():
    for hour in (0, 1):
        at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert days_later(at, 0) == at


def test_a_wake_needs_to_know_its_zone():
    with pytest.raises(ValueError, match="time zone"):
        days_later(datetime(2026, 10, 25, 12), 1)  # noqa: DTZ001  # that is the point


@given(instants(), st.integers(1, 15))
def test_working_days_are_counted_by_londons_days(at, count):
    last = working_days_after(london_date(at), count, HOLIDAYS)
    between = [
        london_date(at) + timedelta(days=one + 1) for one in range((last - london_date(at)).days)
    ]
    assert sum(is_working_day(day, HOLIDAYS) for day in between) == count
    assert is_working_day(last, HOLIDAYS)


@given(instants(), st.integers(1, 20))
def test_school_days_follow_one_another_over_half_term_and_the_change_of_the_clock(at, count):
    day = london_date(at)
    days = [school_day_after(CALENDAR, day, one) for one in range(1, count + 1)]
    assert all(is_school_day(CALENDAR, one) for one in days)
    for before, after in pairwise([day, *days]):
        passed = (before + timedelta(days=one) for one in range(1, (after - before).days))
        assert not any(is_school_day(CALENDAR, one) for one in passed)
