"""Replays one child: which alerts a policy would have raised, when, by what was known then.

Nothing is known before it came: an event from when the broker took it in, a correction later than
what it corrects, and what a rule waits for at its own time (that feeds were silent for longer is
not known afterwards: each wake comes when it is due). At each such instant the rules look as
they do in the deciding transaction, and what they conclude is carried on to the next.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from hub.core.alert import Alert, AlertState
from hub.core.chronology import Chronology
from hub.core.clock import london_date
from hub.core.correlate import correlate, may_concern
from hub.core.event import EventKind
from hub.core.identifiers import GssCode, OdsCode
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.core.replay_history import ReplayHistory
from hub.core.replay_known import KnownThen
from hub.core.replay_remembered import Remembered
from hub.core.routing import responsible_authority, router
from hub.core.rule import RuleMode
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
        known = KnownThen(history)
        child = _Child(known=known, memory=Remembered(known))
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
            standing = child.standing()
            if standing or child.may_be_concerned():
                for wake in self._look(child, standing, at):
                    if at < wake <= self._until:
                        heapq.heappush(due, wake)
                known.is_noted()
        return tuple(child.raised.values())

    def _look(
        self, child: "_Child", standing: tuple[Alert, ...], at: datetime
    ) -> Iterable[datetime]:
        """Let the rules look, and answer when they must look again though nothing may come."""
        self.looks += 1
        whole = child.known.chronology()
        chronology = told_by(whole, at)
        policy = self._policy(child, chronology, at)
        wanted = child.memory.wakes(chronology, policy, at)
        came = tuple(one.came() for one in wanted if one.wake.due_at <= at)
        chronology = replace(chronology, woken=came) if came else chronology
        found = child.memory.found(chronology, policy, at)
        if found or not all(policy.mode_of(one.rule) is not RuleMode.OFF for one in standing):
            route = router(
                chronology,
                authority_of_site=self._authority_of_site,
                as_of=at,
                windows=policy.windows,
            )
            for change in correlate(chronology, standing, policy, at, route, found):
                child.take(change.alert)
        later = told_later(whole, at) if chronology.withheld else ()
        return (*later, *(one.wake.due_at for one in wanted))

    def _policy(self, child: "_Child", known: Chronology, at: datetime) -> LocalAuthorityPolicy:
        """Answer the policy that applies, anew only where it may have become another's."""
        news = child.known.news - _UNPLACED
        may_move = known.register or known.withheld or child.held_back or news
        if child.policy is None or may_move:
            child.policy = self._policies.of(self._responsible(known, at))
        child.held_back = bool(known.withheld)
        return child.policy

    def _responsible(self, chronology: Chronology, at: datetime) -> GssCode | None:
        return responsible_authority(
            chronology,
            self._authority_of_site,
            on=london_date(at),
            windows=self._policies.hub.windows,
        )


@dataclass(slots=True, kw_only=True)
class _Child:
    """What the replay carries on from one instant to the next."""

    known: KnownThen
    memory: Remembered
    concerned: bool = False
    """Whether enough was told for any rule; what was told is never fewer later."""
    policy: LocalAuthorityPolicy | None = None
    held_back: bool = False
    """Whether something was not to be told when the rules last looked."""
    raised: dict[UUID, Replayed] = field(default_factory=dict)

    def may_be_concerned(self) -> bool:
        """Answer whether any rule may find anything."""
        if not self.concerned:
            known = self.known
            self.concerned = known.has_household() or may_concern(known.counts, known.said)
        return self.concerned

    def standing(self) -> tuple[Alert, ...]:
        """Answer the alerts that stand."""
        every = (one.alert for one in self.raised.values())
        return tuple(one for one in every if one.state is AlertState.STANDING)

    def take(self, after: Alert) -> None:
        """Let an alert stand so; raised again under its old id, it is the same alert."""
        before = self.raised.get(after.alert_id)
        told = after.delivered or (before is not None and before.told)
        if before is not None:
            after = replace(after, raised_at=before.alert.raised_at)
        self.raised[after.alert_id] = Replayed(alert=after, told=told)


_UNPLACED = frozenset({EventKind.SCHOOL_ABSENCE})
"""What neither tells where a child was found nor who is responsible for it."""

_NEXT_TO_NOTHING = timedelta(microseconds=1)
