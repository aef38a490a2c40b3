"""By when an alert should be seen: an hour at any time, and working days by the office's hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from hub.core.alert import Severity
from hub.core.clock import LONDON, Hours, Opening
from hub.core.due import Clocks, due_at
from hub.errors import ConfigurationError

OFFICE = Hours.on_weekdays(opens=time(9), closes=time(17))
BOXING_DAY = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRIDAY_NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)


def due(severity, raised_at, clocks=None, hours=OFFICE, closed=BOXING_DAY):
    return due_at(severity, raised_at, clocks or Clocks(), hours, closed)


def at(day, hour, month=11):
    return datetime(2026, month, day, hour, tzinfo=LONDON)


@pytest.mark.parametrize("raised_at", [FRIDAY_NOON, FRIDAY_NIGHT])
def test_what_is_immediate_is_due_within_the_hour_also_at_night(raised_at):
    assert (due(Severity.IMMEDIATE, raised_at) - raised_at).total_seconds() == 3600


def test_what_is_for_today_is_due_when_the_office_closes():
    assert due(Severity.TODAY, FRIDAY_NOON) == at(20, 17)


def test_what_is_for_today_and_came_when_the_office_had_closed_is_due_on_the_next_day_it_opens():
    assert due(Severity.TODAY, FRIDAY_NIGHT) == at(23, 17)


def test_what_is_for_information_is_due_working_days_later():
    assert due(Severity.INFORMATION, FRIDAY_NOON) == at(27, 17)


def test_a_bank_holiday_is_no_working_day():
    before = datetime(2026, 12, 24, 20, tzinfo=UTC)
    assert due(Severity.TODAY, before) == at(29, 17, month=12)
    one_day = Clocks(today_working_days=1)
    assert due(Severity.TODAY, datetime(2026, 12, 24, 12, tzinfo=UTC), one_day) == at(
        29, 17, month=12
    )


def test_an_office_that_never_closes_has_its_day_until_midnight():
    assert due(Severity.TODAY, FRIDAY_NIGHT, hours=Hours.always()) == at(21, 0)


def test_an_office_that_never_opens_has_no_due_time():
    assert due(Severity.TODAY, FRIDAY_NOON, hours=Hours(by_weekday=(None,) * 7)) is None


def test_an_office_that_opens_on_one_day_of_the_week_counts_that_day():
    mondays = Hours(by_weekday=(Opening(opens=time(9), closes=time(12)), *(None,) * 6))
    week_later = Clocks(today_working_days=1)
    assert due(Severity.TODAY, FRIDAY_NOON, hours=mondays) == at(23, 12)
    assert due(Severity.TODAY, FRIDAY_NOON, week_later, hours=mondays) == at(30, 12)


def test_what_came_later_is_never_due_earlier():
    hours = [replace_hour(FRIDAY_NOON, hour) for hour in range(24)]
    for severity in Severity:
        times = [due(severity, one) for one in hours]
        assert times == sorted(times)


def replace_hour(moment, hour):
    return moment.replace(hour=hour)


@pytest.mark.parametrize(
    "wrong",
    [{"immediate_minutes": 0}, {"today_working_days": -1}, {"information_working_days": 61}],
)
def test_a_clock_that_cannot_be_is_refused(wrong):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        replace(Clocks(), **wrong)
