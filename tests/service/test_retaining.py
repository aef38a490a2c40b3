"""What is past its time is deleted where nothing rests on it, over a real PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.retaining import PostgresRetaining
from hub.core.retention import Kept, Retention
from hub.service import retaining
from hub.service.retaining import Retain
from tests.service.laboratory import NOW, a_child, a_plan, an_attendance
from tests.service.test_triage import OPERATOR, surroundings

pytestmark = pytest.mark.stack

VISIT = Kept.ATTENDANCES


@pytest.fixture
def town(laboratory):
    """A child who visited once; the hub's clock is then well past what is kept."""
    visit(laboratory, "A1")
    laboratory.rows("DELETE FROM alert_ground RETURNING 1")
    return laboratory


def visit(laboratory, name, **more):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance(name, **more))])


def later(laboratory, days):
    laboratory.clock.instant = NOW + timedelta(days=days)


def retain(laboratory, **days):
    policies = laboratory.policies
    if days:
        kept = Retention(**days)
        policies = replace(policies, hub=replace(policies.hub, retention=kept))
    around = replace(surroundings(laboratory), policies=policies)
    return Retain(around, PostgresRetaining(laboratory.store))


def events(laboratory):
    return laboratory.one("SELECT count(*) FROM event WHERE kind = 'emergency_attendance'")


def test_a_visit_goes_once_its_time_is_over_and_not_before(town):
    later(town, 399)
    assert retain(town)(OPERATOR) == {}
    later(town, 401)
    assert retain(town)(OPERATOR) == {VISIT: 1}
    assert events(town) == 0
    assert retain(town)(OPERATOR) == {}


def test_a_trial_deletes_nothing_and_counts_the_same(town):
    later(town, 401)
    assert retain(town)(OPERATOR, trial=True) == {VISIT: 1}
    assert events(town) == 1
    audited = "SELECT count(*) FROM audit_leaf WHERE action = 'delete what is past its time'"
    assert town.one(audited) == 0


def test_what_was_deleted_is_audited_in_counts(town):
    later(town, 401)
    retain(town)(OPERATOR)
    row = "SELECT outcome FROM audit_leaf WHERE action = 'delete what is past its time'"
    assert town.rows(row) == [("deleted: emergency_attendance 1",)]


def test_what_an_alert_rests_on_is_kept(laboratory):
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    visit(laboratory, "A1")
    laboratory.rows("UPDATE plan SET ended_on = date '2026-12-01' RETURNING 1")
    assert laboratory.one("SELECT count(*) FROM alert_ground WHERE role = 'trigger'") == 1
    later(laboratory, 900)
    assert retain(laboratory)(OPERATOR) == {}
    laboratory.rows("DELETE FROM alert_ground RETURNING 1")
    assert retain(laboratory)(OPERATOR) == {VISIT: 1}


def test_of_a_child_with_an_open_plan_everything_is_kept(town):
    town.receive([town.says(town.council, a_plan())])
    town.rows("DELETE FROM alert_ground RETURNING 1")
    later(town, 900)
    assert retain(town)(OPERATOR) == {}


def test_a_fact_goes_with_all_its_revisions_or_not_at_all(town):
    town.rows("UPDATE event SET received_at = received_at + interval '300 days' RETURNING 1")
    later(town, 600)
    assert retain(town)(OPERATOR) == {}
    later(town, 701)
    assert retain(town)(OPERATOR) == {VISIT: 1}


def test_the_longest_time_of_any_policy_holds(town):
    later(town, 450)
    assert retain(town, attendances_days=500)(OPERATOR) == {}
    assert retain(town, attendances_days=31)(OPERATOR) == {VISIT: 1}


def test_it_goes_on_from_batch_to_batch(town, monkeypatch):
    for number in range(1, 5):
        child = a_child(number, local_id=f"H{number}", family_name=f"Family{'abcdef'[number]}")
        visit(town, f"B{number}", child=child)
    town.rows("DELETE FROM alert_ground RETURNING 1")
    later(town, 401)
    monkeypatch.setattr(retaining, "EVENTS_AT_ONCE", 2)
    told = []
    found = retain(town)(OPERATOR, progress=lambda seen, total: told.append((seen, total)))
    assert found == {VISIT: 5}
    assert [seen for seen, _ in told] == [2, 4, 5]


def told_of_another_child(laboratory, revision=2):
    """The visit, told again as that of a patient with another number."""
    other = a_child(1, local_id="H9", family_name="Other", given_names=("Bea",))
    visit(laboratory, "A1", child=other, revision=revision)
    laboratory.rows("DELETE FROM alert_ground RETURNING 1")
    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == 2
    return other


@pytest.mark.parametrize("at_once", [1, 2000])
def test_a_visit_that_was_told_of_another_child_since_goes_whole(town, monkeypatch, at_once):
    told_of_another_child(town)
    later(town, 401)
    monkeypatch.setattr(retaining, "EVENTS_AT_ONCE", at_once)
    assert retain(town)(OPERATOR) == {VISIT: 2}
    assert events(town) == 0


@pytest.mark.parametrize("at_once", [1, 2000])
@pytest.mark.parametrize("planned", [0, 1])
def test_no_revision_of_a_visit_goes_alone_where_one_of_its_children_has_a_plan(
    town, monkeypatch, at_once, planned
):
    other = told_of_another_child(town)
    child = replace((a_child(), other)[planned], local_id="C1")
    town.receive([town.says(town.council, a_plan(child=child))])
    town.rows("DELETE FROM alert_ground RETURNING 1")
    later(town, 900)
    monkeypatch.setattr(retaining, "EVENTS_AT_ONCE", at_once)
    assert retain(town)(OPERATOR) == {}
    assert events(town) == 2


def test_a_visit_that_was_moved_to_a_child_with_a_plan_is_kept(town):
    other = a_child(1, local_id="H9", family_name="Other", given_names=("Bea",))
    visit(town, "B1", child=other)
    town.receive([town.says(town.council, a_plan(child=replace(other, local_id="C1")))])
    town.rows("DELETE FROM alert_ground RETURNING 1")
    town.rows(
        "INSERT INTO moved_visit SELECT one.fact_key, other.record_ref FROM event AS one,"
        " event AS other WHERE one.kind = other.kind AND other.record_ref <> one.record_ref"
        " AND other.record_ref IN (SELECT record_ref FROM link WHERE child_ref ="
        "  (SELECT child_ref FROM link JOIN plan USING (record_ref))) RETURNING 1"
    )
    later(town, 900)
    assert retain(town)(OPERATOR) == {}
    town.rows("DELETE FROM moved_visit RETURNING 1")
    assert retain(town)(OPERATOR) == {VISIT: 1}


def test_of_twins_who_share_the_plan_before_their_birth_everything_is_kept(town):
    unborn = a_child(1, local_id="C1", family_name="Other", given_names=("Bea",))
    town.receive([town.says(town.council, a_plan(child=unborn))])
    later(town, 900)
    town.rows(
        "INSERT INTO born_of SELECT visit.record_ref, plan.record_ref FROM event AS visit, plan"
        " WHERE visit.kind = 'emergency_attendance' RETURNING 1"
    )
    assert retain(town)(OPERATOR) == {}
    town.rows("DELETE FROM born_of RETURNING 1")
    assert retain(town)(OPERATOR) == {VISIT: 1}


def test_what_a_stopped_run_deleted_is_audited(town, monkeypatch):
    told_of_another_child(town)
    later(town, 401)
    monkeypatch.setattr(retaining, "EVENTS_AT_ONCE", 1)

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retain(town)(OPERATOR, progress=stop)
    row = "SELECT outcome FROM audit_leaf WHERE action = 'delete what is past its time'"
    assert town.rows(row) == [("deleted: emergency_attendance 2",)]
    assert events(town) == 0
