"""What pages and JSON show of front-door work, and what they need done with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from hub.api.desk_views import DeskShown
from hub.api.users import User
from hub.api.views import AlertView, InboxFilters, InboxRow, Standing
from hub.core.alert import AlertState, Severity
from hub.ports import Held, InboxShows
from hub.service.front_door import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """One contact in the list: alerts about one family and cause, the first raised first."""

    contact_id: UUID
    severity: Severity
    due_at: datetime | None = None
    """The clock of the whole: that which ends first."""
    rows: tuple[InboxRow, ...]

    @property
    def desk_name(self) -> str:
        """In whose inbox it is, where that must be said; it is of one desk alone."""
        return self.rows[0].desk_name

    @property
    def waiting(self) -> tuple[InboxRow, ...]:
        """What nobody has seen and the viewer's team acts on."""
        return tuple(
            row
            for row in self.rows
            if row.acknowledged_at is None and row.standing is Standing.OWNER
        )

    @property
    def untaken(self) -> tuple[InboxRow, ...]:
        """What nobody has in hand and the viewer's team acts on."""
        return tuple(
            row
            for row in self.rows
            if row.claimed_by is None
            and row.standing is Standing.OWNER
            and row.state is AlertState.STANDING
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsView:
    """The list as of one instant; what is for information is counted apart."""

    contacts: tuple[ContactRow, ...] = ()
    not_shown: int = 0
    page: int = 1
    pages: int = 1
    cursor: str = ""
    as_of: datetime
    stale_feeds: tuple[str, ...] = ()
    counts: Mapping[InboxShows, int] = field(default_factory=dict)
    held_counts: Mapping[Held, int] = field(default_factory=dict)
    tiers: Mapping[Severity, int] = field(default_factory=dict)
    information: int = 0
    """Contacts that are for information alone and that nobody has seen."""
    next_due: datetime | None = None
    taken_back: tuple[InboxRow, ...] = ()
    """What the team had seen and was withdrawn since, until somebody says that they know."""
    desks: tuple[DeskShown, ...] = ()
    """The desks that the viewer reads as one, and how many contacts wait at each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """One contact on its own page, with each of its alerts."""

    contact_id: UUID
    severity: Severity
    due_at: datetime | None = None
    alerts: tuple[AlertView, ...]
    as_of: datetime

    @property
    def deciding(self) -> tuple[AlertView, ...]:
        """The alerts on which one decision for all would be recorded: those not decided yet."""
        return tuple(one for one in self.alerts if one.may_decide and one.row.outcome is None)

    @property
    def waiting(self) -> tuple[AlertView, ...]:
        """The alerts that nobody has seen."""
        return tuple(one for one in self.alerts if one.may_acknowledge)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestDay:
    """What was told for information on one day in London."""

    day: date
    contacts: tuple[ContactRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """What is for information and nobody has seen, by day, the latest first."""

    days: tuple[DigestDay, ...] = ()
    as_of: datetime
    desks: tuple[DeskShown, ...] = ()
    """As in the inbox, uncounted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActedView:
    """An alert after somebody acted on it, or could not."""

    alert: AlertView
    refused: str = ""
    """Why nothing was done, in one sentence."""
    changed: bool = False
    """It is not as it was looked at."""


class Contacts(Protocol):
    """The use cases of front-door work; each commits its audit row before it answers."""

    def listed(self, user: User, filters: InboxFilters) -> ContactsView:
        """Answer a page of the contacts of the user's authority, as of now."""

    def note_ending(self, user: User, alert_id: UUID) -> bool:
        """Record that the user's team knows that an alert was taken back; whether it was news."""

    def digest(self, user: User, desk: str | None = None) -> DigestView:
        """Answer what is for information and nobody has seen; of one of the user's desks alone."""

    def contact(self, user: User, alert_id: UUID) -> ContactView | None:
        """Answer the contact of an alert; ``None`` if there is none or it is not the user's."""

    def act(self, user: User, alert_id: UUID, wish: Wish) -> ActedView | None:
        """Decide, dispute or close an alert; ``None`` if there is none or it is not theirs."""

    def act_on_all(self, user: User, wishes: Mapping[UUID, Wish]) -> tuple[ActedView, ...] | None:
        """Do all of these or, if any is refused, none; ``None`` if any is not the user's."""

    def acknowledge_all(self, user: User, alert_ids: Collection[UUID]) -> int:
        """Record that the user's team has seen these; how many of them nobody had."""

    def read_digest(self, user: User, alert_ids: Collection[UUID]) -> int:
        """Record the same of those that are for information still."""
