"""A child with a plan, looked after or in need is missing from school and nobody knows why.

Source: the statutory guidance *Working together to improve school attendance* has schools tell the
social worker of an unexplained absence; this project's social-care reference (section 3.2) names
it, and adds that absence raises the risk for children already on plans. Its section 3.1 takes the
national codes N (no reason established) and O (no other code fits) for the signal; G (a holiday
that was not granted) and U (came after the register had closed) mean something else and do not
count unless local policy says so.

Days on which the school holds no session part no spell: the last day before a holiday and the first
day after it follow one another, where the calendar of the school tells of both.

The numbers of days, the severities and the days that part two spells are this project's own and
have no published source; local policy may change them. So is that a child in need is told of after
two days and not one: the same reference recommends it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.absence import Absence
from hub.core.absence_words import missed_in_words, not_known_of, refuse_untold_codes
from hub.core.alert import MOST_URGENT_FIRST, Finding, Severity
from hub.core.chronology import Chronology, RegisterEntry
from hub.core.event import EventKind
from hub.core.plan_standing import PlanStanding, had_begun, in_need_on, register_on
from hub.core.rule import Rule, RuleMode, RuleParameters, absence_trigger, context
from hub.core.school_calendar import next_school_day

NAME = "unexplained_absence"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexplainedAbsenceParameters(RuleParameters):
    """Which marks count, on how many days of one spell, and how urgent that is."""

    codes: tuple[str, ...] = ("N", "O")
    on_plan_days: int = 1
    on_plan: Severity = Severity.TODAY
    looked_after_days: int = 1
    looked_after: Severity = Severity.TODAY
    in_need_days: int = 2
    in_need: Severity = Severity.TODAY
    same_spell_days: int = 4
    """Absences at most so many days apart are one spell: a weekend and a bank holiday between."""

    def __post_init__(self) -> None:
        refuse_untold_codes(self.codes)
        self.refuse_outside(
            1,
            _DAYS_MAX,
            "days",
            "on_plan_days",
            "looked_after_days",
            "in_need_days",
            "same_spell_days",
        )


_DAYS_MAX = 60


def findings(
    chronology: Chronology,
    parameters: UnexplainedAbsenceParameters,
    as_of: datetime,  # noqa: ARG001  # the register on the day of the absence decides, not today's
) -> tuple[Finding, ...]:
    """Answer one finding for each spell of absences on days on which the register names the child.

    A spell in which there were too few such days, by the kind of entry, finds nothing.
    """
    counted = [one for one in chronology.absences if one.code in parameters.codes]
    found = (_finding(chronology, spell, parameters) for spell in _spells(counted, parameters))
    return tuple(finding for finding in found if finding is not None)


def _spells(
    absences: Sequence[Absence], parameters: UnexplainedAbsenceParameters
) -> Iterator[tuple[Absence, ...]]:
    """Yield the absences, which are in order, parted where too many days lie between."""
    spell: list[Absence] = []
    for absence in absences:
        if spell and not _follows(absence, spell[-1], parameters):
            yield tuple(spell)
            spell = []
        spell.append(absence)
    if spell:
        yield tuple(spell)


def _follows(later: Absence, before: Absence, parameters: UnexplainedAbsenceParameters) -> bool:
    """Answer whether two absences are of one spell: days apart, or school days in a row."""
    apart = timedelta(days=parameters.same_spell_days)
    if later.session_date - before.session_date <= apart:
        return True
    if parameters.calendars is None:
        return False
    calendar = parameters.calendars.of(later.school)
    known = before.session_date >= calendar.first
    return known and next_school_day(calendar, before.session_date) == later.session_date


def _finding(
    chronology: Chronology, spell: Sequence[Absence], parameters: UnexplainedAbsenceParameters
) -> Finding | None:
    best: tuple[Severity, str, tuple[Absence, ...], tuple[RegisterEntry, ...]] | None = None
    for kind, days, severity, words in _terms(parameters):
        named = [(one, _entries(chronology, one, kind, parameters)) for one in spell]
        missed = tuple(one for one, entries in named if entries)
        enough = len({one.session_date for one in missed}) >= days
        if enough and (best is None or _is_more_urgent(severity, best[0])):
            held = {entry.fact_key: entry for _, entries in named for entry in entries}
            best = (severity, words, missed, tuple(held[key] for key in sorted(held)))
    if best is None:
        return None
    severity, words, missed, entries = best
    return Finding(
        rule=NAME,
        severity=severity,
        grounds=(
            *(absence_trigger(one, parameters) for one in missed),
            *(context(entry) for entry in entries),
        ),
        sentence=f"Absent from school {missed_in_words(missed)}, {words}.",
        not_known=not_known_of(missed),
    )


def _is_more_urgent(one: Severity, other: Severity) -> bool:
    return MOST_URGENT_FIRST.index(one) < MOST_URGENT_FIRST.index(other)


def _terms(
    parameters: UnexplainedAbsenceParameters,
) -> tuple[tuple[EventKind, int, Severity, str], ...]:
    """Answer for each kind of register entry how many days count, how urgent, and in what words."""
    on_plan, looked_after = EventKind.CHILD_PROTECTION_PLAN, EventKind.LOOKED_AFTER_PERIOD
    in_need = EventKind.CHILD_IN_NEED_PERIOD
    return (
        (
            *(on_plan, parameters.on_plan_days, parameters.on_plan),
            "while on a Child Protection Plan",
        ),
        (
            *(looked_after, parameters.looked_after_days, parameters.looked_after),
            "while looked after by a local authority",
        ),
        (
            *(in_need, parameters.in_need_days, parameters.in_need),
            "while a child in need",
        ),
    )


def _entries(
    chronology: Chronology,
    absence: Absence,
    kind: EventKind,
    parameters: UnexplainedAbsenceParameters,
) -> tuple[RegisterEntry, ...]:
    """Answer the entries of this kind that named the child on the day of the absence."""
    on = absence.session_date
    if kind is EventKind.CHILD_IN_NEED_PERIOD:
        return in_need_on(chronology.register, on)
    begun = (one for one in chronology.register if one.kind is kind and had_begun(one, on))
    return tuple(
        entry
        for entry, standing in register_on(begun, on, parameters.windows)
        if standing in {PlanStanding.CURRENT, PlanStanding.TRANSFERRED}
    )


RULE = Rule(
    name=NAME,
    title="A child with a plan, looked after or in need, missing from school with no reason known",
    source="Working together to improve school attendance (statutory guidance)",
    owner="the council's lead for school attendance",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda parameters: timedelta(days=parameters.same_spell_days),
    ceiling=2.0,
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
    parameters=UnexplainedAbsenceParameters,
    findings=findings,
)
