"""No agency has told of seeing a child since an incident at which the police did not see it.

Sources: reviews of child deaths tell of children of whom everybody was told and whom nobody saw; a
force's form asks whether each child was *seen* and *spoken to*. How many days, which children and
the urgency: **local choice, no source**.

What is said is only that nobody *told* of it. Silence is neither presence nor absence:

- It is concluded when the time has come and the hospitals and forces have told of everything up to
  it (``hub.core.wake``); of feeds that were waited for in vain the alert says so.
- A school tells of absences and never of presence. So a child of school age counts only with a
  session missed without a reason since; a younger child, or one of unknown age, without it.
- A visit to an emergency department is seeing the child, unless it left before being seen; so is a
  later incident at which the police saw it. Visits of a social worker, a health visitor or a
  general practitioner are not told to the hub, and the alert says so.

It begins in shadow: most of these children were seen by somebody whom the hub does not hear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_words import counted
from hub.core.chronology import Chronology
from hub.core.clock import age_in_months, london_date
from hub.core.event import EventKind
from hub.core.incident import Incident, Told, by_occurrence, when_told
from hub.core.report import Feed
from hub.core.rule import (
    NO_SOURCE,
    Rule,
    RuleMode,
    RuleParameters,
    incident_trigger,
    time_in_words,
)
from hub.core.wake import Wake

NAME = "not_seen_since_incident"

_MONTHS_IN_A_YEAR = 12
_DAYS_MAX = 90
_YEARS_MAX = 18
_UNEXPLAINED = frozenset({"N", "O"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSeenParameters(RuleParameters):
    """For how long nobody must have told of seeing which children, and how urgent that is."""

    days: int = 10
    under_years: int = 5
    """Whom no school sees: compulsory school age in England begins after the fifth birthday."""
    severity: Severity = Severity.TODAY

    def __post_init__(self) -> None:
        self.refuse_outside(1, _DAYS_MAX, "days", "days")
        self.refuse_outside(0, _YEARS_MAX, "years", "under_years")


def wakes(
    chronology: Chronology,
    parameters: NotSeenParameters,
    as_of: datetime,  # noqa: ARG001  # a wake stays wanted when it has come
) -> tuple[Wake, ...]:
    """Answer by when the child is to have been seen, after each incident at which it was not."""
    return tuple(_wake(chronology, one, parameters) for one in _unseen(chronology, parameters))


def findings(
    chronology: Chronology, parameters: NotSeenParameters, as_of: datetime
) -> tuple[Finding, ...]:
    """Answer one finding for each incident after which the time has passed and nobody told."""
    found = []
    for told in _unseen(chronology, parameters):
        wake = _wake(chronology, told, parameters)
        if wake.due_at <= as_of:
            found.append(_finding(told, wake, parameters))
    return tuple(found)


def _unseen(chronology: Chronology, parameters: NotSeenParameters) -> Iterator[Told]:
    """Yield the incidents at which the child was not seen, nor by anybody within the days."""
    concerning = (one for one in chronology.incidents if one.concerns_child and not one.unborn)
    for one in sorted(by_occurrence(concerning), key=when_told):
        until = one[0].began_at + timedelta(days=parameters.days)
        seen = any(incident.seen for incident in one)
        if not seen and not _seen_within(chronology, one[0].began_at, until):
            missed = _missed(chronology, one[0].began_at, until)
            if missed or _is_young(chronology, one[0], parameters):
                yield one


def _seen_within(chronology: Chronology, after: datetime, until: datetime) -> bool:
    at_hospital = any(
        after < one.arrived_at <= until and not one.left_before_seen
        for one in chronology.attendances
    )
    return at_hospital or any(
        after < one.began_at <= until and one.seen for one in chronology.incidents
    )


def _missed(chronology: Chronology, after: datetime, until: datetime) -> frozenset[str]:
    """Answer at which schools sessions were missed without a reason."""
    return frozenset(
        one.agency
        for one in chronology.absences
        if one.code in _UNEXPLAINED and after < one.began_at <= until
    )


def _is_young(chronology: Chronology, incident: Incident, parameters: NotSeenParameters) -> bool:
    age = _age_months(chronology, incident)
    return age is None or age < parameters.under_years * _MONTHS_IN_A_YEAR


def _age_months(chronology: Chronology, incident: Incident) -> int | None:
    if incident.age_months is not None or chronology.birth_date is None:
        return incident.age_months
    return age_in_months(chronology.birth_date, london_date(incident.began_at))


def _wake(chronology: Chronology, told: Told, parameters: NotSeenParameters) -> Wake:
    after = told[0].began_at
    due_at = after + timedelta(days=parameters.days)
    schools = _missed(chronology, after, due_at)
    feeds: frozenset[Feed | str] = frozenset({Feed.HEALTH, Feed.POLICE, *schools})
    return Wake(due_at=due_at, feeds=feeds, cause=told[0].event_id)


def _finding(told: Sequence[Incident], wake: Wake, parameters: NotSeenParameters) -> Finding:
    schools = any(not isinstance(one, Feed) for one in wake.feeds)
    missed = " and sessions of school were missed without a reason" if schools else ""
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=tuple(incident_trigger(one, parameters) for one in told),
        sentence=(
            f"Domestic-abuse incident on {time_in_words(told[0].began_at)} of which the police do "
            "not say that they saw the child; within "
            f"{counted(parameters.days, 'day')} no hospital and no police force told of seeing "
            f"it{missed}."
        ),
        not_known=(
            "Whether a social worker, health visitor or general practitioner saw it is not known.",
            "Whether the child was at school or nursery is not told to the hub.",
        ),
        wake=wake,
    )


RULE = Rule(
    name=NAME,
    title="A child whom nobody told of seeing since a domestic-abuse incident",
    source=NO_SOURCE,
    owner="the manager of the front door (MASH)",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.SHADOW,
    window=lambda parameters: timedelta(days=parameters.days),
    ceiling=0.5,
    kinds=frozenset(
        {
            EventKind.DOMESTIC_ABUSE_INCIDENT,
            EventKind.EMERGENCY_ATTENDANCE,
            EventKind.SCHOOL_ABSENCE,
        }
    ),
    least=({EventKind.DOMESTIC_ABUSE_INCIDENT: 1},),
    parameters=NotSeenParameters,
    findings=findings,
    wakes=wakes,
)
