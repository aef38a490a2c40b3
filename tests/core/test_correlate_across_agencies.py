"""Patterns of several agencies: what stands follows from the facts, and who is told from the rest.

Every rule is on. What is told comes in any order, again, late, put right and taken back; what
stands at the end is what a hub would find that heard everything at once.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.alert import AlertState, Severity
from hub.core.alert_change import Raise, Revise, Withdraw
from hub.core.event import EventState
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term
from tests.core.builders import (
    a_date,
    a_policy,
    a_source,
    an_absence,
    an_entry,
    an_incident_event,
    digest,
)
from tests.core.test_correlate import Child, cancelled, visit

CUMULATIVE = "cumulative_concern"
WITHDRAWN, CORRECTED = EventState.WITHDRAWN, EventState.CORRECTED
ALWAYS = SchoolCalendars(
    usual=SchoolCalendar(terms=(Term(name="always", first=a_date(-30), last=a_date(900)),))
)


def a_child(**more):
    """A child whose school, force and hospitals are joined, with every rule live."""
    policy = a_policy(calendars=ALWAYS, **more)
    school = {"URN107200": a_source("URN107200")}
    return Child(a_policy(calendars=ALWAYS, sources={**policy.sources, **school}, **more))


def an_incident(name, day, grade="standard", **more):
    facts = {"officer_grade": grade, "present": True, "resident": True}
    return an_incident_event(name, day=day, facts=facts, **more)


def regraded(name, day, grade, revision=2):
    facts = {"officer_grade": grade}
    return an_incident_event(name, day=day, facts=facts, revision=revision, state=CORRECTED)


def cumulative(child):
    return [one for one in child.alerts.values() if one.rule == CUMULATIVE]


def test_facts_of_two_agencies_are_raised_whichever_comes_first():
    told = [visit("a1", 3), an_incident("i1", 20)]
    first, second = a_child(), a_child()
    first.hears(*told)
    second.hears(told[1])
    second.hears(told[0])
    assert first.facts() == second.facts()
    for child in (first, second):
        (alert,) = cumulative(child)
        assert (alert.severity, alert.delivered) == (Severity.INFORMATION, True)


def test_what_a_team_was_told_stands_when_a_part_of_it_grows_into_an_alert_of_its_own():
    child = a_child()
    child.hears(visit("a1", 3), an_incident("i1", 20))
    changes = child.hears(regraded("i1", 20, "high"))
    assert [(type(one), one.alert.rule) for one in changes] == [
        (Revise, "domestic_abuse_incident")
    ], "the finding is the same, and taking it back would say that a report was wrong"
    (alert,) = cumulative(child)
    assert (alert.state, alert.delivered) == (AlertState.STANDING, True)


def test_what_other_alerts_tell_from_the_start_is_recorded_and_not_told_again():
    child = a_child()
    child.hears(an_incident("i1", 20, "high"), visit("a1", 3))
    (alert,) = cumulative(child)
    assert (alert.state, alert.delivered) == (AlertState.STANDING, False)


def test_it_is_told_once_the_other_alert_no_longer_tells_of_it():
    child = a_child()
    child.hears(an_incident("i1", 20, "high"), visit("a1", 3))
    changes = child.hears(regraded("i1", 20, "standard"))
    (change,) = [one for one in changes if one.alert.rule == CUMULATIVE]
    assert change.alert.delivered is True
    assert change.sentence == "Revised: to be told from now on."


def test_a_third_agency_makes_it_a_matter_of_today():
    child = a_child()
    child.hears(visit("a1", 3), an_incident("i1", 10))
    changes = child.hears(an_absence("m1", day=20), an_absence("m2", day=21))
    (change,) = [one for one in changes if one.alert.rule == CUMULATIVE]
    assert change.alert.severity is Severity.TODAY
    assert "2 grounds added" in change.sentence
    assert "information before, today now" in change.sentence


def test_an_explained_absence_takes_back_what_rested_on_it():
    child = a_child()
    child.hears(visit("a1", 3), an_absence("m1", day=20), an_absence("m2", day=21))
    (change,) = child.hears(an_absence("m2", day=21, revision=2, state=WITHDRAWN))
    assert isinstance(change, Withdraw)
    assert change.alert.rule == CUMULATIVE


def test_an_amended_grade_raises_the_incidents_alert_again_in_severity():
    child = a_child()
    (first,) = child.hears(an_incident("i1", 5))
    assert (type(first), first.alert.severity) == (Raise, Severity.INFORMATION)
    (change,) = child.hears(regraded("i1", 5, "high"))
    assert (type(change), change.alert.severity) == (Revise, Severity.IMMEDIATE)
    assert change.alert.alert_id == first.alert.alert_id


NAMES = ("f0", "f1", "f2", "f3", "f4", "f5")
OCCURRENCE = digest("one occurrence").hex()


def a_fact(kind, name, day, grade, site):
    """The revisions of one fact, and what takes it back."""
    if kind == "visit":
        return visit(name, day, site), cancelled(name, revision=3)
    if kind == "incident":
        gone = an_incident_event(name, day=day, facts={}, revision=3, state=WITHDRAWN)
        return an_incident(name, day, grade), gone
    return an_absence(name, day=day), an_absence(name, day=day, revision=3, state=WITHDRAWN)


def corrected(kind, name, day, grade):
    if kind == "incident":
        return regraded(name, day, grade)
    if kind == "visit":
        return visit(name, day + 9, revision=2, state=CORRECTED)
    return an_absence(name, day=day, code="O", revision=2, state=CORRECTED)


@st.composite
def histories(draw):
    """What agencies say of one child: facts, and some of them put right or taken back."""
    said = []
    for name in NAMES[: draw(st.integers(2, 6))]:
        kind = draw(st.sampled_from(["visit", "incident", "absence"]))
        day = draw(st.integers(0, 70))
        grade = draw(st.sampled_from(["standard", "medium", "high"]))
        site = draw(st.sampled_from(["RAE01", "RR801"]))
        first, gone = a_fact(kind, name, day, grade, site)
        said.append(first)
        if draw(st.booleans()):
            said.append(corrected(kind, name, day, draw(st.sampled_from(["standard", "high"]))))
        if draw(st.integers(0, 4)) == 0:
            said.append(gone)
    on_plan = draw(st.booleans())
    return said, draw(st.permutations(said)), on_plan


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(histories())
def test_what_stands_is_what_a_hub_finds_that_heard_everything_at_once(history):
    said, order, on_plan = history
    at_once, in_turn = a_child(), a_child()
    if on_plan:
        at_once.register = in_turn.register = [an_entry(start=20)]
    at_once.hears(*said)
    for message in order:
        in_turn.hears(message)
        assert in_turn.decide() == (), "a redelivery changes nothing"
    assert in_turn.facts() == at_once.facts()


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(histories(), st.integers(0, 70))
def test_more_facts_never_take_a_cumulative_concern_away(history, day):
    said, _, _ = history
    child = a_child()
    child.hears(*said)
    before = [set(one.grounds) for one in child.standing() if one.rule == CUMULATIVE]
    child.hears(visit("further visit", day), an_incident("further incident", day, "high"))
    after = [set(one.grounds) for one in child.standing() if one.rule == CUMULATIVE]
    for grounds in before:
        assert any(grounds <= now for now in after)


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(histories())
def test_nobody_is_told_twice_of_what_another_alert_alone_made_a_pattern(history):
    """One that is not delivered has a fact on which a delivered alert stands that is no digest."""
    said, _, _ = history
    child = a_child()
    child.hears(*said)
    told = {
        ground.fact_key
        for one in child.standing()
        if one.rule != CUMULATIVE and one.delivered and one.severity is not Severity.INFORMATION
        for ground in one.grounds
    }
    for alert in child.standing():
        if alert.rule == CUMULATIVE and not alert.delivered:
            assert told & {ground.fact_key for ground in alert.grounds}
