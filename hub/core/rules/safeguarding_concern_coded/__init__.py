"""Staff of an emergency department have coded a safeguarding concern about a child.

Sources:

- The Emergency Care Data Set has a reference set of safeguarding concerns (999002381000000108, 46
  terms), which staff choose from. It is rule R5 of the project's health reference (section 5).
- That it is for today is **this project's own figure and has no source**. Whoever codes a concern
  is to act on it too; this is for the front door to see it beside what others have told.

The words of five of the codes are published where we could read them (``concern_words``). A code
without words may be the one that says that no issue was identified: it is shown as a number, for
information, and says so. "No longer subject to a plan" and "no longer looked after" are none.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_words import may_be_child, not_known_of_site
from hub.core.chronology import Attendance, Chronology
from hub.core.concern_words import CONCERN_WORDS, concerns_known, concerns_without_words
from hub.core.event import EventKind
from hub.core.rule import Rule, RuleMode, RuleParameters, time_in_words, trigger

NAME = "safeguarding_concern_coded"


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeguardingConcernCodedParameters(RuleParameters):
    """How urgent it is, of a code whose words are known and of any other."""

    known: Severity = Severity.TODAY
    without_words: Severity = Severity.INFORMATION


def findings(
    chronology: Chronology,
    parameters: SafeguardingConcernCodedParameters,
    as_of: datetime,  # noqa: ARG001  # a concern counts whenever it was
) -> tuple[Finding, ...]:
    """Answer one finding for each visit at which a concern was coded."""
    return tuple(
        _finding(one, parameters)
        for one in chronology.attendances
        if _said(one) and may_be_child(chronology, one)
    )


def _said(attendance: Attendance) -> bool:
    codes = attendance.safeguarding_concerns
    return bool(codes and (concerns_known(codes) or concerns_without_words(codes)))


def _finding(attendance: Attendance, parameters: SafeguardingConcernCodedParameters) -> Finding:
    known = concerns_known(attendance.safeguarding_concerns)
    others = concerns_without_words(attendance.safeguarding_concerns)
    words = [CONCERN_WORDS[code] for code in known]
    words += [f"SNOMED CT code {code}" for code in others]
    unknown = [*not_known_of_site(attendance)]
    if others:
        unknown.insert(
            0,
            "This hub has no words for a code that it shows as a number; it may be one that says "
            "that no issue was identified.",
        )
    return Finding(
        rule=NAME,
        severity=parameters.known if known else parameters.without_words,
        grounds=(trigger(attendance, parameters),),
        sentence=(
            "Staff coded a safeguarding concern at a visit to an emergency department that began "
            f"on {time_in_words(attendance.arrived_at)}: {'; '.join(words)}, as told by 1 hospital "
            "trust."
        ),
        not_known=("On what the concern rests is not told to the hub.", *unknown),
    )


RULE = Rule(
    name=NAME,
    title="A safeguarding concern coded at an emergency department",
    source="ECDS reference set of safeguarding concerns; the urgency: local choice, no source",
    owner="the named doctor for safeguarding children",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.LIVE,
    window=lambda _: timedelta(0),
    ceiling=0.5,
    kinds=frozenset({EventKind.EMERGENCY_ATTENDANCE}),
    least=({EventKind.EMERGENCY_ATTENDANCE: 1},),
    said=frozenset({"safeguarding_concerns"}),
    parameters=SafeguardingConcernCodedParameters,
    findings=findings,
)
