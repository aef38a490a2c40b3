"""What the wakes of rules make of findings, and which wakes are to be kept for a child."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from hub.core.alert import Finding, Severity
from hub.core.chronology import Chronology
from hub.core.policy import LocalAuthorityPolicy
from hub.core.report import Feed
from hub.core.rule import Rule, time_in_words
from hub.core.wake import Wake, Woken, told_until, woken_by

Found = Mapping[str, tuple[Finding, ...]]
"""What rules find, by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeWanted:
    """A wake that is to be kept for a child, and the rule that wants it."""

    rule: str
    wake: Wake

    def came(self) -> Woken:
        """Answer it as one whose time came when every feed had told, as a replay assumes."""
        return Woken(rule=self.rule, cause=self.wake.cause, due_at=self.wake.due_at)


def wakes_of(
    chronology: Chronology,
    policy: LocalAuthorityPolicy,
    as_of: datetime,
    rules: Iterable[Rule[Any]],
) -> tuple[WakeWanted, ...]:
    """Answer every wake that a policy's rules want for a child, those that have come among them.

    ``as_of`` bounds how far back a rule need go; a wake does not lapse because it has passed.
    """
    wanted = {
        (rule.name, wake.cause, wake.due_at): WakeWanted(rule=rule.name, wake=wake)
        for rule in rules
        if rule.wakes is not None and policy.reads(rule)
        for wake in rule.wakes(chronology, policy.parameters_of(rule.name), as_of)
    }
    return tuple(wanted[key] for key in sorted(wanted))


def findings_by(
    rule: Rule[Any], chronology: Chronology, policy: LocalAuthorityPolicy, as_of: datetime
) -> tuple[Finding, ...]:
    """Answer what a rule finds; of what waits for a wake, only that whose wake has come.

    A rule with wakes is given as its instant the latest of them that has come: by that, and never
    by the hour of a report, it says what has not happened.
    """
    parameters = policy.parameters_of(rule.name)
    if rule.wakes is None:
        return rule.findings(chronology, parameters, as_of)
    until = told_until(chronology.woken, rule.name)
    return tuple(_come(rule.findings(chronology, parameters, until), chronology.woken))


def _come(found: Iterable[Finding], woken: Iterable[Woken]) -> Iterator[Finding]:
    came = tuple(woken)
    for one in found:
        if one.wake is None:
            yield one
        elif (by := woken_by(came, one.rule, one.wake)) is not None:
            yield _as_it_came(one, by)


def _as_it_came(finding: Finding, woken: Woken) -> Finding:
    """Say of a finding for which feeds it was waited in vain, and that it is told late."""
    due = time_in_words(woken.due_at)
    said = [
        f"{_FEED_IN_WORDS.get(feed, _NOT_JOINED)} had not told of everything up to {due}, and was"
        " not waited for any longer."
        for feed in sorted(woken.silent)
    ]
    severity = finding.severity
    if woken.late:
        said.append(f"It should have been told on {due} and is told late.")
        severity = severity if severity is Severity.IMMEDIATE else Severity.INFORMATION
    return replace(finding, severity=severity, not_known=(*finding.not_known, *said))


_FEED_IN_WORDS: Final = {
    Feed.HEALTH.value: "A hospital",
    Feed.SOCIAL_CARE.value: "A council's register",
    Feed.POLICE.value: "A police force",
    Feed.SCHOOLS.value: "A school",
}
_NOT_JOINED: Final = "An agency that has not joined"
