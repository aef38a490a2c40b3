"""Instants, dates and ages in the words of the pages: London time, months written out."""

from datetime import date, datetime

from hub.core.clock import age_in_months, london_date, london_time

_MONTHS_SHOWN_BELOW = 24
_WEEKS_SHOWN_BELOW = 3
_DAYS_SHOWN_BELOW = 28
_DAYS_IN_A_WEEK = 7


def day(value: date | None) -> str:
    """Answer a date as ``3 May 2026``, or ``Not known``."""
    return f"{value.day} {value:%B} {value.year}" if value else "Not known"


def clock_time(value: datetime | None) -> str:
    """Answer the time of day in London as ``14:02``, or ``not known``."""
    return f"{london_time(value):%H:%M}" if value else "not known"


def moment(value: datetime | None) -> str:
    """Answer an instant as ``3 May 2026, 14:02`` in London, or ``not known``."""
    return f"{day(london_date(value))}, {clock_time(value)}" if value else "not known"


def moment_short(value: datetime) -> str:
    """Answer an instant for a narrow column, as ``3 May 2026, 14:02`` with the month cut short."""
    local = london_time(value)
    return f"{local.day} {local:%b} {local.year}, {local:%H:%M}"


def london_day(value: datetime) -> str:
    """Answer the London date of an instant that stands for a whole day."""
    return day(london_date(value))


def moment_near(value: datetime | None, now: datetime) -> str:
    """Answer an instant as ``today, 14:02`` if it is of the same London day, else in full."""
    if value is None:
        return "not known"
    if london_date(value) == london_date(now):
        return f"today, {clock_time(value)}"
    return moment(value)


def moment_due(value: datetime | None, now: datetime) -> str:
    """Answer by when something is due: of another day than today with its weekday."""
    if value is None or london_date(value) == london_date(now):
        return moment_near(value, now)
    return f"{london_date(value):%A} {moment(value)}"


def age(born: date, on: date) -> str:
    """Answer an age as clinicians say it: days, then weeks, months, and years from two."""
    days = (on - born).days
    months = age_in_months(born, on)
    if days < _DAYS_SHOWN_BELOW:
        return _count(days, "day")
    if months < _WEEKS_SHOWN_BELOW:
        return _count(days // _DAYS_IN_A_WEEK, "week")
    if months < _MONTHS_SHOWN_BELOW:
        return _count(months, "month")
    return _count(months // 12, "year")


def age_from_months(months: int | None) -> str:
    """Answer an age at an attendance, or ``Not known``."""
    if months is None:
        return "Not known"
    if months < 1:
        return "Under 1 month"
    if months < _MONTHS_SHOWN_BELOW:
        return _count(months, "month")
    return _count(months // 12, "year")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
