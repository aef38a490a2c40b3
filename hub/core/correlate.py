"""Compares what the rules find in a child's chronology with the alerts that stand.

The same chronology and standing alerts always give the same changes, and a redelivered event gives
none. What stands at the end, as (rule, child, grounds), does not depend on the order of arrival;
ids may, since an alert keeps the id of the event that first raised it.
"""

import itertools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hub.core.alert import (
    Alert,
    AlertState,
    Finding,
    alert_id,
    begins_anew,
    trigger_facts,
    triggers_of,
)
from hub.core.alert_change import AlertChange, Raise, Revise, Supersede, Withdraw
from hub.core.chronology import Chronology
from hub.core.event import EventKind
from hub.core.policy import LocalAuthorityPolicy
from hub.core.repeats import raised_again, repeat_of
from hub.core.routing import Router
from hub.core.rule import Rule
from hub.core.rules import RULES
from hub.core.waking import Found, findings_by
from hub.core.yielding import is_told, with_yielding


def correlate(  # noqa: PLR0913, PLR0917  # what is known, what stands, by what, when, for whom
    chronology: Chronology,
    standing: tuple[Alert, ...],
    policy: LocalAuthorityPolicy,
    as_of: datetime,
    route: Router,
    found: Found | None = None,
) -> tuple[AlertChange, ...]:
    """Answer which alerts to raise, revise, withdraw and supersede.

    Args:
        chronology: everything known of the child that may be told of now (``withheld.told_by``).
        standing: the child's alerts whose state is standing; others are passed over.
        policy: of the responsible authority. A rule that it turns off finds nothing. What that
            rule raised stays while its grounds do: a change of policy alone withdraws nothing.
        as_of: the broker's append time of the report at hand, or the instant of the timer.
        route: whose a finding is; see ``routing.router``.
        found: what ``findings_of`` answers, where that is known already. Rules that are left out
            of it are not compared: for who knows that nothing of theirs has changed.
    """
    by_age = sorted(
        (alert for alert in standing if alert.state is AlertState.STANDING),
        key=lambda alert: (alert.raised_at, alert.alert_id),
    )
    step = _Step(chronology=chronology, policy=policy, as_of=as_of, route=route)
    changes: list[AlertChange] = []
    every = findings_of(chronology, policy, as_of) if found is None else found
    for rule, of_rule in every.items():
        ours = [alert for alert in by_age if alert.rule == rule]
        if of_rule or ours:
            changes += step.compare(sorted(of_rule, key=_earliest), ours)
    off = [one for one in by_age if not step.is_on(one.rule) and step.may_read_for(one.rule)]
    return (*changes, *step.compare((), off))


def may_concern(facts: Mapping[EventKind, int], said: Collection[str] = ()) -> bool:
    """Answer whether a child with at most so many facts of each kind may concern any rule.

    Whatever a policy sets; a child whom none may concern, and for whom no alert stands, needs no
    look. ``said`` are the facts that were answered yes of any event (``Rule.said``).
    """
    return any(rule.may_concern(facts, said) for rule in RULES)


def rules_on(policy: LocalAuthorityPolicy) -> tuple[Rule[Any], ...]:
    """Answer the rules that the policy does not turn off."""
    return tuple(rule for rule in RULES if policy.reads(rule))


def findings_of(chronology: Chronology, policy: LocalAuthorityPolicy, as_of: datetime) -> Found:
    """Answer what each rule finds that the policy does not turn off, in the order of the rules."""
    on = rules_on(policy)
    there = _facts_of(chronology)
    found = {
        rule.name: findings_by(rule, chronology, policy, as_of) if rule.may_find(there) else ()
        for rule in on
    }
    return with_yielding(found, on, chronology, policy, as_of)


def _facts_of(chronology: Chronology) -> Mapping[EventKind, int]:
    """Answer how many facts of each kind there are of the child itself."""
    facts = Counter(entry.kind for entry in chronology.register)
    facts[EventKind.EMERGENCY_ATTENDANCE] = len(chronology.attendances)
    facts[EventKind.DOMESTIC_ABUSE_INCIDENT] = len(chronology.incidents)
    facts[EventKind.SCHOOL_ABSENCE] = len(chronology.absences)
    return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One rule's findings against its own alerts."""

    chronology: Chronology
    policy: LocalAuthorityPolicy
    as_of: datetime
    route: Router

    def is_on(self, rule: str) -> bool:
        """Answer whether a rule concludes anything by this policy."""
        named = _named(rule)
        return named is not None and self.policy.reads(named)

    def may_read_for(self, rule: str) -> bool:
        """Answer whether the chronology holds what a rule reads: of a household it may be none."""
        named = _named(rule)
        return named is None or named.household <= self.policy.household_correlation

    def compare(self, found: Sequence[Finding], standing: Sequence[Alert]) -> list[AlertChange]:
        """Answer the changes; each finding keeps the oldest alert that it overlaps."""
        kept = _assign(found, standing)
        changes: list[AlertChange] = []
        taken = {alert.alert_id for alert in standing}
        owners: list[tuple[Finding, UUID]] = []
        for place, finding in enumerate(found):
            before = kept.get(place)
            after = self._alert(finding, before, taken)
            taken.add(after.alert_id)
            owners.append((finding, after.alert_id))
            if before is not None and begins_anew(before, after):
                after = replace(after, counts_from=self.as_of)
            changes += _change(before, after, standing, self.policy.contacts.repeat_window)
        held = {alert.alert_id for alert in kept.values()}
        for alert in standing:
            if alert.alert_id not in held:
                changes += self._ending(alert, owners)
        return changes

    def _alert(self, finding: Finding, before: Alert | None, taken: set[UUID]) -> Alert:
        routing = self.route(finding)
        child_ref = self.chronology.child_ref
        delivered = is_told(finding, self.policy)
        return Alert(
            alert_id=before.alert_id if before else _new_id(finding, child_ref, taken),
            child_ref=child_ref,
            rule=finding.rule,
            severity=finding.severity,
            state=AlertState.STANDING,
            sentence=finding.sentence,
            not_known=finding.not_known,
            grounds=finding.grounds,
            owner=routing.owner,
            informed=routing.informed,
            delivered=delivered or (before is not None and before.delivered),
            policy_version=self.policy.rule_version(finding.rule),
            raised_at=before.raised_at if before else self.as_of,
            counts_from=before.counts_from if before else None,
            seen_at=before.seen_at if before else None,
        )

    def _ending(
        self, alert: Alert, owners: Sequence[tuple[Finding, UUID]]
    ) -> tuple[AlertChange, ...]:
        """One that rests on what may by now not be told of yet is shown to nobody until then."""
        facts = trigger_facts(alert.grounds)
        withheld = bool(facts & self.chronology.withheld)
        delivered = alert.delivered and not withheld
        for finding, by in owners:
            if facts & trigger_facts(finding.grounds):
                ended = replace(alert, state=AlertState.SUPERSEDED, delivered=delivered)
                sentence = "Its grounds are now part of another alert about the same child."
                return (Supersede(alert=ended, by=by, sentence=sentence),)
        if self._stands_only_by_older_policy(alert):
            return ()
        ended = replace(alert, state=AlertState.WITHDRAWN, delivered=delivered)
        sentence = _KEPT_BACK if withheld else _NOT_SO.get(alert.rule, _NO_LONGER_HOLDS)
        return (Withdraw(alert=ended, sentence=sentence),)

    def _stands_only_by_older_policy(self, alert: Alert) -> bool:
        """Answer whether only the same authority's change of numbers speaks against the alert.

        Its triggers all still stand, and the numbers of the rule are others than those that it
        quotes, or it is off. When the facts change, or another authority's policy applies, today's
        numbers count.
        """
        then, now = (version.split() for version in (alert.policy_version, self._version_of(alert)))
        same_authority = then[:1] == now[:1]
        same_numbers = then[-1:] == now[-1:] and self.is_on(alert.rule)
        present = {attendance.fact_key for attendance in self.chronology.attendances}
        present |= {incident.fact_key for incident in self.chronology.incidents}
        present |= {absence.fact_key for absence in self.chronology.absences}
        for sibling in self.chronology.household:
            present |= {incident.fact_key for incident in sibling.incidents}
            present |= {attendance.fact_key for attendance in sibling.attendances}
        return same_authority and not same_numbers and trigger_facts(alert.grounds) <= present

    def _version_of(self, alert: Alert) -> str:
        return self.policy.rule_version(alert.rule)


def _named(rule: str) -> Rule[Any] | None:
    return next((one for one in RULES if one.name == rule), None)


_NO_LONGER_HOLDS = "What was reported has been corrected or cancelled: its grounds no longer hold."
_OTHERWISE = "What has been told since says otherwise, or its grounds have been corrected."
_NOT_SO = {
    rule.name: "What was reported has been corrected, or they are no longer told at one address."
    for rule in RULES
    if rule.household
} | {rule.name: _OTHERWISE for rule in RULES if rule.wakes is not None}
_KEPT_BACK = "An agency asks that what it rests on be told later: until then nobody is shown it."


def _assign(found: Sequence[Finding], standing: Sequence[Alert]) -> dict[int, Alert]:
    """Answer which alert each finding keeps: the oldest that it overlaps and nobody has taken."""
    places: dict[bytes, list[int]] = {}
    for place, finding in enumerate(found):
        for fact in trigger_facts(finding.grounds):
            places.setdefault(fact, []).append(place)
    kept: dict[int, Alert] = {}
    for alert in standing:
        overlapped = {at for fact in trigger_facts(alert.grounds) for at in places.get(fact, ())}
        free = sorted(overlapped - kept.keys())
        if free:
            kept[free[0]] = alert
    return kept


def _change(
    before: Alert | None, after: Alert, standing: Sequence[Alert], window: timedelta
) -> tuple[AlertChange, ...]:
    if before is None:
        repeated = repeat_of(after, standing, window)
        return (Raise(alert=after, sentence=after.sentence, repeat_of=repeated),)
    by_other_numbers = after.policy_version != before.policy_version
    as_before = replace(after, policy_version=before.policy_version) if by_other_numbers else after
    if as_before == before:
        return ()
    again = raised_again(before, after)
    return (Revise(alert=after, sentence=_what_changed(before, after), again=again),)


def _what_changed(before: Alert, after: Alert) -> str:
    told = []
    was, now = trigger_facts(before.grounds), trigger_facts(after.grounds)
    if was != now:
        told.append(f"{len(now - was)} grounds added, {len(was - now)} taken away")
    if before.severity is not after.severity:
        told.append(f"{before.severity.value} before, {after.severity.value} now")
    if (before.owner, before.informed) != (after.owner, after.informed):
        told.append("other authorities are concerned")
    if before.delivered is not after.delivered:
        told.append("to be told from now on")
    return f"Revised: {'; '.join(told) or 'what is known of its grounds changed'}."


def _new_id(finding: Finding, child_ref: bytes, taken: set[UUID]) -> UUID:
    """Answer the id that follows from the earliest trigger whose id no standing alert has.

    Where a finding was split so often that all are taken, it follows from the earliest and a count.
    """
    triggers = sorted(triggers_of(finding.grounds), key=lambda one: (one.occurred_at, one.event_id))
    earliest = triggers[0].event_id
    split = (earliest + _as_bytes(count) for count in itertools.count())
    causes = itertools.chain((one.event_id for one in triggers), split)
    ids = (alert_id(finding.rule, child_ref, cause) for cause in causes)
    return next(one for one in ids if one not in taken)


def _as_bytes(count: int) -> bytes:
    return count.to_bytes(max(1, (count.bit_length() + 7) // 8), "big")


def _earliest(finding: Finding) -> tuple[datetime, bytes]:
    return min((one.occurred_at, one.fact_key) for one in triggers_of(finding.grounds))
