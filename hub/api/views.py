"""What the surfaces show, as the services hand it over: already disclosed, nothing to take away.

A service decides what a person may see before it makes one of these; the surfaces only lay it
out. Free personal text is hidden from ``repr``. All instants are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from hub.api.life_views import DecidedShown, StepLine
from hub.core.alert import AlertState, GroundRole, Severity
from hub.core.alert_life import Outcome, Stage
from hub.core.escalation import Passed
from hub.core.event import EventKind
from hub.ports import Held, InboxShows


class Standing(StrEnum):
    """How the viewer's authority stands to an alert."""

    OWNER = "owner"
    INFORMED = "informed"


ALERTS_MAX = 500
"""The most alerts one page of an inbox lists: what waits, by severity and the newest first."""

PAGE_SIZE = 50
"""Of the page that people look at; two screens and a half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilters:
    """What the viewer asked to see; nothing in it identifies a person."""

    shows: InboxShows = InboxShows.WAITING
    held: Held = Held.ANYONE
    severity: Severity | None = None
    page: int = 1
    size: int = ALERTS_MAX
    """How many alerts a page has at most."""
    desk: str | None = None
    """Of the desks that the viewer reads as one, this alone; contacts only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One alert in the list. Name and birth date only where the service chose to disclose them."""

    alert_id: UUID
    severity: Severity
    sentence: str
    """Why, with counts, dates and sources; no name."""
    raised_at: datetime
    standing: Standing
    owner_name: str
    """The authority that owns it, in words."""
    desk: str = ""
    """In whose inbox the viewer sees it, by its code."""
    desk_name: str = ""
    """The same in words, where the viewer's front door serves several authorities."""
    child_label: str
    """Such as ``Girl, 3 years``."""
    child_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    state: AlertState = AlertState.STANDING
    confirmed_match: bool = True
    """False: shown as "possible match, not confirmed"."""
    acknowledged_by: str | None = None
    """A user id, which pages show as a name."""
    acknowledged_at: datetime | None = None
    claimed_by: str | None = None
    """As above: who of the team that acts has it in hand."""
    claimed_at: datetime | None = None
    due_at: datetime | None = None
    """By when it should be seen; ``None`` where it waits for nobody any more."""
    stage: Stage = Stage.DELIVERED
    outcome: Outcome | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    disputed_at: datetime | None = None
    repeat_of: UUID | None = None
    """The alert on which this one is counted, since it tells of the same."""
    more: int = 0
    """How many more of the same there were since it was seen."""
    more_last_at: datetime | None = None
    stand: int = 1
    passed: Passed | None = None
    """Whose turn it is, if nobody acknowledged it by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    """The list as of one instant; an empty one is an answer only with ``as_of`` beside it."""

    rows: tuple[InboxRow, ...] = ()
    not_shown: int = 0
    """How many alerts more were asked for: they are on other pages."""
    page: int = 1
    pages: int = 1
    cursor: str = ""
    """From where to ask what changed after this was read."""
    as_of: datetime
    stale_feeds: tuple[str, ...] = ()
    """Feeds that have gone quiet, in words, such as ``Leeds General Infirmary (hospital)``."""
    counts: Mapping[InboxShows, int] = field(default_factory=dict)
    """How many alerts each filter stands for, those that are not shown included."""
    held_counts: Mapping[Held, int] = field(default_factory=dict)
    """Of those that ``shows`` asks for, in whose hands they are."""
    next_due: datetime | None = None
    """When the first of the alerts shown will be overdue that is not yet."""
    tiers: Mapping[Severity, int] = field(default_factory=dict)
    """How many of those asked for have each severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxChangesView:
    """What changed in an inbox since a cursor: raised, revised, taken back, acknowledged."""

    rows: tuple[InboxRow, ...] = ()
    removed: tuple[UUID, ...] = ()
    """No longer in this inbox."""
    cursor: str
    complete: bool = False
    """What was read before is void: this begins anew."""
    more: bool = False
    """There may be more: ask again at once with the new cursor."""
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundShown:
    """One fact on which an alert rests."""

    kind: EventKind
    sentence: str
    """Such as ``Attended Leeds General Infirmary``."""
    occurred_at: datetime
    received_at: datetime | None = None
    source_name: str
    role: GroundRole = GroundRole.TRIGGER


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert on its own page: the row, its grounds and what is not known."""

    row: InboxRow
    state: AlertState = AlertState.STANDING
    grounds: tuple[GroundShown, ...] = ()
    not_known: tuple[str, ...] = ()
    informed_names: tuple[str, ...] = ()
    may_acknowledge: bool = False
    """Whether this viewer may acknowledge it now."""
    may_claim: bool = False
    """Whether this viewer may take it in hand now."""
    may_take_over: bool = False
    """Whether this viewer may take it over from the colleague who has it."""
    may_decide: bool = False
    may_dispute: bool = False
    may_close: bool = False
    steps: tuple[StepLine, ...] = ()
    """What happened to it, the earliest first."""
    before: tuple[DecidedShown, ...] = ()
    """What was decided about the same child before, the latest first."""
    ended_at: datetime | None = None
    """Since when it no longer stands."""
    ended_because: str = ""
    """Why not, in words."""
    shown_until: datetime | None = None
    """Until when an alert that no longer stands is shown, and no longer."""
    policy_version: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """An alert after somebody took it in hand, or gave it back, or could not."""

    alert: AlertView
    done: bool
