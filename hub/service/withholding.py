"""Has a child decided again when something that its agency asked to keep back may be told.

The timer is written in the transaction that decides, whatever made it decide: so it is there
whenever something waits, and firing one that is no longer needed changes nothing.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from hub.core.withheld import told_later
from hub.ports import Effects, TimerRow, Transaction
from hub.service.correlating import Seen

TOLD_LATER: Final = "told_later"
"""The kind of the timer at which something that was kept back may be told."""

_NAMESPACE: Final = uuid.UUID("0f0c6d6e-3a3f-5d0b-8c0e-5f6f1f6a2b11")


def set_timers(transaction: Transaction, seen: Sequence[Seen], now: datetime) -> None:
    """Set a timer for each instant at which more may be told of these children, who are locked."""
    timers = tuple(timer for one in seen for timer in _timers(one, now))
    if timers:
        transaction.write_effects(Effects(timers=timers), now)


class DecideAgain:
    """The handler of those timers: what may be told by now is decided on, as any report is."""

    def __init__(self, correlate: Callable[[Transaction, Sequence[bytes], datetime], int]) -> None:
        self._correlate = correlate

    def __call__(self, transaction: Transaction, timer: TimerRow, now: datetime) -> None:
        """Look at the timer's child, who is locked, with everything that may be told now."""
        self._correlate(transaction, [timer.child_ref], now)


def _timers(seen: Seen, now: datetime) -> Iterator[TimerRow]:
    known = seen.known
    for due_at in told_later(seen.chronology, now):
        cause = f"{TOLD_LATER}|{known.child_ref.hex()}|{due_at.isoformat()}"
        timer_id = uuid.uuid5(_NAMESPACE, cause)
        yield TimerRow(
            timer_id=timer_id,
            kind=TOLD_LATER,
            subject_id=timer_id,
            child_ref=known.child_ref,
            due_at=due_at,
        )
