"""What has not happened, over a real PostgreSQL: found at its time, once, when feeds have told.

The rule is made up: a child of an incident whom no hospital has seen for three days.
"""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.event import EventState
from hub.core.report import ConnectorStatus
from hub.core.rule import RuleMode
from hub.ports import WAKE, Store
from hub.service.noticing import NOTICE_DUE
from hub.service.tick import Tick
from hub.service.waking import WakeUp
from tests.core.waking_rule import NAME, RULE, live
from tests.e2e.watched import Watched
from tests.service.encompass import CHILD, NIGHT, an_incident, tell, with_a_force
from tests.service.laboratory import a_child, an_attendance

pytestmark = pytest.mark.stack

HOUR = timedelta(hours=1)
DUE = NIGHT + timedelta(days=3)


@pytest.fixture
def hub(laboratory, monkeypatch):
    for place in ("hub.core.correlate.RULES", "hub.service.correlating.RULES"):
        monkeypatch.setattr(place, (RULE,))
    return with_rules(with_a_force(laboratory))


def with_rules(laboratory, **numbers):
    return with_settings(laboratory, live(**numbers))


def in_shadow(laboratory):
    """The rule as it is shipped, recorded and told to nobody."""
    name = "not_seen_since_incident"
    return {name: replace(laboratory.policies.hub.rules[name], mode=RuleMode.SHADOW)}


def with_settings(laboratory, rules):
    policies = laboratory.policies
    laboratory.policies = replace(
        policies,
        hub=replace(policies.hub, rules=rules),
        authorities={code: replace(one, rules=rules) for code, one in policies.authorities.items()},
    )
    laboratory.receive = laboratory.a_receive()
    return laboratory


def a_tick(hub, store=None):
    look = hub.a_decide(store).for_another
    return Tick(store=store or hub.store, clock=hub.clock, handlers={WAKE: WakeUp(look)})


def hospitals_tell(hub, until):
    """A heartbeat of each hospital that is joined: nothing happened up to an instant."""
    beat = ConnectorStatus(read_count=0)
    hub.receive(
        [
            hub.says(one, status=beat, source_as_of=until)
            for one in (hub.hospital, hub.other_hospital)
        ]
    )


def wakes(hub):
    return hub.rows("SELECT due_at, state FROM timer WHERE kind = 'wake' ORDER BY due_at, state")


def alerts(hub):
    return hub.rows("SELECT severity, state FROM alert WHERE rule = %s ORDER BY raised_at", NAME)


def test_a_wake_is_set_when_its_cause_is_told_and_fires_once_when_feeds_have_told(hub):
    tell(hub, an_incident())
    tick = a_tick(hub)
    assert wakes(hub) == [(DUE, "waiting")]

    hub.clock.instant = DUE + HOUR
    assert tick() == 0, "no hospital has told of the time up to it"

    hospitals_tell(hub, DUE)
    assert (tick(), tick()) == (1, 0)

    assert wakes(hub) == [(DUE, "fired")]
    assert alerts(hub) == [("today", "standing")]
    assert hub.one("SELECT cardinality(not_known) FROM alert") == 0


def test_one_hospital_that_has_told_does_not_speak_for_the_other(hub):
    tell(hub, an_incident())
    hub.clock.instant = DUE + HOUR
    beat = ConnectorStatus(read_count=0)
    hub.receive([hub.says(hub.hospital, status=beat, source_as_of=DUE)])
    hub.receive(
        [hub.says(hub.other_hospital, status=beat, source_as_of=DUE - timedelta(seconds=1))]
    )

    assert a_tick(hub)() == 0
    assert alerts(hub) == []


def test_a_feed_of_which_a_report_is_missing_has_not_told(hub):
    tell(hub, an_incident())
    hub.clock.instant = DUE + HOUR
    lost = hub.says(hub.hospital, an_attendance(child=a_child(3)))
    hospitals_tell(hub, DUE)
    tick = a_tick(hub)

    assert tick() == 0
    hub.receive([lost])
    assert tick() == 1


def test_a_feed_that_stays_silent_is_waited_for_so_long_and_the_alert_says_so(hub):
    tell(hub, an_incident())
    tick = a_tick(hub)
    hub.clock.instant = DUE + timedelta(hours=36) - timedelta(seconds=1)
    assert tick() == 0

    hub.clock.instant = DUE + timedelta(hours=36)
    assert tick() == 1

    (said,) = hub.one("SELECT not_known FROM alert")
    assert said.startswith("A hospital had not told of everything up to 24 November 2026 at 22:40")


def test_a_feed_that_has_told_since_is_called_silent_no_more_when_the_child_is_looked_at(hub):
    tell(hub, an_incident())
    hub.clock.instant = DUE + timedelta(hours=36)
    a_tick(hub)()
    hospitals_tell(hub, DUE)
    assert hub.one("SELECT cardinality(not_known) FROM alert") == 1

    tell(hub, an_incident(revision=2))

    assert hub.one("SELECT cardinality(not_known) FROM alert") == 0
    assert alerts(hub) == [("today", "standing")]


def test_what_is_told_meanwhile_takes_the_wake_away(hub):
    tell(hub, an_incident())
    seen = an_attendance(child=CHILD, days_ago=0)
    seen = replace(seen, occurred_at=NIGHT + HOUR)
    seen = replace(seen, facts=replace(seen.facts, arrived_at=NIGHT + HOUR))
    hub.receive([hub.says(hub.hospital, seen)])
    assert wakes(hub) == [(DUE, "cancelled")]

    hub.clock.instant = DUE + timedelta(days=5)
    assert a_tick(hub)() == 0
    assert alerts(hub) == []


def test_what_was_told_and_is_taken_back_has_it_wait_again(hub):
    tell(hub, an_incident())
    tell(hub, an_incident(revision=2, state=EventState.WITHDRAWN))
    assert wakes(hub) == [(DUE, "cancelled")]

    tell(hub, an_incident(revision=3))

    assert wakes(hub) == [(DUE, "waiting")]


def test_a_visit_within_the_days_that_is_told_afterwards_withdraws_the_alert(hub):
    tell(hub, an_incident())
    hub.clock.instant = DUE + timedelta(hours=36)
    a_tick(hub)()
    seen = an_attendance(child=CHILD)
    seen = replace(seen, facts=replace(seen.facts, arrived_at=NIGHT + HOUR))
    hub.receive([hub.says(hub.hospital, seen)])

    assert alerts(hub) == [("today", "withdrawn")]


def test_a_report_about_the_child_after_the_time_does_not_conclude_before_feeds_have_told(hub):
    tell(hub, an_incident())
    hub.clock.instant = DUE + HOUR
    tell(hub, an_incident(revision=2))
    assert alerts(hub) == []


def test_an_incident_that_began_at_another_time_is_waited_for_from_then(hub):
    tell(hub, an_incident())
    later = NIGHT + timedelta(days=1)
    tell(hub, an_incident(revision=2, state=EventState.CORRECTED, facts={"began_at": later}))

    assert wakes(hub) == [(DUE, "cancelled"), (DUE + timedelta(days=1), "waiting")]


def test_after_a_stop_of_days_what_was_due_is_told_for_information_in_order(hub):
    first, second = an_incident("O1"), an_incident("O2", began=NIGHT + HOUR)
    tell(hub, first, second)
    hub.clock.instant = DUE + timedelta(days=9)
    hospitals_tell(hub, DUE + timedelta(days=9))

    assert a_tick(hub)() == 2

    assert wakes(hub) == [(DUE, "fired"), (DUE + HOUR, "fired")]
    assert {severity for severity, _ in alerts(hub)} == {"information"}
    told = hub.rows("SELECT not_known FROM alert")
    assert all("is told late" in said for ((said,),) in told)
    tell(hub, an_incident(revision=2))
    assert {severity for severity, _ in alerts(hub)} == {"information"}, "it stays so"


def test_what_is_immediate_is_immediate_after_a_stop_of_days(laboratory, hub):
    from hub.core.alert import Severity  # noqa: PLC0415  # only here

    with_rules(hub, severity=Severity.IMMEDIATE)
    tell(hub, an_incident())
    hub.clock.instant = DUE + timedelta(days=9)
    a_tick(hub)()

    assert alerts(hub) == [("immediate", "standing")]
    assert hub.one("SELECT raised_at FROM alert") == hub.clock.instant, "its clock starts now"


def test_two_workers_at_once_fire_a_wake_once(hub):
    tell(hub, an_incident())
    hub.clock.instant = DUE + HOUR
    hospitals_tell(hub, DUE)
    both = threading.Barrier(2)

    def pause(point, _arguments):
        if point == "before Transaction.lock_children":
            both.wait(timeout=60)

    ticks = [a_tick(hub, Watched(hub.store, Store, pause)) for _ in range(2)]
    fired = []
    workers = [threading.Thread(target=lambda tick=tick: fired.append(tick())) for tick in ticks]
    for one in workers:
        one.start()
    for one in workers:
        one.join(timeout=120)

    assert sorted(fired) == [0, 1]
    assert hub.one("SELECT count(*) FROM alert_step WHERE kind = 'raised'") == 1


def test_a_wake_that_has_told_the_feeds_is_no_alarm_while_it_waits_for_them(hub):
    tell(hub, an_incident())
    hub.clock.instant = DUE + HOUR
    with hub.store.transaction() as transaction:
        assert transaction.due_timers([WAKE], hub.clock.now(), 10) == ()


def test_wakes_of_long_ago_keep_nothing_of_today_waiting(hub):
    tell(hub, an_incident(), an_incident("O2", began=NIGHT - timedelta(days=200)))
    now = DUE + timedelta(days=9)
    with hub.store.transaction() as transaction:
        found = transaction.due_timers([WAKE, NOTICE_DUE], now, 10)

    kinds = [one.kind for one in found]
    assert set(kinds) == {WAKE, NOTICE_DUE}
    assert kinds == sorted(kinds, key=lambda kind: kind == WAKE)
    assert min(found, key=lambda one: one.due_at).kind == WAKE


def test_the_rule_on_children_whom_nobody_told_of_seeing_is_woken_too(laboratory):
    hub = with_settings(with_a_force(laboratory), in_shadow(laboratory))
    small = replace(CHILD, birth_date=date(2024, 5, 4))
    tell(hub, an_incident(child=small))
    due = NIGHT + timedelta(days=10)
    asked = "SELECT rule, due_at FROM timer WHERE kind = 'wake'"
    assert hub.rows(asked) == [("not_seen_since_incident", due)]

    hub.clock.instant = due + HOUR
    hospitals_tell(hub, due)
    assert a_tick(hub)() == 0, "the force has not told"
    beat = ConnectorStatus(read_count=0)
    hub.receive([hub.says(hub.force, status=beat, source_as_of=due)])
    assert a_tick(hub)() == 1

    found = "SELECT delivered FROM alert WHERE rule = 'not_seen_since_incident'"
    assert hub.rows(found) == [(False,)], "recorded, and in shadow delivered to nobody"
