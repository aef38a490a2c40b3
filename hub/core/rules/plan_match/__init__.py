"""Something has happened to a child with a plan, or looked after: a visit to hospital, or abuse.

Source: this is rule R1 of the project's health reference (section 5): *plan match on any
attendance: route now*. It is the purpose of the national CP-IS service, which tells a council of
queries made; here it is the attendance itself. Lord Laming's report of 2009, recommendation 12,
asks that A&E staff can tell whether a child is on a plan and has recently been at any A&E. That a
domestic-abuse incident is held against the register as well is this project's own: the council that
holds the plan has no other way to learn of one that its force took for a low risk.

Every kind of register entry counts: a plan, a looked-after period, either one ended within its
display window, and the plan of a child not yet born, by its mother. Missed sessions of school are
not here but in the rule on unexplained absence, which counts days for each kind of entry.

The severities are this project's own and have no published source; local policy may change them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import MOST_URGENT_FIRST, Finding, Ground, Severity
from hub.core.chronology import Chronology, RegisterEntry
from hub.core.clock import london_date
from hub.core.event import EventKind
from hub.core.incident import by_occurrence
from hub.core.plan_standing import PlanStanding, had_begun, last_day_of, register_on
from hub.core.rule import (
    Rule,
    RuleMode,
    RuleParameters,
    context,
    date_in_words,
    incident_trigger,
    time_in_words,
    trigger,
)

NAME = "plan_match"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMatchParameters(RuleParameters):
    """How urgent it is, by what happened and by what the register says of that day."""

    on_plan: Severity = Severity.IMMEDIATE
    """These four are of an arrival at an emergency department."""
    unborn_on_plan: Severity = Severity.IMMEDIATE
    """Of the expectant mother, or of a newborn whose plan began before birth."""
    looked_after: Severity = Severity.TODAY
    ended: Severity = Severity.INFORMATION
    """A plan or period of care that ended within its display window. One that moved to another
    authority counts as open until that authority's register shows it."""
    incident_on_plan: Severity = Severity.TODAY
    """These four are of a domestic-abuse incident; by its grade another rule may be more urgent."""
    incident_unborn_on_plan: Severity = Severity.TODAY
    incident_looked_after: Severity = Severity.TODAY
    incident_ended: Severity = Severity.INFORMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class _Occasion:
    """What happened: the facts that tell of it, when, in words, and how urgent for each entry."""

    at: datetime
    grounds: tuple[Ground, ...]
    words: str
    not_known: tuple[str, ...]
    on_plan: Severity
    unborn_on_plan: Severity
    looked_after: Severity
    ended: Severity


def findings(
    chronology: Chronology,
    parameters: PlanMatchParameters,
    as_of: datetime,  # noqa: ARG001  # the register on the day it happened decides, not today's
) -> tuple[Finding, ...]:
    """Answer one finding for each visit or incident on a day on which the register names the child.

    An incident told of a child under two records is one.
    """
    if not chronology.register:
        return ()
    occasions = [*_arrivals(chronology, parameters), *_incidents(chronology, parameters)]
    in_order = sorted(occasions, key=lambda one: (one.at, one.grounds[0].fact_key))
    found = (_finding(chronology, one, parameters) for one in in_order)
    return tuple(finding for finding in found if finding is not None)


def _arrivals(chronology: Chronology, parameters: PlanMatchParameters) -> Iterator[_Occasion]:
    for one in chronology.attendances:
        unknown = () if one.site_code else ("Which site it was is not known.",)
        yield _Occasion(
            at=one.arrived_at,
            grounds=(trigger(one, parameters),),
            words=f"Arrived at an emergency department on {time_in_words(one.arrived_at)}",
            not_known=unknown,
            on_plan=parameters.on_plan,
            unborn_on_plan=parameters.unborn_on_plan,
            looked_after=parameters.looked_after,
            ended=parameters.ended,
        )


def _incidents(chronology: Chronology, parameters: PlanMatchParameters) -> Iterator[_Occasion]:
    for facts in by_occurrence(one for one in chronology.incidents if one.concerns_child):
        began = facts[0].began_at
        yield _Occasion(
            at=began,
            grounds=tuple(incident_trigger(one, parameters) for one in facts),
            words=f"Domestic-abuse incident on {time_in_words(began)}, as told by the police",
            not_known=(),
            on_plan=parameters.incident_on_plan,
            unborn_on_plan=parameters.incident_unborn_on_plan,
            looked_after=parameters.incident_looked_after,
            ended=parameters.incident_ended,
        )


def _finding(
    chronology: Chronology, occasion: _Occasion, parameters: PlanMatchParameters
) -> Finding | None:
    on = london_date(occasion.at)
    begun = (entry for entry in chronology.register if had_begun(entry, on))
    named = register_on(begun, on, parameters.windows)
    if not named:
        return None
    severity, words, weightiest = min(
        ((*_severity_and_words(entry, standing, occasion), entry) for entry, standing in named),
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
        grounds=(*occasion.grounds, *shown),
        sentence=f"{occasion.words}, {words}{_when(words, weightiest)}{_and_more(len(named))}.",
        not_known=(*occasion.not_known, *_not_known([entry for entry, _ in named])),
    )


_ON_PLAN = "while on a Child Protection Plan"
_UNBORN = "while there is a Child Protection Plan for a child then unborn"
_LOOKED_AFTER = "while looked after by a local authority"
_MOVED = "while a plan or period of care is on its way to another authority"
_ENDED = "after a plan or period of care had ended"
_WORDS_FIRST = (_ON_PLAN, _UNBORN, _LOOKED_AFTER, _MOVED, _ENDED)


def _severity_and_words(
    entry: RegisterEntry, standing: PlanStanding, occasion: _Occasion
) -> tuple[Severity, str]:
    if entry.kind is EventKind.UNBORN_CHILD_PROTECTION_PLAN:
        return occasion.unborn_on_plan, _UNBORN
    if standing is PlanStanding.ENDED:
        return occasion.ended, _ENDED
    moved = standing is PlanStanding.TRANSFERRED
    if entry.kind is EventKind.LOOKED_AFTER_PERIOD:
        return occasion.looked_after, _MOVED if moved else _LOOKED_AFTER
    return occasion.on_plan, _MOVED if moved else _ON_PLAN


def _when(words: str, entry: RegisterEntry) -> str:
    """Answer since when, or when it ended, as the register last told it."""
    ended = last_day_of(entry)
    if words == _ENDED:
        return f" on {date_in_words(ended)}" if ended else ""
    return f" since {date_in_words(entry.started_on)}" if entry.started_on else ""


def _and_more(entries: int) -> str:
    return f" ({entries} register entries concern this child)" if entries > 1 else ""


def _not_known(entries: list[RegisterEntry]) -> tuple[str, ...]:
    unknown = []
    if any(entry.started_on is None for entry in entries):
        unknown.append("When a plan or period began is not known.")
    if any(entry.authority is None for entry in entries):
        unknown.append("Which authority holds a plan is not known.")
    return tuple(unknown)


RULE = Rule(
    name=NAME,
    title="A child with a plan, or looked after, in hospital or in a domestic-abuse incident",
    source="Lord Laming, 2009, recommendation 12; the national CP-IS service",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=1.0,
    kinds=frozenset(
        {
            EventKind.EMERGENCY_ATTENDANCE,
            EventKind.DOMESTIC_ABUSE_INCIDENT,
            EventKind.CHILD_PROTECTION_PLAN,
            EventKind.LOOKED_AFTER_PERIOD,
            EventKind.UNBORN_CHILD_PROTECTION_PLAN,
        }
    ),
    least=tuple(
        {happened: 1, register: 1}
        for happened in (EventKind.EMERGENCY_ATTENDANCE, EventKind.DOMESTIC_ABUSE_INCIDENT)
        for register in (
            EventKind.CHILD_PROTECTION_PLAN,
            EventKind.LOOKED_AFTER_PERIOD,
            EventKind.UNBORN_CHILD_PROTECTION_PLAN,
        )
    ),
    parameters=PlanMatchParameters,
    findings=findings,
)
