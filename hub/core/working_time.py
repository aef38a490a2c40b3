"""Minutes of office hours, across closing times, weekends, bank holidays and changes of the clock.

A minute is sixty seconds that pass while the office is open: on the days on which the clocks change
an office that is open at night has an hour more or less, as its staff have.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from hub.core.clock import Hours, closes_at, is_open, london_time, next_opening

_MINUTES_MAX = 60 * 24 * 60


def working_minutes_after(
    hours: Hours, bank_holidays: Collection[date], at: datetime, minutes: int
) -> datetime | None:
    """Answer, in UTC, when so many minutes of office hours have passed since an instant.

    ``None`` for an office that does not open within a month. No minutes: the instant itself.

    Raises:
        ValueError: ``at`` is naive, or the number is negative or more than sixty days.
    """
    if not 0 <= minutes <= _MINUTES_MAX:
        raise ValueError("A clock counts forwards, sixty days at the most.")
    now, left = london_time(at).astimezone(UTC), timedelta(minutes=minutes)
    while left:
        opens = next_opening(hours, bank_holidays, now)
        if opens is None:
            return None
        now = opens.astimezone(UTC)
        closes = closing_after(hours, bank_holidays, now)
        if closes - now >= left:
            return now + left
        left -= closes - now
        now = closes
    return now


def closing_after(hours: Hours, bank_holidays: Collection[date], at: datetime) -> datetime:
    """Answer, in UTC, when an office that is open at an instant closes on that day.

    Raises:
        ValueError: ``at`` is naive, or the office is not open then.
    """
    local = london_time(at)
    opening = hours.by_weekday[local.weekday()]
    if opening is None or not is_open(hours, bank_holidays, at):
        raise ValueError("An office that is closed does not close: ask for its next opening first.")
    return closes_at(opening, local.date())
