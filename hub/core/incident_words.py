"""A force's grade of an incident: in words, and in urgency as a policy sets it."""

from dataclasses import dataclass
from typing import Final

from hub.core.alert import Severity
from hub.core.incident_facts import RiskGrade
from hub.core.rule import RuleParameters

GRADE_WORDS: Final = {
    RiskGrade.HIGH: "graded high risk by the force",
    RiskGrade.MEDIUM: "graded medium risk by the force",
    RiskGrade.STANDARD: "graded standard risk by the force",
    RiskGrade.UNKNOWN: "not graded by the force",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedParameters(RuleParameters):
    """How urgent an incident is, by the force's grade as given."""

    high: Severity = Severity.IMMEDIATE
    medium: Severity = Severity.TODAY
    standard: Severity = Severity.INFORMATION
    not_graded: Severity = Severity.TODAY

    def by_grade(self, grade: RiskGrade) -> Severity:
        """Answer what a grade is worth in urgency."""
        return {
            RiskGrade.HIGH: self.high,
            RiskGrade.MEDIUM: self.medium,
            RiskGrade.STANDARD: self.standard,
            RiskGrade.UNKNOWN: self.not_graded,
        }[grade]
