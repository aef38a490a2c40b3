"""What an authority and its force have agreed on notices to schools (Operation Encompass)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum


class ContentLevel(StrEnum):
    """How much a notice says; some areas send only that there was an incident, and whose child."""

    OFF = "off"
    """No notice is made."""
    MINIMUM = "minimum"
    FULL = "full"


class LateTo(StrEnum):
    """Who is shown a notice that nobody has acknowledged by the time it was due."""

    DEPUTY = "deputy"
    DESK = "desk"
    COUNCIL = "council"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncompassDesk:
    """A force's Operation Encompass desk."""

    name: str
    number: str
    webhook: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncompassPolicy:
    """The local agreement. The times are this project's own figures: agreements differ."""

    level: ContentLevel = ContentLevel.OFF
    grade_shown: bool = False
    """Whether a full notice quotes the force's grade of risk."""
    live_from: datetime | None = None
    """Incidents that the hub first heard of before make no notice."""
    school_day_starts: time = time(8, 45)
    school_day_ends: time = time(15, 30)
    lead_minutes: int = 30
    """How long before the school day starts a notice must have been acknowledged."""
    missed_minutes: int = 120
    """How long a school has for one that comes when its day has begun already."""
    late_to: tuple[LateTo, ...] = (LateTo.DEPUTY, LateTo.DESK)
    not_to_school_codes: frozenset[str] = frozenset()
    """Handling codes by which a force says that somebody at the school is concerned in it."""
    desks: Mapping[str, EncompassDesk] = field(default_factory=dict)
    """By the force's code."""

    @property
    def lead(self) -> timedelta:
        """The lead as a length of time."""
        return timedelta(minutes=self.lead_minutes)
