"""The front door's inbox and an agency's own feeds: each view is audited before it is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from hub.core.alert import Ground
from hub.core.chronology import Attendance
from hub.core.clock import age_in_months, london_date
from hub.core.disclosure import DisclosedAlert, Role, disclose_alert
from hub.core.event import Sex
from hub.core.identifiers import OdsCode
from hub.core.person import subject_of
from hub.core.report import Feed
from hub.core.status_registers import is_fresh
from hub.ports import FeedActivity, InboxAlert, Known, NotListed, Question
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.correlating import chronology_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTold:
    """One ground as this viewer may see it."""

    ground: Ground
    received_at: datetime | None
    source: str
    site: OdsCode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """One alert as this viewer may see it, with the child it is about."""

    disclosed: DisclosedAlert
    child_label: str
    child_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    confirmed: bool = True
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    grounds: tuple[GroundTold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What an inbox lists, how many alerts more it has, and which feeds have gone quiet."""

    items: tuple[InboxItem, ...]
    not_listed: tuple[NotListed, ...]
    stale: tuple[str, ...]


class Triage:
    """The use cases of the inbox."""

    def __init__(self, around: Surroundings) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._places = around.places
        self._clock = around.clock
        self._new_id = around.new_id

    def inbox(self, asker: Asker) -> Inbox:
        """The alerts of the asker's authority, and which feeds have gone quiet.

        Those that were taken back in the last days are among them, with their state.

        Without an authority, those that no authority could be found for: the hub's own desk.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            found = asking.alerts_of(asker.authority.reveal() if asker.authority else None)
            items = self._items(asking, asker, found.alerts)
            stale = self._stale(asking, asker)
            self._audit(asking, asker, "inbox", items, f"{len(items)} alerts")
        # Who may see none of them is not told how many there are.
        return Inbox(items=items, not_listed=found.not_listed if items else (), stale=stale)

    def version(self, asker: Asker) -> str:
        """A short text that changes whenever the asker's inbox does."""
        return self._questions.inbox_version(asker.authority.reveal() if asker.authority else None)

    def alert(self, asker: Asker, alert_id: UUID) -> InboxItem | None:
        """One alert; ``None`` if there is none or it is not this asker's.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            item = self._one(asking, asker, alert_id)
            self._audit(asking, asker, "alert", [item] if item else [], "shown" if item else "none")
        return item

    def acknowledge(self, asker: Asker, alert_id: UUID) -> InboxItem | None:
        """Note that the asker's team has seen it; a second time changes nothing.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        with self._questions.question(changes=True) as asking:
            item = self._one(asking, asker, alert_id)
            outcome = "none"
            if item is not None:
                now = self._clock.now()
                first = asking.acknowledge(alert_id, by=asker.user_id, at=now)
                outcome = "acknowledged" if first else "acknowledged before"
                item = self._one(asking, asker, alert_id)
            self._audit(asking, asker, "acknowledge", [item] if item else [], outcome)
        return item

    def feeds(self, asker: Asker) -> tuple[FeedActivity, ...]:
        """What the feeds of the asker's own agency have done; the operator's: of all.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        everyone = asker.role is Role.HUB_OPERATOR
        with self._questions.question() as asking:
            found = asking.activity(None if everyone else [asker.organisation])
            self._audit(asking, asker, "feeds", [], f"{len(found)} feeds")
        return found

    def is_fresh(self, activity: FeedActivity) -> bool:
        """Whether a feed spoke within the age that the policies allow it."""
        ages = [
            source.maximum_age
            for policy in (self._policies.hub, *self._policies.authorities.values())
            for source in policy.sources.values()
            if source.agency == activity.agency and source.feed.value == activity.feed
        ]
        now = self._clock.now()
        return bool(ages) and is_fresh(activity.source_as_of, min(ages), now)

    def _one(self, asking: Question, asker: Asker, alert_id: UUID) -> InboxItem | None:
        found = asking.alert(alert_id)
        items = self._items(asking, asker, [found]) if found else ()
        return items[0] if items else None

    def _items(
        self, asking: Question, asker: Asker, found: Sequence[InboxAlert]
    ) -> tuple[InboxItem, ...]:
        refs = sorted({one.alert.child_ref for one in found})
        known = {one.child_ref: one for one in asking.known(refs)} if refs else {}
        items = (self._item(asker, one, known[one.alert.child_ref]) for one in found)
        return tuple(item for item in items if item is not None)

    def _item(self, asker: Asker, found: InboxAlert, known: Known) -> InboxItem | None:
        chronology = chronology_of(known)
        disclosed = disclose_alert(
            asker.role, asker.authority, found.alert, shielded=chronology.shielded
        )
        if disclosed is None:
            return None
        name, born, label = self._child(known)
        return InboxItem(
            disclosed=disclosed,
            child_label=label,
            child_name=name,
            birth_date=born,
            confirmed=not known.unsure,
            acknowledged_at=found.acknowledged_at,
            acknowledged_by=found.acknowledged_by,
            grounds=self._grounds(disclosed, found, chronology.attendances),
        )

    def _child(self, known: Known) -> tuple[str | None, date | None, str]:
        """Name, birth date and a description, from the record that says most of the child."""
        subjects = [subject_of(row.ledger, "record") for row in known.records]
        named = max(subjects, key=lambda s: (bool(s.family_name), bool(s.birth_date)), default=None)
        if named is None:
            return None, None, "A child"
        parts = [*(named.given_names or ()), named.family_name or ""]
        name = " ".join(part for part in parts if part) or None
        sexes = {s.sex for s in subjects} & {Sex.FEMALE, Sex.MALE}
        word = {Sex.FEMALE: "Girl", Sex.MALE: "Boy"}[sexes.pop()] if len(sexes) == 1 else "Child"
        return name, named.birth_date, word + self._age(named.birth_date, named.due_on)

    def _age(self, born: date | None, due: date | None) -> str:
        if born is None:
            return ", not born yet" if due else ", age not known"
        months = age_in_months(born, london_date(self._clock.now()))
        if months < 24:  # noqa: PLR2004  # under two, months say more
            return f", {max(months, 0)} month{'' if months == 1 else 's'}"
        return f", {months // 12} years"

    def _grounds(
        self, disclosed: DisclosedAlert, found: InboxAlert, attended: Iterable[Attendance]
    ) -> tuple[GroundTold, ...]:
        told = {fact: (received, agency) for fact, received, agency in found.told}
        sites = {one.fact_key: one.site_code for one in attended}
        withheld = disclosed.location_withheld
        return tuple(
            GroundTold(
                ground=ground,
                received_at=told.get(ground.fact_key, (None, ""))[0],
                source=self._source(told.get(ground.fact_key, (None, ""))[1], withheld=withheld),
                site=None if withheld else sites.get(ground.fact_key),
            )
            for ground in disclosed.alert.grounds
        )

    def _source(self, agency: str, *, withheld: bool) -> str:
        if withheld:
            return "An agency"
        for policy in (self._policies.hub, *self._policies.authorities.values()):
            if agency in policy.sources:
                return policy.sources[agency].name
        return agency or "An agency"

    def _stale(self, asking: Question, asker: Asker) -> tuple[str, ...]:
        """Joined feeds that have gone quiet, in words: an empty inbox is no answer without them."""
        policy = self._policies.of(asker.authority)
        told = {(one.agency, one.feed): one.source_as_of for one in asking.feeds(_FEEDS)}
        now = self._clock.now()
        return tuple(
            source.name
            for agency, source in sorted(policy.sources.items())
            if not is_fresh(told.get((agency, source.feed.value)), source.maximum_age, now)
        )

    def _audit(
        self,
        asking: Question,
        asker: Asker,
        action: str,
        items: Sequence[InboxItem],
        outcome: str,
    ) -> None:
        row = audit_row(
            self._new_id(),
            asker,
            at=self._clock.now(),
            action=action,
            subjects={item.disclosed.alert.child_ref for item in items},
            outcome=outcome,
            fields=("alert", "child_name", "birth_date") if items else (),
            policies=self._policies,
        )
        asking.write_audit(row)


_FEEDS = tuple(feed.value for feed in Feed)
