"""Tells, in the transaction that raises an alert, whose systems are to hear at once that it waits.

Recipients of the authority that acts and of those that are informed are told, each once for an
alert and its urgency: told again is who is told when it becomes more urgent or changes hands.
Who is told by e-mail is told of what is for information once a day, whatever of it there is.
"""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.core.alert import Alert, Severity
from hub.core.alert_route import AlertRoute, RouteChannel
from hub.core.clock import london_date
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.core.route_message import next_digest
from hub.ports import OutboxRow

RAISED: Final = "raised"
"""The kind of what a recipient's system is told by the outbox."""

_NAMESPACE: Final = uuid.UUID("0c4a8a0e-6d0b-5e0f-8d6b-52a4f7a3c911")


def told_at_once(alert: Alert, policies: Policies, now: datetime) -> Iterator[OutboxRow]:
    """Answer who is told that an alert waits that somebody is to see."""
    concerned = dict.fromkeys([alert.owner, *alert.informed])
    found: dict[str, tuple[GssCode | None, AlertRoute]] = {}
    for authority in concerned:
        for route in policies.of(authority).routes:
            if alert.severity in route.severities:
                found.setdefault(route.desk, (authority, route))
    for desk in sorted(found):
        authority, route = found[desk]
        if route.channel is RouteChannel.WEBHOOK:
            yield _row(alert, desk, _cause(alert, desk), now)
        elif alert.severity is not Severity.INFORMATION:
            one = _row(alert, desk, _cause(alert, desk), now)
            yield replace(one, severity=alert.severity, authority=_code(authority))
        else:
            yield _of_digest(
                alert, desk, authority, next_digest(now, policies.of(authority).digest_at)
            )


def _of_digest(alert: Alert, desk: str, authority: GssCode | None, due_at: datetime) -> OutboxRow:
    """The digest of a day: whatever is told before it, is told by it."""
    cause = f"digest|{desk}|{_code(authority)}|{london_date(due_at).isoformat()}"
    one = _row(alert, desk, cause, due_at)
    return replace(one, severity=Severity.INFORMATION, authority=_code(authority))


def _row(alert: Alert, desk: str, cause: str, not_before: datetime) -> OutboxRow:
    return OutboxRow(
        outbox_id=uuid.uuid5(_NAMESPACE, cause),
        kind=RAISED,
        recipient=desk,
        subject_id=alert.alert_id,
        not_before=not_before,
    )


def _cause(alert: Alert, desk: str) -> str:
    return f"{alert.alert_id}|{alert.severity.value}|{_code(alert.owner)}|{desk}"


def _code(authority: GssCode | None) -> str:
    return authority.reveal() if authority else ""
