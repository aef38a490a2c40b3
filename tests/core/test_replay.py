"""A replay raises what the deciding transaction would have raised, at the instant it would have."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.absence_fold import absences
from hub.core.alert import AlertState, Severity
from hub.core.chronology import Chronology, attendances
from hub.core.correlate import correlate
from hub.core.event import EventKind, EventState, Handling
from hub.core.incident_fold import incidents
from hub.core.policy import RuleSetting
from hub.core.replay import Replay
from hub.core.replay_history import ReplayHistory, SiblingHistory, entry_told
from hub.core.routing import responsible_authority, router
from hub.core.rule import RuleMode
from hub.core.rules import RULES
from hub.core.rules.repeat_attendance import RepeatAttendanceParameters
from hub.core.school_calendar import SchoolCalendar, SchoolCalendars, Term
from hub.core.waking import wakes_of
from hub.core.withheld import told_by
from tests.core.builders import (
    BRADFORD,
    LEEDS,
    a_date,
    a_policy,
    an_absence,
    an_event,
    an_incident_event,
    digest,
    on_day,
    some_policies,
)

CALENDARS = SchoolCalendars(
    usual=SchoolCalendar(terms=(Term(name="always", first=a_date(-9), last=a_date(200)),))
)
POLICIES = some_policies().with_calendars(CALENDARS)
SITES = {"RAE01": BRADFORD, "RR801": LEEDS}
BEFORE, AFTER = on_day(-100), on_day(300)


def of_site(site):
    return SITES.get(site.reveal())


def a_plan_told(name="p1", *, start=0, day=0.0, revision=1, ended=None, **more):
    facts = {
        "authority": BRADFORD.reveal(),
        "started_on": a_date(start).isoformat(),
        "ended_on": a_date(ended).isoformat() if ended is not None else None,
        "held_for_another_authority": False,
    }
    values = {"kind": EventKind.CHILD_PROTECTION_PLAN, "agency": BRADFORD.reveal()}
    return an_event(name, revision=revision, day=day, facts=facts, **(values | more))


def replayed(*events, policies=POLICIES, since=BEFORE, until=AFTER, **more):
    plans = tuple(e for e in events if e.kind is EventKind.CHILD_PROTECTION_PLAN)
    others = tuple(e for e in events if e.kind is not EventKind.CHILD_PROTECTION_PLAN)
    history = ReplayHistory(child_ref=b"child", events=others, plans=plans, **more)
    return Replay(policies, of_site, since=since, until=until)(history)


def told(replay):
    return {(one.alert.rule, one.alert.raised_at, one.told) for one in replay}


def visits(*days, site="RAE01", **more):
    facts = {"counted_because": "site_mapping", "site_code": site}
    return [an_event(f"{site}-{day}", day=day, facts=facts, **more) for day in days]


def test_an_alert_is_raised_when_its_last_ground_came_and_not_when_it_happened():
    *early, last = visits(0, 10, 20, 30)
    late = replace(last, received_at=on_day(45))

    assert told(replayed(*early, late)) == {("repeat_attendance", on_day(45), True)}


def test_a_correction_counts_from_when_it_came():
    told_first = visits(0, 10, 20, 30)
    taken_back = replace(
        told_first[-1],
        event_id=digest("taken back"),
        revision=2,
        state=EventState.WITHDRAWN,
        received_at=on_day(40),
    )

    (one,) = replayed(*told_first, taken_back)

    assert one.told
    assert one.alert.raised_at == on_day(30)
    assert one.alert.state is AlertState.WITHDRAWN
    assert replayed(*told_first, taken_back, until=on_day(35))[0].alert.state is AlertState.STANDING


def test_what_came_before_the_first_day_is_known_then_and_raised_before():
    (one,) = replayed(*visits(0, 10, 20, 30, 50), since=on_day(40))

    assert on_day(39) < one.alert.raised_at < on_day(40)
    assert len(one.alert.grounds) == 5


def test_a_plan_is_on_the_register_from_when_the_hub_heard_of_it():
    visit = visits(10)
    heard_later = a_plan_told(day=0, received_at=on_day(12))

    assert told(replayed(*visit, heard_later)) == {("plan_match", on_day(12), True)}
    assert replayed(*visit, heard_later, until=on_day(11)) == ()


def test_a_plan_that_the_register_left_out_counts_until_then():
    plan, (early, late) = a_plan_told(start=-500, day=-20), visits(0, 390)
    omitted = {plan.fact_key: on_day(20)}

    rules = {
        (one.alert.rule, one.alert.severity) for one in replayed(plan, early, late, omitted=omitted)
    }

    assert rules == {("plan_match", Severity.IMMEDIATE)}


def test_what_the_register_left_out_after_the_visit_takes_no_alert_back_and_calms_a_later_one():
    plan, (visit,) = a_plan_told(start=-500, day=-20), visits(30)
    omitted = {plan.fact_key: on_day(20)}
    late = replace(visit, received_at=on_day(31))

    (one,) = replayed(plan, late, omitted=omitted)
    (earlier,) = replayed(plan, replace(visit, received_at=on_day(10)), omitted=omitted)

    assert one.alert.severity is not Severity.IMMEDIATE
    assert earlier.alert.severity is one.alert.severity
    assert earlier.alert.raised_at == on_day(10)


def test_a_corrected_site_moves_whose_an_alert_is_though_its_words_stay():
    incident, (visit,) = an_incident_event(), visits(12)
    facts = {"counted_because": "site_mapping", "site_code": "RR801"}
    corrected = replace(
        visit, event_id=digest("moved"), revision=2, facts=facts, received_at=on_day(32)
    )

    before = replayed(incident, visit, until=on_day(20))
    after = replayed(incident, visit, *visits(31), corrected)

    owners = [
        {one.alert.owner for one in some if one.alert.rule == "cumulative_concern"}
        for some in (before, after)
    ]
    assert owners == [{BRADFORD}, {LEEDS}]


def test_an_absence_ends_when_a_complete_register_was_read_that_does_not_list_it():
    plan, mark = a_plan_told(day=0), an_absence(day=5)
    read = {mark.fact_key: (on_day(6), on_day(6))}

    (one,) = replayed(plan, mark, registers_read=read)

    assert one.alert.raised_at == on_day(5)
    assert one.alert.state is AlertState.WITHDRAWN


def test_a_register_is_known_when_it_came_and_not_when_it_was_read():
    plan, mark = a_plan_told(day=0), replace(an_absence(day=5), received_at=on_day(8))
    read = {mark.fact_key: (on_day(6), on_day(9))}

    (one,) = replayed(plan, mark, registers_read=read)

    assert one.alert.raised_at == on_day(8)
    assert one.alert.state is AlertState.WITHDRAWN


def test_what_an_agency_asks_to_be_told_later_is_raised_at_that_time():
    waits = Handling(not_before=on_day(33))
    events = [*visits(0, 10, 20), *visits(30, handling=waits)]

    assert told(replayed(*events)) == {("repeat_attendance", on_day(33), True)}


def test_an_incident_of_a_sibling_is_told_from_when_it_came():
    policies = replace(
        POLICIES,
        hub=replace(POLICIES.hub, household_correlation=frozenset(EventKind)),
    )
    sibling = SiblingHistory(
        child_ref=b"sibling", since=on_day(-50), events=(an_incident_event(day=3),)
    )

    found = replayed(policies=policies, household=(sibling,))

    assert told(found) == {("household_incident", on_day(3), True)}


def test_a_rule_in_shadow_is_replayed_and_told_to_nobody():
    shadow = RuleSetting(mode=RuleMode.SHADOW, parameters=RepeatAttendanceParameters())
    policies = replace(
        POLICIES,
        authorities={BRADFORD: a_policy(BRADFORD, rules={"repeat_attendance": shadow})},
    )

    assert told(replayed(*visits(0, 10, 20, 30), policies=policies)) == {
        ("repeat_attendance", on_day(30), False)
    }


DAYS = st.integers(0, 60)
LATENESS = st.sampled_from([0, 0, 0, 1, 20])


@st.composite
def what_was_told(draw):
    """Revisions of a few facts of every kind, in any order of arrival, some taken back."""
    events = []
    for number in range(draw(st.integers(1, 9))):
        day, kind = draw(DAYS), draw(st.sampled_from("vvvcsp"))
        for revision in range(1, draw(st.integers(1, 3)) + 1):
            state = draw(st.sampled_from([EventState.REPORTED] * 4 + [EventState.WITHDRAWN]))
            more = {
                "revision": revision,
                "day": day,
                "state": state,
                "received_at": on_day(day + draw(LATENESS)) + timedelta(minutes=number),
                "shielded": draw(st.integers(0, 9)) == 9,
            }
            if kind == "v":
                site = draw(st.sampled_from(sorted(SITES)))
                facts = {"counted_because": "site_mapping", "site_code": site}
                events.append(an_event(f"v{number}", facts=facts, agency=site[:3], **more))
            elif kind == "c":
                events.append(an_incident_event(f"c{number}", **more))
            elif kind == "s":
                ill = draw(st.sampled_from([None, None, (15, 20)]))
                events.append(an_absence(f"s{number}", ill=ill, **more))
            else:
                events.append(a_plan_told(f"p{number}", start=day, **more))
    return events


def from_scratch(events, homes):
    """What deciding does: at each arrival everything known is folded anew and compared."""
    alerts, due = {}, {event.received_at for event in events}
    while due:
        due.remove(at := min(due))
        known = [event for event in events if event.received_at <= at]
        latest = {}
        for event in sorted(known, key=lambda one: (one.revision, one.received_at)):
            if event.kind is EventKind.CHILD_PROTECTION_PLAN:
                latest[event.fact_key] = event
        register = tuple(
            _entry(one, known) for one in latest.values() if one.state is not EventState.WITHDRAWN
        )
        chronology = Chronology(
            child_ref=b"child",
            attendances=attendances(known),
            incidents=incidents(known),
            absences=absences(known, {}),
            register=register,
            home_authorities=homes,
        )
        chronology = told_by(_with_shielding(chronology), at)
        policy = _policy_of(chronology, at)
        wanted = wakes_of(chronology, policy, at, RULES)
        due |= {one.wake.due_at for one in wanted if at < one.wake.due_at <= AFTER}
        came = tuple(one.came() for one in wanted if one.wake.due_at <= at)
        chronology = replace(chronology, woken=came)
        route = router(chronology, authority_of_site=of_site, as_of=at, windows=policy.windows)
        standing = tuple(one for one in alerts.values() if one.state is AlertState.STANDING)
        for change in correlate(chronology, standing, policy, at, route):
            before = alerts.get(change.alert.alert_id, change.alert)
            alerts[change.alert.alert_id] = replace(change.alert, raised_at=before.raised_at)
    return alerts


def _with_shielding(chronology):
    happened = (*chronology.attendances, *chronology.incidents, *chronology.register)
    return replace(chronology, shielded=any(one.shielded for one in happened))


def _entry(told_plan, known=()):
    shielded = any(one.shielded for one in known if one.fact_key == told_plan.fact_key)
    return entry_told(told_plan, None, shielded=shielded)


def _policy_of(chronology, at):
    authority = responsible_authority(
        chronology, of_site, on=at.date(), windows=POLICIES.hub.windows
    )
    return POLICIES.of(authority)


@settings(deadline=None, max_examples=300)
@given(what_was_told(), st.sampled_from([(), (BRADFORD,), (LEEDS, BRADFORD)]))
def test_a_replay_raises_what_deciding_anew_at_each_arrival_would_raise(events, homes):
    replay = replayed(*events, home_authorities=homes)

    assert {one.alert.alert_id: one.alert for one in replay} == from_scratch(events, homes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@settings(deadline=None, max_examples=60)
@given(events=what_was_told(), hours=st.integers(0, 24 * 90))
def test_a_rule_concludes_from_facts_of_its_kinds_alone_and_the_same_at_any_hour(
    rule, events, hours
):
    """What a replay remembers of a rule rests on this; one that waits is asked when a wake came."""
    latest = {e.fact_key: e for e in events if e.kind is EventKind.CHILD_PROTECTION_PLAN}
    register = tuple(_entry(one) for one in latest.values())
    whole = Chronology(
        child_ref=b"child",
        attendances=attendances(events),
        incidents=incidents(events),
        absences=absences(events, {}),
        register=register,
    )
    own = replace(
        whole,
        attendances=whole.attendances if EventKind.EMERGENCY_ATTENDANCE in rule.kinds else (),
        incidents=whole.incidents if EventKind.DOMESTIC_ABUSE_INCIDENT in rule.kinds else (),
        absences=whole.absences if EventKind.SCHOOL_ABSENCE in rule.kinds else (),
        register=tuple(one for one in register if one.kind in rule.kinds),
    )
    parameters = rule.parameters(calendars=CALENDARS)
    at = on_day(100)

    found = rule.findings(whole, parameters, at)

    assert rule.findings(own, parameters, at) == found
    later = at + timedelta(hours=hours)
    if rule.wakes is None:
        assert rule.findings(whole, parameters, later) == found
        return
    wanted = rule.wakes(whole, parameters, at)
    assert rule.wakes(own, parameters, at) == wanted
    assert rule.wakes(whole, parameters, later) == wanted
