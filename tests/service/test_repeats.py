"""Repeats of what was seen are counted on it, and what grows worse is seen again: in PostgreSQL."""

from datetime import timedelta

import pytest

from hub.core.alert_life import Act, Outcome
from hub.core.event import EventState
from hub.ports import InboxShows, InboxWanted
from hub.service.front_door import FrontDoor, Wish
from hub.service.triage import Triage
from tests.service.laboratory import NOW, a_plan, an_attendance
from tests.service.test_triage import DUTY, Unheard, surroundings

pytestmark = pytest.mark.stack


@pytest.fixture
def triage(laboratory):
    """Of a plan that is told for today and not immediately: one that has ended."""
    ended = a_plan(ended=(NOW - timedelta(days=30)).date())
    laboratory.receive(laboratory.extract(laboratory.council, ended))
    return Triage(surroundings(laboratory), Unheard())


def visits(laboratory, name, days_ago=0.0, **more):
    event = an_attendance(name, days_ago=days_ago, **more)
    laboratory.receive([laboratory.says(laboratory.hospital, event)])


def alerts(laboratory):
    return [one for (one,) in laboratory.rows("SELECT alert_id FROM alert ORDER BY raised_at")]


def listed(triage, shows=InboxShows.WAITING):
    found = triage.inbox(DUTY, InboxWanted(shows=shows, size=50)).items
    return [(item.disclosed.alert.alert_id, item.more) for item in found]


def test_a_repeat_of_what_was_seen_is_counted_on_it_and_told_to_nobody(laboratory, triage):
    visits(laboratory, "V1", days_ago=1)
    (first,) = alerts(laboratory)
    triage.acknowledge(DUTY, first)

    visits(laboratory, "V2", days_ago=0.5)
    visits(laboratory, "V3")

    assert listed(triage) == []
    assert listed(triage, InboxShows.ACKNOWLEDGED) == [(first, 2)]
    assert triage.alert(DUTY, first).more_last_at == NOW - timedelta(minutes=30)
    assert laboratory.one("SELECT count(*) FROM alert WHERE repeat_of = %s", first) == 2
    assert laboratory.one("SELECT count(*) FROM alert_step WHERE kind = 'counted'") == 2


def test_what_nobody_has_seen_is_told_each_time(laboratory, triage):
    visits(laboratory, "V1", days_ago=1)
    visits(laboratory, "V2")

    assert len(listed(triage)) == 2


def test_a_repeat_is_told_by_itself_when_what_it_was_counted_on_is_taken_back(laboratory, triage):
    visits(laboratory, "V1", days_ago=1)
    (first,) = alerts(laboratory)
    triage.acknowledge(DUTY, first)
    visits(laboratory, "V2")
    (second,) = set(alerts(laboratory)) - {first}

    visits(laboratory, "V1", days_ago=1, revision=2, state=EventState.WITHDRAWN)

    assert listed(triage) == [(second, 0)]
    assert laboratory.one("SELECT sentence FROM alert_step WHERE kind = 'raised again'").startswith(
        "To be seen by itself"
    )


def test_an_immediate_alert_is_told_whatever_was_seen_before(laboratory, triage):
    visits(laboratory, "V1", days_ago=1)
    (first,) = alerts(laboratory)
    triage.acknowledge(DUTY, first)
    laboratory.receive(laboratory.extract(laboratory.council, a_plan("P2")))

    visits(laboratory, "V2")

    (waiting, *_) = listed(triage)
    assert laboratory.one("SELECT severity FROM alert WHERE alert_id = %s", waiting[0]) == (
        "immediate"
    )


def test_what_becomes_more_urgent_after_a_decision_is_undecided_again_and_says_why(
    laboratory, triage
):
    visits(laboratory, "V1", days_ago=1)
    (first,) = alerts(laboratory)
    stand = triage.alert(DUTY, first).stand
    wish = Wish(
        act=Act.DECIDE, stand=stand, outcome=Outcome.NO_FURTHER_ACTION, words="It had ended."
    )
    FrontDoor(surroundings(laboratory)).act(DUTY, first, wish)

    laboratory.receive(laboratory.extract(laboratory.council, a_plan("P2")))

    assert listed(triage) == [(first, 0)]
    item = triage.alert(DUTY, first)
    assert (item.life.outcome, item.life.decided_at) == (None, None)
    assert item.steps[-1].sentence == "To be seen again: it is more urgent now (immediate)."
    assert [step.kind for step in item.steps if step.kind == "decided"] == ["decided"]
