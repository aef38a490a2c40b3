"""Front-door work behind the surfaces: from people to askers, from use cases to views."""

from collections.abc import Collection, Mapping
from itertools import groupby
from uuid import UUID

from hub.api.alerts_shown import AlertsShown
from hub.api.askers import asker_of
from hub.api.contact_views import (
    ActedView,
    ContactRow,
    ContactsView,
    ContactView,
    DigestDay,
    DigestView,
)
from hub.api.desk_views import DeskShown
from hub.api.desks_shown import DesksShown
from hub.api.users import User
from hub.api.views import InboxFilters
from hub.core.alert import Severity
from hub.core.clock import london_date
from hub.ports import InboxWanted
from hub.service.asker import Surroundings
from hub.service.contact_desk import ContactDesk, ContactItem
from hub.service.front_door import Acted, FrontDoor, Wish


class ContactsShown:
    """``hub.api.contact_views.Contacts`` over the use cases."""

    def __init__(self, around: Surroundings, alerts: AlertsShown, desks: DesksShown) -> None:
        self._alerts = alerts
        self._desks = desks
        self._clock = around.clock
        self._desk = ContactDesk(around)
        self._front_door = FrontDoor(around)

    def listed(self, user: User, filters: InboxFilters) -> ContactsView:
        """Answer a page of the contacts of the user's authority, as of now."""
        wanted = InboxWanted(
            shows=filters.shows, held=filters.held, page=filters.page, size=filters.size
        )
        found = self._desk.listed(asker_of(user), wanted, filters.desk)
        now = self._clock.now()
        rows = tuple(self._row(one) for one in found.contacts)
        dues = [row.due_at for one in rows for row in one.rows if row.due_at and row.due_at > now]
        return ContactsView(
            contacts=rows,
            not_shown=max(0, found.asked_for - len(rows)),
            page=found.page,
            pages=found.pages,
            cursor=found.cursor,
            as_of=now,
            stale_feeds=found.stale,
            counts=found.counts,
            held_counts=found.held,
            tiers=found.tiers,
            information=found.information,
            next_due=min(dues, default=None),
            taken_back=tuple(self._alerts.row(one) for one in found.taken_back),
            desks=self._read(user, filters.desk, found.waiting),
        )

    def note_ending(self, user: User, alert_id: UUID) -> bool:
        """Record that the user's team knows that an alert was taken back; whether it was news."""
        return self._desk.note_ending(asker_of(self._desks.of_alert(user, alert_id)), alert_id)

    def digest(self, user: User, desk: str | None = None) -> DigestView:
        """Answer what is for information and nobody has seen."""
        rows = [self._row(one) for one in self._desk.digest(asker_of(user), desk)]
        days = groupby(rows, key=lambda one: london_date(one.rows[-1].raised_at))
        return DigestView(
            days=tuple(DigestDay(day=day, contacts=tuple(some)) for day, some in days),
            as_of=self._clock.now(),
            desks=self._read(user, desk, {}),
        )

    def contact(self, user: User, alert_id: UUID) -> ContactView | None:
        """Answer the contact of an alert; ``None`` if there is none or it is not the user's."""
        found = self._desk.one(asker_of(self._desks.of_alert(user, alert_id)), alert_id)
        if found is None:
            return None
        return ContactView(
            contact_id=found.contact_id,
            severity=found.severity,
            due_at=found.due_at,
            alerts=tuple(self._alerts.page(item) for item in found.items),
            as_of=self._clock.now(),
        )

    def act(self, user: User, alert_id: UUID, wish: Wish) -> ActedView | None:
        """Decide, dispute or close an alert; ``None`` if there is none or it is not theirs."""
        seat = self._desks.of_alert(user, alert_id)
        acted = self._front_door.act(asker_of(seat), alert_id, wish)
        return self._acted(acted) if acted else None

    def act_on_all(self, user: User, wishes: Mapping[UUID, Wish]) -> tuple[ActedView, ...] | None:
        """Do all of these or, if any is refused, none; ``None`` if any is not the user's.

        They are of one contact, and so of one desk: what is named of another's is not theirs there.
        """
        seat = self._desks.of_alert(user, min(wishes))
        acted = self._front_door.act_on_all(asker_of(seat), wishes)
        if acted is None:
            return None
        return tuple(self._acted(one) for one in acted.acted.values())

    def acknowledge_all(self, user: User, alert_ids: Collection[UUID]) -> int:
        """Record that the user's team has seen these; how many of them nobody had."""
        return sum(
            self._front_door.acknowledge_all(asker_of(seat), some)
            for seat, some in self._desks.of_alerts(user, alert_ids).items()
        )

    def read_digest(self, user: User, alert_ids: Collection[UUID]) -> int:
        """Record in the user's name that these were read for information."""
        return sum(
            self._front_door.acknowledge_all(asker_of(seat), some, only=Severity.INFORMATION)
            for seat, some in self._desks.of_alerts(user, alert_ids).items()
        )

    def _read(
        self, user: User, desk: str | None, waiting: Mapping[str, int]
    ) -> tuple[DeskShown, ...]:
        """The desks that a user reads as one, where they do."""
        return self._desks.shown(user, here=desk, waiting=waiting) if user.desks else ()

    def _acted(self, acted: Acted) -> ActedView:
        page = self._alerts.page(acted.item)
        return ActedView(alert=page, refused=acted.refused, changed=acted.changed)

    def _row(self, item: ContactItem) -> ContactRow:
        return ContactRow(
            contact_id=item.contact_id,
            severity=item.severity,
            due_at=item.due_at,
            rows=tuple(self._alerts.row(one) for one in item.items),
        )
