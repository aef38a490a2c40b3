"""Several agencies tell of a child within weeks, and what each of them tells is small by itself.

Sources:

- That agencies each hold a part and nobody the whole is what Lord Laming's report of 2009 answers
  with its recommendation 12, and what this hub is for. **No source gives numbers for it.**
- The window, the number of kinds of agency, the days of absence, the codes and both severities are
  **this project's own figures and have no source**. That two kinds are only information is a
  choice against crying wolf: a visit to a hospital and two days without a reason are common.
- One unexplained session is mostly settled by telephone the same day; and no child without a plan
  shall need less absence than a child in need (the rule on unexplained absence): so two days.

A kind of agency is hospitals, police forces or schools. Two hospitals are one kind: what only they
tell together is repeated attendance. Planned follow-up does not count, and no incident at which the
child neither was nor lives.

*None over its own threshold.* A child's other alerts are not this rule's to know. It finds every
window in which enough kinds of agency tell something; so more facts never take a finding away, and
arrival order cannot matter. It ``yields``: ``correlate`` asks it again without the facts on which
another rule's alert stands that is more than information. What is no longer found then is told
already: it is recorded, and not delivered by itself. The thresholds are so those that the policy in
force has set, and no copy of them. A finding that a team has been told of is not taken back because
a part of it has grown into an alert of its own (decision 25).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter

from hub.core.absence import Absence
from hub.core.absence_words import missed_in_words, not_known_of, refuse_untold_codes
from hub.core.alert import Finding, Ground, Severity
from hub.core.attendance_words import counted_attendances
from hub.core.chronology import Attendance, Chronology
from hub.core.event import EventKind
from hub.core.incident import Incident, by_occurrence
from hub.core.pattern import joined, windows
from hub.core.rule import (
    NO_SOURCE,
    Rule,
    RuleMode,
    RuleParameters,
    absence_trigger,
    day_in_words,
    incident_trigger,
    trigger,
)
from hub.errors import ConfigurationError

NAME = "cumulative_concern"

_KINDS = 3
_DAYS_MAX = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeConcernParameters(RuleParameters):
    """Within how long how many kinds of agency, what counts as absence, and how urgent it is."""

    agencies: int = 2
    """Kinds of agency: hospitals, police forces, schools."""
    within_days: int = 30
    codes: tuple[str, ...] = ("N", "O")
    absence_days: int = 2
    """On how many different days of the window sessions must have been missed to count."""
    two_kinds: Severity = Severity.INFORMATION
    three_kinds: Severity = Severity.TODAY

    def __post_init__(self) -> None:
        if not 2 <= self.agencies <= _KINDS:  # noqa: PLR2004  # said in the message
            raise ConfigurationError(f"agencies must be 2 or {_KINDS}: there are {_KINDS} kinds.")
        refuse_untold_codes(self.codes)
        self.refuse_outside(1, _DAYS_MAX, "days", "within_days", "absence_days")


Fact = Attendance | Incident | Absence


def findings(
    chronology: Chronology,
    parameters: CumulativeConcernParameters,
    as_of: datetime,  # noqa: ARG001  # any window counts, not only the one that ends today
) -> tuple[Finding, ...]:
    """Answer one finding for each maximal cluster of windows in which enough kinds of agency tell.

    A session missed on too few days of a window is no ground in that window.
    """
    told = _told(chronology, parameters)
    if len({type(one) for _, _, one in told}) < parameters.agencies:
        return ()
    return tuple(
        _finding([told[place][-1] for place in places], max(kinds), parameters)
        for places, kinds in joined(_windows(told, parameters))
    )


def _told(
    chronology: Chronology, parameters: CumulativeConcernParameters
) -> list[tuple[datetime, bytes, Fact]]:
    """Answer what counts, in order: when, which fact, and what it is."""
    told: list[tuple[datetime, bytes, Fact]] = [
        (one.arrived_at, one.fact_key, one) for one in counted_attendances(chronology)
    ]
    told += ((o.began_at, o.fact_key, o) for o in chronology.incidents if o.concerns_child)
    codes = parameters.codes
    told += ((o.began_at, o.fact_key, o) for o in chronology.absences if o.code in codes)
    told.sort(key=_in_order)
    return told


_in_order = itemgetter(0, 1)


def _windows(
    told: Sequence[tuple[datetime, bytes, Fact]], parameters: CumulativeConcernParameters
) -> Iterable[tuple[set[int], int]]:
    """Yield the places of the facts that count in each window that holds enough kinds."""
    kinds, least, end = [type(one) for _, _, one in told], parameters.agencies, 0
    for window in windows([at for at, _, _ in told], parameters.within_days, least=least):
        if window.stop == end or len(set(kinds[window.start : window.stop])) < least:
            continue  # all of it lies in the window before, or too few kinds tell anything
        end = window.stop
        missed = (told[place][-1] for place in window)
        days = {one.session_date for one in missed if isinstance(one, Absence)}
        counts = len(days) >= parameters.absence_days
        places = {place for place in window if counts or kinds[place] is not Absence}
        found = len({kinds[place] for place in places})
        if found >= least:
            yield places, found


def _finding(
    cluster: Sequence[Fact], kinds: int, parameters: CumulativeConcernParameters
) -> Finding:
    attendances = [one for one in cluster if isinstance(one, Attendance)]
    incidents = [one for one in cluster if isinstance(one, Incident)]
    absences = [one for one in cluster if isinstance(one, Absence)]
    parts = [
        *([_attendances_in_words(attendances)] if attendances else []),
        *([_incidents_in_words(incidents)] if incidents else []),
        *([f"absent from school {missed_in_words(absences)}"] if absences else []),
    ]
    return Finding(
        rule=NAME,
        severity=parameters.two_kinds if kinds < _KINDS else parameters.three_kinds,
        grounds=tuple(_ground(one, parameters) for one in cluster),
        sentence=(
            f"Pattern to consider, as told by {kinds} kinds of agency within "
            f"{parameters.within_days} days: {'; '.join(parts)}."
        ),
        not_known=_not_known(attendances, absences),
    )


def _ground(fact: Fact, parameters: CumulativeConcernParameters) -> Ground:
    if isinstance(fact, Attendance):
        return trigger(fact, parameters)
    if isinstance(fact, Incident):
        return incident_trigger(fact, parameters)
    return absence_trigger(fact, parameters)


def _attendances_in_words(told: Sequence[Attendance]) -> str:
    return _counted(told, "arrival", "at an emergency department")


def _incidents_in_words(told: Sequence[Incident]) -> str:
    """Answer how many different incidents, each by when it was first said to have begun."""
    different = [some[0] for some in by_occurrence(told)]
    words = "of domestic abuse told by the police"
    return _counted(different, "incident", words)


def _counted(told: Sequence[Fact], noun: str, words: str) -> str:
    days = [one.arrived_at if isinstance(one, Attendance) else one.began_at for one in told]
    first, last = day_in_words(min(days)), day_in_words(max(days))
    when = f"on {first}" if first == last else f"between {first} and {last}"
    return f"{len(told)} {noun}{'' if len(told) == 1 else 's'} {words} {when}"


def _not_known(attendances: Sequence[Attendance], absences: Sequence[Absence]) -> tuple[str, ...]:
    unknown = []
    if attendances and absences:
        unknown.append("Whether a session was missed because of what led to hospital is not known.")
    if any(one.attendance_category is None for one in attendances):
        unknown.append("Whether an arrival had been planned as follow-up is not known.")
    return (*unknown, *(not_known_of(absences) if absences else ()))


RULE = Rule(
    name=NAME,
    title="Concerns told by several agencies within weeks, each small by itself",
    source=NO_SOURCE,
    owner="the manager of the front door (MASH)",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.LIVE,
    window=lambda parameters: timedelta(days=parameters.within_days),
    ceiling=2.0,
    kinds=frozenset(
        {
            EventKind.EMERGENCY_ATTENDANCE,
            EventKind.DOMESTIC_ABUSE_INCIDENT,
            EventKind.SCHOOL_ABSENCE,
        }
    ),
    least=(
        {EventKind.EMERGENCY_ATTENDANCE: 1, EventKind.DOMESTIC_ABUSE_INCIDENT: 1},
        {EventKind.EMERGENCY_ATTENDANCE: 1, EventKind.SCHOOL_ABSENCE: 1},
        {EventKind.DOMESTIC_ABUSE_INCIDENT: 1, EventKind.SCHOOL_ABSENCE: 1},
    ),
    parameters=CumulativeConcernParameters,
    findings=findings,
    yields=True,
)
