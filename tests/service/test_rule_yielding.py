"""The yield of rules over a real PostgreSQL: what is counted of whom, audited, and printed."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from hub.adapters.store.operator_flags import PostgresOperatorFlags
from hub.adapters.store.rule_yields import PostgresKeptYields, PostgresRuleYields
from hub.commands import rules_counted
from hub.commands.rules import app
from hub.core.disclosure import Role
from hub.core.event import Sex
from hub.core.identifiers import GssCode
from hub.core.rule_yield import PERIODS_DAYS, By, Floor
from hub.service.asker import Asker
from hub.service.rule_yield_keeping import (
    FEW_AGAIN_AFTER,
    LOOKED_AGAIN_AFTER,
    RuleYieldKeeping,
)
from hub.service.rule_yielding import RuleYielding
from hub.service.settle import Settle
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, a_plan, an_attendance
from tests.service.test_triage import OPERATOR, surroundings

pytestmark = pytest.mark.stack

SINCE = NOW - timedelta(days=30)


@pytest.fixture
def town(laboratory):
    """A girl of five with a plan whose alert was acted on in time; and one who visits often."""
    girl = a_child(sex=Sex.FEMALE)
    other = a_child(1, local_id="H1", family_name="Booth", birth_date=date(2026, 1, 3))
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance(child=girl))])
    for name, agency, site in (
        ("W1", laboratory.hospital, "RAE01"),
        ("W2", laboratory.other_hospital, "RR801"),
    ):
        visit = an_attendance(name, child=other, site=site)
        laboratory.receive([laboratory.says(agency, visit)])
    laboratory.rows(
        "UPDATE alert SET acknowledged_at = raised_at + interval '5 minutes',"
        " acknowledged_by = 'x', decided_at = raised_at + interval '1 hour', decided_by = 'x',"
        " outcome = 'assessment'"
        " WHERE rule = 'plan_match' RETURNING 1"
    )
    return laboratory


@pytest.fixture
def counting(town):
    return RuleYielding(surroundings(town), PostgresRuleYields(town.store, town.keys.sealer))


def test_alerts_are_counted_by_rule_source_age_and_sex(counting):
    report = counting.report(OPERATOR, SINCE, None)

    found = {(one.rule, one.by, one.value): one for one in report.lines}
    whole = found["plan_match", By.ALL, ""]
    assert (whole.told, whole.in_time, whole.decided, whole.action) == (1, 1, 1, 1)
    assert found["plan_match", By.AGE, "5 to 9"].told == 1
    assert found["plan_match", By.SEX, "female"].action == 1
    often = {value for rule, by, value in found if rule == "repeat_attendance" and by is By.SOURCE}
    assert often == {"RAE", "RR8"}
    assert found["repeat_attendance", By.AGE, "under 1"].decided == 0


def test_only_the_authority_and_the_time_asked_for_count_and_the_count_is_audited(town, counting):
    bradford = counting.report(OPERATOR, SINCE, GssCode(BRADFORD))
    leeds = counting.report(OPERATOR, SINCE, GssCode(LEEDS))

    owners = dict(town.rows("SELECT owner, count(*) FROM alert WHERE delivered GROUP BY owner"))
    for code, report in ((BRADFORD, bradford), (LEEDS, leeds)):
        told = sum(one.told for one in report.lines if one.by is By.ALL)
        assert told == owners.get(code, 0)
    assert counting.report(OPERATOR, NOW + timedelta(days=1), None).lines == ()
    audited = "SELECT count(*) FROM audit_leaf WHERE action = 'count rule yield'"
    assert town.one(audited) == 3


def test_the_command_prints_counts_and_no_word_of_anybody(town, counting, monkeypatch):
    def asked(since, ask):
        del since
        return ask(counting, SINCE)

    monkeypatch.setattr(rules_counted, "_asked", asked)
    words = CliRunner().invoke(app, ["yield"]).stdout
    told = json.loads(CliRunner().invoke(app, ["yield", "--json"]).stdout)
    shadow = CliRunner().invoke(app, ["shadow"]).stdout

    assert "plan_match" in words
    assert {one["rule"] for one in told["rules"]} >= {"plan_match", "repeat_attendance"}
    assert "No rule in shadow" in shadow
    for secret in ("Ashworth", "Booth", "Mira", "2021", "999000"):
        assert secret not in words + json.dumps(told)


def manager(authority):
    return Asker(
        user_id=f"manager of {authority}",
        role=Role.FRONT_DOOR_MANAGER,
        organisation=authority,
        authority=GssCode(authority),
    )


def floored(policies, **floor):
    """The policies, each authority's with this floor."""
    changed = {
        code: replace(one, floor=Floor(**floor)) for code, one in policies.authorities.items()
    }
    return replace(policies, authorities=changed)


def kept_by(town, policies=None):
    around = replace(surroundings(town), policies=policies or town.policies)
    return RuleYieldKeeping(
        around,
        RuleYielding(around, PostgresRuleYields(town.store, town.keys.sealer)),
        PostgresKeptYields(town.store),
        PostgresOperatorFlags(town.store),
    )


@pytest.fixture
def keeping(town):
    return kept_by(town)


def counted_by(keeping):
    """Let every authority be counted for which that is due; answer for how many it was."""
    found = 0
    while keeping.make_if_due():
        found += 1
    return found


@pytest.mark.parametrize("days", PERIODS_DAYS)
def test_a_manager_is_told_what_the_command_counts(counting, keeping, days):
    assert counted_by(keeping) == 4
    kept = keeping.told(manager(BRADFORD), days)

    again = counting.report(OPERATOR, kept.since, GssCode(BRADFORD))
    assert kept.lines == again.lines != ()
    assert (kept.untold, kept.flags) == (again.untold, again.flags)


def test_a_manager_is_told_of_the_own_authority_alone_and_that_is_audited(town, keeping):
    counted_by(keeping)
    leeds = keeping.told(manager(LEEDS), 91)

    owned = town.one(f"SELECT count(*) FROM alert WHERE delivered AND owner = '{LEEDS}'")
    assert sum(one.told for one in leeds.lines if one.by is By.ALL) == owned
    assert leeds.authority == GssCode(LEEDS)
    row = "SELECT outcome FROM audit_leaf WHERE action = 'rule yield'"
    assert town.rows(row) == [(f"counts of {LEEDS}",)]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FRONT_DOOR_MANAGER}))
def test_nobody_else_is_told_anything(keeping, role):
    counted_by(keeping)
    assert keeping.told(replace(manager(BRADFORD), role=role), 91) is None
    assert keeping.told(replace(manager(BRADFORD), authority=None), 91) is None
    assert keeping.told(manager(BRADFORD), 90) is None


def test_it_is_counted_again_when_that_is_due(town, keeping):
    assert counted_by(keeping) == 4
    assert counted_by(keeping) == 0
    town.clock.instant = NOW + max(FEW_AGAIN_AFTER, LOOKED_AGAIN_AFTER)
    assert counted_by(keeping) == 4


def flagged(town):
    return [
        one.reference for one in Settle(surroundings(town)).faults() if "rule_" in one.reference
    ]


ABOVE = f"fault:rule_above_ceiling::{BRADFORD}:plan_match:{NOW:%Y-%m}"
BELOW = f"fault:rule_below_floor::{BRADFORD}:plan_match:{NOW:%Y-%m}"


def test_a_rule_that_is_to_be_looked_at_is_told_the_operator_once_while_that_holds(town):
    crying = kept_by(town, floored(town.policies, children=100, action_share=1.0, decided_min=1))
    town.rows("UPDATE alert SET outcome = 'not_useful' WHERE outcome IS NOT NULL RETURNING 1")
    crying.make(OPERATOR, GssCode(BRADFORD))
    crying.make(OPERATOR, GssCode(BRADFORD))

    assert ABOVE in flagged(town)
    assert BELOW in flagged(town)
    assert set(town.rows("SELECT count FROM operator_fault WHERE code ~ '^rule_'")) == {(1,)}

    kept_by(town, floored(town.policies)).make(OPERATOR, GssCode(BRADFORD))
    assert flagged(town) == []


def test_what_a_person_has_settled_is_not_told_again_this_month(town):
    crying = kept_by(town, floored(town.policies, children=100))
    crying.make(OPERATOR, GssCode(BRADFORD))
    Settle(surroundings(town))(ABOVE, by="H. Dearden", reason="looked at")
    crying.make(OPERATOR, GssCode(BRADFORD))
    assert ABOVE not in flagged(town)

    town.clock.instant = NOW + timedelta(days=20)
    crying.make(OPERATOR, GssCode(BRADFORD))
    assert any(one.startswith("fault:rule_above_ceiling") for one in flagged(town))


def test_what_holds_again_by_itself_is_told_again(town):
    crying = kept_by(town, floored(town.policies, children=100))
    for keeping in (crying, kept_by(town), crying):
        keeping.make(OPERATOR, GssCode(BRADFORD))
    assert ABOVE in flagged(town)


def test_of_another_authority_nothing_is_settled(town):
    kept_by(town, floored(town.policies, children=100)).make(OPERATOR, GssCode(BRADFORD))
    kept_by(town).make(OPERATOR, GssCode(LEEDS))
    assert ABOVE in flagged(town)
