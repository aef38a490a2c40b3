"""Passes on what nobody has acknowledged by its time: to the next contact, at last to the operator.

Whatever raises an alert sets the timer of its first turn, in that transaction; each turn that
comes sets the next. A turn of an alert that somebody has acknowledged, or that stands no longer,
passes without a word. What is passed on is named by its subject alone, so that a contact that joins
several alerts can take the place of one.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from hub.core.alert import Alert, AlertState
from hub.core.escalation import Turn
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

ALERT_UNSEEN: Final = "alert_unseen"
"""The kind of the timer at which an alert is passed on."""

ESCALATED: Final = "escalated"
"""The kind of the step that says so, and of what a contact's system is told by the outbox."""

_NAMESPACE: Final = uuid.UUID("3f5d1f0a-7c1e-5a4b-9d52-8a4c3e2b7f60")
_HUB_DESK: Final = "HUB"


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

        They begin anew when an alert becomes more or less urgent, or another authority acts on it.
        """
        before = {alert.alert_id: alert for one in known for alert in one.standing}
        anew = [one.alert for one in writes if _begins(one.alert, before)]
        over = [
            one.alert for one in writes if one.alert.alert_id in before and not _is_shown(one.alert)
        ]
        if not anew and not over:
            return
        unseen = transaction.alerts_unseen([one.alert_id for one in anew]) if anew else ()
        effects = Effects(
            settled_subjects=tuple(one.alert_id for one in (*anew, *over)),
            timers=tuple(
                _timer(one, uuid.uuid5(_NAMESPACE, f"{one.alert_id}|{now.isoformat()}"), found, 0)
                for one in unseen
                if (found := self._turns(one))
            ),
        )
        transaction.write_effects(effects, now)

    def __call__(self, transaction: Transaction, timer: TimerRow, now: datetime) -> None:
        """Pass an alert on whose turn has come; its child is locked.

        Every turn that has passed by now is noted, in order, so that a stop of the hub hides none.
        """
        for one in transaction.alerts_unseen([timer.subject_id]):
            found = self._turns(one)
            first = timer.turn
            come = [n for n in range(first, len(found)) if n == first or found[n].at <= now]
            if not come:
                return
            later = come[-1] + 1
            effects = Effects(
                timers=(_timer(one, timer.timer_id, found, later),) if later < len(found) else (),
                steps=tuple(_step(one, found, n) for n in come),
                outbox=tuple(_told(one, timer, found, come, now)),
                faults=tuple(_fault(one) for n in come if found[n].step is None),
            )
            transaction.write_effects(effects, now)

    def _turns(self, one: AlertUnseen) -> tuple[Turn, ...]:
        return self._policies.of(one.owner).turns(one.severity, one.raised_at)


def _is_shown(alert: Alert) -> bool:
    return alert.state is AlertState.STANDING and alert.delivered


def _begins(alert: Alert, before: Mapping[uuid.UUID, Alert]) -> bool:
    if not _is_shown(alert):
        return False
    was = before.get(alert.alert_id)
    if was is None or not was.delivered:
        return True
    return (was.severity, was.owner) != (alert.severity, alert.owner)


def _timer(one: AlertUnseen, cause: uuid.UUID, found: Sequence[Turn], turn: int) -> TimerRow:
    return TimerRow(
        timer_id=uuid.uuid5(cause, str(turn)),
        kind=ALERT_UNSEEN,
        subject_id=one.alert_id,
        child_ref=one.child_ref,
        due_at=found[turn].at,
        turn=turn,
    )


def _step(one: AlertUnseen, found: Sequence[Turn], turn: int) -> AlertStepRow:
    step = found[turn].step
    by = f"Nobody had acknowledged it by {time_in_words(found[turn].at)}"
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
    return owner.reveal() if owner else _HUB_DESK
