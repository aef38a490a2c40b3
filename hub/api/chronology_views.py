"""A child's history as the alert page and its JSON show it: already disclosed, and in words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from hub.core.event import EventKind
from hub.core.history import EntryState

LINES_A_PAGE = 100
"""Of a chronology; more are on further pages."""

_ONE_YEAR = timedelta(days=365)


class Period(StrEnum):
    """How far back a chronology is shown."""

    YEAR = "year"
    ALL = "all"

    def begin(self, now: datetime) -> datetime | None:
        """Answer from when on is shown; ``None`` for everything."""
        return None if self is Period.ALL else now - _ONE_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronologyWanted:
    """Which part of a chronology is asked for; pages count from one."""

    period: Period = Period.YEAR
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronologyLine:
    """One line: something that happened, or from when on a source is silent."""

    kind: EventKind | None
    """``None`` for a line about a source."""
    sentence: str = field(repr=False)
    details: tuple[str, ...] = field(default=(), repr=False)
    on: datetime
    whole_day: bool = False
    """It has a day and no time."""
    until: datetime | None = None
    """The last day of a spell of several."""
    source_name: str = ""
    told_at: datetime | None = None
    state: EntryState = EntryState.STANDS
    changed_at: datetime | None = None
    backfill: bool = False
    ground: bool = False
    possible: bool = False
    not_to_family: bool = False

    @property
    def silence(self) -> bool:
        """Whether it says that something may be missing, and not that something happened."""
        return self.kind is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source that may have more to tell, and why, in sentences."""

    name: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGroup:
    """The sources of one kind: how many are joined, and which may have more to tell."""

    title: str
    joined: int
    troubled: tuple[SourceLine, ...] = ()
    not_named: int = 0
    """How many more have something wrong than are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronologyView:
    """A page of a chronology, the latest first, and what it cannot show."""

    alert_id: UUID
    period: Period
    begin: datetime | None
    lines: tuple[ChronologyLine, ...] = ()
    total: int = 0
    """How many lines the period has, those on other pages included."""
    earlier: int = 0
    """How many things are known from before the period."""
    page: int = 1
    pages: int = 1
    notes: tuple[str, ...] = ()
    """In what ways it is less than the whole."""
    ended: bool = False
    """The alert no longer stands: these are only the things it rested on."""
    sources: tuple[SourceGroup, ...] = ()
    as_of: datetime

    @property
    def silent(self) -> bool:
        """Whether any source may have more to tell."""
        return any(group.troubled or not group.joined for group in self.sources)
