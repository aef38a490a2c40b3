"""Who is told at once that an urgent question about who is who waits: whoever is on duty.

The recipients of the desk's routes for immediate alerts, at any hour; outside office hours the
first out-of-hours contact that has a system of its own too. Questions that become urgent within
two minutes are told together: a first load asks very many.
"""

import itertools
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from hub.core.alert import Severity
from hub.core.escalation import Available
from hub.core.front_door import OWN_DESK
from hub.core.identifiers import GssCode
from hub.core.policy import LocalAuthorityPolicy, Policies
from hub.ports import OutboxRow
from hub.ports.review import ReviewRow

URGENT_QUESTION: Final = "urgent_question"
"""The kind of what a recipient's system is told by the outbox."""

TOLD_TOGETHER: Final = timedelta(minutes=2)
"""This project's own figure: short beside the hour that an immediate alert has as shipped."""

_NAMESPACE: Final = uuid.UUID("5d1f4a1c-3b0e-5c55-9a37-0c9e6d2b8f14")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def told_on_duty(
    before: ReviewRow, after: ReviewRow, policies: Policies, now: datetime
) -> Iterator[OutboxRow]:
    """Answer who is told of a question that is urgent now and was not, or not at that desk.

    Args:
        before: the question as it was last looked at.
        after: as it is now.
        policies: by which each desk's recipients are found.
        now: the instant, with its zone.
    """
    if not after.urgent:
        return
    were = before.desks if before.urgent else ()
    together = now + TOLD_TOGETHER - (now - _EPOCH) % TOLD_TOGETHER
    for desk in after.desks:
        if desk in were:
            continue
        authority = None if desk == OWN_DESK else GssCode(desk)
        for recipient in sorted(set(_on_duty(policies.of(authority), now))):
            yield OutboxRow(
                outbox_id=uuid.uuid5(_NAMESPACE, f"{desk}|{recipient}|{together.isoformat()}"),
                kind=URGENT_QUESTION,
                recipient=recipient,
                subject_id=after.review_id,
                not_before=together,
                severity=Severity.IMMEDIATE,
                authority=authority.reveal() if authority else "",
            )


def _on_duty(policy: LocalAuthorityPolicy, now: datetime) -> Iterator[str]:
    for route in policy.routes:
        if Severity.IMMEDIATE in route.severities:
            yield route.desk
    if not policy.in_office_hours(now):
        at_night = (
            step.desk
            for step in policy.escalation.steps
            if step.desk
            and step.available is Available.OUT_OF_HOURS
            and Severity.IMMEDIATE in step.severities
        )
        yield from itertools.islice(at_night, 1)
