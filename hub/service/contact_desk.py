"""Front-door work as contacts: one row for one family and cause, and an outcome for each alert."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.core.alert import Severity
from hub.core.contact import Contact, Listed, contacts, in_order, relating
from hub.core.disclosure import Role
from hub.core.disclosure_ended import ENDED_OPENS_FOR
from hub.ports import DeskFound, Held, InboxShows, InboxWanted, Question
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.inbox_items import InboxItem, InboxItems
from hub.service.triage import stale_feeds

DECIDED_SHOWN_FOR: Final = timedelta(days=28)
"""For how long what was decided and not closed is listed: as long as one may disagree by default.
This project's own figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactItem:
    """One contact as this viewer may see it, the first alert first."""

    contact_id: UUID
    severity: Severity
    due_at: datetime | None
    """The clock of the whole: that which ends first."""
    items: tuple[InboxItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsFound:
    """A page of contacts, and how many there are of each kind."""

    contacts: tuple[ContactItem, ...]
    counts: Mapping[InboxShows, int]
    held: Mapping[Held, int]
    tiers: Mapping[Severity, int]
    information: int
    """Contacts that are for information and wait: no work, and in no other count."""
    page: int
    pages: int
    asked_for: int
    waiting: Mapping[str, int]
    """How many contacts wait at each desk that is read, those of no other list among them."""
    cursor: str
    stale: tuple[str, ...]
    taken_back: tuple[InboxItem, ...] = ()
    """What the team had seen and was withdrawn since, until somebody says that they know."""


class ContactDesk:
    """The use cases of contacts. What is for information alone is left to the digest."""

    def __init__(self, around: Surroundings) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._clock = around.clock
        self._new_id = around.new_id
        self._items = InboxItems(around.policies, around.clock)

    def listed(self, asker: Asker, wanted: InboxWanted, only: str | None = None) -> ContactsFound:
        """A page of the contacts of the asker's authority, or of all whose desks they read.

        With ``only``, of one of these desks: how much waits at the others is counted all the same.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        now = self._clock.now()
        with self._questions.question() as asking:
            desk = self._desk(asking, asker, now)
            everything = self._made(asking, asker, desk)
            made = [one for one in everything if only in {None, one.desk}]
            work = [one for one in made if not is_for_information(one)]
            shown = _chosen(work, wanted.shows, asker.user_id, wanted.held)
            pages = max(1, -(-len(shown) // wanted.size))
            page = min(wanted.page, pages)
            here = shown[(page - 1) * wanted.size : page * wanted.size]
            items = self._shown(asking, asker, here)
            stale = stale_feeds(asking, asker, self._policies, now)
            ended = self._taken_back(asking, asker, now, only)
            self._audit_list(asking, asker, "inbox", items, only, ended)
        return ContactsFound(
            contacts=items,
            counts={
                **{one: len(_chosen(work, one, asker.user_id, wanted.held)) for one in _WORK},
                InboxShows.ALL: sum(n for at, n in desk.every.items() if only in {None, at}),
            },
            held={one: len(_chosen(work, wanted.shows, asker.user_id, one)) for one in Held},
            tiers={tier: sum(one.severity is tier for one in shown) for tier in Severity},
            information=len(made) - len(work),
            page=page,
            pages=pages,
            asked_for=len(shown),
            waiting=Counter(
                one.desk for one in everything if one.waits and not is_for_information(one)
            ),
            cursor=desk.cursor,
            stale=stale,
            taken_back=ended,
        )

    def note_ending(self, asker: Asker, alert_id: UUID) -> bool:
        """Note that the asker's team knows that an alert was taken back; whether it was news.

        Raises:
            HubError: it could not be written or audited.
        """
        authority = asker.authority if asker.role is Role.DUTY_WORKER else None
        with self._questions.question(changes=True) as asking:
            news = authority is not None and asking.note_ending(
                authority.reveal(), alert_id, by=asker.user_id, at=self._clock.now()
            )
            outcome = f"{alert_id}: {'noted' if news else 'nothing changed'}"
            self._audit(asking, asker, "ending seen", [], outcome)
        return news

    def digest(self, asker: Asker, only: str | None = None) -> tuple[ContactItem, ...]:
        """What is for information and waits, the latest first; it is no work. ``only`` as above.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            made = self._made(asking, asker, self._desk(asking, asker, self._clock.now()))
            told = [one for one in made if is_for_information(one) and only in {None, one.desk}][
                :_DIGEST_MAX
            ]
            items = self._shown(asking, asker, told)
            self._audit_list(asking, asker, "digest", items, only)
        return tuple(sorted(items, key=_raised, reverse=True))

    def one(self, asker: Asker, alert_id: UUID) -> ContactItem | None:
        """The contact of an alert, with all that each alert's own page says but its history.

        ``None`` if there is no such alert, it is not the asker's, or it is closed or taken back.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            found = self._of(asking, asker, alert_id)
            outcome = f"{alert_id}: {'shown' if found else 'none'}"
            self._audit(asking, asker, "contact", found.items if found else (), outcome)
        return found

    def _of(self, asking: Question, asker: Asker, alert_id: UUID) -> ContactItem | None:
        desk = self._desk(asking, asker, self._clock.now())
        made = self._made(asking, asker, desk)
        found = next((c for c in made if alert_id in {a.alert_id for a in c.alerts}), None)
        if found is None:
            return None
        named = (self._items.one(asking, asker, one.alert_id) for one in found.alerts)
        items = tuple(item for item in named if item is not None)
        return _item(found, items) if items else None

    def _taken_back(
        self, asking: Question, asker: Asker, now: datetime, only: str | None
    ) -> tuple[InboxItem, ...]:
        if asker.role is not Role.DUTY_WORKER or asker.authority is None:
            return ()
        desks = [one for one in asker.reads if only in {None, one}]
        found = asking.taken_back(desks, now - ENDED_OPENS_FOR)
        return self._items.listed(asking, asker, found)

    def _desk(self, asking: Question, asker: Asker, now: datetime) -> DeskFound:
        if asker.role is not (Role.DUTY_WORKER if asker.authority else Role.HUB_OPERATOR):
            return DeskFound(alerts=(), every={}, cursor="")
        return asking.desk(asker.reads, now - DECIDED_SHOWN_FOR)

    def _made(self, asking: Question, asker: Asker, desk: DeskFound) -> tuple[Contact, ...]:
        """The contacts of each desk; nobody is related by them who is by no other page.

        Who is only informed is told of no relation, and a shielded child has none; nor has one of
        whom it is not sure who it is. No contact is of two desks: each is as its own has it.
        """
        own = [one if one.owner == one.desk else _alone(one) for one in desk.alerts]
        related = sorted(relating(own))
        apart = self._items.without_relations(asking, related) if related else frozenset()
        made: list[Contact] = []
        for one in asker.at_each:
            hours = timedelta(hours=self._policies.of(one.authority).contacts.same_child_hours)
            here = [listed for listed in own if listed.desk == one.desk]
            made += contacts(here, same_child=hours, apart=apart)
        return in_order(made)

    def _shown(
        self, asking: Question, asker: Asker, found: Sequence[Contact]
    ) -> tuple[ContactItem, ...]:
        named = asking.alerts_named([one.alert_id for some in found for one in some.alerts])
        items = {
            item.disclosed.alert.alert_id: item for item in self._items.listed(asking, asker, named)
        }
        shown = (
            _item(some, tuple(items[a.alert_id] for a in some.alerts if a.alert_id in items))
            for some in found
        )
        return tuple(one for one in shown if one.items)

    def _audit_list(  # noqa: PLR0913, PLR0917  # what was shown, of which desks, to whom
        self,
        asking: Question,
        asker: Asker,
        action: str,
        found: Sequence[ContactItem],
        only: str | None,
        ended: Sequence[InboxItem] = (),
    ) -> None:
        """One row for each desk that was shown, as if it had been read alone."""
        for one in asker.at_each:
            if only in {None, one.desk}:
                here = [some for some in found if some.items[0].desk == one.authority]
                shown = [item for some in here for item in some.items]
                shown += [item for item in ended if item.desk == one.authority]
                self._audit(asking, one, action, shown, f"{len(here)} contacts")

    def _audit(
        self,
        asking: Question,
        asker: Asker,
        action: str,
        found: Iterable[InboxItem],
        outcome: str,
    ) -> None:
        subjects = {item.disclosed.alert.child_ref for item in found}
        asking.write_audit(
            audit_row(
                self._new_id(),
                asker,
                at=self._clock.now(),
                action=action,
                subjects=subjects,
                outcome=outcome,
                fields=("alert", "child_name", "birth_date") if subjects else (),
                policies=self._policies,
            )
        )


_WORK: Final = (InboxShows.WAITING, InboxShows.ACKNOWLEDGED, InboxShows.DECIDED)
_DIGEST_MAX: Final = 500


_LISTS: Final[Mapping[InboxShows, Callable[[Contact], bool]]] = {
    InboxShows.WAITING: lambda one: one.waits,
    InboxShows.ACKNOWLEDGED: lambda one: one.open and not one.waits,
    InboxShows.DECIDED: lambda one: not one.open,
    InboxShows.ALL: lambda _: True,
}


def is_for_information(contact: Contact) -> bool:
    """Whether a contact is told for information and nobody has seen it: the digest has it."""
    return contact.waits and contact.severity is Severity.INFORMATION


def _chosen(made: Iterable[Contact], shows: InboxShows, viewer: str, held: Held) -> list[Contact]:
    return [one for one in made if _LISTS[shows](one) and _is_held(one, viewer, held)]


def _is_held(contact: Contact, viewer: str, held: Held) -> bool:
    if held is Held.MINE:
        return contact.held_by(viewer)
    if held is Held.UNCLAIMED:
        return not contact.claimed
    return held is Held.ANYONE or (contact.claimed and not contact.held_by(viewer))


def _alone(listed: Listed) -> Listed:
    """The alert with causes of its own child: it shares none with another's."""
    return replace(listed, causes=frozenset(listed.child_ref + one for one in listed.causes))


def _item(contact: Contact, items: tuple[InboxItem, ...]) -> ContactItem:
    return ContactItem(
        contact_id=contact.contact_id,
        severity=contact.severity,
        due_at=min((one.due_at for one in items if one.due_at), default=None),
        items=items,
    )


def _raised(contact: ContactItem) -> datetime:
    return max(one.disclosed.alert.raised_at for one in contact.items)
