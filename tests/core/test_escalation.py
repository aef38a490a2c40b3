"""An alert that nobody acknowledges goes from contact to contact, and at last to the operator."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.alert import Severity
from hub.core.clock import LONDON, Hours, is_open
from hub.core.escalation import (
    Available,
    EscalationPolicy,
    EscalationStep,
    passed,
    turns,
)
from hub.core.working_time import working_minutes_after
from hub.errors import ConfigurationError

OFFICE = Hours.on_weekdays(opens=time(9), closes=time(17))
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 28)}
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
BOTH = frozenset({Severity.IMMEDIATE, Severity.TODAY})
URGENT = frozenset({Severity.IMMEDIATE})
WORKER = EscalationStep(
    label="Duty worker", severities=BOTH, available=Available.OFFICE, minutes=30
)
MANAGER = EscalationStep(label="Manager", severities=BOTH, available=Available.OFFICE, minutes=45)
NIGHT_TEAM = EscalationStep(
    label="Night team", severities=URGENT, available=Available.OUT_OF_HOURS, minutes=20
)
POLICY = EscalationPolicy(steps=(WORKER, MANAGER, NIGHT_TEAM))


def told(severity, due, policy=POLICY, hours=OFFICE, holidays=frozenset()):
    found = turns(policy, severity, due, hours, holidays)
    return [(one.step.label if one.step else None, one.at - due) for one in found]


def minutes(count):
    return timedelta(minutes=count)


def test_by_day_the_turn_goes_from_the_worker_to_the_manager_and_then_to_the_operator():
    assert told(Severity.IMMEDIATE, MONDAY_NOON) == [
        ("Duty worker", minutes(0)),
        ("Manager", minutes(30)),
        (None, minutes(75)),
    ]


def test_at_night_an_immediate_alert_goes_to_the_night_team_at_once():
    assert told(Severity.IMMEDIATE, NIGHT) == [("Night team", minutes(0)), (None, minutes(20))]


def test_an_immediate_alert_that_runs_into_the_night_goes_on_to_the_night_team():
    due = MONDAY_NOON.replace(hour=16, minute=45)
    assert told(Severity.IMMEDIATE, due) == [
        ("Duty worker", minutes(0)),
        ("Night team", minutes(30)),
        (None, minutes(50)),
    ]


def test_one_for_today_waits_for_the_office_and_never_wakes_the_night_team():
    due = MONDAY_NOON.replace(hour=17)
    assert told(Severity.TODAY, due) == [
        ("Duty worker", timedelta(hours=16)),
        ("Manager", timedelta(hours=16, minutes=30)),
        (None, timedelta(hours=17, minutes=15)),
    ]


def test_what_is_for_information_is_passed_on_to_nobody_unless_policy_says_so():
    assert told(Severity.INFORMATION, MONDAY_NOON) == []


def test_an_immediate_alert_for_which_there_is_no_contact_is_the_operators_at_once():
    assert told(Severity.IMMEDIATE, NIGHT, EscalationPolicy()) == [(None, minutes(0))]
    assert told(Severity.TODAY, NIGHT, EscalationPolicy()) == []


def test_whose_turn_it_is_and_whose_next_is_told_at_every_instant():
    found = turns(POLICY, Severity.IMMEDIATE, MONDAY_NOON, OFFICE, ())
    assert passed(found, MONDAY_NOON - minutes(1)) is None
    assert passed(found, MONDAY_NOON).with_whom == WORKER
    now = passed(found, MONDAY_NOON + minutes(10))
    assert (now.since, now.with_whom, now.next_whom) == (MONDAY_NOON, WORKER, MANAGER)
    assert now.next_at == MONDAY_NOON + minutes(30)
    last = passed(found, MONDAY_NOON + minutes(80))
    assert (last.with_whom, last.next_at) == (None, None)


def test_contacts_for_immediate_alerts_must_cover_every_hour():
    with pytest.raises(ConfigurationError, match="every hour"):
        EscalationPolicy(steps=(WORKER,))


def test_the_immediate_clock_counts_no_working_minutes():
    with pytest.raises(ConfigurationError, match="never pauses"):
        EscalationStep(label="Anybody", severities=BOTH, working_minutes=30)


def test_working_minutes_pass_over_christmas():
    at = datetime(2026, 12, 24, 16, 30, tzinfo=UTC)
    later = working_minutes_after(OFFICE, CHRISTMAS, at, 60)
    assert later == datetime(2026, 12, 29, 9, 30, tzinfo=UTC)


CHANGES = [datetime(2026, 10, 25, tzinfo=LONDON), datetime(2027, 3, 28, tzinfo=LONDON)]
AROUND = st.builds(
    lambda change, offset: change.astimezone(UTC) + timedelta(minutes=offset),
    st.sampled_from(CHANGES),
    st.integers(-4 * 24 * 60, 4 * 24 * 60),
)


@given(AROUND)
def test_the_immediate_turns_are_real_minutes_apart_across_changes_of_the_clock(due):
    local = due.astimezone(LONDON)
    policy = EscalationPolicy(
        steps=(
            EscalationStep(label="A", severities=URGENT, minutes=90),
            EscalationStep(label="B", severities=URGENT, minutes=45),
        )
    )
    assert [gap for _, gap in told(Severity.IMMEDIATE, due, policy)] == [
        minutes(0),
        minutes(90),
        minutes(135),
    ]
    assert turns(policy, Severity.IMMEDIATE, local, OFFICE, ()) == turns(
        policy, Severity.IMMEDIATE, due, OFFICE, ()
    )


@given(AROUND, st.integers(0, 3000))
def test_working_minutes_are_minutes_in_which_the_office_is_open(at, count):
    ends = working_minutes_after(OFFICE, CHRISTMAS, at, count)
    opened = sum(
        is_open(OFFICE, CHRISTMAS, at + minutes(one))
        for one in range(int((ends - at) / minutes(1)))
    )
    assert opened == count


@given(AROUND, st.integers(0, 2000), st.integers(0, 2000))
def test_working_minutes_add_up(at, first, second):
    half = working_minutes_after(OFFICE, CHRISTMAS, at, first)
    whole = working_minutes_after(OFFICE, CHRISTMAS, at, first + second)
    assert working_minutes_after(OFFICE, CHRISTMAS, half, second) == whole


def test_an_office_that_is_always_open_has_an_hour_more_when_the_clocks_go_back():
    at = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)  # midnight in London, summer time
    assert working_minutes_after(Hours.always(), (), at, 25 * 60) == at + timedelta(hours=25)


@given(AROUND, st.sampled_from([Severity.IMMEDIATE, Severity.TODAY]))
def test_turns_never_go_back_in_time(due, severity):
    found = [one.at for one in turns(POLICY, severity, due, OFFICE, CHRISTMAS)]
    assert found == sorted(found)
    assert found[0] >= due
