"""A clinician has said by a tap: injury or bruise of a child who is not yet mobile.

Sources:

- NICE CG89 1.1.2: *suspect* maltreatment at bruising without a suitable explanation, for example of
  a child who is not independently mobile.
- Not independently mobile is not pulling to stand, cruising or walking, an older disabled child
  included; any bruise, fracture, bleeding or burn is investigated (Devon formulary). Accidental
  bruising of such a child is rare, under 1 % (Barnsley).
- That it is immediate: Wigan, Bedfordshire and Cornwall want an immediate discussion with social
  care and a paediatric opinion on the same day, by the first professional who sees it.

The clinician is that professional; this puts it before the front door in the same minute, with what
others have told. It rests on the tap alone, whatever the age and whatever is coded beside it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_facts import ClinicianConcern
from hub.core.attendance_words import age_months_at, counted, may_be_child, not_known_of_site
from hub.core.chronology import Attendance, Chronology
from hub.core.event import EventKind
from hub.core.rule import Rule, RuleMode, RuleParameters, time_in_words, trigger

NAME = "injury_not_yet_mobile"


@dataclass(frozen=True, slots=True, kw_only=True)
class InjuryNotYetMobileParameters(RuleParameters):
    """How urgent it is."""

    severity: Severity = Severity.IMMEDIATE


def findings(
    chronology: Chronology,
    parameters: InjuryNotYetMobileParameters,
    as_of: datetime,  # noqa: ARG001  # a tap counts whenever it was
) -> tuple[Finding, ...]:
    """Answer one finding for each visit at which a clinician said so."""
    said = ClinicianConcern.INJURY_OR_BRUISE_NOT_YET_MOBILE
    return tuple(
        _finding(one, age_months_at(chronology, one), parameters)
        for one in chronology.attendances
        if one.clinician_concern is said and may_be_child(chronology, one)
    )


def _finding(
    attendance: Attendance, age: int | None, parameters: InjuryNotYetMobileParameters
) -> Finding:
    aged = "" if age is None else f", {counted(age, 'month')} old"
    unknown = ["What the injury is, and how it came about, is not told to the hub."]
    if age is None:
        unknown.append("The age at arrival is not known.")
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=(trigger(attendance, parameters),),
        sentence=(
            "A clinician at an emergency department said that there is an injury or bruise of a "
            "child who is not yet mobile, at a visit that began on "
            f"{time_in_words(attendance.arrived_at)}"
            f"{aged}, as told by 1 hospital trust."
        ),
        not_known=(*unknown, *not_known_of_site(attendance)),
    )


RULE = Rule(
    name=NAME,
    title="An injury or bruise of a child who is not yet mobile, as a clinician said",
    source="NICE CG89 1.1.2; immediate: Wigan, Bedfordshire, Cornwall",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=0.2,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
    least=({EventKind.EMERGENCY_ATTENDANCE: 1},),
    said=frozenset({"clinician_concern"}),
    parameters=InjuryNotYetMobileParameters,
    findings=findings,
)
