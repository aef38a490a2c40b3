"""Fires timers whose time has come: once each, whoever else fires, and in order after a stop.

Each timer is a transaction of the deciding shape: its child is locked, the timer is read again, and
what follows commits with the note that it has fired. So two processes at once, or one that dies
between, fire it once. A round takes so many and no more: what piled up while the hub was down is
worked off beside everything else, the oldest first.

A timer on which the hub fails costs only itself: it is parked with the place of the failure, which
is a fault for the operator, and tried again after a release or when a person says so.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from hub.errors import TransientFault
from hub.ports import Clock, Effects, ParkedTimer, Store, TimerRow, Transaction
from hub.service.failing import place_of

TIMERS_PER_ROUND = 50
TRANSIENT_FAULTS_MAX = 3
"""In one round: a child that somebody holds is passed over, and a database that is away ends it."""

Handler = Callable[[Transaction, TimerRow, datetime], None]
"""What is done when a timer's time has come, in its transaction, its child locked."""

log = logging.getLogger(__name__)


class Tick:
    """The use case; ``handlers`` by the kind of timer. Kinds without one wait."""

    def __init__(self, *, store: Store, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._store = store
        self._clock = clock
        self._handlers = handlers

    def __call__(self) -> int:
        """Fire what is due, at most one round of it; answer how many fired here.

        Raises:
            TransientFault: the database was away or children were busy; what has fired has, and
                the next round comes to the rest.
        """
        fired, faults = 0, 0
        for timer in self._due():
            try:
                fired += self._fire(timer)
            except TransientFault:
                faults += 1
                if faults >= TRANSIENT_FAULTS_MAX:
                    raise
        return fired

    def parked(self) -> tuple[ParkedTimer, ...]:
        """The timers on which the hub failed, the oldest first."""
        with self._store.transaction() as transaction:
            return transaction.parked_timers()

    def release(self) -> int:
        """Let every parked timer wait for its turn again; answer how many those are."""
        with self._store.transaction() as transaction:
            parked = tuple(one.timer.timer_id for one in transaction.parked_timers())
            if parked:
                transaction.write_effects(Effects(released=parked), self._clock.now())
        return len(parked)

    def _due(self) -> tuple[TimerRow, ...]:
        kinds = sorted(self._handlers)
        with self._store.transaction() as transaction:
            return transaction.due_timers(kinds, self._clock.now(), TIMERS_PER_ROUND)

    def _fire(self, timer: TimerRow) -> bool:
        try:
            return self._fired(timer)
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # a bug of ours costs this timer only, and it is kept
            reason = f"{type(error).__name__}@{place_of(error)}"
            log.error("timer %s of kind %s is parked: %s", timer.timer_id, timer.kind, reason)  # noqa: TRY400  # the trace may hold content
            self._park(timer, reason)
        return False

    def _fired(self, timer: TimerRow) -> bool:
        with self._store.transaction() as transaction:
            transaction.lock_children([timer.child_ref])
            now = self._clock.now()
            taken = transaction.take_timer(timer.timer_id, now)
            if taken is None:
                return False
            self._handlers[taken.kind](transaction, taken, now)
            transaction.write_effects(Effects(fired=(taken.timer_id,)), now)
        return True

    def _park(self, timer: TimerRow, reason: str) -> None:
        """Keep it aside; its own transaction is gone with all that it wrote."""
        now = self._clock.now()
        with self._store.transaction() as transaction:
            transaction.lock_children([timer.child_ref])
            parked = ParkedTimer(timer=timer, reason=reason, since=now)
            transaction.write_effects(Effects(parked=(parked,)), now)
