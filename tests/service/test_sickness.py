"""Long sickness of a child in a register is told; of nobody else is anything made of it or kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.event import EventState, SchoolAbsenceFacts
from hub.core.retention import Kept, Retention
from hub.core.rule import RuleMode
from hub.core.school_marks import AbsenceReason
from tests.service.laboratory import NOW, a_plan, an_attendance
from tests.service.schools import a_pupil, an_absence, joined, read_at, told
from tests.service.test_retaining import later, retain
from tests.service.test_triage import OPERATOR

pytestmark = pytest.mark.stack

EARLY, LATER = read_at(hour=9), read_at(hour=11)
MARKS = "SELECT count(*) FROM event WHERE kind = 'school_absence'"


@pytest.fixture
def school(laboratory):
    return joined(laboratory)


def ill(in_a_row=15, **mark):
    """A mark of sickness as a school tells it that counts only days in a row."""
    first = an_absence(**mark)
    facts = replace(
        first.facts, code="I", reason=AbsenceReason.SICKNESS, sickness_days_in_a_row=in_a_row
    )
    return replace(first, facts=facts)


def with_plan(laboratory):
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])


def rules(laboratory):
    return sorted(rule for rule, _, _ in laboratory.standing())


def asked_by_nobody(laboratory):
    """The rule is off in every policy."""

    def off(policy):
        setting = replace(policy.rules["sickness_return"], mode=RuleMode.OFF)
        return replace(policy, rules={**policy.rules, "sickness_return": setting})

    held = laboratory.policies
    laboratory.policies = replace(
        held,
        hub=off(held.hub),
        authorities={code: off(policy) for code, policy in held.authorities.items()},
    )
    laboratory.receive = laboratory.a_receive()


def test_long_sickness_of_a_child_on_a_plan_is_told_and_is_no_unexplained_absence(
    laboratory, school
):
    with_plan(laboratory)
    laboratory.receive([told(laboratory, school, ill())])
    assert rules(laboratory) == ["sickness_return"]
    assert "15 school days in a row" in laboratory.one("SELECT sentence FROM alert")


def test_a_later_whole_register_without_the_mark_ends_it(laboratory, school):
    with_plan(laboratory)
    laboratory.receive([told(laboratory, school, ill(as_at=EARLY), as_at=EARLY)])
    laboratory.receive([told(laboratory, school, as_at=LATER)])
    assert rules(laboratory) == []


def test_a_mark_that_waits_is_found_when_a_plan_begins(laboratory, school):
    laboratory.receive([told(laboratory, school, ill())])
    assert laboratory.one("SELECT count(*) FROM child") == 0
    with_plan(laboratory)
    assert rules(laboratory) == ["sickness_return"]


def test_of_a_child_whom_no_register_names_nothing_is_told(laboratory, school):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("A1"))])
    laboratory.receive([told(laboratory, school, ill(60))])
    assert laboratory.one(MARKS) == 1
    assert "sickness_return" not in rules(laboratory)


def test_where_no_policy_asks_no_mark_of_sickness_is_kept_and_the_register_stays_whole(
    laboratory, school
):
    with_plan(laboratory)
    asked_by_nobody(laboratory)
    laboratory.receive([told(laboratory, school, an_absence(as_at=EARLY), as_at=EARLY)])
    assert rules(laboratory) == ["unexplained_absence"]
    of_another = ill(pupil=a_pupil(1), as_at=LATER)
    received = laboratory.receive([told(laboratory, school, of_another, as_at=LATER)])
    assert (received.rejected, received.events) == (1, 0)
    problem = "SELECT reason, sealed IS NULL FROM event_problem"
    assert laboratory.rows(problem) == [("sickness_not_asked", True)]
    assert laboratory.one(MARKS) == 1
    assert laboratory.one("SELECT count(*) FROM record WHERE waits") == 0
    assert rules(laboratory) == []


def test_one_policy_that_asks_is_enough_for_marks_to_be_taken(laboratory, school):
    asked = laboratory.policies
    asked_by_nobody(laboratory)
    hub = asked.hub
    laboratory.policies = replace(laboratory.policies, hub=hub)
    laboratory.receive = laboratory.a_receive()
    received = laboratory.receive([told(laboratory, school, ill())])
    assert (received.rejected, received.events) == (0, 1)


def test_sickness_of_a_child_in_no_register_goes_sooner_than_its_absences(laboratory, school):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("A1"))])
    laboratory.receive([told(laboratory, school, ill(), as_at=EARLY)])
    missed = an_absence(day=NOW.date(), as_at=NOW)
    laboratory.receive([told(laboratory, school, missed, day=NOW.date(), as_at=NOW)])
    laboratory.rows("DELETE FROM alert_ground RETURNING 1")
    later(laboratory, 61 + 2)
    assert retain(laboratory)(OPERATOR) == {Kept.SICKNESS: 1}
    assert laboratory.one(MARKS) == 1
    later(laboratory, 402)
    assert retain(laboratory)(OPERATOR) == {Kept.ABSENCES: 1, Kept.ATTENDANCES: 1}


def test_sickness_that_was_taken_back_is_kept_no_longer(laboratory, school):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("A1"))])
    laboratory.receive([told(laboratory, school, ill(as_at=EARLY), as_at=EARLY)])
    taken_back = ill(as_at=LATER, state=EventState.WITHDRAWN)
    which = {
        name: getattr(taken_back.facts, name) for name in ("school", "session_date", "session")
    }
    taken_back = replace(taken_back, facts=SchoolAbsenceFacts(**which))
    laboratory.receive([told(laboratory, school, taken_back, as_at=LATER, complete=False)])
    assert laboratory.one(MARKS) == 2
    later(laboratory, 61 + 2)
    assert retain(laboratory)(OPERATOR) == {Kept.SICKNESS: 2}
    assert laboratory.one(MARKS) == 0


def test_sickness_of_a_child_with_an_open_plan_is_kept_as_all_is(laboratory, school):
    with_plan(laboratory)
    laboratory.receive([told(laboratory, school, ill())])
    laboratory.rows("DELETE FROM alert_ground RETURNING 1")
    later(laboratory, 300)
    assert retain(laboratory)(OPERATOR) == {}


def test_a_policy_may_keep_sickness_longer(laboratory, school):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("A1"))])
    laboratory.receive([told(laboratory, school, ill())])
    laboratory.rows("DELETE FROM alert_ground RETURNING 1")
    later(laboratory, 90)
    assert retain(laboratory, sickness_days=100)(OPERATOR) == {}
    assert Retention().sickness_days < 90 - timedelta(days=2).days
