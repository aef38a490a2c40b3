"""Tells, in the transaction that raises an alert, whose systems are to hear at once that it waits.

Recipients of the authority that acts and of those that are informed are told, each once for an
alert and its urgency: told again is who is told when it becomes more urgent or changes hands.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from hub.core.alert import Alert
from hub.core.policy import Policies
from hub.ports import OutboxRow

RAISED: Final = "raised"
"""The kind of what a recipient's system is told by the outbox."""

_NAMESPACE: Final = uuid.UUID("0c4a8a0e-6d0b-5e0f-8d6b-52a4f7a3c911")


def told_at_once(alert: Alert, policies: Policies, now: datetime) -> Iterator[OutboxRow]:
    """Answer who is told that an alert waits that somebody is to see."""
    concerned = [alert.owner, *alert.informed]
    found = {
        route.desk
        for authority in dict.fromkeys(concerned)
        for route in policies.of(authority).routes
        if alert.severity in route.severities
    }
    for desk in sorted(found):
        cause = f"{alert.alert_id}|{alert.severity.value}|{_code(alert)}|{desk}"
        yield OutboxRow(
            outbox_id=uuid.uuid5(_NAMESPACE, cause),
            kind=RAISED,
            recipient=desk,
            subject_id=alert.alert_id,
            not_before=now,
        )


def _code(alert: Alert) -> str:
    return alert.owner.reveal() if alert.owner else ""
