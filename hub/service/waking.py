"""Keeps the wakes of rules as timers, and has a child decided when one has come.

The wakes are written in the transaction that decides, whatever made it decide: so each that a rule
wants is there, and each that none wants any more is taken away. Its id follows from rule, child,
cause and time, so it fires once whoever sets it, and how often. A wake that has fired is kept: by
it, and not by the hour at which something is decided, a rule says what has not happened.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, Protocol, Self

from hub.core.policy import LocalAuthorityPolicy
from hub.core.report import Feed
from hub.core.wake import Woken
from hub.core.waking import WakeWanted
from hub.ports import Effects, Known, TimerRow, Transaction, WakeKept, WakeTerms, WokenRow
from hub.service.correlating import Seen

_NAMESPACE: Final = uuid.UUID("6d0f2f6e-52a4-5f0c-9a55-0b8f6f4a1c27")
_NO_AGENCY: Final = ""
"""Stands where no agency of a kind is joined: it never tells, so its silence is waited out."""


class Wanting(Protocol):
    """What says which wakes are wanted: the correlator."""

    def wakes(
        self, seen: Seen, now: datetime
    ) -> tuple[tuple[WakeWanted, ...], LocalAuthorityPolicy]:
        """The wakes that are to be kept for one child, and the policy by which they are."""
        ...

    def wake_anyone(self) -> bool:
        """Whether any policy has a rule on that looks again at a time."""
        ...


class Waking:
    """What the deciding transaction reads and notes of wakes; nothing where no rule has any."""

    def __init__(self, wanting: Wanting | None) -> None:
        self._wanting = wanting

    @classmethod
    def of(cls, correlating: Wanting) -> Self:
        """Answer it for a correlator, by the policies that it goes by at each time."""
        return cls(correlating)

    def known(
        self, transaction: Transaction, known: Sequence[Known], now: datetime
    ) -> tuple[Sequence[Known], tuple[WakeKept, ...]]:
        """Answer these children, who are locked, with what has come; and every wake as it is."""
        if not known or self._wanting is None or not self._wanting.wake_anyone():
            return known, ()
        stored = transaction.wakes_kept([one.child_ref for one in known])
        kept = tuple(_as_told_by_now(transaction, one, now) for one in stored)
        come: dict[bytes, list[Woken]] = {}
        for one in kept:
            if one.state == "fired":
                come.setdefault(one.child_ref, []).append(_woken(one))
        return [replace(one, woken=tuple(come.get(one.child_ref, ()))) for one in known], kept

    def keep(
        self,
        transaction: Transaction,
        seen: Sequence[Seen],
        kept: Sequence[WakeKept],
        now: datetime,
    ) -> None:
        """Set the wakes that are wanted for these children, and take away those that are not."""
        if self._wanting is None or not self._wanting.wake_anyone():
            return
        wanted = {
            row.timer_id: row
            for one in seen
            for row in _rows(one.known.child_ref, *self._wanting.wakes(one, now))
        }
        stand = {one.timer_id: one for one in kept}
        effects = Effects(
            settled_subjects=tuple(
                one.timer_id
                for one in kept
                if one.state in {"waiting", "parked"} and one.timer_id not in wanted
            ),
            wakes=tuple(row for row in wanted.values() if _is_new(row, stand.get(row.timer_id))),
        )
        if effects.settled_subjects or effects.wakes:
            transaction.write_effects(effects, now)


NO_WAKES: Final = Waking(None)


class WakeUp:
    """The handler of those timers: the child is decided with what has not been told by then."""

    def __init__(self, look: Callable[[Transaction, bytes, datetime], int]) -> None:
        self._look = look

    def __call__(self, transaction: Transaction, timer: TimerRow, now: datetime) -> None:
        """Note that the wake has come, and look at its child, who is locked.

        What it finds is by the wake's own time; an alert that follows from it is raised now, for
        nobody could have seen it before.
        """
        kept = transaction.wakes_kept([timer.child_ref])
        terms = next(one.terms for one in kept if one.timer_id == timer.timer_id)
        come = WokenRow(
            timer_id=timer.timer_id,
            silent=transaction.silent_needs(timer.timer_id),
            late=now > terms.late_after,
        )
        transaction.write_effects(Effects(woken=(come,), fired=(timer.timer_id,)), now)
        self._look(transaction, timer.child_ref, now)


def _as_told_by_now(transaction: Transaction, kept: WakeKept, now: datetime) -> WakeKept:
    """Answer a wake of which no feed is called silent that has told since it came."""
    if kept.state != "fired" or not kept.silent:
        return kept
    silent = transaction.silent_needs(kept.timer_id)
    if silent == kept.silent:
        return kept
    told = WokenRow(timer_id=kept.timer_id, silent=silent, late=kept.late)
    transaction.write_effects(Effects(woken=(told,)), now)
    return replace(kept, silent=silent)


def _woken(kept: WakeKept) -> Woken:
    return Woken(
        rule=kept.terms.rule,
        cause=kept.terms.cause,
        due_at=kept.due_at,
        silent=frozenset(kept.silent),
        late=kept.late,
    )


def _is_new(row: WakeKept, stands: WakeKept | None) -> bool:
    """Whether a wake must be written: one that has fired or failed stays as it is."""
    if stands is None or stands.state == "cancelled":
        return True
    return stands.state == "waiting" and stands.terms != row.terms


def _rows(
    child_ref: bytes, wanted: Sequence[WakeWanted], policy: LocalAuthorityPolicy
) -> Iterator[WakeKept]:
    for one in wanted:
        wake = one.wake
        at = wake.due_at.astimezone(UTC).isoformat()
        cause = f"{one.rule}|{child_ref.hex()}|{wake.cause.hex()}|{at}"
        yield WakeKept(
            timer_id=uuid.uuid5(_NAMESPACE, cause),
            child_ref=child_ref,
            due_at=wake.due_at,
            terms=WakeTerms(
                rule=one.rule,
                cause=wake.cause,
                needs=_needs(wake.feeds, policy),
                waits_until=wake.due_at + policy.patience.waits,
                late_after=wake.due_at + policy.patience.late,
            ),
            state="waiting",
        )


def _needs(
    feeds: frozenset[Feed | str], policy: LocalAuthorityPolicy
) -> tuple[tuple[str, str], ...]:
    """Answer which agency's feed each need is: of a kind of feed, that of every agency joined."""
    needs: set[tuple[str, str]] = set()
    for feed in feeds:
        if isinstance(feed, Feed):
            joined = [one.agency for one in policy.sources.values() if one.feed is feed]
            needs |= {(agency, feed.value) for agency in joined or [_NO_AGENCY]}
        else:
            source = policy.sources.get(feed)
            needs.add((feed, source.feed.value if source else _NO_AGENCY))
    return tuple(sorted(needs))
