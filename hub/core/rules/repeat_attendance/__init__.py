"""A child has been at emergency departments repeatedly, or at several sites in a short time.

Sources:

- 4 or more attendances in 12 months: Greenfield and others, EMJ 2021;38:146, who found it of 9.1 %
  of the users under 16 of English emergency departments.
- 2 or more different sites within 30 days: **this project's own figure; it has no source.** It is
  what no single trust can see.
- A documented alternative is Leeds Teaching Hospitals' SOP 1198: more than 3 attendances in 6
  months, under 18, any reason, except those asked to return. In a policy file: ``attendances = 4``,
  ``attendances_within_days = 183``.

NICE CG89 asks to *consider* maltreatment at an unusual pattern of presentation or frequent
presentations and gives no number. Frequency alone does not tell children at risk from others
(Leaman, EMJ 2010;27:26): the words are "pattern to consider", and the severity is not immediate.
Planned follow-up (ECDS attendance category 4) and cancelled visits do not count.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.chronology import Attendance, Chronology, sites_at_least
from hub.core.event import EventKind
from hub.core.rule import Rule, RuleMode, RuleParameters, day_in_words, trigger
from hub.errors import ConfigurationError

NAME = "repeat_attendance"
_PLANNED_FOLLOW_UP = "4"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatAttendanceParameters(RuleParameters):
    """The two patterns: many attendances in a long window, several sites in a short one."""

    attendances: int = 4
    attendances_within_days: int = 365
    sites: int = 2
    sites_within_days: int = 30
    severity: Severity = Severity.TODAY

    def __post_init__(self) -> None:
        for name, least in (("attendances", 2), ("sites", 2)):
            if getattr(self, name) < least:
                raise ConfigurationError(f"{name} must be {least} or more: one visit is no repeat.")
        for name in ("attendances_within_days", "sites_within_days"):
            if not 1 <= getattr(self, name) <= _DAYS_MAX:
                raise ConfigurationError(f"{name} must be between 1 and {_DAYS_MAX} days.")


_DAYS_MAX = 3 * 366


def findings(
    chronology: Chronology,
    parameters: RepeatAttendanceParameters,
    as_of: datetime,  # noqa: ARG001  # any window counts, not only the one that ends today
) -> tuple[Finding, ...]:
    """Answer one finding for each maximal cluster of overlapping windows that hold a pattern."""
    counted = [one for one in chronology.attendances if not _is_planned(one)]
    return tuple(_finding(cluster, parameters) for cluster in _clusters(counted, parameters))


def _is_planned(attendance: Attendance) -> bool:
    return (attendance.attendance_category or "").lstrip("0") == _PLANNED_FOLLOW_UP


def _clusters(
    counted: Sequence[Attendance], parameters: RepeatAttendanceParameters
) -> list[list[Attendance]]:
    """Answer runs of attendances joined by windows that hold a pattern and share an attendance."""
    clusters: list[list[int]] = []
    for first, last in _windows(counted, parameters):
        if clusters and first <= clusters[-1][-1]:
            clusters[-1] = list(range(clusters[-1][0], max(last, clusters[-1][-1]) + 1))
        else:
            clusters.append(list(range(first, last + 1)))
    return [[counted[index] for index in cluster] for cluster in clusters]


def _windows(
    counted: Sequence[Attendance], parameters: RepeatAttendanceParameters
) -> list[tuple[int, int]]:
    """Answer the first and last place of each window that holds a pattern, by its first."""
    windows = []
    for first in range(len(counted)):
        longer = _within(counted, first, parameters.attendances_within_days)
        if len(longer) >= parameters.attendances:
            windows.append((first, first + len(longer) - 1))
        shorter = _within(counted, first, parameters.sites_within_days)
        if sites_at_least(shorter) >= parameters.sites:
            windows.append((first, first + len(shorter) - 1))
    return windows


def _within(counted: Sequence[Attendance], first: int, days: int) -> Sequence[Attendance]:
    until = counted[first].arrived_at + timedelta(days=days)
    return [one for one in counted[first:] if one.arrived_at <= until]


def _finding(cluster: Sequence[Attendance], parameters: RepeatAttendanceParameters) -> Finding:
    count, sites = len(cluster), sites_at_least(cluster)
    trusts = _counted(len({one.agency for one in cluster}), "hospital trust")
    where = f"{sites} different sites" if sites > 1 else "one site"
    span = f"{day_in_words(cluster[0].arrived_at)} and {day_in_words(cluster[-1].arrived_at)}"
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=tuple(trigger(one, parameters) for one in cluster),
        sentence=(
            f"Pattern to consider: {count} arrivals at emergency departments, at {where}, between "
            f"{span}, as told by {trusts}."
        ),
        not_known=_not_known(cluster),
    )


def _not_known(cluster: Sequence[Attendance]) -> tuple[str, ...]:
    missing = Counter[str]()
    for one in cluster:
        missing["site"] += one.site_code is None
        missing["category"] += one.attendance_category is None
    unknown = []
    if missing["site"]:
        unknown.append(f"The site of {_counted(missing['site'], 'arrival')} is not known.")
    if missing["category"]:
        unknown.append(
            f"Whether {_counted(missing['category'], 'arrival')} had been planned as follow-up is "
            "not known."
        )
    return tuple(unknown)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


RULE = Rule(
    name=NAME,
    title="Repeated attendance at emergency departments",
    source="Greenfield and others, EMJ 2021;38:146, for many visits; several sites: no source",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda parameters: timedelta(
        days=max(parameters.attendances_within_days, parameters.sites_within_days)
    ),
    ceiling=2.0,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
    least=({EventKind.EMERGENCY_ATTENDANCE: 2},),
    parameters=RepeatAttendanceParameters,
    findings=findings,
)
