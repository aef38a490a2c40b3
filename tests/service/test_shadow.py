"""A rule in shadow is recorded beside the live ones, counted, and told to nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.rule_yields import PostgresRuleYields
from hub.core.identifiers import GssCode
from hub.core.rule import RuleMode
from hub.service.rule_yielding import RuleYielding, Shadowed
from hub.service.triage import Triage
from tests.service.laboratory import BRADFORD, NOW, a_plan, an_attendance
from tests.service.test_triage import DUTY, ELSEWHERE, EVERYTHING, OPERATOR, Unheard, surroundings

pytestmark = pytest.mark.stack

TRIED = "repeat_attendance"


@pytest.fixture
def shadow(laboratory):
    """Bradford tries a rule, and its child with a plan is at two sites within a week."""
    bradford = GssCode(BRADFORD)
    policy = laboratory.policies.of(bradford)
    setting = replace(policy.rules[TRIED], mode=RuleMode.SHADOW)
    policy = replace(policy, rules={**policy.rules, TRIED: setting})
    authorities = {**laboratory.policies.authorities, bradford: policy}
    laboratory.policies = replace(laboratory.policies, authorities=authorities)
    laboratory.receive = laboratory.a_receive()
    laboratory.triage = Triage(surroundings(laboratory), Unheard())
    laboratory.before = laboratory.triage.inbox(DUTY, EVERYTHING).cursor
    plan, first = a_plan(as_at=NOW - timedelta(days=9)), an_attendance("V1", days_ago=5)
    second = an_attendance("V2", days_ago=1, site="RR801")
    laboratory.receive([laboratory.says(laboratory.council, plan)])
    laboratory.receive([laboratory.says(laboratory.hospital, first)])
    laboratory.receive([laboratory.says(laboratory.other_hospital, second)])
    return laboratory


def the_one_in_shadow(laboratory):
    return laboratory.one("SELECT alert_id FROM alert WHERE rule = %s", TRIED)


def test_it_stands_recorded_with_its_grounds_beside_the_live_ones(shadow):
    found = shadow.rows(
        "SELECT rule, bool_or(delivered), count(DISTINCT alert_id), count(*) FROM alert"
        " JOIN alert_ground USING (alert_id) WHERE state = 'standing' AND role = 'trigger'"
        " GROUP BY rule ORDER BY rule"
    )

    assert (TRIED, False, 1, 2) in found
    assert ("plan_match", True, 2, 2) in found


def test_no_inbox_lists_counts_or_opens_it_and_nobody_can_acknowledge_it(shadow):
    alert_id = the_one_in_shadow(shadow)

    for asker in (DUTY, ELSEWHERE, OPERATOR):
        listed = shadow.triage.inbox(asker, EVERYTHING)
        assert TRIED not in {one.disclosed.alert.rule for one in listed.items}
        assert shadow.triage.alert(asker, alert_id) is None
        assert shadow.triage.acknowledge(asker, alert_id) is None
    assert len(shadow.triage.inbox(DUTY, EVERYTHING).items) == 2
    assert sum(one.count for one in shadow.triage.inbox(DUTY, EVERYTHING).counts) == 2


def test_nothing_leaves_the_hub_for_it(shadow):
    changed = shadow.triage.changes(DUTY, shadow.before)

    assert {one.disclosed.alert.rule for one in changed.items} == {"plan_match"}
    desks = "SELECT count(*) FROM inbox_entry WHERE alert_id = %s"
    assert shadow.one(desks, the_one_in_shadow(shadow)) == 0
    assert shadow.one("SELECT count(*) FROM outbox") == 0


def test_who_tries_it_is_told_how_much_it_would_have_told(shadow):
    yields = PostgresRuleYields(shadow.store, shadow.keys.sealer)
    counting = RuleYielding(surroundings(shadow), yields)

    found = counting.shadowed(NOW - timedelta(days=30), GssCode(BRADFORD))

    week = (NOW - timedelta(days=NOW.weekday())).date()
    assert dict(found) == {Shadowed(TRIED, BRADFORD, week): 1}
    shadow.rows("UPDATE alert_ground SET live = false RETURNING 1")
    assert not counting.shadowed(NOW - timedelta(days=30), None)
