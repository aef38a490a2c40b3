"""A child has been at emergency departments repeatedly, or at several sites in a short time.

Sources:

- 4 or more attendances in 12 months: Greenfield and others, EMJ 2021;38:146, who found it of 9.1 %
  of the users under 16 of English emergency departments.
- Under one year five, and not four: infants attend three times as often (the same paper, odds ratio
  3.24). That it is five is **local choice, no source**.
- 2 or more different sites within 30 days: **this project's own figure; it has no source.** It is
  what no single trust can see, so it ranks higher than many visits to one site. Under one year it
  is immediate, which is this project's own choice too.
- A documented alternative is Leeds Teaching Hospitals' SOP 1198: more than 3 attendances in 6
  months, under 18, any reason, except those asked to return. In a policy file: ``attendances = 4``,
  ``attendances_within_days = 183``.

NICE CG89 asks to *consider* maltreatment at an unusual pattern of presentation or frequent
presentations and gives no number. Frequency alone does not tell children at risk from others
(Leaman, EMJ 2010;27:26): the words are "pattern to consider", and many visits to one site are for
information. Planned follow-up (ECDS attendance category 4) and cancelled visits do not count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import MOST_URGENT_FIRST, Finding, Severity
from hub.core.attendance_words import (
    age_months_at,
    counted,
    counted_attendances,
    not_known_of_visits,
)
from hub.core.chronology import Attendance, Chronology, sites_at_least
from hub.core.event import EventKind
from hub.core.pattern import joined, windows
from hub.core.rule import Rule, RuleMode, RuleParameters, day_in_words, trigger
from hub.errors import ConfigurationError

NAME = "repeat_attendance"

_AGE_MAX_MONTHS = 18 * 12
_REPEAT_MIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatAttendanceParameters(RuleParameters):
    """The two patterns, for infants and for all: many attendances, and several sites."""

    attendances: int = 4
    attendances_within_days: int = 365
    sites: int = 2
    sites_within_days: int = 30
    infants_under_months: int = 12
    infants_attendances: int = 5
    """Where the child was so young at every visit of the window, and that is known."""
    infants_sites: int = 2
    infants_sites_within_days: int = 30
    several_sites: Severity = Severity.TODAY
    one_site: Severity = Severity.INFORMATION
    """Many attendances of which no window holds several sites."""
    infants_several_sites: Severity = Severity.IMMEDIATE

    def __post_init__(self) -> None:
        for name in ("attendances", "sites", "infants_attendances", "infants_sites"):
            if getattr(self, name) < _REPEAT_MIN:
                raise ConfigurationError(f"{name} must be 2 or more: one visit is no repeat.")
        self.refuse_outside(
            1,
            _DAYS_MAX,
            "days",
            "attendances_within_days",
            "sites_within_days",
            "infants_sites_within_days",
        )
        self.refuse_outside(0, _AGE_MAX_MONTHS, "months", "infants_under_months")


_DAYS_MAX = 3 * 366


def findings(
    chronology: Chronology,
    parameters: RepeatAttendanceParameters,
    as_of: datetime,  # noqa: ARG001  # any window counts, not only the one that ends today
) -> tuple[Finding, ...]:
    """Answer one finding for each maximal cluster of overlapping windows that hold a pattern."""
    visits = counted_attendances(chronology)
    if len(visits) < _REPEAT_MIN:
        return ()
    ages = [age_months_at(chronology, one) for one in visits]
    infant = [age is not None and age < parameters.infants_under_months for age in ages]
    return tuple(
        _finding([(visits[place], ages[place]) for place in places], patterns, parameters)
        for places, patterns in joined(_patterns(visits, infant, parameters))
    )


def _patterns(
    visits: Sequence[Attendance], infant: Sequence[bool], parameters: RepeatAttendanceParameters
) -> Iterator[tuple[Sequence[int], tuple[Severity, bool]]]:
    """Yield each window that holds a pattern: how urgent that is, and whether as an infant's."""
    times = [one.arrived_at for one in visits]
    fewest = min(parameters.attendances, parameters.infants_attendances)
    for window in windows(times, parameters.attendances_within_days, least=fewest):
        least = parameters.attendances
        if all(infant[place] for place in window):
            least = parameters.infants_attendances
        if len(window) >= least:
            yield window, (parameters.one_site, False)
    for window in windows(times, parameters.sites_within_days, least=parameters.sites):
        if sites_at_least([visits[place] for place in window]) >= parameters.sites:
            yield window, (parameters.several_sites, False)
    fewest = parameters.infants_sites
    for window in windows(times, parameters.infants_sites_within_days, least=fewest):
        young = [place for place in window if infant[place]]
        if sites_at_least([visits[place] for place in young]) >= parameters.infants_sites:
            yield young, (parameters.infants_several_sites, True)


def _finding(
    told: Sequence[tuple[Attendance, int | None]],
    patterns: Sequence[tuple[Severity, bool]],
    parameters: RepeatAttendanceParameters,
) -> Finding:
    cluster = [visit for visit, _ in told]
    sites = sites_at_least(cluster)
    trusts = counted(len({one.agency for one in cluster}), "hospital trust")
    where = f"{sites} different sites" if sites > 1 else "one site"
    span = f"{day_in_words(cluster[0].arrived_at)} and {day_in_words(cluster[-1].arrived_at)}"
    young = f", several of them while under {parameters.infants_under_months} months old"
    return Finding(
        rule=NAME,
        severity=min((severity for severity, _ in patterns), key=MOST_URGENT_FIRST.index),
        grounds=tuple(trigger(one, parameters) for one in cluster),
        sentence=(
            f"Pattern to consider: {counted(len(cluster), 'arrival')} at emergency departments, at "
            f"{where}{young if any(infant for _, infant in patterns) else ''}, between {span}, as "
            f"told by {trusts}."
        ),
        not_known=(*not_known_of_visits(cluster), *_ages_not_known([age for _, age in told])),
    )


def _ages_not_known(ages: Sequence[int | None]) -> tuple[str, ...]:
    unknown = ages.count(None)
    return (f"The age at {counted(unknown, 'arrival')} is not known.",) if unknown else ()


RULE = Rule(
    name=NAME,
    title="Repeated attendance at emergency departments",
    source="Greenfield and others, EMJ 2021;38:146, for many visits; several sites: no source",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda parameters: timedelta(
        days=max(
            parameters.attendances_within_days,
            parameters.sites_within_days,
            parameters.infants_sites_within_days,
        )
    ),
    ceiling=2.0,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
    least=({EventKind.EMERGENCY_ATTENDANCE: 2},),
    parameters=RepeatAttendanceParameters,
    findings=findings,
)
