"""Passes on what nobody has answered by its time: to the next contact, at last to the operator.

That is an alert that nobody has acknowledged, and a decision that somebody disputes and that nobody
has made anew, whether somebody has seen the dispute or not.

Whatever raises an alert sets the timer of its first turn, in that transaction; each turn that
comes sets the next. A turn of an alert that somebody has acknowledged, or that stands no longer,
passes without a word. What is passed on is named by its subject alone, so that a contact that joins
several alerts can take the place of one.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from hub.core.alert import Alert, AlertState, begins_anew, is_shown
from hub.core.escalation import Turn
from hub.core.front_door import OWN_DESK
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.core.rule import time_in_words
from hub.ports import (
    AlertStepRow,
    AlertUnseen,
    AlertWrite,
    Effects,
    Known,
    OperatorFaultRow,
    OutboxRow,
    TimerRow,
    Transaction,
)
from hub.ports.escalating import ALERT_UNANSWERED_FAULT
from hub.service.alert_routing import told_at_once
from hub.service.hearing_back import REPORT_UNSEEN, has_reporters

ALERT_UNSEEN: Final = "alert_unseen"
"""The kind of the timer at which an alert is passed on that nobody has acknowledged."""

ALERT_DISPUTED: Final = "alert_disputed"
"""The kind of the timer at which one is passed on that nobody has decided again."""

ESCALATED: Final = "escalated"
"""The kind of the step that says so, and of what a contact's system is told by the outbox."""

_NAMESPACE: Final = uuid.UUID("3f5d1f0a-7c1e-5a4b-9d52-8a4c3e2b7f60")


class Escalating:
    """Sets the turns of alerts in the deciding transaction, and is the handler of their timers."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def note(
        self,
        transaction: Transaction,
        known: Sequence[Known],
        writes: Sequence[AlertWrite],
        now: datetime,
    ) -> None:
        """Begin the turns of what was just written, or end those of what nobody is to see now.

        They begin anew when an alert becomes more or less urgent, another authority acts on it, or
        it is to be seen again, such as when what it was counted on stands no more; whoever is to
        hear of it at once is told with them.
        """
        before = {alert.alert_id: alert for one in known for alert in one.standing}
        anew = [
            one.alert for one in writes if begins_anew(before.get(one.alert.alert_id), one.alert)
        ]
        anew += _to_be_seen_again(transaction, before, writes, anew, now)
        over = [
            one.alert for one in writes if one.alert.alert_id in before and not is_shown(one.alert)
        ]
        if not anew and not over:
            return
        unseen = transaction.alerts_unseen([one.alert_id for one in anew]) if anew else ()
        effects = Effects(
            settled_subjects=tuple(one.alert_id for one in (*anew, *over)),
            timers=tuple(self._begun(unseen, anew, now)),
            outbox=tuple(
                row
                for one in anew
                if one.alert_id in {each.alert_id for each in unseen}
                for row in told_at_once(one, self._policies, now)
            ),
        )
        transaction.write_effects(effects, now)

    def disputed(self, alert: Alert, at: datetime) -> Effects:
        """The first turn of an alert that is disputed now; none where it is passed on to nobody.

        Written with the dispute by whoever holds the alert, whose child is not locked: nothing is
        ended, so that nobody who has the alert waits for a timer. What waited before passes.
        """
        one = AlertUnseen(
            alert_id=alert.alert_id,
            child_ref=alert.child_ref,
            owner=alert.owner,
            severity=alert.severity,
            counts_from=alert.clock_began_at,
            disputed_at=at,
        )
        return Effects(timers=self._first_of_dispute(one))

    def _first_of_dispute(self, one: AlertUnseen) -> tuple[TimerRow, ...]:
        found = self._turns(one)
        return (_timer(one, _dispute(one), found, 0),) if found else ()

    def _begun(
        self, unseen: Sequence[AlertUnseen], written: Sequence[Alert], now: datetime
    ) -> Iterator[TimerRow]:
        reported = {one.alert_id for one in written if has_reporters(one)}
        for one in unseen:
            if one.disputed_at is not None:
                yield from self._first_of_dispute(one)
                continue
            cause = uuid.uuid5(_NAMESPACE, f"{one.alert_id}|{now.isoformat()}")
            if found := self._turns(one):
                yield _timer(one, cause, found, 0)
            due = self._policies.of(one.owner).due_at(one.severity, one.counts_from)
            if due is not None and one.alert_id in reported:
                yield TimerRow(
                    timer_id=uuid.uuid5(cause, REPORT_UNSEEN),
                    kind=REPORT_UNSEEN,
                    subject_id=one.alert_id,
                    child_ref=one.child_ref,
                    due_at=due,
                )

    def __call__(self, transaction: Transaction, timer: TimerRow, now: datetime) -> None:
        """Pass an alert on whose turn has come; its child is locked.

        Every turn that has passed by now is noted, in order, so that a stop of the hub hides none.
        """
        for one in transaction.alerts_unseen([timer.subject_id]):
            if not _is_of(timer, one):
                return
            found = self._turns(one)
            if not found:
                return
            first = min(timer.turn, len(found) - 1)  # the policy may have fewer contacts by now
            come = [n for n in range(first, len(found)) if found[n].at <= now]
            if not come:
                transaction.write_effects(Effects(timers=(_moved(one, timer, found, first),)), now)
                return
            later = come[-1] + 1
            effects = Effects(
                timers=(_timer(one, timer.timer_id, found, later),) if later < len(found) else (),
                steps=tuple(_step(one, found, n) for n in come),
                outbox=tuple(_told(one, timer, found, come, now)),
                faults=tuple(_fault(one) for n in come if found[n].step is None),
            )
            transaction.write_effects(effects, now)

    def anew(self, timer: TimerRow, one: AlertUnseen) -> TimerRow:
        """Answer a timer of an alert by the policy of now; as it is, where it is of it no more."""
        if timer.kind == REPORT_UNSEEN:
            due = self._policies.of(one.owner).due_at(one.severity, one.counts_from)
            return replace(timer, due_at=due) if due else timer
        found = self._turns(one)
        if not found or not _is_of(timer, one):
            return timer
        at = found[min(timer.turn, len(found) - 1)].at
        moved = timer.timer_id == _moved_dispute(one, timer.turn, timer.due_at)
        timer_id = _moved_dispute(one, timer.turn, at) if moved else timer.timer_id
        return replace(timer, timer_id=timer_id, due_at=at)

    def _turns(self, one: AlertUnseen) -> tuple[Turn, ...]:
        policy = self._policies.of(one.owner)
        if one.disputed_at is not None:
            return policy.dispute_turns(one.severity, one.disputed_at)
        return policy.turns(one.severity, one.counts_from)


def _to_be_seen_again(
    transaction: Transaction,
    before: Mapping[uuid.UUID, Alert],
    writes: Sequence[AlertWrite],
    anew: Sequence[Alert],
    now: datetime,
) -> list[Alert]:
    """Answer which further alerts somebody had seen, and nobody has now: their clock begins now.

    What is disputed goes on by the clock of the dispute, which it has already.
    """
    written = {one.alert.alert_id: one.alert for one in writes}
    maybe = {one.alert.alert_id: one.alert for one in writes if one.again}
    if any(one.state is not AlertState.STANDING for one in written.values()):
        maybe |= {key: one for key, one in before.items() if key not in written}
    for one in anew:
        maybe.pop(one.alert_id, None)
    waiting = transaction.alerts_unseen(sorted(maybe)) if maybe else ()
    fresh = (one for one in waiting if one.counts_from == now and one.disputed_at is None)
    return [maybe[one.alert_id] for one in fresh]


def _dispute(one: AlertUnseen) -> uuid.UUID:
    """The cause of every turn of one dispute with one authority: another one has others."""
    at = one.disputed_at.astimezone(UTC).isoformat() if one.disputed_at else ""
    with_whom = f"{_code(one.owner)}|{one.severity.value}"
    return uuid.uuid5(_NAMESPACE, f"{one.alert_id}|disputed|{at}|{with_whom}")


def _is_of(timer: TimerRow, one: AlertUnseen) -> bool:
    """Whether a turn is of what the alert waits for now: to be seen, or of this very dispute."""
    if one.disputed_at is None:
        return timer.kind == ALERT_UNSEEN
    own = uuid.uuid5(_dispute(one), str(timer.turn))
    return timer.timer_id in {own, _moved_dispute(one, timer.turn, timer.due_at)}


def _timer(one: AlertUnseen, cause: uuid.UUID, found: Sequence[Turn], turn: int) -> TimerRow:
    disputed = one.disputed_at is not None
    return TimerRow(
        timer_id=uuid.uuid5(_dispute(one) if disputed else cause, str(turn)),
        kind=ALERT_DISPUTED if disputed else ALERT_UNSEEN,
        subject_id=one.alert_id,
        child_ref=one.child_ref,
        due_at=found[turn].at,
        turn=turn,
    )


def _moved(one: AlertUnseen, timer: TimerRow, found: Sequence[Turn], turn: int) -> TimerRow:
    """A turn that comes later by the policy of now than by that of when its timer was set."""
    at = found[turn].at
    cause = (
        _moved_dispute(one, turn, at) if one.disputed_at else uuid.uuid5(timer.timer_id, "moved")
    )
    return replace(timer, timer_id=cause, due_at=at, turn=turn)


def _moved_dispute(one: AlertUnseen, turn: int, at: datetime) -> uuid.UUID:
    return uuid.uuid5(_dispute(one), f"{turn}|{at.astimezone(UTC).isoformat()}")


def _step(one: AlertUnseen, found: Sequence[Turn], turn: int) -> AlertStepRow:
    step = found[turn].step
    what = "acknowledged it" if one.disputed_at is None else "answered who disagrees"
    by = f"Nobody had {what} by {time_in_words(found[turn].at)}"
    if step is None:
        sentence = f"{by}, and no contact is left: the hub's operator is told."
    else:
        sentence = f"{by}: it is the turn of {step.label}."
    return AlertStepRow(alert_id=one.alert_id, kind=ESCALATED, sentence=sentence)


def _told(
    one: AlertUnseen, timer: TimerRow, found: Sequence[Turn], come: Sequence[int], now: datetime
) -> Iterator[OutboxRow]:
    for turn in come:
        step = found[turn].step
        if step is not None and step.desk:
            yield OutboxRow(
                outbox_id=uuid.uuid5(timer.timer_id, f"{ESCALATED}|{turn}"),
                kind=ESCALATED,
                recipient=step.desk,
                subject_id=one.alert_id,
                not_before=now,
            )


def _fault(one: AlertUnseen) -> OperatorFaultRow:
    return OperatorFaultRow(code=ALERT_UNANSWERED_FAULT, feed="", subject=_code(one.owner))


def _code(owner: GssCode | None) -> str:
    return owner.reveal() if owner else OWN_DESK
