"""What was set aside: parked reports, rejected and conflicting events, as people look for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.core.intake import RawReport
from hub.ports.rows import Position


class AsideState(StrEnum):
    """What became of it: a report is parked, an event is rejected or in conflict."""

    PARKED = "parked"
    REJECTED = "rejected"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideWanted:
    """Which are asked for; ``None`` and no reason mean all. The oldest come first."""

    state: AsideState | None = None
    topic: str | None = None
    agency: str | None = None
    before: datetime | None = None
    """Only what came before this instant."""
    position: Position | None = None
    reasons: tuple[str, ...] = ()
    unsettled: bool = False
    """Only what no person has settled."""
    most: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideFound:
    """One of them; never its content. ``sentence`` says what was expected, of no person."""

    state: AsideState
    position: Position
    index: int | None
    """The event's place in its report; ``None`` for a report."""
    feed: str
    agency: str | None
    publisher: str | None
    """Only from a verified signature."""
    connector: str | None
    sequence: int | None
    kind: str | None
    reason: str
    sentence: str
    at: datetime
    digest: bytes
    left_bytes: int | None
    settled_at: datetime | None

    @property
    def reference(self) -> str:
        """What a person names it by."""
        at = self.position
        event = "" if self.index is None else f":{self.index}"
        return f"{at.topic}:{at.partition}:{at.offset}{event}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Parked reports that have waited too long; ``count`` stops at a thousand."""

    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfTime:
    """What should have happened by now and has not, in counts that stop at a thousand."""

    late_notices: Overdue
    timers_behind: Overdue
    """Timers that nobody has looked at: no timekeeper runs, or it cannot."""
    timers_parked: Overdue
    """Timers on which the hub failed."""
    processes_seen: Mapping[str, datetime] = field(default_factory=dict)
    """When each kind of process was last seen at work."""


class Parked(Protocol):
    """The reports that wait, and the events that could not be used."""

    def aside(self, wanted: AsideWanted) -> tuple[AsideFound, ...]:
        """What was set aside, as it is asked for."""
        ...

    def raw(self, positions: tuple[Position, ...]) -> Iterable[RawReport]:
        """The parked messages at these positions as they came; those that were kept whole."""
        ...

    def left(self, positions: tuple[Position, ...]) -> Mapping[Position, bytes]:
        """The digests of those parked at these positions whose bytes were not kept."""
        ...
