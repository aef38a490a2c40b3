"""The police name one suspect in several domestic-abuse incidents that list a child within a year.

Sources:

- SafeLives' criteria for a referral to a multi-agency risk assessment conference (MARAC):
  *potential escalation*, usually three domestic events in a twelve-month period; some areas take
  five call-outs. Both numbers are local choice: ``incidents`` and ``within_days``.
- Counted by suspect here, as the rule on repeated incidents counts by child. Only who is named as
  **suspect** counts: whoever called and is named as victim is never counted, and neither is anybody
  of whom the force does not say who is which. That, and the urgency, have no source.

It differs from the count by child in one thing: an incident away from the child's home, at which
the child was not, says nothing of the child, and still something of who is in its life. That a
person is the same is said by the force's own reference, as a keyed digest; no other force's
reference can be the same. Nobody is named, and a suspect's incidents that list no child of this
family are not known here.

It begins in shadow: most of what it finds the count by child tells too.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub.core.alert import Finding, Severity
from hub.core.attendance_words import counted
from hub.core.chronology import Chronology
from hub.core.event import EventKind
from hub.core.incident import Told, by_occurrence, when_told
from hub.core.incident_facts import AdultRole
from hub.core.pattern import joined, windows
from hub.core.rule import Rule, RuleMode, RuleParameters, day_in_words, incident_trigger
from hub.errors import ConfigurationError

NAME = "marac_escalation"

_DAYS_MAX = 3 * 366
_REPEAT_MIN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MaracEscalationParameters(RuleParameters):
    """How many incidents of one suspect within how long."""

    incidents: int = 3
    within_days: int = 365
    severity: Severity = Severity.TODAY

    def __post_init__(self) -> None:
        if self.incidents < _REPEAT_MIN:
            raise ConfigurationError("incidents must be 2 or more: one incident is no escalation.")
        self.refuse_outside(1, _DAYS_MAX, "days", "within_days")


def findings(
    chronology: Chronology,
    parameters: MaracEscalationParameters,
    as_of: datetime,  # noqa: ARG001  # any window counts, not only the one that ends today
) -> tuple[Finding, ...]:
    """Answer one finding for each maximal cluster of windows in which one suspect is named enough.

    Clusters of two suspects that share an incident are one finding, for nobody is to be told twice
    of one night.
    """
    told = sorted(by_occurrence(chronology.incidents), key=when_told)
    return tuple(
        _finding([told[place] for place in places], max(most), parameters)
        for places, most in joined(_enough(told, parameters))
    )


def _enough(
    told: Sequence[Told], parameters: MaracEscalationParameters
) -> Iterator[tuple[list[int], int]]:
    """Yield the incidents of each window that name one suspect often enough, and how often."""
    for places in _by_suspect(told).values():
        times = [told[place][0].began_at for place in places]
        for window in windows(times, parameters.within_days, least=parameters.incidents):
            yield [places[place] for place in window], len(window)


def _by_suspect(told: Sequence[Told]) -> Mapping[tuple[str, str], list[int]]:
    """Answer in which incidents each suspect is named, by force and the force's reference."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(told):
        for suspect in sorted(_suspects(one)):
            found[suspect].append(place)
    return found


def _suspects(told: Told) -> set[tuple[str, str]]:
    return {
        (one.agency, adult.person)
        for one in told
        for adult in one.adults
        if adult.role is AdultRole.SUSPECT and adult.person is not None
    }


def _finding(cluster: Sequence[Told], most: int, parameters: MaracEscalationParameters) -> Finding:
    first, last = cluster[0][0].began_at, cluster[-1][0].began_at
    return Finding(
        rule=NAME,
        severity=parameters.severity,
        grounds=tuple(incident_trigger(one, parameters) for told in cluster for one in told),
        sentence=(
            f"{counted(len(cluster), 'domestic-abuse incident')} between {day_in_words(first)} and "
            f"{day_in_words(last)} that list the child; in {most} of them within "
            f"{parameters.within_days} days the police name the same person as suspect."
        ),
        not_known=_not_known(cluster),
    )


def _not_known(cluster: Sequence[Told]) -> tuple[str, ...]:
    unknown = ["Whether the case has been to a conference (MARAC) is not known."]
    mutual = sum(
        any(adult.role is AdultRole.VICTIM_AND_SUSPECT for one in told for adult in one.adults)
        for told in cluster
    )
    if mutual:
        unknown.append(
            f"In {counted(mutual, 'incident')} the police do not say of everybody who is suspect "
            "and who is victim."
        )
    return tuple(unknown)


RULE = Rule(
    name=NAME,
    title="One suspect in several domestic-abuse incidents that list a child",
    source="SafeLives, criteria for MARAC: potential escalation",
    owner="the manager of the front door (MASH)",
    review_on=date(2027, 2, 22),
    default_mode=RuleMode.SHADOW,
    window=lambda parameters: timedelta(days=parameters.within_days),
    ceiling=0.5,
    kinds=frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT}),
    least=({EventKind.DOMESTIC_ABUSE_INCIDENT: 2},),
    parameters=MaracEscalationParameters,
    findings=findings,
)
