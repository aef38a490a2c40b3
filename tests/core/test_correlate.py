"""Alerts follow the findings: raised, revised, withdrawn, superseded; never by order of arrival."""

import uuid
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.absence_fold import absences
from hub.core.alert import AlertState, GroundRole, Severity
from hub.core.alert_change import Raise, Revise, Supersede, Withdraw
from hub.core.chronology import Chronology, attendances
from hub.core.correlate import correlate
from hub.core.event import EventState
from hub.core.incident_fold import incidents
from hub.core.policy import RuleSetting
from hub.core.routing import router
from hub.core.rule import RuleMode
from hub.core.rules import RULES
from hub.core.rules.repeat_attendance import RepeatAttendanceParameters
from tests.core.builders import BRADFORD, LEEDS, a_policy, an_entry, an_event, digest, on_day

REPEAT, MATCH = "repeat_attendance", "plan_match"


def authority_of_site(site):
    return {"RAE": BRADFORD, "RR8": LEEDS}.get(site.reveal()[:3])


class Child:
    """A child about whom messages arrive one by one; holds what is told and what stands."""

    def __init__(self, policy=None):
        self.policy = policy or a_policy()
        self.told = []
        self.register = []
        self.alerts = {}
        self.clock = 0

    def hears(self, *messages):
        for message in messages:
            self.told = [*self.told, message]
        return self.decide()

    def registers(self, *entries):
        self.register = [*self.register, *entries]
        return self.decide()

    def decide(self):
        self.clock += 1
        chronology = Chronology(
            child_ref=b"child",
            attendances=attendances(self.told),
            incidents=incidents(self.told),
            absences=absences(self.told, {}),
            register=tuple(self.register),
            home_authorities=(BRADFORD,),
        )
        as_of = on_day(500 + self.clock / 100)
        route = router(
            chronology,
            authority_of_site=authority_of_site,
            as_of=as_of,
            windows=self.policy.windows,
        )
        changes = correlate(chronology, self.standing(), self.policy, as_of, route)
        for change in changes:
            was = self.alerts.get(change.alert.alert_id)
            stood = was is not None and was.state is AlertState.STANDING
            assert stood is not isinstance(change, Raise)
            self.alerts[change.alert.alert_id] = change.alert
        return changes

    def standing(self):
        return tuple(one for one in self.alerts.values() if one.state is AlertState.STANDING)

    def facts(self):
        """Answer what stands, without ids: rule and grounds."""
        found = sorted(
            (alert.rule, sorted((g.fact_key, g.role.value, g.occurred_at) for g in alert.grounds))
            for alert in self.standing()
        )
        assert len(found) == len({repr(one) for one in found}), "none stands twice"
        return found


def visit(name, day, site="RAE01", **more):
    facts = {
        "counted_because": "site_mapping",
        "site_code": site,
        "attendance_category": "1",
        "arrived_at": on_day(day).isoformat(),
    }
    return an_event(name, day=day, agency=site[:3], facts=facts, **more)


def cancelled(name, revision=2):
    return an_event(name, revision=revision, state=EventState.WITHDRAWN, facts={})


def test_an_attendance_of_a_child_on_a_plan_is_raised_with_its_reason():
    child = Child()
    child.registers(an_entry())
    (change,) = child.hears(visit("a1", 5))
    assert isinstance(change, Raise)
    assert change.alert.severity is Severity.IMMEDIATE
    assert change.alert.owner == BRADFORD
    assert change.alert.delivered is True
    assert change.alert.policy_version.startswith("E08000032 1+abc plan_match:")


def test_the_plan_that_comes_after_the_attendance_raises_it_too():
    child = Child()
    assert child.hears(visit("a1", 5)) == ()
    (change,) = child.registers(an_entry())
    assert isinstance(change, Raise)


def test_a_redelivery_changes_nothing():
    child = Child()
    child.registers(an_entry())
    child.hears(visit("a1", 5), visit("a2", 6, "RR801"))
    assert child.hears(visit("a1", 5)) == ()
    assert child.decide() == ()


def test_a_further_attendance_revises_the_pattern_and_keeps_its_alert():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    (before,) = child.standing()
    (change,) = child.hears(visit("a3", 9))
    assert isinstance(change, Revise)
    assert change.alert.alert_id == before.alert_id
    assert "1 grounds added" in change.sentence
    assert len(change.alert.grounds) == 3


def test_a_cancelled_visit_withdraws_what_it_raised():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    (change,) = child.hears(cancelled("a2"))
    assert isinstance(change, Withdraw)
    assert child.standing() == ()


def test_a_visit_reported_again_raises_the_same_alert_again():
    child = Child()
    (first,) = child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    child.hears(cancelled("a2"))
    (again,) = child.hears(visit("a2", 5, "RR801", revision=3))
    assert isinstance(again, Raise)
    assert again.alert.alert_id == first.alert.alert_id


def test_a_visit_that_joins_two_patterns_supersedes_the_younger_alert():
    child = Child(a_policy(rules=with_mode(RuleMode.LIVE, attendances=99)))
    child.hears(visit("a1", 0), visit("a2", 20, "RR801"))
    (oldest,) = child.standing()
    child.hears(visit("a3", 60), visit("a4", 80, "RR801"))
    assert len(child.standing()) == 2
    changes = child.hears(visit("a5", 40, "RR813"))
    assert [type(change) for change in changes] == [Revise, Supersede]
    (left,) = child.standing()
    assert left.alert_id == oldest.alert_id
    assert changes[1].by == oldest.alert_id
    assert changes[1].alert.state is AlertState.SUPERSEDED


def test_a_pattern_that_falls_apart_becomes_two_alerts():
    child = Child(a_policy(rules=with_mode(RuleMode.LIVE, attendances=99)))
    child.hears(
        visit("a1", 0), visit("a2", 20, "RR801"), visit("a5", 40),
        visit("a3", 60, "RR801"), visit("a4", 80),
    )  # fmt: skip
    assert len(child.standing()) == 1
    changes = child.hears(cancelled("a5"))
    assert {type(change) for change in changes} == {Raise, Revise}
    assert len(child.standing()) == 2


def test_a_corrected_time_moves_a_visit_out_of_the_pattern():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    moved = an_event(
        "a2",
        revision=2,
        state=EventState.CORRECTED,
        facts={"arrived_at": on_day(90).isoformat()},
        agency="RR8",
    )
    (change,) = child.hears(moved)
    assert isinstance(change, Withdraw)


def test_history_alone_is_recorded_and_never_delivered_until_news_joins_it():
    child = Child()
    child.hears(visit("a1", 0, backfill=True), visit("a2", 5, "RR801", backfill=True))
    (alert,) = child.standing()
    assert alert.delivered is False
    (change,) = child.hears(visit("a3", 6))
    assert change.alert.delivered is True


def test_a_rule_in_shadow_is_recorded_and_never_delivered():
    policy = a_policy(rules=with_mode(RuleMode.SHADOW))
    child = Child(policy)
    (change,) = child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    assert change.alert.delivered is False


def with_mode(mode, **numbers):
    settings = {
        rule.name: RuleSetting(mode=RuleMode.LIVE, parameters=rule.parameters()) for rule in RULES
    }
    parameters = RepeatAttendanceParameters(**numbers)
    return settings | {REPEAT: RuleSetting(mode=mode, parameters=parameters)}


def test_a_rule_that_is_off_or_not_named_finds_nothing():
    for rules in (with_mode(RuleMode.OFF), {}):
        child = Child(a_policy(rules=rules))
        assert child.hears(visit("a1", 0), visit("a2", 5, "RR801")) == ()


def test_turning_a_rule_off_withdraws_nothing():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    child.policy = a_policy(rules=with_mode(RuleMode.OFF), version="2+def")
    assert child.decide() == ()
    assert len(child.standing()) == 1


def test_an_alert_of_a_rule_that_is_off_ends_once_what_it_rests_on_is_taken_back():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    child.policy = a_policy(rules=with_mode(RuleMode.OFF), version="2+def")
    (change,) = child.hears(cancelled("a2"))
    assert isinstance(change, Withdraw)
    assert child.standing() == ()


def test_a_higher_threshold_alone_withdraws_nothing_but_a_cancelled_visit_does():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    child.policy = a_policy(rules=with_mode(RuleMode.LIVE, sites=3), version="2+def")
    assert child.decide() == ()
    assert len(child.standing()) == 1
    (change,) = child.hears(cancelled("a2"))
    assert isinstance(change, Withdraw)


def test_after_a_change_of_policy_that_leaves_the_rules_numbers_corrections_still_count():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    child.policy = a_policy(version="2+def")
    planned = an_event(
        "a2", revision=2, state=EventState.CORRECTED, facts={"attendance_category": "4"}
    )
    (change,) = child.hears(planned)
    assert isinstance(change, Withdraw)


def test_a_childs_move_to_another_authority_applies_that_authoritys_numbers():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    child.policy = a_policy(LEEDS, rules=with_mode(RuleMode.LIVE, sites=3))
    (change,) = child.decide()
    assert isinstance(change, Withdraw)


def test_the_id_follows_from_rule_child_and_the_earliest_trigger():
    children = [Child(), Child()]
    raised = [child.hears(visit("a1", 0), visit("a2", 5, "RR801"))[0] for child in children]
    assert raised[0].alert.alert_id == raised[1].alert.alert_id
    assert isinstance(raised[0].alert.alert_id, uuid.UUID)
    assert raised[0].alert.alert_id.version == 5


def test_a_child_with_more_alerts_than_a_byte_counts_is_looked_at_like_any_other():
    child = Child()
    child.registers(an_entry())
    for half in range(3):
        child.hears(*(visit(f"a{half}-{number}", 5 + half) for number in range(100)))
    matches = [one for one in child.standing() if one.rule == "plan_match"]
    assert len(matches) == len({one.alert_id for one in matches}) == 300


MESSAGES = (
    visit("a1", 0),
    visit("a2", 20, "RR801"),
    visit("a3", 45),
    visit("a4", 70, "RR813"),
    visit("a5", 500),
)
OTHERS = (
    cancelled("a3"),
    an_event(
        "a4",
        revision=2,
        state=EventState.CORRECTED,
        facts={"arrived_at": on_day(40).isoformat()},
    ),
    an_entry(start=30),
)  # fmt: skip


def told_in(messages):
    child = Child(a_policy())
    for message in messages:
        if hasattr(message, "revision"):
            child.hears(message)
            assert child.decide() == (), "a redelivery changes nothing"
        else:
            child.registers(message)
    return child


EXPECTED = told_in([*MESSAGES, *OTHERS]).facts()


def test_what_is_expected_of_every_order_is_more_than_nothing():
    assert [rule for rule, _ in EXPECTED] == [MATCH, MATCH, REPEAT]
    grounds = [fact for fact, role, _ in EXPECTED[2][1] if role == GroundRole.TRIGGER.value]
    assert grounds == sorted([digest("a1"), digest("a2"), digest("a4")])


@pytest.mark.parametrize("order", list(permutations(range(5))), ids=str)
def test_every_order_of_five_attendances_ends_with_the_same_alerts(order):
    shuffled = [MESSAGES[place] for place in order]
    for first in range(3):
        told = [*OTHERS[:first], *shuffled[:3], *OTHERS[first:], *shuffled[3:]]
        assert told_in(told).facts() == EXPECTED


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(st.permutations([*MESSAGES, *OTHERS]))
def test_any_order_of_attendances_corrections_and_plans_ends_with_the_same_alerts(messages):
    assert told_in(messages).facts() == EXPECTED


@settings(deadline=None)  # the machine is shared: a slow moment is no failure
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(["RAE01", "RR801", "RR813"])), max_size=8
    ).flatmap(lambda days: st.tuples(st.just(days), st.permutations(range(len(days)))))
)
def test_arrival_order_never_decides_whether_a_concern_is_raised(visits_and_order):
    visits, order = visits_and_order
    told = [visit(f"v{place}", day, site) for place, (day, site) in enumerate(visits)]
    in_turn, shuffled = Child(), Child()
    for message in told:
        in_turn.hears(message)
    for place in order:
        shuffled.hears(told[place])
    assert in_turn.facts() == shuffled.facts()


def test_alerts_that_no_longer_stand_are_passed_over():
    child = Child()
    child.hears(visit("a1", 0), visit("a2", 5, "RR801"))
    (alert,) = child.standing()
    child.alerts[alert.alert_id] = replace(alert, state=AlertState.WITHDRAWN)
    (change,) = child.decide()
    assert isinstance(change, Raise)
