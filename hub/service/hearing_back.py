"""Tells those who reported a concern that there is news of it: that something waits, and no more.

Each message has an id that follows from its cause, so that a decision that is recorded twice, or a
timer that two processes come to, is told once. What the news is they ask for, and it is put
together then.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from hub.core.alert import Alert, GroundRole
from hub.core.disclosure_feedback import REPORTED_KINDS
from hub.ports import Effects, OutboxRow, TimerRow, Transaction
from hub.ports.feedback import ReporterRows

REPORT_UNSEEN: Final = "report_unseen"
"""The kind of the timer at which those are told whose report nobody has looked at in time."""

FEEDBACK_WAITS: Final = "feedback"
"""The kind of what they are told by the outbox."""

_NAMESPACE: Final = uuid.UUID("8c0b7a52-0f43-5d0e-9a6c-3f1e5b7d2a94")


def told_of_decision(
    rows: ReporterRows, alert_id: uuid.UUID, decided_at: datetime
) -> tuple[OutboxRow, ...]:
    """Answer what those are sent whose reports an alert rests on that is decided now."""
    cause = uuid.uuid5(_NAMESPACE, f"{alert_id}|decided|{decided_at.isoformat()}")
    return tuple(_messages(cause, rows.reporters([alert_id]), decided_at))


def report_unseen(transaction: Transaction, timer: TimerRow, now: datetime) -> None:
    """Tell those whose report nobody has looked at by its time; its child is locked.

    What somebody has seen meanwhile, or what stands no more, passes without a word.
    """
    waiting = [
        one.alert_id
        for one in transaction.alerts_unseen([timer.subject_id])
        if one.disputed_at is None
    ]
    told = tuple(_messages(timer.timer_id, transaction.reporters(waiting), now))
    if told:
        transaction.write_effects(Effects(outbox=told), now)


def has_reporters(alert: Alert) -> bool:
    """Answer whether an alert rests on something that an agency reported."""
    return any(
        one.live and one.role is GroundRole.TRIGGER and one.kind in REPORTED_KINDS
        for one in alert.grounds
    )


def _messages(
    cause: uuid.UUID, reporters: Iterable[tuple[uuid.UUID, str]], at: datetime
) -> Iterable[OutboxRow]:
    for alert_id, agency in reporters:
        yield OutboxRow(
            outbox_id=uuid.uuid5(cause, agency),
            kind=FEEDBACK_WAITS,
            recipient=agency,
            subject_id=alert_id,
            not_before=at,
        )
