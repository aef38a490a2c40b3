"""An alert: why a child needs somebody's attention, on what grounds, owned by whom.

An alert says in one sentence why; there are no scores. Its id follows from its cause.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.wake import Wake

ALERT_NAMESPACE = uuid.UUID("6a1d4c52-5f0e-5c3b-9c40-6b1f0e8f7d11")


class Severity(StrEnum):
    """Three tiers only; each is tied to a clock by local policy."""

    IMMEDIATE = "immediate"
    TODAY = "today"
    INFORMATION = "information"


MOST_URGENT_FIRST: Final = (Severity.IMMEDIATE, Severity.TODAY, Severity.INFORMATION)
"""The tiers in order; ``min(..., key=MOST_URGENT_FIRST.index)`` is the most urgent."""


class GroundRole(StrEnum):
    """Whether a ground raised the finding or only explains it."""

    TRIGGER = "trigger"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One fact on which a finding rests. Identity is the fact, not its revision."""

    fact_key: bytes
    event_id: bytes
    kind: EventKind
    occurred_at: datetime
    role: GroundRole = GroundRole.TRIGGER
    live: bool = True
    """False for backfill and for facts older than their feed's ``live_from``: recorded, and alone
    never delivered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule concludes: a maximal cluster of grounds and the sentence that says why."""

    rule: str
    severity: Severity
    grounds: tuple[Ground, ...]
    sentence: str
    """With counts, dates and sources; never a name, a number or an address."""
    not_known: tuple[str, ...] = ()
    """What could not be taken into account, in words."""
    told_elsewhere: bool = False
    """Alerts of other rules tell of so much of it that by itself it is recorded and not delivered.
    Only of a rule that yields."""
    wake: Wake | None = None
    """The wake that it waits for; until that has come nothing is found."""


def triggers_of(grounds: Iterable[Ground]) -> tuple[Ground, ...]:
    """Answer the grounds that raise a finding."""
    return tuple([ground for ground in grounds if ground.role is GroundRole.TRIGGER])


def trigger_facts(grounds: Iterable[Ground]) -> frozenset[bytes]:
    """Answer the facts that raise a finding: what makes it the same as another."""
    return frozenset([one.fact_key for one in grounds if one.role is GroundRole.TRIGGER])


class AlertState(StrEnum):
    """Whether an alert stands."""

    STANDING = "standing"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as it stands."""

    alert_id: uuid.UUID
    child_ref: bytes
    rule: str
    severity: Severity
    state: AlertState
    sentence: str
    not_known: tuple[str, ...]
    grounds: tuple[Ground, ...]
    owner: GssCode | None
    """The authority whose front door owns it; ``None`` = the hub's own desk of last resort."""
    informed: tuple[GssCode, ...]
    delivered: bool
    """False when every trigger is history, or others tell of it: recorded and not delivered. Once
    delivered it stays so, unless an agency asks by now that what it rests on be told later."""
    policy_version: str
    raised_at: datetime
    """The broker's append time of the report that raised it."""
    counts_from: datetime | None = field(default=None, compare=False)
    """From when its clock counts; ``None``: since it was raised. Later is when it was first told,
    last became more or less urgent, came to another authority, or was to be seen again. It makes no
    two alerts differ."""
    seen_at: datetime | None = field(default=None, compare=False)
    """When somebody of the team that acts saw it. No rule reads it, and it makes no two alerts
    differ: what stands follows from facts alone."""

    @property
    def clock_began_at(self) -> datetime:
        """From when its clock counts."""
        return self.counts_from or self.raised_at


def is_shown(alert: Alert) -> bool:
    """Answer whether a front door is to see an alert: it stands, and is told."""
    return alert.state is AlertState.STANDING and alert.delivered


def begins_anew(before: Alert | None, after: Alert) -> bool:
    """Answer whether an alert's clock, and whose turn it is, begin with this change of it.

    So it is where nobody was told before, or it is other work now: more or less urgent, or another
    authority's. What has only been recorded, such as history, was nobody's to see in time.
    """
    if not is_shown(after):
        return False
    if before is None or not before.delivered:
        return True
    return (before.severity, before.owner) != (after.severity, after.owner)


def alert_id(rule: str, child_ref: bytes, event_id: bytes) -> uuid.UUID:
    """The id of the alert that this event first raised for this child under this rule."""
    return uuid.uuid5(ALERT_NAMESPACE, f"{rule}|{child_ref.hex()}|{event_id.hex()}")
