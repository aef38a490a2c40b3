"""By when the authority that acts should have seen an alert: a clock for each tier, as policy."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from hub.core.alert import Severity
from hub.core.clock import LONDON, Hours, closes_at, london_time, next_opening
from hub.errors import ConfigurationError

_DAYS_MAX: Final = 60
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How long an alert of each tier may wait. The numbers are local choice; there is no source.

    Attributes:
        immediate_minutes: at any hour, nights and weekends included.
        today_working_days: until the office closes, so many working days after the one in which it
            came; 0 is that day itself, or the next if the office had closed.
        information_working_days: the same for what is only for information.
    """

    immediate_minutes: int = 60
    today_working_days: int = 0
    information_working_days: int = 5

    def __post_init__(self) -> None:
        if self.immediate_minutes < 1:
            raise ConfigurationError("immediate_minutes must be 1 at least.")
        for name in ("today_working_days", "information_working_days"):
            if not 0 <= getattr(self, name) <= _DAYS_MAX:
                raise ConfigurationError(f"{name} must be between 0 and {_DAYS_MAX} days.")


def due_at(
    severity: Severity,
    since: datetime,
    clocks: Clocks,
    hours: Hours,
    bank_holidays: Collection[date],
) -> datetime | None:
    """Answer by when an alert is due; ``None`` for an office that never opens.

    Minutes are minutes that pass, also in the nights in which the clocks change; days end when the
    office closes by the clock on its wall, and where that time comes twice, the second time.

    Raises:
        ValueError: ``since`` is naive.
    """
    if severity is Severity.IMMEDIATE:
        return london_time(since).astimezone(UTC) + timedelta(minutes=clocks.immediate_minutes)
    days = (
        clocks.today_working_days if severity is Severity.TODAY else clocks.information_working_days
    )
    opened = next_opening(hours, bank_holidays, since)
    if opened is None:
        return None
    day = opened.date()
    while days or not _opens_on(hours, bank_holidays, day):
        day += _ONE_DAY
        days -= bool(days) and _opens_on(hours, bank_holidays, day)
    return _closing(hours, day)


def _opens_on(hours: Hours, bank_holidays: Collection[date], day: date) -> bool:
    """Answer whether the office opens on a day; where it works weekends, those count as well."""
    if hours.by_weekday[day.weekday()] is None:
        return False
    return not hours.closed_on_bank_holidays or day not in bank_holidays


def _closing(hours: Hours, day: date) -> datetime:
    opening = hours.by_weekday[day.weekday()]
    if opening is None:
        raise ValueError("An office that does not open on a day does not close on it.")
    return closes_at(opening, day).astimezone(LONDON)
