"""The working calendar: London dates, office hours, working days and ages, from what is passed in.

Nothing here reads the clock. Every instant is an aware ``datetime``; a naive one raises
``ValueError``, since guessing its zone moves events across midnight. The one file read is the time
zone database, once, when the module is imported: it is data that the answers depend on, like the
bank holidays that callers pass in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
"""The legal time of every agency that the hub serves."""

_DAYS_IN_A_WEEK: Final = 7
_SATURDAY: Final = 5
_MONTHS_IN_A_YEAR: Final = 12
_LONGEST_CLOSURE: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """When an office is open on one weekday, by the clock on its wall.

    Attributes:
        opens: the first moment at which it is open.
        closes: the first moment at which it is closed again, on the same day; midnight (00:00)
            means the end of that day.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise ValueError("Opening times are read off a wall clock in London: no time zone.")
        if self.closes != time.min and self.closes <= self.opens:
            raise ValueError("An office must close later on the same day than it opens.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The office hours of a team in a week without bank holidays.

    Attributes:
        by_weekday: seven entries, Monday first; None where the office does not open.
        closed_on_bank_holidays: false only for a team that works through them.
    """

    by_weekday: tuple[Opening | None, ...]
    closed_on_bank_holidays: bool = True

    def __post_init__(self) -> None:
        if len(self.by_weekday) != _DAYS_IN_A_WEEK:
            raise ValueError("Office hours need seven entries, Monday first.")

    @classmethod
    def on_weekdays(cls, *, opens: time, closes: time) -> "Hours":
        """Answer the same hours from Monday to Friday, closed at the weekend."""
        opening = Opening(opens=opens, closes=closes)
        return cls(by_weekday=(opening,) * _SATURDAY + (None, None))

    @classmethod
    def always(cls) -> "Hours":
        """Answer hours that never close, such as those of an emergency duty team."""
        opening = Opening(opens=time.min, closes=time.min)
        return cls(by_weekday=(opening,) * _DAYS_IN_A_WEEK, closed_on_bank_holidays=False)


def london_time(at: datetime) -> datetime:
    """Answer the same instant as London's clocks show it.

    Raises:
        ValueError: ``at`` is naive.
    """
    if at.utcoffset() is None:
        raise ValueError("A time without a time zone cannot be placed: an aware one was expected.")
    return at.astimezone(LONDON)


def london_date(at: datetime) -> date:
    """Answer the date in London at that instant.

    Raises:
        ValueError: ``at`` is naive.
    """
    return london_time(at).date()


def at_wall_time(day: date, wall: time, *, last: bool) -> datetime:
    """Answer, in UTC, when London's clocks show a time on a day.

    Where they show it twice, as they go back, the first time or the ``last``; a time that is left
    out as they go forward is taken to be as long after the change as it would have been.
    """
    shown = [datetime.combine(day, wall, tzinfo=LONDON).replace(fold=fold) for fold in (0, 1)]
    first, second = (one.astimezone(UTC) for one in shown)
    return max(first, second) if last else first


def closes_at(opening: Opening, day: date) -> datetime:
    """Answer, in UTC, when an office that opens on a day closes again."""
    last_day = day + timedelta(days=1) if opening.closes == time.min else day
    return at_wall_time(last_day, opening.closes, last=True)


def is_open(hours: Hours, bank_holidays: Collection[date], at: datetime) -> bool:
    """Answer whether an office with these hours is open at that instant.

    Raises:
        ValueError: ``at`` is naive.
    """
    local = london_time(at)
    opening = _opening_on(hours, bank_holidays, local.date())
    if opening is None:
        return False
    opens = at_wall_time(local.date(), opening.opens, last=False)
    return opens <= local.astimezone(UTC) < closes_at(opening, local.date())


def next_opening(hours: Hours, bank_holidays: Collection[date], at: datetime) -> datetime | None:
    """Answer when the office is next open, in London time: ``at`` itself if it is open then.

    None if it does not open within a month, which only hours without any opening can bring about.

    Raises:
        ValueError: ``at`` is naive.
    """
    local = london_time(at)
    if is_open(hours, bank_holidays, local):
        return local
    for days in range(_LONGEST_CLOSURE.days + 1):
        day = local.date() + timedelta(days=days)
        opening = _opening_on(hours, bank_holidays, day)
        if opening is not None:
            opens = at_wall_time(day, opening.opens, last=False)
            if opens > local.astimezone(UTC):
                return opens.astimezone(LONDON)
    return None


def is_working_day(day: date, bank_holidays: Collection[date]) -> bool:
    """Answer whether the day is neither a Saturday, a Sunday nor a bank holiday."""
    return day.weekday() < _SATURDAY and day not in bank_holidays


def working_days_after(day: date, count: int, bank_holidays: Collection[date]) -> date:
    """Answer the last day of a clock of ``count`` working days that starts on ``day``.

    Day 1 is the first working day *after* ``day``. A count of 0 answers ``day`` itself.

    Raises:
        ValueError: ``count`` is negative.
    """
    if count < 0:
        raise ValueError("A clock counts forwards: no negative number of working days.")
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, bank_holidays)
    return day


def working_days_between(after: date, until: date, bank_holidays: Collection[date]) -> int:
    """Answer how many working days lie after ``after`` up to and including ``until``.

    0 if ``until`` is not later. So ``working_days_after(d, n)`` is the first day at which it is n.
    """
    days = (after + timedelta(days=n + 1) for n in range((until - after).days))
    return sum(is_working_day(day, bank_holidays) for day in days)


def age_in_months(birth_date: date, on: date) -> int:
    """Answer the age in completed months; negative on days before the birth date.

    A month is completed on the day of the month of birth, or on the 1st of the next month where
    a month has no such day: born on the 31st of January, one month old on the 1st of March.

    Raises:
        ValueError: either is an instant and not a date.
    """
    if isinstance(birth_date, datetime) or isinstance(on, datetime):
        raise ValueError("Ages are counted between dates: take the London date of an instant.")  # noqa: TRY004  # one type for every unusable time
    months = (on.year - birth_date.year) * _MONTHS_IN_A_YEAR + on.month - birth_date.month
    return months - (on.day < birth_date.day)


def age_in_years(birth_date: date, on: date) -> int:
    """Answer the age in completed years; negative on days before the birth date.

    A child born on the 29th of February is a year older on the 1st of March of a common year.

    Raises:
        ValueError: either is an instant and not a date.
    """
    return age_in_months(birth_date, on) // _MONTHS_IN_A_YEAR


def _opening_on(hours: Hours, bank_holidays: Collection[date], day: date) -> Opening | None:
    if hours.closed_on_bank_holidays and day in bank_holidays:
        return None
    return hours.by_weekday[day.weekday()]
