"""What the surfaces show of what happened to an alert, already disclosed."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.core.alert_life import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One thing that happened to an alert, in words."""

    at: datetime
    sentence: str
    by: str | None = None
    words: str | None = field(default=None, repr=False)
    told: str | None = field(default=None, repr=False)
    """What those were told whose reports it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedShown:
    """What was decided about an earlier alert of the same child."""

    outcome: Outcome
    decided_at: datetime
