"""The police list a brother or sister at the same address in an incident, and not this child.

Sources:

- Domestic Abuse Act 2021, section 3: a child who sees, hears or experiences the effects of domestic
  abuse, and is related to either party, is a victim in its own right. A force lists the children it
  saw or was told of; one who was asleep, at school or not named is no less concerned.
- That a hub should tell of it, how urgently, and how late an address may be told, are **this
  project's own figures and have no source**.

That two children are one household is inferred from addresses, so this is never immediate unless a
policy says so, and no rule reads of a household but where the policy allows it. An incident from
more than ``before_days`` before both were known there is not told: the child may have lived
elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import MOST_URGENT_FIRST, Finding, Severity
from hub.core.chronology import Chronology
from hub.core.event import EventKind
from hub.core.incident import Incident, by_occurrence
from hub.core.incident_words import GRADE_WORDS, GradedParameters
from hub.core.rule import NO_SOURCE, Rule, RuleMode, incident_trigger, time_in_words
from hub.core.siblings import HOUSEHOLD_INFERRED, siblings_in_words

NAME = "household_incident"

_DAYS_MAX = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdIncidentParameters(GradedParameters):
    """How urgent it is, by the force's grade as given, and how late an address may be told."""

    high: Severity = Severity.TODAY
    medium: Severity = Severity.INFORMATION
    standard: Severity = Severity.INFORMATION
    not_graded: Severity = Severity.INFORMATION
    before_days: int = 28

    def __post_init__(self) -> None:
        self.refuse_outside(0, _DAYS_MAX, "days", "before_days")


def findings(
    chronology: Chronology,
    parameters: HouseholdIncidentParameters,
    as_of: datetime,  # noqa: ARG001  # an incident counts whenever it was
) -> tuple[Finding, ...]:
    """Answer one finding for each incident that lists a sibling and not this child."""
    own = {one.same_incident for one in chronology.incidents}
    others = (one for one in _of_siblings(chronology, parameters) if one.same_incident not in own)
    found = [_finding(told, parameters) for told in by_occurrence(others)]
    return tuple(sorted(found, key=lambda one: min(g.occurred_at for g in one.grounds)))


def _of_siblings(
    chronology: Chronology, parameters: HouseholdIncidentParameters
) -> Iterator[Incident]:
    """Incidents at the siblings' home, or of which the police do not say where they live."""
    if chronology.shielded:
        return
    before = timedelta(days=parameters.before_days)
    for sibling in chronology.household:
        for one in sibling.incidents:
            at_home = one.resident is not False and not one.shielded
            if one.concerns_child and at_home and one.began_at >= sibling.since - before:
                yield one


def _finding(told: Sequence[Incident], parameters: HouseholdIncidentParameters) -> Finding:
    severity, grade = min(
        ((parameters.by_grade(one.grade), one.grade) for one in told),
        key=lambda one: MOST_URGENT_FIRST.index(one[0]),
    )
    return Finding(
        rule=NAME,
        severity=severity,
        grounds=tuple(incident_trigger(one, parameters) for one in told),
        sentence=(
            f"Domestic-abuse incident on {time_in_words(told[0].began_at)}, "
            f"{GRADE_WORDS[grade]}, as told by the police, listing "
            f"{siblings_in_words(len(told))} at the same address, and not this child."
        ),
        not_known=(
            "Whether this child was there is not known.",
            HOUSEHOLD_INFERRED,
        ),
    )


RULE = Rule(
    name=NAME,
    title="A domestic-abuse incident listing a brother or sister at the same address",
    source=NO_SOURCE,
    owner="the manager of the front door (MASH)",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=1.0,
    kinds=frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT}),
    least=(),
    parameters=HouseholdIncidentParameters,
    findings=findings,
    household=frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT}),
)
