"""A child with a plan, or looked after, has been at an emergency department.

Source: this is rule R1 of the project's health reference (section 5): *plan match on any
attendance: route now*. It is the purpose of the national CP-IS service, which tells a council of
queries made; here it is the attendance itself. Lord Laming's report of 2009, recommendation 12,
asks that A&E staff can tell whether a child is on a plan and has recently been at any A&E.

The severities are this project's own and have no published source; local policy may change them.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import MOST_URGENT_FIRST, Finding, Severity
from hub.core.chronology import Attendance, Chronology, RegisterEntry
from hub.core.clock import london_date
from hub.core.event import EventKind
from hub.core.plan_standing import PlanStanding, had_begun, last_day_of, register_on
from hub.core.rule import (
    Rule,
    RuleMode,
    RuleParameters,
    context,
    date_in_words,
    time_in_words,
    trigger,
)

NAME = "plan_match"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMatchParameters(RuleParameters):
    """How urgent an attendance is, by what the register says of that day."""

    on_plan: Severity = Severity.IMMEDIATE
    unborn_on_plan: Severity = Severity.IMMEDIATE
    """Of the expectant mother, or of a newborn whose plan began before birth."""
    looked_after: Severity = Severity.TODAY
    ended: Severity = Severity.INFORMATION
    """A plan or period of care that ended within its display window. One that moved to another
    authority counts as open until that authority's register shows it."""


def findings(
    chronology: Chronology,
    parameters: PlanMatchParameters,
    as_of: datetime,  # noqa: ARG001  # the register on the day of the visit decides, not today's
) -> tuple[Finding, ...]:
    """Answer one finding for each attendance on a day on which the register names the child."""
    if not chronology.register:
        return ()
    found = (_finding(chronology, one, parameters) for one in chronology.attendances)
    return tuple(finding for finding in found if finding is not None)


def _finding(
    chronology: Chronology, attendance: Attendance, parameters: PlanMatchParameters
) -> Finding | None:
    on = london_date(attendance.arrived_at)
    begun = (entry for entry in chronology.register if had_begun(entry, on))
    named = register_on(begun, on, parameters.windows)
    if not named:
        return None
    severity, words, weightiest = min(
        ((*_severity_and_words(entry, standing, parameters), entry) for entry, standing in named),
        key=lambda one: (
            MOST_URGENT_FIRST.index(one[0]),
            _WORDS_FIRST.index(one[1]),
            one[2].fact_key,
        ),
    )
    shown = sorted((context(entry) for entry, _ in named), key=lambda one: one.fact_key)
    return Finding(
        rule=NAME,
        severity=severity,
        grounds=(trigger(attendance, parameters), *shown),
        sentence=(
            f"Arrived at an emergency department on {time_in_words(attendance.arrived_at)}, {words}"
            f"{_when(words, weightiest)}{_and_more(len(named))}."
        ),
        not_known=_not_known(attendance, [entry for entry, _ in named]),
    )


_ON_PLAN = "while on a Child Protection Plan"
_UNBORN = "while there is a Child Protection Plan for a child then unborn"
_LOOKED_AFTER = "while looked after by a local authority"
_MOVED = "while a plan or period of care is on its way to another authority"
_ENDED = "after a plan or period of care had ended"
_WORDS_FIRST = (_ON_PLAN, _UNBORN, _LOOKED_AFTER, _MOVED, _ENDED)


def _severity_and_words(
    entry: RegisterEntry, standing: PlanStanding, parameters: PlanMatchParameters
) -> tuple[Severity, str]:
    if entry.kind is EventKind.UNBORN_CHILD_PROTECTION_PLAN:
        return parameters.unborn_on_plan, _UNBORN
    if standing is PlanStanding.ENDED:
        return parameters.ended, _ENDED
    moved = standing is PlanStanding.TRANSFERRED
    if entry.kind is EventKind.LOOKED_AFTER_PERIOD:
        return parameters.looked_after, _MOVED if moved else _LOOKED_AFTER
    return parameters.on_plan, _MOVED if moved else _ON_PLAN


def _when(words: str, entry: RegisterEntry) -> str:
    """Answer since when, or when it ended, as the register last told it."""
    ended = last_day_of(entry)
    if words == _ENDED:
        return f" on {date_in_words(ended)}" if ended else ""
    return f" since {date_in_words(entry.started_on)}" if entry.started_on else ""


def _and_more(entries: int) -> str:
    return f" ({entries} register entries concern this child)" if entries > 1 else ""


def _not_known(attendance: Attendance, entries: list[RegisterEntry]) -> tuple[str, ...]:
    unknown = []
    if attendance.site_code is None:
        unknown.append("Which site it was is not known.")
    if any(entry.started_on is None for entry in entries):
        unknown.append("When a plan or period began is not known.")
    if any(entry.authority is None for entry in entries):
        unknown.append("Which authority holds a plan is not known.")
    return tuple(unknown)


RULE = Rule(
    name=NAME,
    title="A child with a plan, or looked after, at an emergency department",
    source="Lord Laming, 2009, recommendation 12; the national CP-IS service",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=1.0,
    kinds=frozenset(
        {
            EventKind.EMERGENCY_ATTENDANCE,
            EventKind.CHILD_PROTECTION_PLAN,
            EventKind.LOOKED_AFTER_PERIOD,
            EventKind.UNBORN_CHILD_PROTECTION_PLAN,
        }
    ),
    least=(
        {EventKind.EMERGENCY_ATTENDANCE: 1, EventKind.CHILD_PROTECTION_PLAN: 1},
        {EventKind.EMERGENCY_ATTENDANCE: 1, EventKind.LOOKED_AFTER_PERIOD: 1},
        {EventKind.EMERGENCY_ATTENDANCE: 1, EventKind.UNBORN_CHILD_PROTECTION_PLAN: 1},
    ),
    parameters=PlanMatchParameters,
    findings=findings,
)
