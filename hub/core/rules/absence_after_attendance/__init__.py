"""A child is missing from school without a known reason right after a visit to hospital.

Sources: *absence within 2 school days of an A&E visit* is this project's own recommendation
(social-care reference, section 3.2). The two days, the codes and the urgency are **local choice, no
source**.

It begins in shadow: a child that was ill or hurt stays at home, and a parent who forgets to ring
looks the same as one who hides an injury. How often it would alert has not been measured. The codes
N (no reason established) and O (no other code fits) are the signal, as in the rule on unexplained
absence; a child whose illness the school knows of has neither. Planned follow-up does not count.

The day of the visit counts as none of the two: a child that went to hospital in the morning is
missing for a reason that the hub knows. Which days are school days is the calendar's of the child's
school; where that does not speak of the days between, nothing is concluded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hub.core.absence import Absence
from hub.core.absence_words import missed_in_words, not_known_of, refuse_untold_codes
from hub.core.alert import Finding, Severity
from hub.core.attendance_words import counted, counted_attendances, not_known_of_visits
from hub.core.chronology import Attendance, Chronology
from hub.core.clock import london_date
from hub.core.event import EventKind
from hub.core.pattern import joined
from hub.core.rule import (
    NO_SOURCE,
    Rule,
    RuleMode,
    RuleParameters,
    absence_trigger,
    day_in_words,
    trigger,
)
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, school_day_after

NAME = "absence_after_attendance"

_SCHOOL_DAYS_MAX = 10
_DAYS_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceAfterAttendanceParameters(RuleParameters):
    """Which marks count, for how many school days after a visit, and how urgent that is."""

    codes: tuple[str, ...] = ("N", "O")
    school_days: int = 2
    within_days: int = 7
    """Of days of the calendar too: what comes after holidays does not follow on a visit."""
    severity: Severity = Severity.INFORMATION

    def __post_init__(self) -> None:
        refuse_untold_codes(self.codes)
        self.refuse_outside(1, _SCHOOL_DAYS_MAX, "days", "school_days")
        self.refuse_outside(1, _DAYS_MAX, "days", "within_days")


def findings(
    chronology: Chronology,
    parameters: AbsenceAfterAttendanceParameters,
    as_of: datetime,  # noqa: ARG001  # the days after a visit are those days whenever it is asked
) -> tuple[Finding, ...]:
    """Answer one finding for visits and the missed days after them, as far as they share a day."""
    visits = counted_attendances(chronology)
    missed = [one for one in chronology.absences if one.code in parameters.codes]
    if not visits or not missed or parameters.calendars is None:
        return ()
    days = [tuple(some) for _, some in groupby(missed, key=lambda one: one.session_date)]
    linked = (
        ([place, len(visits) + number], None)
        for place, visit in enumerate(visits)
        for number in _missed_after(visit, days, parameters.calendars, parameters)
    )
    return tuple(
        _finding(
            [visits[place] for place in places if place < len(visits)],
            [one for place in places if place >= len(visits) for one in days[place - len(visits)]],
            parameters,
        )
        for places, _ in joined(linked)
    )


def _missed_after(
    visit: Attendance,
    days: Sequence[Sequence[Absence]],
    calendars: SchoolCalendars,
    parameters: AbsenceAfterAttendanceParameters,
) -> Iterator[int]:
    """Yield the missed days that are one of the school days after a visit."""
    came = london_date(visit.arrived_at)
    last = came + timedelta(days=parameters.within_days)
    for number, missed in enumerate(days):
        on = missed[0].session_date
        if came < on <= last and any(
            on in _days_after(calendars.of(one.school), came, parameters.school_days)
            for one in missed
        ):
            yield number


def _days_after(calendar: SchoolCalendar, day: date, count: int) -> set[date]:
    if day < calendar.first:
        return set()
    after = (school_day_after(calendar, day, number) for number in range(1, count + 1))
    return {one for one in after if one is not None}


def _finding(
    visits: Sequence[Attendance],
    missed: Sequence[Absence],
    parameters: AbsenceAfterAttendanceParameters,
) -> Finding:
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=(
            *(trigger(one, parameters) for one in visits),
            *(absence_trigger(one, parameters) for one in missed),
        ),
        sentence=(
            f"Absent from school {missed_in_words(missed)}, within "
            f"{counted(parameters.school_days, 'school day')} after "
            f"{counted(len(visits), 'arrival')} at an emergency department, the last on "
            f"{day_in_words(visits[-1].arrived_at)}."
        ),
        not_known=(
            "Whether a session was missed because of what led to hospital is not known.",
            *not_known_of_visits(visits),
            *not_known_of(missed),
        ),
    )


RULE = Rule(
    name=NAME,
    title="A child missing from school without a reason right after a visit to hospital",
    source=NO_SOURCE,
    owner="the council's lead for school attendance",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.SHADOW,
    window=lambda parameters: timedelta(days=parameters.within_days),
    ceiling=1.0,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE, EventKind.SCHOOL_ABSENCE}),
    least=({EventKind.EMERGENCY_ATTENDANCE: 1, EventKind.SCHOOL_ABSENCE: 1},),
    parameters=AbsenceAfterAttendanceParameters,
    findings=findings,
)
