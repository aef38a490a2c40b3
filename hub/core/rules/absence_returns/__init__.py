"""A child with a plan, looked after or in need has been missing from school for long.

Sources:

- **10 school days in a row**: a school tells its authority of a pupil who is away for 10 continuous
  school days without leave (local authorities' pages on attendance, "10-day return").
- **Persistent absence**: 10 % or more of a pupil's possible sessions missed (national statistics).
- The return at 15 school days of **sickness** is a rule of its own (``sickness_return``): sickness
  is neither without a reason nor without leave. ``longer_days`` is the same number for days without
  a reason, and with the urgency it is **local choice, no source**.
- Over how many school days persistent absence is counted here has no source: the statistics take a
  term or a year, this rule ``persistent_school_days`` in a row, a term's length.

Only of children whom a register names on a day of it, in contrast to the returns themselves, which
are of every child: of no other child is anything told. What counts as missed are sessions with no
reason or without leave (codes N, O and, for a return, G). Sessions missed with leave are not told
to the hub, and sickness is not counted, so of the share the sentence says "at least".

It begins in shadow: the rule on unexplained absence tells of these children on the first or second
day, and what a second alert adds after two weeks has not been measured.

Which days are school days is the calendar's; where it does not speak of a day, nothing follows it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hub.core.absence import Absence
from hub.core.absence_words import missed_in_words, not_known_of, refuse_untold_codes
from hub.core.alert import MOST_URGENT_FIRST, Finding, Severity
from hub.core.attendance_words import counted
from hub.core.chronology import Chronology, RegisterEntry
from hub.core.event import EventKind
from hub.core.pattern import joined
from hub.core.register_named import entries_on, named_in_words
from hub.core.rule import Rule, RuleMode, RuleParameters, absence_trigger, context
from hub.core.school_calendar import (
    SchoolCalendar,
    SchoolCalendars,
    school_day_after,
    sessions_on,
)

NAME = "absence_returns"

_SCHOOL_DAYS_MAX = 190
_PER_CENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceReturnsParameters(RuleParameters):
    """After how many school days, at what share of sessions, and how urgent each is."""

    codes: tuple[str, ...] = ("N", "O", "G")
    days: int = 10
    at_days: Severity = Severity.INFORMATION
    longer_days: int = 15
    at_longer_days: Severity = Severity.TODAY
    persistent_per_cent: int = 10
    persistent_school_days: int = 60
    persistent: Severity = Severity.INFORMATION

    def __post_init__(self) -> None:
        refuse_untold_codes(self.codes)
        self.refuse_outside(
            2, _SCHOOL_DAYS_MAX, "days", "days", "longer_days", "persistent_school_days"
        )
        self.refuse_outside(1, _PER_CENT, "", "persistent_per_cent")


Pattern = tuple[Severity, str]
"""How urgent a run or a share is, and what it is called."""


def findings(
    chronology: Chronology,
    parameters: AbsenceReturnsParameters,
    as_of: datetime,  # noqa: ARG001  # only days that were missed count, and none that are to come
) -> tuple[Finding, ...]:
    """Answer one finding for each maximal stretch of long or frequent absence from one school."""
    found: list[Finding] = []
    if parameters.calendars is None or not chronology.register:
        return ()
    missed = [one for one in chronology.absences if one.code in parameters.codes]
    by_school = sorted(missed, key=lambda one: (one.agency, one.session_date, one.began_at))
    for _, told in groupby(by_school, key=lambda one: one.agency):
        found += _of_school(chronology, list(told), parameters.calendars, parameters)
    return tuple(sorted(found, key=lambda one: (one.grounds[0].occurred_at, one.sentence)))


def _of_school(
    chronology: Chronology,
    missed: Sequence[Absence],
    calendars: SchoolCalendars,
    parameters: AbsenceReturnsParameters,
) -> Iterator[Finding]:
    calendar = calendars.of(missed[0].school)
    days = [tuple(some) for _, some in groupby(missed, key=lambda one: one.session_date)]
    dates = [some[0].session_date for some in days]
    patterns = [*_runs(dates, calendar, parameters), *_shares(days, calendar, parameters)]
    for places, told in joined(patterns):
        sessions = [one for place in places for one in days[place]]
        on = [dates[place] for place in places]
        entries = entries_on(chronology.register, on, parameters.windows)
        if entries:
            yield _finding(sessions, entries, told, parameters)


def _runs(
    dates: Sequence[date], calendar: SchoolCalendar, parameters: AbsenceReturnsParameters
) -> Iterator[tuple[range, Pattern]]:
    """Yield the runs of missed school days, one right after another, that are long enough."""
    first = 0
    for place in range(1, len(dates) + 1):
        if place < len(dates) and _next(calendar, dates[place - 1]) == dates[place]:
            continue
        length = place - first
        words = f"{counted(length, 'school day')} in a row"
        if length >= parameters.days:
            yield range(first, place), (parameters.at_days, words)
        if length >= parameters.longer_days:
            yield range(first, place), (parameters.at_longer_days, words)
        first = place


def _next(calendar: SchoolCalendar, day: date) -> date | None:
    return school_day_after(calendar, day, 1) if day >= calendar.first else None


def _shares(
    days: Sequence[Sequence[Absence]],
    calendar: SchoolCalendar,
    parameters: AbsenceReturnsParameters,
) -> Iterator[tuple[range, Pattern]]:
    """Yield the missed days of each stretch of school days in which the share is high enough."""
    dates = [some[0].session_date for some in days]
    for first, opening in enumerate(dates):
        if sum(map(len, days[first:])) * _PER_CENT < _least_sessions(parameters):
            return
        until, possible = _stretch(calendar, opening, parameters.persistent_school_days)
        if until is None:
            continue
        end = next((n for n in range(first, len(dates)) if dates[n] > until), len(dates))
        sessions = sum(len({one.session for one in days[n]}) for n in range(first, end))
        if sessions * _PER_CENT >= possible * parameters.persistent_per_cent:
            words = (
                f"at least {sessions} of {possible} possible sessions of "
                f"{parameters.persistent_school_days} school days"
            )
            yield range(first, end), (parameters.persistent, words)


def _least_sessions(parameters: AbsenceReturnsParameters) -> int:
    """Answer a hundred times the fewest sessions that can be so large a share: one on each day."""
    return parameters.persistent_school_days * parameters.persistent_per_cent


def _stretch(calendar: SchoolCalendar, opening: date, count: int) -> tuple[date | None, int]:
    """Answer the last of so many school days, and their sessions; ``None`` if it is not known."""
    day: date | None = opening if opening >= calendar.first else None
    possible = len(sessions_on(calendar, opening)) if day else 0
    for _ in range(count - 1):
        day = school_day_after(calendar, day, 1) if day else None
        possible += len(sessions_on(calendar, day)) if day else 0
    return day, possible


def _finding(
    missed: Sequence[Absence],
    entries: Sequence[RegisterEntry],
    patterns: Sequence[Pattern],
    parameters: AbsenceReturnsParameters,
) -> Finding:
    severity = min((one for one, _ in patterns), key=MOST_URGENT_FIRST.index)
    words = "; ".join(dict.fromkeys(words for _, words in patterns))
    return Finding(
        rule=NAME,
        severity=severity,
        grounds=(
            *(absence_trigger(one, parameters) for one in missed),
            *(context(entry) for entry in entries),
        ),
        sentence=(
            f"Absent from school {missed_in_words(missed)}, as told by 1 school: {words}; the "
            f"child is {named_in_words(entries)}."
        ),
        not_known=(
            "Sessions missed with leave or for sickness are not counted; few are told to the hub.",
            *not_known_of(missed),
        ),
    )


RULE = Rule(
    name=NAME,
    title="A child with a plan, looked after or in need, missing from school for long",
    source="10-day return of schools; persistent absence in national statistics",
    owner="the council's lead for school attendance",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.SHADOW,
    window=lambda parameters: timedelta(days=2 * parameters.persistent_school_days),
    ceiling=0.5,
    kinds=frozenset(
        {
            EventKind.SCHOOL_ABSENCE,
            EventKind.CHILD_PROTECTION_PLAN,
            EventKind.LOOKED_AFTER_PERIOD,
            EventKind.CHILD_IN_NEED_PERIOD,
        }
    ),
    least=(
        {EventKind.SCHOOL_ABSENCE: 1, EventKind.CHILD_PROTECTION_PLAN: 1},
        {EventKind.SCHOOL_ABSENCE: 1, EventKind.LOOKED_AFTER_PERIOD: 1},
        {EventKind.SCHOOL_ABSENCE: 1, EventKind.CHILD_IN_NEED_PERIOD: 1},
    ),
    parameters=AbsenceReturnsParameters,
    findings=findings,
)
