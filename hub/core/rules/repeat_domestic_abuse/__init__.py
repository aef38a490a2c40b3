"""The police have recorded several domestic-abuse incidents about one child within a year.

Sources:

- 3 incidents in 12 months: SafeLives' criteria for a referral to a multi-agency risk assessment
  conference (MARAC) name *potential escalation*, usually three domestic events in a twelve-month
  period; some areas take five call-outs. Both numbers are local choice: ``incidents`` and
  ``within_days``.
- Here the incidents are counted by the child and not by the couple: Domestic Abuse Act 2021,
  section 3, makes the child a victim in its own right. That is this project's own reading.
- That it is for today, whatever the grades, is **this project's own figure and has no source**.

The grades are the force's and are only counted in the sentence. An incident that one force told of
twice (the same child under two records) counts once; one that two forces told of counts twice,
since nothing tells that it was the same.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_words import counted
from hub.core.chronology import Chronology
from hub.core.event import EventKind
from hub.core.incident import Told, by_occurrence, when_told
from hub.core.incident_facts import RiskGrade
from hub.core.pattern import joined, windows
from hub.core.rule import Rule, RuleMode, RuleParameters, day_in_words, incident_trigger
from hub.errors import ConfigurationError

NAME = "repeat_domestic_abuse"

_DAYS_MAX = 3 * 366


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatDomesticAbuseParameters(RuleParameters):
    """How many incidents within how long."""

    incidents: int = 3
    within_days: int = 365
    severity: Severity = Severity.TODAY

    def __post_init__(self) -> None:
        if self.incidents < _REPEAT_MIN:
            raise ConfigurationError("incidents must be 2 or more: one incident is no repeat.")
        self.refuse_outside(1, _DAYS_MAX, "days", "within_days")


_REPEAT_MIN = 2


def findings(
    chronology: Chronology,
    parameters: RepeatDomesticAbuseParameters,
    as_of: datetime,  # noqa: ARG001  # any window counts, not only the one that ends today
) -> tuple[Finding, ...]:
    """Answer one finding for each maximal cluster of overlapping windows with enough incidents."""
    concerning = (one for one in chronology.incidents if one.concerns_child)
    told = sorted(by_occurrence(concerning), key=when_told)
    return tuple(_finding(cluster, parameters) for cluster in _clusters(told, parameters))


def _clusters(
    told: Sequence[Told], parameters: RepeatDomesticAbuseParameters
) -> list[Sequence[Told]]:
    times = [one[0].began_at for one in told]
    enough = (
        (window, None)
        for window in windows(times, parameters.within_days, least=parameters.incidents)
    )
    return [[told[place] for place in places] for places, _ in joined(enough)]


def _finding(cluster: Sequence[Told], parameters: RepeatDomesticAbuseParameters) -> Finding:
    count = len(cluster)
    first, last = cluster[0][0].began_at, cluster[-1][0].began_at
    forces = len({told[0].agency for told in cluster})
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=tuple(incident_trigger(one, parameters) for told in cluster for one in told),
        sentence=(
            f"{count} domestic-abuse incidents between {day_in_words(first)} and "
            f"{day_in_words(last)} at which the child was or where it lives, as told by "
            f"{forces} police force{'' if forces == 1 else 's'}: {_grades(cluster)}."
        ),
        not_known=_not_known(cluster),
    )


def _grades(cluster: Sequence[Told]) -> str:
    counts = Counter(told[-1].grade for told in cluster)
    words = [f"{counts[grade]} {word}" for grade, word in _GRADE_WORDS.items() if counts[grade]]
    return ", ".join(words)


_GRADE_WORDS = {
    RiskGrade.HIGH: "graded high risk",
    RiskGrade.MEDIUM: "graded medium risk",
    RiskGrade.STANDARD: "graded standard risk",
    RiskGrade.UNKNOWN: "not graded",
}


def _not_known(cluster: Sequence[Told]) -> tuple[str, ...]:
    unsaid = sum(
        all(not one.unborn and one.present is None and one.resident is None for one in told)
        for told in cluster
    )
    if not unsaid:
        return ()
    some = counted(unsaid, "incident")
    return (f"Whether the child was there or lives there is not known of {some}.",)


RULE = Rule(
    name=NAME,
    title="Repeated domestic-abuse incidents about one child",
    source="SafeLives, criteria for MARAC: potential escalation",
    owner="the manager of the front door (MASH)",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda parameters: timedelta(days=parameters.within_days),
    ceiling=0.5,
    kinds=frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT}),
    least=({EventKind.DOMESTIC_ABUSE_INCIDENT: 2},),
    parameters=RepeatDomesticAbuseParameters,
    findings=findings,
)
