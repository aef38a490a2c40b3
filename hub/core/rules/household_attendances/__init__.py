"""Children of one household have been at emergency departments of several sites in a short time.

Sources:

- No hospital sees it, since each sees its own visits. That it is a pattern to look at, in how many
  days and at how many sites, are **this project's own figures and have no source**.

It is found for a child who was at a hospital itself, where a brother or sister was at one as well,
and the sites of both together are several. Families with small children go to hospitals often, and
no study says how often this is: so it begins in shadow and is for information. Many visits of one
child are another rule's (``repeat_attendance``).

That children are one household is inferred from addresses, so no rule reads of it but where the
policy allows it. A visit of a sibling from more than ``before_days`` before both were known at the
address is not counted: the child may have lived elsewhere. Planned follow-up is not, either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_words import counted, may_be_child, not_known_of_visits, not_planned
from hub.core.chronology import Attendance, Chronology, sites_at_least
from hub.core.event import EventKind
from hub.core.pattern import joined, windows
from hub.core.rule import NO_SOURCE, Rule, RuleMode, RuleParameters, day_in_words, trigger
from hub.core.siblings import HOUSEHOLD_INFERRED, siblings_in_words

NAME = "household_attendances"

_DAYS_MAX = 366
_SITES_MAX = 10
_REPEAT_MIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdAttendancesParameters(RuleParameters):
    """At how many sites, in how many days, how urgent, and how late an address may be told."""

    sites: int = 2
    within_days: int = 30
    severity: Severity = Severity.INFORMATION
    before_days: int = 28

    def __post_init__(self) -> None:
        self.refuse_outside(2, _SITES_MAX, "", "sites")
        self.refuse_outside(1, _DAYS_MAX, "days", "within_days")
        self.refuse_outside(0, _DAYS_MAX, "days", "before_days")


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visit of the child, or of which of its brothers and sisters."""

    attendance: Attendance
    of: bytes


def findings(
    chronology: Chronology,
    parameters: HouseholdAttendancesParameters,
    as_of: datetime,  # noqa: ARG001  # any window counts, not only the one that ends today
) -> tuple[Finding, ...]:
    """Answer one finding for each maximal cluster of windows with several children and sites."""
    if chronology.shielded or not chronology.household or not chronology.attendances:
        return ()
    own = chronology.child_ref
    visits = sorted(
        _visits(chronology, parameters),
        key=lambda one: (one.attendance.arrived_at, one.attendance.fact_key),
    )
    times = [one.attendance.arrived_at for one in visits]
    holding = (
        (window, None)
        for window in windows(times, parameters.within_days, least=_REPEAT_MIN)
        if _holds([visits[place] for place in window], own, parameters)
    )
    return tuple(
        _finding([visits[place] for place in places], own, parameters)
        for places, _ in joined(holding)
    )


def _visits(chronology: Chronology, parameters: HouseholdAttendancesParameters) -> Iterator[_Visit]:
    before = timedelta(days=parameters.before_days)
    for visit in not_planned(chronology.attendances):
        if may_be_child(chronology, visit):
            yield _Visit(visit, chronology.child_ref)
    for sibling in chronology.household:
        for visit in not_planned(sibling.attendances):
            if not visit.shielded and visit.arrived_at >= sibling.since - before:
                yield _Visit(visit, sibling.child_ref)


def _holds(
    visits: Sequence[_Visit], own: bytes, parameters: HouseholdAttendancesParameters
) -> bool:
    children = {one.of for one in visits}
    sites = sites_at_least([one.attendance for one in visits])
    return own in children and len(children) > 1 and sites >= parameters.sites


def _finding(
    visits: Sequence[_Visit], own: bytes, parameters: HouseholdAttendancesParameters
) -> Finding:
    attended = [one.attendance for one in visits]
    whom = siblings_in_words(len({one.of for one in visits} - {own}))
    mine = counted(sum(one.of == own for one in visits), "arrival")
    theirs = counted(sum(one.of != own for one in visits), "arrival")
    trusts = counted(len({one.agency for one in attended}), "hospital trust")
    span = f"{day_in_words(attended[0].arrived_at)} and {day_in_words(attended[-1].arrived_at)}"
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=tuple(trigger(one, parameters) for one in attended),
        sentence=(
            f"Pattern to consider: {mine} of this child and {theirs} of {whom} at the same address "
            f"at emergency departments, at {sites_at_least(attended)} different sites, between "
            f"{span}, as told by {trusts}."
        ),
        not_known=(
            *not_known_of_visits(attended),
            HOUSEHOLD_INFERRED,
        ),
    )


RULE = Rule(
    name=NAME,
    title="Children of one household at emergency departments of several sites",
    source=NO_SOURCE,
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.SHADOW,
    window=lambda parameters: timedelta(days=parameters.within_days),
    ceiling=2.0,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
    least=(),
    parameters=HouseholdAttendancesParameters,
    findings=findings,
    household=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
)
