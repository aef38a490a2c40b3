"""A child has left an emergency department before being seen.

Sources: rule R4 of the project's health reference (section 5). Trusts ask their staff to weigh the
risk at every one, and some tell the duty social worker of the child's home area when a child is
taken out unannounced (NHSCT 2012; gatdoc.com): local practice, and no national limit of hours is
established, so none is here. A hospital tells it by the disposition (HL7 table 0112, 12 or 13).

That it is immediate while on a plan, and for today otherwise, is the reference's recommendation and
**local choice, no source**. So is that a child seen at any site within ``seen_within_hours`` after
it is nobody's finding: who goes to another hospital is seen.

It begins in shadow: most who leave are tired of waiting and come to no harm, nobody has published
how many do, and how often it would alert here has not been measured. While on a plan the arrival
itself is told of by ``plan_match``.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_words import counted_attendances, may_be_child, not_known_of_site
from hub.core.chronology import Attendance, Chronology, RegisterEntry
from hub.core.clock import london_date
from hub.core.event import EventKind
from hub.core.plan_standing import PlanStanding, had_begun, register_on
from hub.core.rule import Rule, RuleMode, RuleParameters, context, time_in_words, trigger

NAME = "left_before_seen"

_HOURS_MAX = 14 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBeforeSeenParameters(RuleParameters):
    """How urgent it is, and for how long a visit elsewhere settles it."""

    on_plan: Severity = Severity.IMMEDIATE
    """On a plan or looked after that day, or the mother of an unborn child with a plan."""
    otherwise: Severity = Severity.TODAY
    seen_within_hours: int = 24

    def __post_init__(self) -> None:
        self.refuse_outside(0, _HOURS_MAX, "hours", "seen_within_hours")


def findings(
    chronology: Chronology,
    parameters: LeftBeforeSeenParameters,
    as_of: datetime,  # noqa: ARG001  # a later visit settles it whenever it is told of
) -> tuple[Finding, ...]:
    """Answer one finding for each visit that was left, after which none was at a hospital."""
    visits = counted_attendances(chronology)
    return tuple(
        _finding(chronology, one, parameters)
        for one in visits
        if one.left_before_seen
        and may_be_child(chronology, one)
        and not any(_settles(other, one, parameters) for other in visits)
    )


def _settles(other: Attendance, left: Attendance, parameters: LeftBeforeSeenParameters) -> bool:
    within = timedelta(hours=parameters.seen_within_hours)
    after = left.arrived_at < other.arrived_at <= left.arrived_at + within
    return after and not other.left_before_seen


def _finding(
    chronology: Chronology, left: Attendance, parameters: LeftBeforeSeenParameters
) -> Finding:
    entries = _entries(chronology, left, parameters)
    return Finding(
        rule=NAME,
        severity=parameters.on_plan if entries else parameters.otherwise,
        grounds=(trigger(left, parameters), *(context(entry) for entry in entries)),
        sentence=(
            "Left an emergency department before being seen, having arrived on "
            f"{time_in_words(left.arrived_at)}"
            f"{', while on a plan or looked after' if entries else ''}; no later visit within "
            f"{parameters.seen_within_hours} hours is told of."
        ),
        not_known=(
            "Whether the child was seen by a general practitioner is not known.",
            *not_known_of_site(left),
        ),
    )


def _entries(
    chronology: Chronology, left: Attendance, parameters: LeftBeforeSeenParameters
) -> tuple[RegisterEntry, ...]:
    on = london_date(left.arrived_at)
    begun = (one for one in chronology.register if had_begun(one, on))
    standing = register_on(begun, on, parameters.windows)
    named = [one for one, how in standing if how is not PlanStanding.ENDED]
    return tuple(sorted(named, key=lambda one: one.fact_key))


RULE = Rule(
    name=NAME,
    title="A child who left an emergency department before being seen",
    source="local practice of trusts (NHSCT 2012); the urgency: local choice, no source",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.SHADOW,
    window=lambda parameters: timedelta(hours=parameters.seen_within_hours),
    ceiling=0.5,
    kinds=frozenset(
        {
            EventKind.EMERGENCY_ATTENDANCE,
            EventKind.CHILD_PROTECTION_PLAN,
            EventKind.LOOKED_AFTER_PERIOD,
            EventKind.UNBORN_CHILD_PROTECTION_PLAN,
        }
    ),
    least=({EventKind.EMERGENCY_ATTENDANCE: 1},),
    said=frozenset({"left_before_seen"}),
    parameters=LeftBeforeSeenParameters,
    findings=findings,
)
