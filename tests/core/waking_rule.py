"""A rule made up for tests: a child of an incident whom no hospital has seen for three days."""

from dataclasses import dataclass
from datetime import date, timedelta

from hub.core.alert import Finding, Severity
from hub.core.event import EventKind
from hub.core.policy import RuleSetting
from hub.core.report import Feed
from hub.core.rule import NO_SOURCE, Rule, RuleMode, RuleParameters, incident_trigger
from hub.core.wake import Wake, days_later

NAME = "not_seen_since"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSeenParameters(RuleParameters):
    days: int = 3
    severity: Severity = Severity.TODAY


def wakes(chronology, parameters, as_of):
    return tuple(
        Wake(
            due_at=days_later(one.began_at, parameters.days),
            feeds=frozenset({Feed.HEALTH}),
            cause=one.event_id,
        )
        for one in chronology.incidents
        if not _seen(chronology, one, parameters)
    )


def findings(chronology, parameters, as_of):
    waiting = {wake.cause: wake for wake in wakes(chronology, parameters, as_of)}
    return tuple(
        Finding(
            rule=NAME,
            severity=parameters.severity,
            grounds=(incident_trigger(one, parameters),),
            sentence="Not seen for three days after an incident.",
            wake=waiting[one.event_id],
        )
        for one in chronology.incidents
        if one.event_id in waiting and waiting[one.event_id].due_at <= as_of
    )


def _seen(chronology, incident, parameters):
    until = incident.began_at + timedelta(days=parameters.days)
    return any(incident.began_at <= one.arrived_at <= until for one in chronology.attendances)


RULE = Rule(
    name=NAME,
    title="A rule made up for tests",
    source=NO_SOURCE,
    owner="the tests",
    review_on=date(2027, 5, 24),
    default_mode=RuleMode.SHADOW,
    window=lambda parameters: timedelta(days=parameters.days),
    ceiling=1.0,
    kinds=frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT, EventKind.EMERGENCY_ATTENDANCE}),
    least=({EventKind.DOMESTIC_ABUSE_INCIDENT: 1},),
    parameters=NotSeenParameters,
    findings=findings,
    wakes=wakes,
)


def live(**numbers):
    return {NAME: RuleSetting(mode=RuleMode.LIVE, parameters=NotSeenParameters(**numbers))}
