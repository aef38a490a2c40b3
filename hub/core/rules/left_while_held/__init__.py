"""A child has left a hospital while staff had been asked to keep it there.

Sources:

- A hold is a department's own instruction: nobody lets the child go before safeguarding has spoken.
  It is no power to detain, and no order of a court. That hospitals keep such a mark, and that the
  front door is told at once when a child is gone in spite of it, is **local choice, no source**:
  no published standard has one. Some sites tell the duty social worker of the child's home area
  when a child is taken out unannounced (gatdoc.com), which is what this does.

Open is a hold that began before the departure and had not been lifted by then. A move to a ward or
to another hospital is no departure; how a child left may be unknown, and that is one. It is
immediate, and live to begin with: a hold is set by hand, of few, by somebody who was worried.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_facts import DepartureManner
from hub.core.attendance_words import may_be_child, not_known_of_site
from hub.core.chronology import Attendance, Chronology
from hub.core.concern_words import left_while_held
from hub.core.event import EventKind
from hub.core.rule import Rule, RuleMode, RuleParameters, time_in_words, trigger

NAME = "left_while_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftWhileHeldParameters(RuleParameters):
    """How urgent it is."""

    severity: Severity = Severity.IMMEDIATE


def findings(
    chronology: Chronology,
    parameters: LeftWhileHeldParameters,
    as_of: datetime,  # noqa: ARG001  # what was open when the child left decides, not today
) -> tuple[Finding, ...]:
    """Answer one finding for each visit that ended while a hold was open."""
    return tuple(
        _finding(one, parameters)
        for one in chronology.attendances
        if left_while_held(one) and may_be_child(chronology, one)
    )


def _finding(attendance: Attendance, parameters: LeftWhileHeldParameters) -> Finding:
    since, left_at = attendance.held_from, attendance.departed_at
    unknown = ["Where the child is, and whether anybody has seen it since, is not known."]
    if left_at is None:
        unknown.append("When the child left is not told.")
    if attendance.departure is DepartureManner.UNKNOWN:
        unknown.append("How the child left is not told.")
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=(trigger(attendance, parameters),),
        sentence=(
            f"{_LEFT[attendance.departure]} an emergency department"
            f"{'' if left_at is None else f' on {time_in_words(left_at)}'}, although staff had "
            "been asked to keep the child there until safeguarding had spoken"
            f"{'' if since is None else f', since {time_in_words(since)}'}."
        ),
        not_known=(*unknown, *not_known_of_site(attendance)),
    )


_LEFT = {
    DepartureManner.LEFT: "Left",
    DepartureManner.DISCHARGED: "Was discharged from",
    DepartureManner.UNKNOWN: "Left",
}

RULE = Rule(
    name=NAME,
    title="A child who left an emergency department while it was to be kept there",
    source="local practice of hospitals; the urgency: local choice, no source",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=0.2,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
    least=({EventKind.EMERGENCY_ATTENDANCE: 1},),
    said=frozenset({"held_from"}),
    parameters=LeftWhileHeldParameters,
    findings=findings,
)
