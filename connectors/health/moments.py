"""HL7 v2 times and dates: instants in UTC, and birth dates as they are written.

A time without an offset is British wall time. An hour that occurs twice (clocks going back) is
taken as its first occurrence; one that does not occur (clocks going forward) as the same number of
minutes after the change. A date of birth is never converted between zones: converting moves babies
born around midnight in summer to the day before.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")

_TIMES_KEPT: Final = 16
"""One message says the same few times again and again: when it ended, was recorded, and sent."""

_YEAR_MIN: Final = 1900
_YEAR_MAX: Final = 2199
_OFFSET_HOURS_MAX: Final = 14
_END_OF_DAY: Final = 24

_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T ]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d*))?)?)?)?"
    r" ?(?:(Z)|([+-])(?:(\d\d)(?::?(\d\d))?)?)?",
    re.ASCII,
)
_DATE = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ]?\d\d(?::?\d\d){0,2}(?:[.,]\d*)?)?)?)?"
    r" ?(?:Z|[+-](?:\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """A date as a person wrote it down.

    Attributes:
        day: the whole date, when all of it is given.
        partial: ``YYYY`` or ``YYYY-MM`` when only that is given.
    """

    day: date | None = None
    partial: str | None = None

    @property
    def earliest(self) -> date | None:
        """The first day that it can mean; ``None`` when it says nothing."""
        if self.day is not None or self.partial is None:
            return self.day
        year, _, month = self.partial.partition("-")
        return date(int(year), int(month or "1"), 1)

    @property
    def latest(self) -> date | None:
        """The last day that it can mean; ``None`` when it says nothing."""
        if self.day is not None or self.partial is None:
            return self.day
        year, _, month = self.partial.partition("-")
        if not month or month == "12":
            return date(int(year), 12, 31)
        return date(int(year), int(month) + 1, 1) - timedelta(days=1)


@lru_cache(_TIMES_KEPT)
def instant(text: str) -> datetime | None:
    """Answer the instant in UTC to the millisecond, or ``None`` when the text is not a time.

    Takes ``YYYYMMDD[HH[MM[SS[.fraction]]]][+-ZZZZ]`` and the same with the hyphens and colons of
    ISO 8601. Less than a whole date is not a time at which something happened.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    if not _YEAR_MIN <= year <= _YEAR_MAX:
        return None
    next_day = hour == _END_OF_DAY and minute == second == 0
    millisecond = int(f"{found[7] or '0'}000"[:3])
    try:
        wall = datetime(
            year,
            month,
            day,
            0 if next_day else hour,
            minute,
            second,
            millisecond * 1_000,
            tzinfo=_zone(found),
        )
    except ValueError:
        return None
    return (wall + timedelta(days=int(next_day))).astimezone(UTC)


def written_date(text: str) -> WrittenDate | None:
    """Answer a date as written, or ``None`` when the text is not a date (such as a month 13).

    A time after the date, an offset and a bare sign are passed over.
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = found[1], found[2] or "00", found[3] or "00"
    try:
        if not _YEAR_MIN <= int(year) <= _YEAR_MAX:
            return None
        if month == "00":
            return WrittenDate(partial=year) if day == "00" else None
        if day == "00":
            date(int(year), int(month), 1)
            return WrittenDate(partial=f"{year}-{month}")
        return WrittenDate(day=date(int(year), int(month), int(day)))
    except ValueError:
        return None


def british_day(moment: datetime) -> date:
    """Answer the day on the calendar of a hospital in England at an instant."""
    return moment.astimezone(LONDON).date()


def completed_months(birth: date, on: date) -> int:
    """Answer how many months of life are completed; born on the 31st completes on a 1st."""
    months = (on.year - birth.year) * 12 + on.month - birth.month
    return months - (on.day < birth.day)


def _zone(found: re.Match[str]) -> ZoneInfo | timezone:
    if found[8]:
        return UTC
    if not found[9] or not found[10]:
        return LONDON
    hours, minutes = int(found[10]), int(found[11] or 0)
    if hours > _OFFSET_HOURS_MAX:
        raise ValueError("An offset of a time zone is at most 14 hours.")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if found[9] == "+" else -ahead)
