"""What the store keeps of an alert's life, and what was decided about its child before."""

from dataclasses import dataclass, field
from datetime import datetime

from hub.core.alert import Alert
from hub.core.alert_life import Life, Outcome
from hub.ports.notices import Effects


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStep:
    """One thing that happened to an alert, and by whom if it was a person."""

    kind: str
    """Such as ``decided``."""
    at: datetime
    by: str | None = None
    role: str | None = None
    organisation: str | None = None
    code: str | None = None
    """The outcome that was decided."""
    words: str | None = field(default=None, repr=False)
    """The reason in a person's own words; sealed where it is kept."""
    told: str | None = field(default=None, repr=False)
    """What those are told whose reports the alert rests on; sealed as well."""
    sentence: str
    """The hub's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """An alert's life after a person's act, and the steps that say so."""

    life: Life
    steps: tuple[LifeStep, ...]
    by: str
    """Who acted: who has seen or decided it now."""
    effects: Effects = field(default_factory=Effects)
    """What follows from it: timers, and what agencies are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBefore:
    """What was decided about another alert of the same child."""

    alert: Alert
    """Without its grounds."""
    decided_at: datetime
    outcome: Outcome
