"""What an inbox asks of the store, and what the store answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from hub.core.alert import Alert, AlertState, Severity


class InboxShows(StrEnum):
    """Which alerts of an inbox are asked for."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    ALL = "all"
    """Those that were taken back in the last days are among them."""

    def includes(self, state: AlertState, *, acknowledged: bool) -> bool:
        """Answer whether an alert of this state is asked for."""
        if self is InboxShows.ALL:
            return True
        return state is AlertState.STANDING and acknowledged is (self is InboxShows.ACKNOWLEDGED)


class Held(StrEnum):
    """In whose hands an alert is."""

    ANYONE = "anyone"
    """In anybody's, or in nobody's."""
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    COLLEAGUE = "colleague"

    def includes(self, held: "Held") -> bool:
        """Answer whether an alert in these hands is asked for."""
        return self is Held.ANYONE or self is held


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxWanted:
    """Which page of which alerts is asked for; pages count from one."""

    shows: InboxShows = InboxShows.ALL
    held: Held = Held.ANYONE
    viewer: str = ""
    """The user id for whom ``mine`` is meant."""
    severity: Severity | None = None
    page: int = 1
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxAlert:
    """An alert as an inbox reads it; ``told`` is (fact, first received, agency) of its grounds.

    In a list neither the grounds nor ``told`` are read.
    """

    alert: Alert
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    claimed_at: datetime | None = None
    claimed_by: str | None = None
    """Who of the team that acts has it in hand."""
    ended_at: datetime | None = None
    """When it was withdrawn or superseded; ``None`` while it stands, and in a list."""
    ended_because: str = ""
    """What its step says of that."""
    told: tuple[tuple[bytes, datetime, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCount:
    """How many alerts of one kind an inbox has, listed or not."""

    severity: Severity
    state: AlertState
    acknowledged: bool
    held: Held
    """Never ``ANYONE``."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFound:
    """One page of an inbox, what waits first, and how many alerts of each kind there are."""

    alerts: tuple[InboxAlert, ...]
    counts: tuple[InboxCount, ...]
    page: int
    """The page that was read: the last there is if one beyond it was asked for."""
    cursor: str
    """From where to ask what changed after this was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesFound:
    """What changed in an inbox since a cursor, the earlier first."""

    alerts: tuple[InboxAlert, ...]
    """As they are now: standing, or taken back or superseded in the last days."""
    removed: tuple[UUID, ...]
    """No longer in this inbox: another authority's now, or taken back or superseded long ago."""
    cursor: str
    complete: bool
    """Begun anew, since the cursor was none of this database: what was read before is void."""
    more: bool
    """There may be more: ask again at once with the new cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildInBrief:
    """What a list says of one child, from every record that is linked to it."""

    child_ref: bytes
    ledgers: tuple[Mapping[str, tuple[object, int]], ...] = field(repr=False)
    unsure: bool
    shielded: bool
    """A record or a register entry says so."""
    perhaps_shielded: bool
    """An attendance says so, which counts if it stands: that its chronology tells."""


class Notice(StrEnum):
    """What somebody who listens to an inbox is told."""

    CHANGED = "changed"
    DEAF = "deaf"
    """The hub itself cannot hear now: whoever relies on being told must ask instead."""


class InboxNotices(Protocol):
    """Tells when an inbox changes, never what."""

    def listen(self, authority: str | None, told: Callable[[Notice], None]) -> Callable[[], None]:
        """Have ``told`` called, from any thread, from now on; answer what ends it.

        ``None`` is the hub's own desk. A change may be told more than once, and several as one.
        """
        ...
