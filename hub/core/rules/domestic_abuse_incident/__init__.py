"""The police have recorded a domestic-abuse incident at a child's home, or with the child there.

Sources:

- Domestic Abuse Act 2021, section 3: a child who sees, hears or experiences the effects of domestic
  abuse, and is related to either party, is a victim in its own right. So the child's presence and
  the child's home each count; the forms of forces keep the two apart, and so does the sentence.
- Working Together to Safeguard Children 2026 names unborn children: one counts wherever its mother
  is.
- The grade (standard, medium, high) is the force's own, from DASH or DARA or its own judgement, and
  is **taken as given**: NPCC (2025) accepts that DASH is applied inconsistently, and the hub has
  nothing to set against it. Where a second assessor graded too, that is the force's last word.
- What each grade is worth in urgency is **this project's own figure and has no source**. Police
  notices are many and few lead to an assessment (in the one deep British study about one in twenty:
  NSPCC, reported by Community Care, 5 November 2010), so a standard grade is information. An
  incident that the force has not graded is not taken for a low one, and an injury to the child is
  never only information.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import MOST_URGENT_FIRST, Finding, Severity
from hub.core.chronology import Chronology
from hub.core.event import EventKind
from hub.core.incident import Incident, by_occurrence
from hub.core.incident_facts import RiskGrade
from hub.core.incident_words import GRADE_WORDS, GradedParameters
from hub.core.rule import Rule, RuleMode, incident_trigger, time_in_words

NAME = "domestic_abuse_incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class DomesticAbuseIncidentParameters(GradedParameters):
    """How urgent an incident is, by the force's grade and by what happened to the child."""

    child_injured: Severity = Severity.IMMEDIATE
    """Whatever the grade, at least this if the child was injured."""


def findings(
    chronology: Chronology,
    parameters: DomesticAbuseIncidentParameters,
    as_of: datetime,  # noqa: ARG001  # an incident counts whenever it was
) -> tuple[Finding, ...]:
    """Answer one finding for each incident at which the child was, or where it lives."""
    concerning = (one for one in chronology.incidents if one.concerns_child)
    found = [_finding(told, parameters) for told in by_occurrence(concerning)]
    return tuple(sorted(found, key=lambda one: min(g.occurred_at for g in one.grounds)))


def _finding(told: Sequence[Incident], parameters: DomesticAbuseIncidentParameters) -> Finding:
    """Answer the finding on one incident, told of the child once or, by two records, twice."""
    in_order = sorted(told, key=lambda one: (one.began_at, one.fact_key))
    severity, grade = min(
        (_severity(one, parameters) for one in in_order),
        key=lambda one: MOST_URGENT_FIRST.index(one[0]),
    )
    injured = any(one.injured for one in in_order)
    return Finding(
        rule=NAME,
        severity=severity,
        grounds=tuple(incident_trigger(one, parameters) for one in in_order),
        sentence=(
            f"Domestic-abuse incident on {time_in_words(in_order[0].began_at)}, "
            f"{GRADE_WORDS[grade]}, as told by the police: {_child_in_words(in_order)}"
            f"{'; the child was injured' if injured else ''}."
        ),
        not_known=_not_known(in_order),
    )


def _severity(
    incident: Incident, parameters: DomesticAbuseIncidentParameters
) -> tuple[Severity, RiskGrade]:
    urgency = parameters.by_grade(incident.grade)
    if incident.injured:
        urgency = min(urgency, parameters.child_injured, key=MOST_URGENT_FIRST.index)
    return urgency, incident.grade


def _child_in_words(told: Sequence[Incident]) -> str:
    if any(one.unborn for one in told):
        return "the child was not born yet"
    present = _any_said(one.present for one in told)
    resident = _any_said(one.resident for one in told)
    return _CHILD_WORDS[(present, resident)]


def _any_said(said: Iterable[bool | None]) -> bool | None:
    """Answer yes if any record says so, no if one does and none says yes, else not said."""
    values = [value for value in said if value is not None]
    return any(values) if values else None


_CHILD_WORDS = {
    (True, True): "the child was there and lives there",
    (True, False): "the child was there and lives elsewhere",
    (True, None): "the child was there",
    (False, True): "the child lives there and was away",
    (False, None): "the child was away",
    (None, True): "the child lives there",
    (None, False): "the child lives elsewhere",
    (None, None): "the police name the child in connection with it",
    (False, False): "the child was away and lives elsewhere",
}
"""Present, resident; the last can be said only where two records of one child disagree."""


def _not_known(told: Sequence[Incident]) -> tuple[str, ...]:
    if any(one.unborn for one in told):
        return ()
    unknown = []
    if all(one.present is None for one in told):
        unknown.append("Whether the child was there is not known.")
    if all(one.resident is None for one in told):
        unknown.append("Whether the child lives there is not known.")
    return tuple(unknown)


RULE = Rule(
    name=NAME,
    title="A domestic-abuse incident with a child there, or at a child's home",
    source="Domestic Abuse Act 2021, section 3; Working Together 2026",
    owner="the manager of the front door (MASH)",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=2.0,
    kinds=frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT}),
    least=({EventKind.DOMESTIC_ABUSE_INCIDENT: 1},),
    parameters=DomesticAbuseIncidentParameters,
    findings=findings,
)
