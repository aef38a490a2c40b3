"""What is counted of a backtest: alerts by rule, team, day, change and what came of them.

Counts alone: nothing that tells of one child.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Self

from hub.core.alert import Severity
from hub.core.clock import london_date
from hub.core.identifiers import GssCode

HUB_TEAM = "HUB"
"""The hub's own desk, which owns what no authority does."""


class Change(StrEnum):
    """How an alert of the replay stands to what was recorded."""

    SAME = "same"
    CHANGED = "changed"
    """Told by both, and of another severity, team or day."""
    ADDED = "added"
    """Told by the replay; not recorded at all."""
    ADDED_FROM_UNTOLD = "added_from_untold"
    """Told by the replay; recorded in fact and told to nobody."""
    REMOVED = "removed"
    """Told in fact; the replay does not raise it."""
    REMOVED_TO_UNTOLD = "removed_to_untold"
    """Told in fact; the replay records it and tells nobody."""
    UNTOLD = "recorded_only"
    """By the replay, and told to nobody: in shadow, from before a source was live, told elsewhere
    or to be told later."""


class Side(StrEnum):
    """What was, and what would have been."""

    BEFORE = "before"
    AFTER = "after"


class Seen(StrEnum):
    """Whether somebody of the team that acts saw an alert by its clock."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT = "not_acknowledged"


class Outcome(StrEnum):
    """What came of an alert."""

    ACTION = "action"
    ALREADY_OPEN = "already_open"
    NO_ACTION = "no_further_action"
    NOT_USEFUL = "not_useful"
    OTHER = "other"
    UNDECIDED = "undecided"


def outcome_of(code: str | None) -> Outcome:
    """Answer what an outcome of the front door counts as; ``None``: nobody has decided yet."""
    return _OUTCOMES.get(code, Outcome.OTHER) if code else Outcome.UNDECIDED


_OUTCOMES: Final = {
    "advice_given": Outcome.ACTION,
    "early_help": Outcome.ACTION,
    "assessment": Outcome.ACTION,
    "strategy_discussion": Outcome.ACTION,
    "already_open": Outcome.ALREADY_OPEN,
    "no_further_action": Outcome.NO_ACTION,
    "not_useful": Outcome.NOT_USEFUL,
}
"""By the code that the front door gives; advice counts as action, for somebody acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAlert:
    """One alert as the hub recorded it, and what people did about it."""

    alert_id: str
    rule: str
    severity: Severity
    owner: GssCode | None
    told: bool
    raised_at: datetime
    triggers: frozenset[bytes] = field(default_factory=frozenset, repr=False)
    seen: Seen = Seen.NOT
    outcome: Outcome = Outcome.UNDECIDED


def seen_in(acknowledged_at: datetime | None, due_at: datetime | None) -> Seen:
    """Answer whether it was acknowledged by its clock; an office that never opens is never late."""
    if acknowledged_at is None:
        return Seen.NOT
    return Seen.IN_TIME if due_at is None or acknowledged_at <= due_at else Seen.LATE


WORDS: Final[dict[StrEnum, str]] = {
    Change.SAME: "the same",
    Change.CHANGED: "changed",
    Change.ADDED: "added",
    Change.ADDED_FROM_UNTOLD: "added; recorded in fact, and told to nobody",
    Change.REMOVED: "removed",
    Change.REMOVED_TO_UNTOLD: "recorded still, and told to nobody",
    Change.UNTOLD: "recorded only",
    Seen.IN_TIME: "seen in time",
    Seen.LATE: "seen late",
    Seen.NOT: "not acknowledged",
    Outcome.ACTION: "led to action",
    Outcome.ALREADY_OPEN: "already open",
    Outcome.NO_ACTION: "no further action",
    Outcome.NOT_USEFUL: "marked not useful",
    Outcome.OTHER: "decided otherwise",
    Outcome.UNDECIDED: "not decided",
}
"""How people are told of them."""


class Changes(NamedTuple):
    """What is counted of changes: one alert under each."""

    rule: str
    team: str
    week: date
    change: Change


class Work(NamedTuple):
    """What is counted of workload: one told alert of one side under each."""

    side: Side
    rule: str
    team: str
    day: date
    severity: Severity


class Yield(NamedTuple):
    """What is counted of outcomes: one alert that was told in fact under each."""

    rule: str
    change: Change
    seen: Seen
    outcome: Outcome


@dataclass(slots=True, kw_only=True)
class Counts:
    """Counts of any number of children; those of several processes are added up."""

    changes: Counter[Changes] = field(default_factory=Counter)
    differences: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By rule and in which way changed alerts differ; one may differ in several."""
    work: Counter[Work] = field(default_factory=Counter)
    yields: Counter[Yield] = field(default_factory=Counter)
    children: int = 0
    events: int = 0
    looks: int = 0

    def add(self, other: Self) -> None:
        """Take in what was counted elsewhere."""
        self.changes.update(other.changes)
        self.differences.update(other.differences)
        self.work.update(other.work)
        self.yields.update(other.yields)
        self.children += other.children
        self.events += other.events
        self.looks += other.looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Which alerts count: raised from ``since`` on and before ``until``, of which authority."""

    since: datetime
    until: datetime
    authority: GssCode | None = None
    """``None``: of all."""

    def holds(self, raised_at: datetime) -> bool:
        """Answer whether an alert of this instant counts."""
        return self.since <= raised_at < self.until

    def concerns(self, owner: GssCode | None) -> bool:
        """Answer whether an alert of this owner counts."""
        return self.authority is None or owner == self.authority


def team_of(owner: GssCode | None) -> str:
    """Answer the code of the team that owns an alert."""
    return owner.reveal() if owner else HUB_TEAM


def week_of(at: datetime) -> date:
    """Answer the Monday of the week in London."""
    day = london_date(at)
    return day - timedelta(days=day.weekday())
