"""What an inbox asks of the store, and what the store answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from hub.core.alert import Alert, AlertState, Severity
from hub.core.alert_life import Life, Outcome
from hub.core.contact import Listed
from hub.ports.life import DecidedBefore, LifeStep


class InboxShows(StrEnum):
    """Which alerts of an inbox are asked for."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    """Seen, and not decided yet."""
    DECIDED = "decided"
    """And not closed yet."""
    ALL = "all"
    """Those that were taken back or closed in the last days are among them."""

    def includes(
        self, state: AlertState, *, acknowledged: bool, decided: bool, closed: bool
    ) -> bool:
        """Answer whether an alert of this state is asked for."""
        if self is InboxShows.ALL:
            return True
        if state is not AlertState.STANDING or closed:
            return False
        if decided:
            return self is InboxShows.DECIDED
        return self is (InboxShows.ACKNOWLEDGED if acknowledged else InboxShows.WAITING)


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
    stand: int = 1
    """Rises with every change: who acts on an alert says which stand of it was looked at."""
    decided_at: datetime | None = None
    decided_by: str | None = None
    outcome: Outcome | None = None
    disputed_at: datetime | None = None
    closed_at: datetime | None = None
    repeat_of: UUID | None = None
    """The alert on which this one is counted."""
    more: int = 0
    """How many facts were told of since it was seen, and were not told anew."""
    more_last_at: datetime | None = None
    steps: tuple[LifeStep, ...] = ()
    """Not in a list."""
    before: tuple[DecidedBefore, ...] = ()
    """What was decided about other alerts of the child; not in a list."""
    told: tuple[tuple[bytes, datetime, str], ...] = ()

    @property
    def life(self) -> Life:
        """What people have done with it so far."""
        return Life(
            state=self.alert.state,
            delivered=self.alert.delivered,
            acknowledged_at=self.acknowledged_at,
            decided_at=self.decided_at,
            outcome=self.outcome,
            disputed_at=self.disputed_at,
            closed_at=self.closed_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCount:
    """How many alerts of one kind an inbox has, listed or not."""

    severity: Severity
    state: AlertState
    acknowledged: bool
    decided: bool = False
    closed: bool = False
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
class DeskFound:
    """What stands at a desk, or at several, from which their contacts are made."""

    alerts: tuple[Listed, ...]
    every: Mapping[str, int]
    """How many alerts ``InboxShows.ALL`` asks for, by the desk at which they are seen."""
    cursor: str
    """As in ``InboxFound``."""


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

    def listen(self, desks: Sequence[str], told: Callable[[Notice], None]) -> Callable[[], None]:
        """Have ``told`` called, from any thread, from now on; answer what ends it.

        Desks are authorities, or ``hub.core.front_door.OWN_DESK``: ``told`` hears of each of them.
        A change may be told more than once, and several as one.
        """
        ...
