"""A child under one year has been at an emergency department with an injury.

Sources:

- Royal Manchester Children's emergency department: *all injuries in babies under one: consider
  safeguarding*. It is rule R2 of the project's health reference (section 5): same-day review.
- NICE CG89 1.1.2: *suspect* maltreatment at bruising of a child that is not independently mobile.
  Mobility is rarely coded, so age stands in for it, and every alert says so, but where a clinician
  has said "not yet mobile" (``injury_not_yet_mobile`` tells of that at once).
- That an injury of an infant is for today, and twelve months: Manchester's; the urgency is **this
  project's own and has no source** (areas ask for the same day; Wigan, Bedfordshire and Cornwall
  for an immediate discussion by whoever sees it first, which is the clinician and not the hub).

It is live to begin with: guidance asks for a look at every one, and injuries under one are few.
An arrival that is not coded as an injury is none here, and what is coded late is found late.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_facts import ClinicianConcern
from hub.core.attendance_words import (
    age_months_at,
    counted,
    counted_attendances,
    not_known_of_site,
)
from hub.core.chronology import Attendance, Chronology
from hub.core.event import EventKind
from hub.core.rule import Rule, RuleMode, RuleParameters, time_in_words, trigger

NAME = "injury_under_one"

_MONTHS_MAX = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class InjuryUnderOneParameters(RuleParameters):
    """Under which age, and how urgent that is."""

    under_months: int = 12
    severity: Severity = Severity.TODAY

    def __post_init__(self) -> None:
        self.refuse_outside(1, _MONTHS_MAX, "months", "under_months")


def findings(
    chronology: Chronology,
    parameters: InjuryUnderOneParameters,
    as_of: datetime,  # noqa: ARG001  # the age on the day of the visit decides, not today's
) -> tuple[Finding, ...]:
    """Answer one finding for each injury attendance of a child who was so young."""
    injured = [one for one in counted_attendances(chronology) if one.injury]
    aged = ((one, age_months_at(chronology, one)) for one in injured)
    return tuple(
        _finding(one, age, parameters)
        for one, age in aged
        if age is not None and 0 <= age < parameters.under_months
    )


def _finding(attendance: Attendance, age: int, parameters: InjuryUnderOneParameters) -> Finding:
    said = attendance.clinician_concern is ClinicianConcern.INJURY_OR_BRUISE_NOT_YET_MOBILE
    unknown = () if said else ("Whether the child could move about by itself yet is not known.",)
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=(trigger(attendance, parameters),),
        sentence=(
            f"Arrived at an emergency department on {time_in_words(attendance.arrived_at)} with an "
            f"injury, {counted(age, 'month')} old, as told by 1 hospital trust."
        ),
        not_known=(*unknown, *not_known_of_site(attendance)),
    )


RULE = Rule(
    name=NAME,
    title="An injury of a child under one year",
    source="Royal Manchester Children's ED: all injuries under one; NICE CG89 1.1.2",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=0.3,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
    least=({EventKind.EMERGENCY_ATTENDANCE: 1},),
    said=frozenset({"injury"}),
    parameters=InjuryUnderOneParameters,
    findings=findings,
)
