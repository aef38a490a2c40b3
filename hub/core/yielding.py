"""Which findings are told, where one rule yields to what others tell."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from hub.core.alert import Finding, Severity, trigger_facts, triggers_of
from hub.core.chronology import Chronology
from hub.core.policy import LocalAuthorityPolicy
from hub.core.rule import Rule, RuleMode
from hub.core.waking import Found, findings_by


def with_yielding(
    found: Found,
    on: Iterable[Rule[Any]],
    chronology: Chronology,
    policy: LocalAuthorityPolicy,
    as_of: datetime,
) -> Found:
    """Answer the same findings of these rules, and of those that yield whether they are told.

    What a yielding rule finds is marked where it would not be found but for facts on which an alert
    of another rule is delivered that is more than information.
    """
    yielding = [rule for rule in on if rule.yields and found[rule.name]]
    if not yielding:
        return found
    others = [one for rule in on if not rule.yields for one in found[rule.name]]
    told = {
        fact
        for one in others
        if one.severity is not Severity.INFORMATION and is_told(one, policy)
        for fact in trigger_facts(one.grounds)
    }
    if not told:
        return found
    rest, marked = chronology.without(told), dict(found)
    for rule in yielding:
        left = findings_by(rule, rest, policy, as_of)
        untold = frozenset(fact for one in left for fact in trigger_facts(one.grounds))
        marked[rule.name] = tuple(
            replace(one, told_elsewhere=not untold & trigger_facts(one.grounds))
            for one in found[rule.name]
        )
    return marked


def is_told(finding: Finding, policy: LocalAuthorityPolicy) -> bool:
    """Answer whether a finding is to be delivered: its rule is live, and a trigger is news."""
    if policy.mode_of(finding.rule) is not RuleMode.LIVE or finding.told_elsewhere:
        return False
    return any(ground.live for ground in triggers_of(finding.grounds))
