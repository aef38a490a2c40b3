"""Replays one child: which alerts a policy would have raised, when, by what was known then.

Nothing is known before it came: an event from when the broker took it in, a correction later than
what it corrects, and what a rule waits for at its own time (that feeds were silent for longer is
not known afterwards: each wake comes when it is due). At each such instant the rules look as
they do in the deciding transaction, and what they conclude is carried on to the next.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hub.core.alert import Alert, AlertState
from hub.core.chronology import Chronology
from hub.core.clock import london_date
from hub.core.correlate import correlate, may_concern
from hub.core.identifiers import GssCode, OdsCode
from hub.core.policy import Policies
from hub.core.replay_history import ReplayHistory
from hub.core.replay_known import KnownThen
from hub.core.routing import latest_place, responsible_authority, router
from hub.core.rules import RULES
from hub.core.waking import wakes_of
from hub.core.withheld import told_by, told_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One alert that the replay raised, as it stands at the end of the replay."""

    alert: Alert
    told: bool
    """Whether it was ever to be delivered."""


class Replay:
    """Replays children, one after another, under the same policies."""

    def __init__(
        self,
        policies: Policies,
        authority_of_site: Callable[[OdsCode], GssCode | None],
        *,
        since: datetime,
        until: datetime,
    ) -> None:
        """What came before ``since`` is known at once, right before it; after ``until`` nothing."""
        self._policies = policies
        self._authority_of_site = authority_of_site
        self._since, self._until = since, until
        self.looks = 0
        """How often the rules looked, at all children so far."""

    def __call__(self, history: ReplayHistory) -> tuple[Replayed, ...]:
        """Answer the alerts of one child, in the order in which they were raised."""
        known, raised = KnownThen(history), dict[UUID, Replayed]()
        before = self._since - _NEXT_TO_NOTHING
        due = [before, *{at for at in known.instants() if before < at <= self._until}]
        heapq.heapify(due)
        done: datetime | None = None
        while due:
            at = heapq.heappop(due)
            if at == done:
                continue
            done = at
            known.learn(at)
            standing = tuple(o.alert for o in raised.values() if _stands(o.alert))
            if standing or known.has_household() or may_concern(known.counts):
                for wake in self._look(known.chronology(), standing, raised, at):
                    if at < wake <= self._until:
                        heapq.heappush(due, wake)
        return tuple(raised.values())

    def _look(
        self,
        whole: Chronology,
        standing: tuple[Alert, ...],
        raised: dict[UUID, Replayed],
        at: datetime,
    ) -> Iterable[datetime]:
        """Let the rules look, and answer when they must look again though nothing may come."""
        self.looks += 1
        chronology = told_by(whole, at)
        policy = self._policies.of(self._responsible(chronology, at))
        wanted = wakes_of(chronology, policy, at, RULES) if _SOME_WAKE else ()
        came = tuple(one.came() for one in wanted if one.wake.due_at <= at)
        chronology = replace(chronology, woken=came) if came else chronology
        route = router(
            chronology,
            authority_of_site=self._authority_of_site,
            as_of=at,
            windows=policy.windows,
        )
        for change in correlate(chronology, standing, policy, at, route):
            after, before = change.alert, raised.get(change.alert.alert_id)
            if before is not None:  # raised again under its old id, it is the same alert
                after = replace(after, raised_at=before.alert.raised_at)
            told = after.delivered or (before is not None and before.told)
            raised[after.alert_id] = Replayed(alert=after, told=told)
        return (*told_later(whole, at), *(one.wake.due_at for one in wanted))

    def _responsible(self, chronology: Chronology, at: datetime) -> GssCode | None:
        found_in = latest_place(chronology, self._authority_of_site)
        windows = self._policies.hub.windows
        return responsible_authority(chronology, found_in, on=london_date(at), windows=windows)


_NEXT_TO_NOTHING = timedelta(microseconds=1)

_SOME_WAKE = any(rule.wakes is not None for rule in RULES)


def _stands(alert: Alert) -> bool:
    return alert.state is AlertState.STANDING
