"""Fires timers whose time has come: once each, whoever else fires, and in order after a stop.

Each timer is a transaction of the deciding shape: its child is locked, the timer is read again, and
what follows commits with the note that it has fired. So two processes at once, or one that dies
between, fire it once. A round takes so many and no more: what piled up while the hub was down is
worked off beside everything else, the oldest first.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from hub.ports import Clock, Effects, Store, TimerRow, Transaction

TIMERS_PER_ROUND = 50

Handler = Callable[[Transaction, TimerRow, datetime], None]
"""What is done when a timer's time has come, in its transaction, its child locked."""


class Tick:
    """The use case; ``handlers`` by the kind of timer. Kinds without one wait."""

    def __init__(self, *, store: Store, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        self._store = store
        self._clock = clock
        self._handlers = handlers

    def __call__(self) -> int:
        """Fire what is due, at most one round of it; answer how many fired here.

        Raises:
            TransientFault: the database was away; what has fired until then has.
        """
        kinds = sorted(self._handlers)
        with self._store.transaction() as transaction:
            due = transaction.due_timers(kinds, self._clock.now(), TIMERS_PER_ROUND)
        return sum(self._fire(timer) for timer in due)

    def _fire(self, timer: TimerRow) -> bool:
        with self._store.transaction() as transaction:
            transaction.lock_children([timer.child_ref])
            taken = transaction.take_timer(timer.timer_id)
            if taken is None:
                return False
            now = self._clock.now()
            self._handlers[taken.kind](transaction, taken, now)
            transaction.write_effects(Effects(fired=(taken.timer_id,)), now)
        return True
