"""How the feeds fare: what an agency sees of its own, and what alarms the operator."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.disclosure import Role
from hub.core.status_registers import is_fresh
from hub.ports import FeedActivity, OutOfTime, Overdue, Question, Questions, Unsettled
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.living import TIMEKEEPER, Silent, silent_among


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """What has waited too long, and faults of no one agency."""

    overdue: Overdue
    faults: tuple[Unsettled, ...]
    out_of_time: OutOfTime
    silent: tuple[Silent, ...]
    """Kinds of processes of which none is at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsFound:
    """Feeds; the alarms are the operator's alone."""

    feeds: tuple[FeedActivity, ...]
    alarms: Alarms | None


BEHIND_AFTER = timedelta(minutes=15)
"""After how long a timer that nobody has looked at is an alarm. This project's own figure."""


def read_alarms(
    questions: Questions,
    now: datetime,
    parked_after: timedelta,
    processes: Collection[str] | None = None,
) -> Alarms:
    """What alarms at an instant, parked reports if they have waited for longer than that.

    ``processes`` are the kinds of which one must be at work; without it, those that ever were.

    Raises:
        HubError: it could not be read.
    """
    with questions.question() as asking:
        return _alarms(asking, now, parked_after, processes)


def _alarms(
    asking: Question, now: datetime, parked_after: timedelta, processes: Collection[str] | None
) -> Alarms:
    out_of_time = asking.out_of_time(now - BEHIND_AFTER)
    return Alarms(
        overdue=asking.overdue(now - parked_after),
        faults=asking.operator_faults(),
        out_of_time=out_of_time,
        silent=silent_among(out_of_time.processes_seen, now, processes),
    )


class FeedHealth:
    """The use case over what the feeds have done."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def feeds(self, asker: Asker) -> FeedsFound:
        """What the feeds of the asker's own agency have done; the operator's: of all.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        around = self._around
        everyone = asker.role is Role.HUB_OPERATOR
        now = around.clock.now()
        with around.questions.question() as asking:
            found = asking.activity(None if everyone else [asker.organisation])
            alarms = None
            if everyone:
                alarms = _alarms(asking, now, around.parked_alarm_after, self._processes())
            row = audit_row(
                around.new_id(),
                asker,
                at=now,
                action="feeds",
                subjects=(),
                outcome=f"{len(found)} feeds",
                fields=(),
                policies=around.policies,
            )
            asking.write_audit(row)
        return FeedsFound(feeds=found, alarms=alarms)

    def alarms(self) -> Alarms:
        """What alarms, in counts and sentences of no person and no agency's own.

        Raises:
            HubError: it could not be read.
        """
        around = self._around
        now, waited = around.clock.now(), around.parked_alarm_after
        return read_alarms(around.questions, now, waited, self._processes())

    def _processes(self) -> Collection[str]:
        """The kinds of processes of which one must be at work: of each feed that anybody joins."""
        sources = (one for p in self._around.policies.every() for one in p.sources.values())
        return {TIMEKEEPER, *(source.feed.value for source in sources)}

    def is_overdue(self, activity: FeedActivity) -> bool:
        """Whether a parked report of a feed has waited too long."""
        before = self._around.clock.now() - self._around.parked_alarm_after
        return any(one.received_at < before and not one.settled for one in activity.parked_found)

    def is_fresh(self, activity: FeedActivity) -> bool:
        """Whether a feed spoke within the age that the policies allow it."""
        policies = self._around.policies
        ages = [
            source.maximum_age
            for policy in policies.every()
            for source in policy.sources.values()
            if source.agency == activity.agency and source.feed.value == activity.feed
        ]
        now = self._around.clock.now()
        return bool(ages) and is_fresh(activity.source_as_of, min(ages), now)
