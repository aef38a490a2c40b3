"""A child with a plan, looked after or in need has been away ill for 15 school days or more.

Sources:

- **15 school days**, in a row or together: the sickness return that schools make to their authority
  since 19 August 2024 (statutory guidance *Working together to improve school attendance*; councils
  tell their schools the same). It is there so that school and council see to the child's education.
  It is **no sign of harm by itself**; the child's worker should know of it, and may not be told.
- Only of children whom a register names on the day; the return is of every pupil of compulsory age.
- That it is for information, and one alert for each school year, is **local choice, no source**. By
  guidance a continuous illness has one return in a school year.

The days are the school's own count: the hub is told of no shorter illness and so counts nothing.
It never lowers the 15, since no school tells of fewer (decision 54). A day of which nothing is told
adds none and takes none away. What the illness is reaches the hub in no way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hub.core.absence import Absence
from hub.core.absence_words import not_known_of, sickness_in_words
from hub.core.alert import Finding, Severity
from hub.core.chronology import Chronology, RegisterEntry
from hub.core.encompass_time import school_year_began
from hub.core.event import EventKind
from hub.core.register_named import entries_on, named_in_words
from hub.core.rule import (
    Rule,
    RuleMode,
    RuleParameters,
    absence_trigger,
    context,
    date_in_words,
)
from hub.core.school_marks import (
    SICKNESS_COUNTS,
    SICKNESS_DAYS_LEAST,
    SICKNESS_DAYS_MOST,
    AbsenceReason,
)

NAME = "sickness_return"


@dataclass(frozen=True, slots=True, kw_only=True)
class SicknessReturnParameters(RuleParameters):
    """After how many school days of sickness, in a row or in the school year; and how urgent."""

    in_a_row_days: int = SICKNESS_DAYS_LEAST
    in_year_days: int = SICKNESS_DAYS_LEAST
    severity: Severity = Severity.INFORMATION

    def __post_init__(self) -> None:
        bounds = (SICKNESS_DAYS_LEAST, SICKNESS_DAYS_MOST, "days")
        self.refuse_outside(*bounds, "in_a_row_days", "in_year_days")


Named = tuple[Absence, tuple[RegisterEntry, ...]]
"""A mark, and what named the child on its day."""


def findings(
    chronology: Chronology,
    parameters: SicknessReturnParameters,
    as_of: datetime,  # noqa: ARG001  # what its school counted on a day decides, not today's date
) -> tuple[Finding, ...]:
    """Answer one finding for each school and school year in which it lasted so long."""
    named = sorted(_named(chronology, parameters), key=lambda one: _of(one[0]))
    found = (
        _finding(list(some), parameters) for _, some in groupby(named, key=lambda one: _of(one[0]))
    )
    return tuple(sorted(found, key=lambda one: (one.grounds[0].occurred_at, one.sentence)))


def _of(mark: Absence) -> tuple[str, datetime]:
    return mark.agency, school_year_began(mark.session_date)


def _named(chronology: Chronology, parameters: SicknessReturnParameters) -> Iterator[Named]:
    """Yield the marks of long enough sickness, by day, on which a register names the child."""
    for mark in chronology.absences:
        if mark.reason is not AbsenceReason.SICKNESS or not _is_long(mark, parameters):
            continue
        on = (mark.session_date,)
        if entries := entries_on(chronology.register, on, parameters.windows):
            yield mark, entries


def _is_long(mark: Absence, parameters: SicknessReturnParameters) -> bool:
    return (mark.sickness_days_in_a_row or 0) >= parameters.in_a_row_days or (
        mark.sickness_days_in_year or 0
    ) >= parameters.in_year_days


def _finding(named: Sequence[Named], parameters: SicknessReturnParameters) -> Finding:
    marks = [mark for mark, _ in named]
    held = {entry.fact_key: entry for _, entries in named for entry in entries}
    entries = [held[key] for key in sorted(held)]
    last = date_in_words(marks[-1].session_date)
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=(
            *(absence_trigger(one, parameters) for one in marks),
            *(context(entry) for entry in entries),
        ),
        sentence=(
            f"Away from school ill, as 1 school counted until {last}: {sickness_in_words(marks)};"
            f" the child is {named_in_words(entries)}."
        ),
        not_known=(
            "What the illness is, and whether a doctor has seen the child, is not told to the hub.",
            "Whether the child has been at school since is not told either.",
            *not_known_of(marks),
        ),
    )


RULE = Rule(
    name=NAME,
    title="A child with a plan, looked after or in need, away from school ill for long",
    source="15-day sickness return of schools: Working together to improve school attendance",
    owner="the council's lead for children who cannot attend school for their health",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
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
    said=frozenset(SICKNESS_COUNTS),
    parameters=SicknessReturnParameters,
    findings=findings,
)
