"""What waits for somebody goes by the clocks of the policy of now, over a real PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.escalation import EscalationPolicy, EscalationStep
from hub.service.escalating import ALERT_DISPUTED, ALERT_UNSEEN, Escalating
from hub.service.hearing_back import REPORT_UNSEEN, report_unseen
from hub.service.policies_in_force import PoliciesInForce
from hub.service.tick import Tick
from hub.service.triage import Triage
from hub.service.turns_anew import TurnsAnew
from tests.service.encompass import tell, with_a_force
from tests.service.test_escalating import (
    EVERY,
    FIRST,
    HOUR,
    MINUTE,
    SECOND,
    a_dispute,
    high,
    passed_on,
    raised,
)
from tests.service.test_incidents import DUTY, UNHEARD, surroundings

pytestmark = pytest.mark.stack

NIGHT = EscalationStep(label="Night team", severities=EVERY, minutes=5)


class Installation:
    """A laboratory whose policies change while it runs, and its timekeeper."""

    def __init__(self, laboratory):
        self.laboratory = laboratory
        self.policies = PoliciesInForce(laboratory.policies)
        laboratory.policies = self.policies
        self.contacts(FIRST, SECOND)
        laboratory.receive = laboratory.a_receive()
        escalating = Escalating(self.policies)
        around = {"store": laboratory.store, "clock": laboratory.clock}
        self.anew = TurnsAnew(policies=self.policies, escalating=escalating, **around)
        handlers = {ALERT_UNSEEN: escalating, ALERT_DISPUTED: escalating}
        self.tick = Tick(handlers={**handlers, REPORT_UNSEEN: report_unseen}, **around)

    def change(self, **changes):
        """The policy of everybody says otherwise from now on."""
        now = self.policies
        authorities = {code: replace(one, **changes) for code, one in now.authorities.items()}
        self._versions = getattr(self, "_versions", 0) + 1
        self.policies.take(
            replace(
                now._held(),
                hub=replace(now.hub, **changes),
                authorities=authorities,
                version=f"test+{self._versions}",
            )
        )

    def contacts(self, *steps):
        self.change(escalation=EscalationPolicy(steps=steps))

    def clock(self, minutes):
        self.change(clocks=replace(self.policies.hub.clocks, immediate_minutes=minutes))

    def at(self, after):
        """A time of the day, counted from when the alert was raised; the timekeeper works."""
        self.laboratory.clock.instant = self.laboratory.one("SELECT raised_at FROM alert") + after
        while self.anew():
            pass
        self.tick()
        return passed_on(self.laboratory)


@pytest.fixture
def hub(laboratory):
    with_a_force(laboratory)
    return Installation(laboratory)


def test_a_shorter_clock_holds_for_what_waits_already(hub):
    tell(hub.laboratory, high())
    hub.at(MINUTE)
    hub.clock(10)
    assert hub.at(9 * MINUTE) == []
    assert hub.at(10 * MINUTE) == ["it is the turn of Duty worker."]


def test_a_longer_clock_holds_for_what_waits_already_and_nobody_is_blamed_before(hub):
    tell(hub.laboratory, high())
    hub.at(MINUTE)
    hub.clock(120)
    assert hub.at(HOUR) == []
    assert hub.at(119 * MINUTE) == []
    assert hub.at(120 * MINUTE) == ["it is the turn of Duty worker."]


def test_who_reported_is_told_by_the_new_clock_too(hub):
    tell(hub.laboratory, high())
    hub.clock(10)
    hub.at(MINUTE)
    due = hub.laboratory.rows("SELECT kind, due_at FROM timer WHERE state = 'waiting'")
    raised_at = hub.laboratory.one("SELECT raised_at FROM alert")
    then = raised_at + timedelta(minutes=10)
    assert {(ALERT_UNSEEN, then), (REPORT_UNSEEN, then)} <= set(due)


def test_a_turn_fires_not_before_its_time_even_if_nobody_set_it_anew(hub):
    tell(hub.laboratory, high())
    hub.clock(120)
    hub.anew = lambda: 0
    assert hub.at(HOUR) == []
    assert hub.at(120 * MINUTE) == ["it is the turn of Duty worker."]


def test_what_was_passed_on_further_than_there_are_contacts_by_now_comes_to_the_operator(hub):
    tell(hub.laboratory, high())
    assert len(hub.at(76 * MINUTE)) == 2
    hub.contacts(NIGHT)
    assert hub.at(95 * MINUTE)[2:] == ["the hub's operator is told."]
    assert hub.laboratory.one("SELECT count(*) FROM operator_fault") == 1


def test_a_dispute_goes_by_the_new_clock_too(hub):
    tell(hub.laboratory, high())
    alert = raised(hub.laboratory)
    disputed_at = a_dispute(hub.laboratory, alert)
    since = disputed_at - hub.laboratory.one("SELECT raised_at FROM alert")
    hub.clock(120)
    assert hub.at(since + 119 * MINUTE) == []
    hub.clock(180)
    hub.anew = lambda: 0
    assert hub.at(since + 121 * MINUTE) == []
    assert hub.at(since + 180 * MINUTE) == ["it is the turn of Duty worker."]


def test_a_dispute_is_passed_on_however_often_the_clock_changes(hub):
    tell(hub.laboratory, high())
    disputed_at = a_dispute(hub.laboratory, raised(hub.laboratory))
    since = disputed_at - hub.laboratory.one("SELECT raised_at FROM alert")
    anew, hub.anew = hub.anew, lambda: 0
    hub.clock(120)
    assert hub.at(since + HOUR) == []  # it fires, and waits again by the new clock
    hub.anew = anew
    hub.clock(180)
    assert hub.at(since + 121 * MINUTE) == []
    assert hub.at(since + 180 * MINUTE) == ["it is the turn of Duty worker."]


def test_a_dispute_that_begins_while_clocks_are_set_anew_keeps_its_turns(hub):
    tell(hub.laboratory, high())
    hub.at(MINUTE)
    hub.clock(120)
    hub.anew._left, hub.anew._version = hub.anew._waiting(), hub.policies.version
    disputed_at = a_dispute(hub.laboratory, raised(hub.laboratory))
    since = disputed_at - hub.laboratory.one("SELECT raised_at FROM alert")
    assert hub.at(since + 119 * MINUTE) == []
    assert hub.at(since + 120 * MINUTE) == ["it is the turn of Duty worker."]


def test_a_turn_that_is_parked_is_kept_when_the_clocks_change(hub):
    tell(hub.laboratory, high())
    hub.at(MINUTE)
    hub.laboratory.rows(
        "UPDATE timer SET state = 'parked', ended_at = now()"
        " WHERE kind = 'alert_unseen' RETURNING 1"
    )
    hub.clock(10)
    hub.at(2 * MINUTE)
    kept = "SELECT count(*) FROM timer WHERE kind = 'alert_unseen' AND state = 'parked'"
    assert hub.laboratory.one(kept) == 1


def test_what_somebody_has_seen_is_left_as_it_is(hub):
    tell(hub.laboratory, high())
    Triage(surroundings(hub.laboratory), UNHEARD).acknowledge(DUTY, raised(hub.laboratory))
    hub.clock(1)
    assert hub.at(10 * MINUTE) == []


def test_without_a_change_nothing_is_looked_at_again(hub):
    tell(hub.laboratory, high())
    assert (hub.anew(), hub.anew()) == (1, 0)
    hub.clock(10)
    assert (hub.anew(), hub.anew()) == (1, 0)
