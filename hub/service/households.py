"""What rules read of a child's household, and who is looked at again for what is told of another.

Relations are read anew at each look and kept nowhere: one that has ended (a move, a correction, a
split) is gone with the next look, and the alert that rested on it is withdrawn. What is told of one
child is decided in its own transaction, which sets a timer for each other child of its household:
so each is looked at in a transaction that locks it alone.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Self

from hub.core.event import Event, EventKind
from hub.core.policy import Policies
from hub.ports import Effects, HouseholdAsked, Known, TimerRow, Transaction

HOUSEHOLD_LOOK: Final = "household_look"
"""The kind of the timer at which a child is looked at for what is told of another."""

_NAMESPACE: Final = uuid.UUID("5a3c4a38-6a5e-5b5c-8d59-2f2b0a3f7d42")


class Households:
    """What the deciding transaction reads and notes of households; nothing where no policy does."""

    def __init__(self, *, read: Callable[[], frozenset[EventKind]]) -> None:
        self._read = read

    @property
    def kinds(self) -> frozenset[EventKind]:
        """The kinds of events of a household that any policy lets rules read."""
        return self._read()

    @classmethod
    def of(cls, policies: Policies) -> Self:
        """Answer them for these policies, as they are when a child is looked at."""
        return cls(
            read=lambda: frozenset().union(*(one.household_correlation for one in policies.every()))
        )

    def known(
        self, transaction: Transaction, child_refs: Sequence[bytes], now: datetime
    ) -> Sequence[Known]:
        """Everything stored of these children, with what rules may read of their households."""
        known = transaction.known(child_refs)
        if not self.kinds or not known:
            return known
        found = transaction.households([one.child_ref for one in known], now)
        return [replace(one, household=found.get(one.child_ref, ())) for one in known]

    def note(
        self,
        transaction: Transaction,
        told_of: Sequence[bytes],
        others: Sequence[bytes],
        now: datetime,
    ) -> None:
        """Have those looked at whom what is told of these children may concern.

        Of ``told_of`` something of ``kinds`` was ever told; of ``others`` an address may have been.
        """
        kinds = self.kinds
        if not kinds or not (told_of or others):
            return
        asked = HouseholdAsked(told_of=told_of, others=others, kinds=kinds)
        concerned = transaction.concerned_by_households(asked, now)
        timers = tuple(_timer(ref, now) for ref in concerned)
        if timers:
            transaction.write_effects(Effects(timers=timers), now)


def says_nothing_of_homes(event: Event) -> bool:
    """Whether what is told can concern no other child: a school's mark, and no home in it."""
    subject = event.subject
    told = subject.postcode is not None or subject.address_lines is not None
    return (
        event.kind is EventKind.SCHOOL_ABSENCE
        and not (told or event.shielded)
        and _HOME.isdisjoint(subject.cleared)
    )


_HOME: Final = frozenset({"postcode", "address_lines"})

NO_HOUSEHOLDS: Final = Households(read=frozenset)


class LookForAnother:
    """The handler of those timers."""

    def __init__(self, look: Callable[[Transaction, bytes, datetime], int]) -> None:
        self._look = look

    def __call__(self, transaction: Transaction, timer: TimerRow, now: datetime) -> None:
        """Look at the timer's child, who is locked, with its household as it is now."""
        self._look(transaction, timer.child_ref, now)


def _timer(child_ref: bytes, now: datetime) -> TimerRow:
    timer_id = uuid.uuid5(_NAMESPACE, child_ref.hex())
    return TimerRow(
        timer_id=timer_id,
        kind=HOUSEHOLD_LOOK,
        subject_id=timer_id,
        child_ref=child_ref,
        due_at=now,
    )
