"""The yield of rules over a real PostgreSQL: what is counted of whom, audited, and printed."""

import json
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from hub.adapters.store.rule_yields import PostgresRuleYields
from hub.commands import rules_counted
from hub.commands.rules import app
from hub.core.event import Sex
from hub.core.identifiers import GssCode
from hub.core.rule_yield import By
from hub.service.rule_yielding import RuleYielding
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
