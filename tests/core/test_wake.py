"""What has not happened is concluded when its time has come, and not by when a report comes."""

import pytest

from hub.core.alert import Severity
from hub.core.chronology import Chronology
from hub.core.correlate import findings_of
from hub.core.policy import RuleSetting
from hub.core.report import Feed
from hub.core.rule import RuleMode
from hub.core.wake import Woken
from hub.core.waking import wakes_of
from tests.core import waking_rule
from tests.core.builders import a_policy, an_attendance, an_incident, digest, on_day
from tests.core.waking_rule import NAME, RULE, NotSeenParameters, live


@pytest.fixture(autouse=True)
def _the_rule_exists(monkeypatch):
    monkeypatch.setattr("hub.core.correlate.RULES", (RULE,))


def known(*, woken=(), incidents=None, attendances=()):
    return Chronology(
        child_ref=b"child",
        incidents=incidents if incidents is not None else (an_incident(day=0),),
        attendances=attendances,
        woken=woken,
    )


def found(chronology, as_of, **numbers):
    return findings_of(chronology, a_policy(rules=live(**numbers)), as_of)[NAME]


def came(**more):
    given = {"rule": NAME, "cause": digest("i1/1"), "due_at": on_day(3)}
    return Woken(**(given | more))


def test_a_report_that_comes_after_the_time_does_not_conclude_what_feeds_have_not_told_of():
    assert found(known(), on_day(10)) == ()


def test_a_wake_that_has_come_is_concluded_on_though_the_report_at_hand_is_older():
    assert len(found(known(woken=(came(),)), on_day(1))) == 1


def test_a_wake_of_another_incident_concludes_nothing_of_this_one():
    other = came(cause=digest("i2/1"), due_at=on_day(9))
    assert found(known(woken=(other,)), on_day(10)) == ()


def test_a_wake_of_other_numbers_of_days_does_not_count():
    assert found(known(woken=(came(due_at=on_day(4)),)), on_day(10)) == ()


def test_what_happened_in_time_ends_the_wait_though_it_is_told_afterwards():
    seen = (an_attendance(day=1),)
    assert found(known(woken=(came(),), attendances=seen), on_day(10)) == ()


def test_a_feed_that_was_waited_for_in_vain_is_named_by_its_kind_and_no_agency():
    (one,) = found(known(woken=(came(silent=frozenset({Feed.HEALTH})),)), on_day(10))
    (said,) = one.not_known
    assert said.startswith("A hospital had not told of everything up to 5 March 2026 at 12:00")


def test_what_is_told_late_is_for_information_and_says_so():
    (one,) = found(known(woken=(came(late=True),)), on_day(10))
    assert one.severity is Severity.INFORMATION
    assert "told late" in one.not_known[-1]


def test_what_is_immediate_stays_immediate_however_late():
    (one,) = found(known(woken=(came(late=True),)), on_day(10), severity=Severity.IMMEDIATE)
    assert one.severity is Severity.IMMEDIATE
    assert "told late" in one.not_known[-1]


def test_the_wakes_of_a_child_are_those_of_rules_that_are_on():
    policy = a_policy(rules=live())
    (wanted,) = wakes_of(known(), policy, on_day(0), (RULE,))
    assert (wanted.rule, wanted.wake.due_at) == (NAME, on_day(3))
    assert wanted.came() == came()
    off = a_policy(rules={NAME: RuleSetting(mode=RuleMode.OFF, parameters=NotSeenParameters())})
    assert wakes_of(known(), off, on_day(0), (RULE,)) == ()


def test_a_wake_that_has_passed_is_still_wanted_until_something_contradicts_it():
    policy = a_policy(rules=live())
    assert len(wakes_of(known(), policy, on_day(30), (RULE,))) == 1
    seen = known(attendances=(an_attendance(day=2),))
    assert wakes_of(seen, policy, on_day(30), (RULE,)) == ()


def test_the_rule_of_these_tests_is_shaped_as_rules_are():
    assert waking_rule.RULE.numbers() == ("days", "severity")
