"""A child is missing from school on the first school day after a domestic-abuse incident.

Sources:

- Operation Encompass (Domestic Abuse Act 2021, section 49A; statutory guidance of 7 November 2025)
  has the police tell a child's school of an incident before its next school day: that day is when
  the school is to look after the child, and a child that does not come is not looked after.
- That an unexplained absence on that day is worth an alert is **this project's own recommendation**
  (social-care reference, section 3.2), and so are its urgency and the number of days beyond which
  the first day back is no longer told of as the day after: neither has a published source.
- The national codes N (no reason established) and O (no other code fits) are the signal, as in the
  rule on unexplained absence. What this rule makes of them has no source.

Which day is a school day is the calendar's of the child's school. An incident before school begins
is followed by that same day; on a half day that has only an afternoon, one before the afternoon is.
Where the calendar does not speak of the days between, nothing is
concluded: a first day after a term of which nothing is known would be a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from hub.core.absence import Absence
from hub.core.absence_words import missed_in_words, not_known_of, refuse_untold_codes
from hub.core.alert import Finding, Severity
from hub.core.chronology import Chronology
from hub.core.clock import london_time
from hub.core.event import EventKind
from hub.core.incident import Incident
from hub.core.rule import (
    NO_SOURCE,
    Rule,
    RuleMode,
    RuleParameters,
    absence_trigger,
    incident_trigger,
    time_in_words,
)
from hub.core.school_calendar import SchoolCalendar, next_school_day, sessions_on
from hub.core.school_marks import SchoolSession

NAME = "absence_after_incident"

SCHOOL_BEGINS = time(8, 30)
"""London time. Registers say when a session began only for those who missed it; our own figure."""

AFTERNOON_BEGINS = time(12, 30)
"""London time, and our own figure: when school begins on a half day without a morning."""

_DAYS_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceAfterIncidentParameters(RuleParameters):
    """Which marks count, after how long a break, and how urgent that is."""

    codes: tuple[str, ...] = ("N", "O")
    within_days: int = 16
    """A half term or two weeks of holiday with their weekends may lie between; a summer may not."""
    severity: Severity = Severity.TODAY

    def __post_init__(self) -> None:
        refuse_untold_codes(self.codes)
        self.refuse_outside(1, _DAYS_MAX, "days", "within_days")


def findings(
    chronology: Chronology,
    parameters: AbsenceAfterIncidentParameters,
    as_of: datetime,  # noqa: ARG001  # the day after an incident is that day whenever it is asked
) -> tuple[Finding, ...]:
    """Answer one finding for each school day missed that followed an incident, or several."""
    concerning = [
        (one, london_time(one.began_at))
        for one in chronology.incidents
        if one.concerns_child and not one.unborn
    ]
    counted = [one for one in chronology.absences if one.code in parameters.codes]
    if not concerning or not counted:
        return ()
    found = []
    for _, told in groupby(counted, key=lambda one: one.session_date):
        before = [(one, _before(one, concerning, parameters)) for one in told]
        missed = tuple(one for one, incidents in before if incidents)
        if missed:
            held = {incident.fact_key: incident for _, some in before for incident in some}
            found.append(_finding(tuple(held.values()), missed, parameters))
    return tuple(found)


def _before(
    absence: Absence,
    incidents: Sequence[tuple[Incident, datetime]],
    parameters: AbsenceAfterIncidentParameters,
) -> tuple[Incident, ...]:
    """Answer the incidents after which the day of this absence was its school's first."""
    if parameters.calendars is None:
        return ()
    calendar = parameters.calendars.of(absence.school)
    missed = absence.session_date
    first = missed - timedelta(days=parameters.within_days)
    return tuple(
        one
        for one, began in incidents
        if first <= began.date() <= missed and _day_after(began, calendar) == missed
    )


def _day_after(began: datetime, calendar: SchoolCalendar) -> date | None:
    """Answer the first school day after an instant, by London's clocks; None if not known."""
    if began.date() < calendar.first:
        return None
    held = sessions_on(calendar, began.date())
    begins = SCHOOL_BEGINS if SchoolSession.AM in held else AFTERNOON_BEGINS
    if held and began.time() < begins:
        return began.date()
    return next_school_day(calendar, began.date())


def _finding(
    incidents: Sequence[Incident],
    missed: Sequence[Absence],
    parameters: AbsenceAfterIncidentParameters,
) -> Finding:
    in_order = sorted(incidents, key=lambda one: (one.began_at, one.fact_key))
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=(
            *(incident_trigger(one, parameters) for one in in_order),
            *(absence_trigger(one, parameters) for one in missed),
        ),
        sentence=(
            f"Absent from school {missed_in_words(missed)}, the first school day after "
            f"{_incidents_in_words(in_order)}."
        ),
        not_known=not_known_of(missed),
    )


def _incidents_in_words(in_order: Sequence[Incident]) -> str:
    different = len({one.same_incident for one in in_order})
    last = time_in_words(in_order[-1].began_at)
    if different == 1:
        return f"a domestic-abuse incident on {last}, as told by the police"
    return f"{different} domestic-abuse incidents, the last on {last}, as told by the police"


RULE = Rule(
    name=NAME,
    title="A child missing from school on the school day after a domestic-abuse incident",
    source=NO_SOURCE,
    owner="the council's lead for school attendance",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.LIVE,
    window=lambda parameters: timedelta(days=parameters.within_days),
    ceiling=0.5,
    kinds=frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT, EventKind.SCHOOL_ABSENCE}),
    least=({EventKind.DOMESTIC_ABUSE_INCIDENT: 1, EventKind.SCHOOL_ABSENCE: 1},),
    parameters=AbsenceAfterIncidentParameters,
    findings=findings,
)
