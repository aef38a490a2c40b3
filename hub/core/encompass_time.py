"""When a notice to a school is due, and of which children one is made.

Notices reach the school before its next school day starts, also after weekends and holidays: the
scheme's target. The law says "as soon as reasonably practicable" (Domestic Abuse Act 2021, section
49A, inserted by the Victims and Prisoners Act 2024). The statutory guidance of 7 November 2025 is
about children from reception to 17.
"""

from datetime import date, datetime, time, timedelta

from hub.core.clock import LONDON, london_date, london_time
from hub.core.encompass_policy import EncompassPolicy
from hub.core.school_calendar import SchoolCalendar, is_school_day, next_school_day

_SATURDAY = 5
_SEPTEMBER = 9
_STARTS_AFTER_BIRTHDAY = 4
_ENDS_AT_BIRTHDAY = 18
_MONTHS = 12
_DAY = timedelta(days=1)


def due_at(
    happened_at: datetime,
    opens_at: datetime,
    calendar: SchoolCalendar | None,
    policy: EncompassPolicy,
) -> datetime:
    """Answer by when a notice must be acknowledged, in UTC.

    That is before the first school day that starts after it happened. If the school may be told
    only later: within the policy's time if its day has as good as begun, else before the next.

    Args:
        happened_at: when the incident began, or when what is told of it changed.
        opens_at: from when the school may be told.
        calendar: the school's days; where it has none or they end, weekdays count.
        policy: when schools start, and how long before it is due.
    """
    target = _next_start(happened_at, calendar, policy) - policy.lead
    if target > opens_at:
        return target.astimezone(opens_at.tzinfo)
    day = london_date(opens_at)
    begins = _start(day, policy) - policy.lead
    held = begins <= opens_at and london_time(opens_at).time() < policy.school_day_ends
    if _is_school_day(calendar, day) and held:
        return opens_at + timedelta(minutes=policy.missed_minutes)
    start = _next_start(opens_at, calendar, policy)
    return (start - policy.lead).astimezone(opens_at.tzinfo)


def _next_start(
    after: datetime, calendar: SchoolCalendar | None, policy: EncompassPolicy
) -> datetime:
    day = london_date(after)
    if _is_school_day(calendar, day) and _start(day, policy) > after:
        return _start(day, policy)
    following = next_school_day(calendar, day) if _reaches(calendar, day) and calendar else None
    return _start(following or _next_weekday(day), policy)


def _start(day: date, policy: EncompassPolicy) -> datetime:
    return datetime.combine(day, policy.school_day_starts, tzinfo=LONDON)


def _is_school_day(calendar: SchoolCalendar | None, day: date) -> bool:
    if calendar is None or not _reaches(calendar, day):
        return day.weekday() < _SATURDAY
    return is_school_day(calendar, day)


def _reaches(calendar: SchoolCalendar | None, day: date) -> bool:
    return calendar is not None and day <= calendar.last


def _next_weekday(day: date) -> date:
    day += _DAY
    while day.weekday() >= _SATURDAY:
        day += _DAY
    return day


def school_year_began(on: date) -> datetime:
    """Answer the start of the school year that a day is in: midnight of 1 September in London."""
    year = on.year if on.month >= _SEPTEMBER else on.year - 1
    return datetime.combine(date(year, _SEPTEMBER, 1), time.min, tzinfo=LONDON)


def is_of_school_age(born: date | None, age_months: int | None, on: date) -> bool:
    """Answer whether a child is between the start of reception and its eighteenth birthday.

    Reception begins in the September after the fourth birthday. A child whose age nobody has said
    counts as one: silence must not keep a notice back.
    """
    if born is None:
        years = None if age_months is None else age_months // _MONTHS
        return years is None or _STARTS_AFTER_BIRTHDAY <= years < _ENDS_AT_BIRTHDAY
    began = school_year_began(on).date()
    return _birthday(born, _STARTS_AFTER_BIRTHDAY) <= began and on < _birthday(
        born, _ENDS_AT_BIRTHDAY
    )


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # 29 February
        return date(born.year + years, 3, 1)
