"""Sets the turns of alerts that wait by the clocks of a policy that has changed.

Each alert says by when it is due and whose turn it is by the policy of now; so its timers go by it
too, and nobody is told later than the page says, nor earlier.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from hub.core.policy import Policies
from hub.ports import Clock, Effects, Store, TimerRow
from hub.service.escalating import ALERT_DISPUTED, ALERT_UNSEEN, Escalating
from hub.service.hearing_back import REPORT_UNSEEN

ALERTS_PER_ROUND: Final = 50
TIMERS_MAX: Final = 20_000
"""So many are looked at after a change, the next due first; the others find out when they fire."""

_KINDS: Final = (ALERT_UNSEEN, ALERT_DISPUTED, REPORT_UNSEEN)
_EVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


class TurnsAnew:
    """The use case: a round of the timekeeper, which has work after a change of policy alone.

    And once when it starts, since files may have changed while it did not run.
    """

    def __init__(
        self, *, store: Store, policies: Policies, escalating: Escalating, clock: Clock
    ) -> None:
        self._store = store
        self._policies = policies
        self._escalating = escalating
        self._clock = clock
        self._version = ""
        self._left: list[tuple[UUID, list[TimerRow]]] = []

    def __call__(self) -> int:
        """Set some anew; answer how many alerts were looked at.

        Raises:
            TransientFault: the database was away; the next round goes on where this one was.
        """
        version = self._policies.version
        if version != self._version:
            self._left = self._waiting()
            self._version = version
        done = 0
        while self._left and done < ALERTS_PER_ROUND:
            alert, timers = self._left[-1]
            self._set_anew(alert, timers)
            self._left.pop()
            done += 1
        return done

    def _waiting(self) -> list[tuple[UUID, list[TimerRow]]]:
        """By alert, its timers; those due next at the end."""
        with self._store.transaction() as transaction:
            timers = transaction.due_timers(_KINDS, _EVER, TIMERS_MAX)
        found: dict[UUID, list[TimerRow]] = {}
        for one in timers:
            found.setdefault(one.subject_id, []).append(one)
        return list(reversed(found.items()))

    def _set_anew(self, alert: UUID, timers: Sequence[TimerRow]) -> None:
        """Set the timers of an alert that waits; those of any other pass by themselves.

        Only these: what was set since they were read, or is parked, is not lost with them.
        """
        with self._store.transaction() as transaction:
            transaction.lock_children(sorted({one.child_ref for one in timers}))
            for waiting in transaction.alerts_unseen([alert]):
                taken = [transaction.take_timer(one.timer_id, _EVER) for one in timers]
                held = [one for one in taken if one is not None]
                anew = {one: self._escalating.anew(one, waiting) for one in held}
                moved = {was: now for was, now in anew.items() if was != now}
                if moved:
                    gone = tuple(one.timer_id for one in moved)
                    effects = Effects(unwanted=gone, timers=tuple(moved.values()))
                    transaction.write_effects(effects, self._clock.now())
