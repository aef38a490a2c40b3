"""The front door's inbox and an agency's own feeds: each view is audited before it is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hub.core.disclosure import Role, Standing
from hub.core.policy import Policies
from hub.core.report import Feed
from hub.core.status_registers import is_fresh
from hub.ports import (
    InboxCount,
    InboxNotices,
    InboxWanted,
    Notice,
    Question,
)
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.front_door import seen_by
from hub.service.inbox_items import InboxItem, InboxItems


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A page of an inbox, how many alerts of each kind it has, and which feeds have gone quiet."""

    items: tuple[InboxItem, ...]
    counts: tuple[InboxCount, ...]
    page: int
    cursor: str
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxChanges:
    """What changed in an inbox since a cursor; see ``hub.ports.ChangesFound``."""

    items: tuple[InboxItem, ...]
    removed: tuple[UUID, ...]
    cursor: str
    complete: bool
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An alert after somebody took it in hand, or gave it back, or could not."""

    item: InboxItem
    done: bool


class Triage:
    """The use cases of the inbox."""

    def __init__(self, around: Surroundings, notices: InboxNotices) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._clock = around.clock
        self._new_id = around.new_id
        self._notices = notices
        self._items = InboxItems(around.policies, around.clock)

    def inbox(self, asker: Asker, wanted: InboxWanted) -> Inbox:
        """A page of the alerts of the asker's authority, and which feeds have gone quiet.

        Without an authority, those that no authority could be found for: the hub's own desk.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            found = asking.alerts_of(asker.reads, replace(wanted, viewer=asker.user_id))
            items = self._items.listed(asking, asker, found.alerts)
            stale = stale_feeds(asking, asker, self._policies, self._clock.now())
            self._audit_list(asking, asker, "inbox", items)
        return Inbox(
            items=items,
            counts=found.counts if _has_inbox(asker) else (),
            page=found.page,
            cursor=found.cursor,
            stale=stale,
        )

    def changes(self, asker: Asker, since: str) -> InboxChanges:
        """What changed in the asker's inbox since the cursor, which an earlier answer gave.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            found = asking.changes_of(asker.reads, since)
            items = self._items.listed(asking, asker, found.alerts)
            removed = found.removed if _has_inbox(asker) else ()
            self._audit_list(asking, asker, "inbox changes", items, f", {len(removed)} removed")
        return InboxChanges(
            items=items,
            removed=removed,
            cursor=found.cursor,
            complete=found.complete,
            more=found.more,
        )

    def changed(self, asker: Asker, since: str) -> bool:
        """Whether anything changed in the asker's inbox since the cursor; it shows nothing."""
        return self._questions.inbox_changed(asker.reads, since)

    def listen(self, asker: Asker, told: Callable[[Notice], None]) -> Callable[[], None]:
        """Have ``told`` called when the asker's inbox changes; answer what ends it."""
        return self._notices.listen(asker.reads, told)

    def alert(self, asker: Asker, alert_id: UUID) -> InboxItem | None:
        """One alert; ``None`` if there is none or it is not this asker's.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            item = self._items.one(asking, asker, alert_id)
            outcome = f"{alert_id}: {'shown' if item else 'none'}"
            self._audit(asking, asker, "alert", [item] if item else [], outcome)
        return item

    def acknowledge(self, asker: Asker, alert_id: UUID) -> InboxItem | None:
        """Note that the asker's team has seen it; a second time changes nothing.

        Whoever is only informed acknowledges nothing: it would take the alert out of the inbox of
        the one team that must act. They are answered the alert as it stands.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        with self._questions.question(changes=True) as asking:
            asking.hold_alert(alert_id)
            item = self._items.one(asking, asker, alert_id)
            outcome = "none"
            if item is not None and item.disclosed.standing is Standing.INFORMED:
                outcome = "only informed"
            elif item is not None:
                now = self._clock.now()
                first = asking.acknowledge(alert_id, seen_by(asker, now))
                outcome = "acknowledged" if first else "acknowledged before"
                item = self._items.one(asking, asker, alert_id)
            told = f"{alert_id}: {outcome}"
            self._audit(asking, asker, "acknowledge", [item] if item else [], told)
        return item

    def claim(self, asker: Asker, alert_id: UUID) -> Claimed | None:
        """Take the alert in hand for the asker; of two at once one has it and the other is told.

        That somebody has it hides it from nobody, and anybody of the team may acknowledge it.
        ``None`` if there is no such alert or it is not this asker's.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        return self._hands(
            asker,
            alert_id,
            "claim",
            lambda asking, at: asking.claim(alert_id, by=asker.user_id, at=at),
        )

    def take_over(self, asker: Asker, alert_id: UUID, holder: str) -> Claimed | None:
        """Take the alert in hand instead of the colleague who has it; as above.

        Nothing changes if somebody else than ``holder`` has it by then: the asker is told who.
        Who took it over from whom, and when, is a step of the alert.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        return self._hands(
            asker,
            alert_id,
            "take over",
            lambda asking, at: (
                holder != asker.user_id
                and asking.claim(alert_id, by=asker.user_id, at=at, instead_of=holder)
            ),
        )

    def release(self, asker: Asker, alert_id: UUID) -> Claimed | None:
        """Give back an alert that the asker has in hand; as above.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        return self._hands(
            asker,
            alert_id,
            "release",
            lambda asking, at: asking.release(alert_id, by=asker.user_id, at=at),
        )

    def _hands(
        self,
        asker: Asker,
        alert_id: UUID,
        action: str,
        change: Callable[[Question, datetime], bool],
    ) -> Claimed | None:
        with self._questions.question(changes=True) as asking:
            asking.hold_alert(alert_id)
            item = self._items.one(asking, asker, alert_id)
            done, outcome = False, "none"
            if item is not None and item.disclosed.standing is Standing.INFORMED:
                outcome = "only informed"
            elif item is not None:
                done = change(asking, self._clock.now())
                outcome = "done" if done else "nothing changed"
                item = self._items.one(asking, asker, alert_id)
            told = f"{alert_id}: {outcome}"
            self._audit(asking, asker, action, [item] if item else [], told)
        return Claimed(item=item, done=done) if item else None

    def _audit_list(
        self,
        asking: Question,
        asker: Asker,
        action: str,
        items: Sequence[InboxItem],
        more: str = "",
    ) -> None:
        """One row for each desk that was read, as if it had been read alone."""
        for one in asker.at_each:
            here = [item for item in items if item.desk == one.authority]
            self._audit(asking, one, action, here, f"{len(here)} alerts{more}")

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


def stale_feeds(
    asking: Question, asker: Asker, policies: Policies, now: datetime
) -> tuple[str, ...]:
    """Joined feeds that have gone quiet, in words: an empty inbox is no answer without them."""
    told = {(one.agency, one.feed): one.source_as_of for one in asking.feeds(_FEEDS)}
    quiet = {
        (agency, source.name)
        for one in asker.at_each
        for agency, source in policies.of(one.authority).sources.items()
        if not is_fresh(told.get((agency, source.feed.value)), source.maximum_age, now)
    }
    return tuple(name for _, name in sorted(quiet))


def _has_inbox(asker: Asker) -> bool:
    """Whether there is an inbox of the asker's own; others are not told how much is in one."""
    if asker.authority is None:
        return asker.role is Role.HUB_OPERATOR
    return asker.role is Role.DUTY_WORKER


_FEEDS = tuple(feed.value for feed in Feed)
