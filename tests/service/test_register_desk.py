"""The register team's decision over a real PostgreSQL: theirs alone, once, and audited with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.disclosure import Role
from hub.core.identifiers import GssCode
from hub.errors import ConfigurationError
from hub.service.asker import Asker
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, a_plan
from tests.service.test_triage import register_desk

pytestmark = pytest.mark.stack

SAM = Asker(
    user_id="sam", role=Role.AGENCY_STAFF, organisation=BRADFORD, authority=GssCode(BRADFORD)
)
CHRIS = replace(SAM, user_id="chris", organisation=LEEDS, authority=GssCode(LEEDS))
YESTERDAY = NOW - timedelta(days=1)
EXTRACT = f"x-{NOW.isoformat()}"


@pytest.fixture
def desk(laboratory):
    """Of seven open plans the newest extract lists one, and waits."""
    plans = [
        a_plan(
            f"P{n}",
            child=a_child(local_id=f"C{n}", nhs_number=None, family_name=f"Name{n}"),
            as_at=YESTERDAY,
        )
        for n in range(7)
    ]
    laboratory.receive(laboratory.extract(laboratory.council, *plans, as_at=YESTERDAY))
    told = replace(plans[0], revision=int(NOW.timestamp() * 1000), recorded_at=NOW)
    laboratory.receive(laboratory.extract(laboratory.council, told))
    return register_desk(laboratory)


def audited(laboratory):
    return laboratory.rows("SELECT actor, action, outcome FROM audit_leaf ORDER BY at, action")


def closed(laboratory):
    return laboratory.one("SELECT count(*) FROM plan WHERE omitted_as_at IS NOT NULL")


def decide(desk, asker, *, approve=True, reason="They have ended."):
    return desk.decide(asker, EXTRACT, approve=approve, by="Sam Okafor (sam)", reason=reason)


def test_its_own_team_sees_what_waits_who_sent_it_and_what_would_close(desk, laboratory):
    (one,) = desk.extracts(SAM)
    assert (one.extract_id, one.state, one.flawed) == (EXTRACT, "waiting", False)
    assert (one.would_close, one.open_before, one.ceiling) == (6, 7, 5)
    assert (one.publisher, one.connector) == (BRADFORD, "main")
    assert len(one.closing) == 6
    assert {kind for kind, _ in one.closing} == {"child_protection_plan"}
    assert audited(laboratory) == [("sam", "extracts", "1 wait")]


def test_another_councils_team_sees_and_decides_nothing(desk, laboratory):
    assert desk.extracts(CHRIS) == ()
    assert decide(desk, CHRIS) is None
    assert closed(laboratory) == 0
    assert audited(laboratory)[0] == ("chris", "decide extract", "none such waits")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AGENCY_STAFF}))
def test_no_other_role_sees_or_decides_anything(desk, laboratory, role):
    somebody = replace(SAM, role=role)
    assert desk.extracts(somebody) == ()
    assert decide(desk, somebody) is None
    assert closed(laboratory) == 0


def test_an_approval_closes_the_plans_and_is_audited_in_the_same_transaction(desk, laboratory):
    assert decide(desk, SAM).closed == 6

    assert closed(laboratory) == 6
    assert audited(laboratory) == [("sam", "decide extract", f"{EXTRACT}: approved, 6 closed")]
    (one,) = desk.extracts(SAM)
    assert (one.state, one.closing) == ("applied", ())
    assert (one.decided_by, one.decision_reason) == ("Sam Okafor (sam)", "They have ended.")


def test_a_refusal_closes_nothing_and_is_shown_with_its_reason(desk, laboratory):
    assert decide(desk, SAM, approve=False, reason="Cut off.").closed == 0

    assert closed(laboratory) == 0
    (one,) = desk.extracts(SAM)
    assert (one.state, one.decision_reason) == ("refused", "Cut off.")


def test_a_second_decision_finds_nothing_that_waits(desk, laboratory):
    decide(desk, SAM, approve=False)
    assert decide(desk, SAM) is None
    assert closed(laboratory) == 0


def test_a_decision_that_cannot_be_audited_is_not_made(desk, laboratory, monkeypatch):
    def refuse(*_):
        raise RuntimeError("planted")

    monkeypatch.setattr("hub.adapters.store.deciding.write_audit", refuse)
    with pytest.raises(RuntimeError, match="planted"):
        decide(desk, SAM)
    assert closed(laboratory) == 0


def test_a_decision_without_a_reason_is_not_made(desk, laboratory):
    with pytest.raises(ConfigurationError, match="reason"):
        decide(desk, SAM, reason=" ")
    assert closed(laboratory) == 0
