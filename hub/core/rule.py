"""What a rule is: a pure function from a child's chronology to findings, and what it needs.

A rule asks whether *some* window holds a pattern, never whether the window ending at the newest
event does: so late, reordered and corrected events need no special case.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Generic, TypeVar

from hub.core.absence import Absence
from hub.core.alert import Finding, Ground, GroundRole
from hub.core.chronology import Attendance, Chronology, RegisterEntry
from hub.core.clock import LONDON, london_time
from hub.core.event import EventKind
from hub.core.incident import Incident
from hub.core.plan_standing import DisplayWindows
from hub.core.school_calendar import SchoolCalendars
from hub.core.wake import Wake
from hub.errors import ConfigurationError

NO_SOURCE: Final = "local choice, no source"
"""What a rule says whose numbers nobody has published."""


class RuleMode(StrEnum):
    """Whether a rule concludes nothing, concludes without telling anyone, or raises alerts."""

    OFF = "off"
    SHADOW = "shadow"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleParameters:
    """What every rule is given beside its own numbers; a policy's rule table cannot set these."""

    live_from: Mapping[str, datetime] = field(default_factory=dict)
    """Agency -> since when what it tells is news; an agency that is not named tells history."""
    windows: DisplayWindows = field(default_factory=DisplayWindows)
    calendars: SchoolCalendars | None = field(default=None, repr=False)
    """The days of schools; they are facts and no numbers of a policy, so no version names them.
    Without them no day is known to be a school day."""

    def refuse_outside(self, least: int, most: int, unit: str, *names: str) -> None:
        """Raise ``ConfigurationError`` for the first of these numbers that is out of bounds."""
        for name in names:
            if not least <= getattr(self, name) <= most:
                bounds = f"between {least} and {most} {unit}".rstrip()
                raise ConfigurationError(f"{name} must be {bounds}.")


ParametersT = TypeVar("ParametersT", bound=RuleParameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[ParametersT]):
    """One rule, as its folder describes it.

    Owners, review dates and ceilings are this project's own; nobody has published any.
    """

    name: str
    title: str
    """In plain English, for the people who read its alerts."""
    source: str
    """The guidance or paper that the rule rests on, shortly, or ``NO_SOURCE``; its docstring says
    which of its numbers are from there."""
    owner: str
    """The role that answers for it: is it right, is it heard, is it to be kept."""
    review_on: date
    """By when its owner is to have looked at what it yields."""
    default_mode: RuleMode
    """In what mode this project would begin. A policy that does not name the rule keeps it off all
    the same (decision 45)."""
    window: Callable[[ParametersT], timedelta]
    """How far apart the facts of one pattern may lie; nothing for a rule on single facts. Periods
    of a register are read whatever their length."""
    ceiling: float
    """Alerts per 1,000 children and week above which it cries wolf, and is flagged."""
    kinds: frozenset[EventKind]
    """The kinds of events it looks at."""
    least: tuple[Mapping[EventKind, int], ...] = field(hash=False)
    """Of which kinds how many facts it needs at the least, with any numbers that a policy may set:
    a child who has none of these combinations need not be looked at."""
    parameters: type[ParametersT]
    findings: Callable[[Chronology, ParametersT, datetime], tuple[Finding, ...]]
    said: frozenset[str] = frozenset()
    """Facts of which one must have been said (answered yes, or given any value), of whatever event
    and in whatever revision, for it to find anything, beside ``least``; none: that is enough."""
    household: frozenset[EventKind] = frozenset()
    """The kinds of events of the child's household that it reads; of such a rule ``least`` says
    nothing. It is off where the policy does not allow every one of them."""
    yields: bool = False
    """Whether its findings are told only where other rules' alerts leave enough of them untold."""
    wakes: Callable[[Chronology, ParametersT, datetime], tuple[Wake, ...]] | None = None
    """The instants at which it may conclude something from what was not told (``hub.core.wake``),
    past ones as well: one that is not named any more is not waited for. A finding that waits for
    one names it (``Finding.wake``); without that, it is taken to hold when the rule finds it."""

    def __post_init__(self) -> None:
        if self.ceiling <= 0:
            raise ValueError(f"The rule {self.name} needs a ceiling of more than no alert.")

    def numbers(self) -> tuple[str, ...]:
        """Answer the names of what a policy may set for this rule."""
        given = {one.name for one in fields(RuleParameters)}
        return tuple(one.name for one in fields(self.parameters) if one.name not in given)

    def may_concern(self, facts: Mapping[EventKind, int], said: Collection[str]) -> bool:
        """Answer whether a child with at most so many facts and such answers has what it needs.

        Args:
            facts: of each kind, at most how many.
            said: which facts were answered yes of any event, in whatever revision.
        """
        if self.said and self.said.isdisjoint(said):
            return False
        return self._has_least(facts)

    def may_find(self, facts: Mapping[EventKind, int]) -> bool:
        """Answer whether so many facts of each kind, at most, are enough for it to find anything.

        A rule that reads a household may find something whatever there is of the child.
        """
        return bool(self.household) or self._has_least(facts)

    def _has_least(self, facts: Mapping[EventKind, int]) -> bool:
        for least in self.least:
            for kind, count in least.items():
                if facts.get(kind, 0) < count:
                    break
            else:
                return True
        return False


def trigger(attendance: Attendance, parameters: RuleParameters) -> Ground:
    """Answer the attendance as a ground that raises a finding."""
    kind = EventKind.EMERGENCY_ATTENDANCE
    return _trigger(attendance, kind, attendance.arrived_at, parameters)


def incident_trigger(incident: Incident, parameters: RuleParameters) -> Ground:
    """Answer the incident as a ground that raises a finding."""
    return _trigger(incident, EventKind.DOMESTIC_ABUSE_INCIDENT, incident.began_at, parameters)


def absence_trigger(absence: Absence, parameters: RuleParameters) -> Ground:
    """Answer the missed session as a ground that raises a finding."""
    return _trigger(absence, EventKind.SCHOOL_ABSENCE, absence.began_at, parameters)


def _trigger(
    fact: Attendance | Incident | Absence,
    kind: EventKind,
    at: datetime,
    parameters: RuleParameters,
) -> Ground:
    since = parameters.live_from.get(fact.agency)
    return Ground(
        fact_key=fact.fact_key,
        event_id=fact.event_id,
        kind=kind,
        occurred_at=at,
        live=since is not None and at >= since and not fact.backfill,
    )


def context(entry: RegisterEntry) -> Ground:
    """Answer the register entry as a ground that explains a finding."""
    began = entry.started_on
    at = datetime(began.year, began.month, began.day, tzinfo=LONDON) if began else entry.as_at
    return Ground(
        fact_key=entry.fact_key,
        event_id=entry.event_id,
        kind=entry.kind,
        occurred_at=at,
        role=GroundRole.CONTEXT,
        live=not entry.backfill,
    )


def day_in_words(at: datetime) -> str:
    """Answer the day in London, such as ``3 May 2026``."""
    return date_in_words(london_time(at).date())


def date_in_words(day: date) -> str:
    """Answer a day, such as ``3 May 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def time_in_words(at: datetime) -> str:
    """Answer day and time in London, such as ``3 May 2026 at 14:05``."""
    return f"{day_in_words(at)} at {london_time(at):%H:%M}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
