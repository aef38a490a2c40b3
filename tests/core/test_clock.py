"""The working calendar: London's midnight, office hours, working days and ages."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.clock import (
    LONDON,
    Hours,
    Opening,
    age_in_months,
    age_in_years,
    is_open,
    is_working_day,
    london_date,
    london_time,
    next_opening,
    working_days_after,
    working_days_between,
)

NINE_TO_FIVE = Hours.on_weekdays(opens=time(9), closes=time(17))
EASTER_2026 = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
CHRISTMAS_2026 = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
dates = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def london(*parts):
    return datetime(*parts, tzinfo=LONDON)


# London time


def test_an_instant_before_midnight_utc_in_summer_is_the_next_day_in_london():
    assert london_date(utc(2026, 6, 30, 23, 30)) == date(2026, 7, 1)


def test_an_instant_before_midnight_utc_in_winter_is_the_same_day_in_london():
    assert london_date(utc(2026, 12, 31, 23, 30)) == date(2026, 12, 31)


def test_an_instant_given_in_another_zone_is_the_same_instant_in_london():
    at = datetime(2026, 7, 1, 5, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert london_time(at) == at
    assert london_time(at).time() == time(1)


NAIVE = datetime(2026, 6, 30, 12)  # noqa: DTZ001  # a time without a zone is what is refused


@pytest.mark.parametrize(
    "answer",
    [
        london_time,
        london_date,
        lambda at: is_open(NINE_TO_FIVE, (), at),
        lambda at: next_opening(NINE_TO_FIVE, (), at),
    ],
)
def test_a_time_without_a_zone_is_refused(answer):
    with pytest.raises(ValueError, match="without a time zone"):
        answer(NAIVE)


# Office hours


@pytest.mark.parametrize(
    ("at", "open_then"),
    [
        (london(2026, 11, 23, 8, 59, 59), False),
        (london(2026, 11, 23, 9), True),
        (london(2026, 11, 23, 16, 59, 59), True),
        (london(2026, 11, 23, 17), False),
        (london(2026, 11, 21, 12), False),
        (london(2026, 11, 22, 12), False),
        (utc(2026, 7, 1, 8, 30), True),
        (utc(2026, 7, 1, 16, 30), False),
        (london(2026, 4, 3, 12), False),
        (london(2026, 4, 7, 12), True),
    ],
)
def test_an_office_is_open_by_the_clock_on_its_wall_on_working_days(at, open_then):
    assert is_open(NINE_TO_FIVE, EASTER_2026, at) is open_then


def test_an_office_that_closes_at_midnight_is_open_until_the_day_ends():
    late = Hours(by_weekday=(Opening(opens=time(17), closes=time.min),) * 7)
    assert is_open(late, (), london(2026, 11, 23, 23, 59, 59))
    assert not is_open(late, (), london(2026, 11, 24, 0, 0))


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants naive bounds
def test_a_team_that_never_closes_is_open_at_every_instant(at):
    assert is_open(Hours.always(), {at.date(), london_date(at)}, at)


@pytest.mark.parametrize(
    ("at", "opens_at"),
    [
        (london(2026, 11, 23, 12), london(2026, 11, 23, 12)),
        (london(2026, 11, 23, 8), london(2026, 11, 23, 9)),
        (london(2026, 11, 23, 17), london(2026, 11, 24, 9)),
        (london(2026, 11, 20, 18), london(2026, 11, 23, 9)),
        (london(2026, 4, 2, 17), london(2026, 4, 7, 9)),
        (london(2026, 3, 27, 20), london(2026, 3, 30, 9)),
    ],
)
def test_an_office_next_opens_on_the_next_working_day(at, opens_at):
    assert next_opening(NINE_TO_FIVE, EASTER_2026, at) == opens_at


def test_an_office_that_never_opens_has_no_next_opening():
    assert next_opening(Hours(by_weekday=(None,) * 7), (), utc(2026, 11, 23, 12)) is None


@given(at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # hypothesis wants naive bounds
def test_an_office_is_open_at_its_next_opening_and_at_no_moment_before(at):
    holidays = EASTER_2026 | CHRISTMAS_2026
    opens_at = next_opening(NINE_TO_FIVE, holidays, at)
    assert opens_at is not None
    assert opens_at >= at
    assert is_open(NINE_TO_FIVE, holidays, opens_at)
    if opens_at > at:
        just_before = opens_at.astimezone(UTC) - timedelta(seconds=1)
        assert not is_open(NINE_TO_FIVE, holidays, max(at, just_before))


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(time(17), time(9)), (time(9), time(9)), (time(9, tzinfo=UTC), time(17, tzinfo=UTC))],
)
def test_hours_that_make_no_sense_are_refused(opens, closes):
    with pytest.raises(ValueError, match=r"must close later|no time zone"):
        Opening(opens=opens, closes=closes)


def test_hours_need_all_seven_days():
    with pytest.raises(ValueError, match="seven entries"):
        Hours(by_weekday=(None,) * 5)


# Working days


def test_bank_holidays_and_weekends_are_not_working_days():
    assert is_working_day(date(2026, 4, 2), EASTER_2026)
    assert not is_working_day(date(2026, 4, 3), EASTER_2026)
    assert not is_working_day(date(2026, 4, 4), EASTER_2026)


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 11, 23), 45, date(2027, 1, 28)),
    ],
)
def test_a_clock_of_working_days_ends_on_the_right_day(day, count, last):
    holidays = EASTER_2026 | CHRISTMAS_2026 | {date(2027, 1, 1)}
    assert working_days_after(day, count, holidays) == last


def test_a_clock_does_not_run_backwards():
    with pytest.raises(ValueError, match="forwards"):
        working_days_after(date(2026, 11, 23), -1, ())


@given(day=dates, count=st.integers(1, 60), holidays=st.frozensets(dates, max_size=10))
def test_counting_the_working_days_of_a_clock_gives_its_length(day, count, holidays):
    last = working_days_after(day, count, holidays)
    assert is_working_day(last, holidays)
    assert working_days_between(day, last, holidays) == count
    assert working_days_between(last, day, holidays) == 0


# Ages


@pytest.mark.parametrize(
    ("birth_date", "on", "months", "years"),
    [
        (date(2025, 5, 20), date(2026, 5, 19), 11, 0),
        (date(2025, 5, 20), date(2026, 5, 20), 12, 1),
        (date(2026, 1, 31), date(2026, 2, 28), 0, 0),
        (date(2026, 1, 31), date(2026, 3, 1), 1, 0),
        (date(2024, 2, 29), date(2026, 2, 28), 23, 1),
        (date(2024, 2, 29), date(2026, 3, 1), 24, 2),
        (date(2008, 11, 23), date(2026, 11, 22), 215, 17),
        (date(2008, 11, 23), date(2026, 11, 23), 216, 18),
        (date(2026, 11, 22), date(2026, 11, 22), 0, 0),
        (date(2026, 11, 22), date(2026, 11, 21), -1, -1),
    ],
)
def test_an_age_is_counted_in_completed_months_and_years(birth_date, on, months, years):
    assert (age_in_months(birth_date, on), age_in_years(birth_date, on)) == (months, years)


@given(birth_date=dates, on=dates, later=st.integers(0, 4000))
def test_nobody_grows_younger(birth_date, on, later):
    then = on + timedelta(days=later)
    assert age_in_months(birth_date, then) >= age_in_months(birth_date, on)
    assert age_in_years(birth_date, on) == age_in_months(birth_date, on) // 12


def test_an_age_is_not_counted_from_an_instant():
    with pytest.raises(ValueError, match="London date"):
        age_in_months(date(2025, 5, 20), utc(2026, 5, 20, 12))
