"""What an agency asks to be told later, over a real PostgreSQL: nothing before, once at its time.

Time here is set by the tests. That no process works is a tick that is not made, or a report that is
delivered late.
"""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.answer import CannotSay, CheckQuestion, PlanAnswer, SeenAnswer
from hub.core.event import EventKind, EventState, Handling
from hub.core.handling import WITHHELD_MAX
from hub.core.identifiers import NhsNumber, Postcode
from hub.core.reasons import EventFlag, RejectReason
from hub.ports import InboxWanted, Store
from hub.service.check import Check
from hub.service.histories import Histories
from hub.service.relatives import Relatives
from hub.service.triage import Triage
from tests.e2e.watched import Watched
from tests.service.encompass import (
    CHILD,
    NIGHT,
    a_tick,
    an_incident,
    tell,
    with_a_force,
)
from tests.service.laboratory import NOW, NUMBERS, a_child, a_plan, an_attendance
from tests.service.test_check import CLINICIAN
from tests.service.test_incidents import DUTY, UNHEARD, surroundings

pytestmark = pytest.mark.stack

HOUR = timedelta(hours=1)
MORNING = NOW + timedelta(hours=20)
LATER = Handling(not_before=MORNING)
EVERYTHING = InboxWanted(size=50)


@pytest.fixture
def hub(laboratory):
    return with_a_force(laboratory)


@pytest.fixture
def triage(hub):
    return Triage(surroundings(hub), UNHEARD)


def shown(triage):
    """Rule, grounds and whether it stands, of each alert in Bradford's inbox."""
    items = triage.inbox(DUTY, EVERYTHING).items
    return sorted((one.disclosed.alert.rule, one.disclosed.alert.state.value) for one in items)


def grounds(hub, rule):
    return hub.one(
        "SELECT count(*) FROM alert JOIN alert_ground USING (alert_id)"
        " WHERE rule = %s AND state = 'standing'",
        rule,
    )


def due(hub):
    """When something may be told, and whether that has been looked at."""
    return hub.rows("SELECT due_at, state FROM timer WHERE kind = 'told_later' ORDER BY due_at")


def raised(hub, rule="domestic_abuse_incident"):
    """How often alerts of a rule were raised, in all."""
    return hub.one(
        "SELECT count(*) FROM alert JOIN alert_step USING (alert_id)"
        " WHERE rule = %s AND kind = 'raised'",
        rule,
    )


def corrected(wish, revision=2, **more):
    handling = Handling(not_before=wish)
    return an_incident(revision=revision, state=EventState.CORRECTED, handling=handling, **more)


def test_nothing_of_it_is_shown_before_its_time_and_it_is_delivered_then_once(hub, triage):
    cursor = triage.inbox(DUTY, EVERYTHING).cursor
    tell(hub, an_incident(handling=LATER))
    tick = a_tick(hub)

    assert hub.one("SELECT count(*) FROM alert") == 0
    assert shown(triage) == []
    assert not triage.changed(DUTY, cursor)
    assert due(hub) == [(MORNING, "waiting")]
    hub.clock.instant = MORNING - HOUR
    assert tick() == 0
    assert shown(triage) == []

    hub.clock.instant = MORNING
    assert (tick(), tick()) == (1, 0)

    assert shown(triage) == [("domestic_abuse_incident", "standing")]
    changes = triage.changes(DUTY, cursor)
    assert [one.disclosed.alert.raised_at for one in changes.items] == [MORNING]
    assert raised(hub) == 1
    assert due(hub) == [(MORNING, "fired")]


def test_told_again_before_its_time_it_is_still_decided_once(hub):
    raw = hub.says(hub.force, an_incident(handling=LATER))
    hub.receive([raw])
    hub.receive([raw])
    tell(hub, an_incident(handling=LATER))
    hub.clock.instant = MORNING + HOUR

    assert a_tick(hub)() == 1
    hub.receive([raw])

    assert raised(hub) == 1


def test_two_timekeepers_deliver_it_once(hub):
    tell(hub, an_incident(handling=LATER))
    hub.clock.instant = MORNING
    begin = threading.Barrier(2)

    def tick():
        ticking = a_tick(hub)
        begin.wait(30)
        ticking()

    tickers = [threading.Thread(target=tick) for _ in range(2)]
    for ticker in tickers:
        ticker.start()
    for ticker in tickers:
        ticker.join(60)

    assert raised(hub) == 1


def test_while_no_timekeeper_runs_the_next_report_of_the_child_delivers_it(hub, triage):
    tell(hub, an_incident(handling=LATER))
    hub.clock.instant = MORNING + 2 * HOUR
    visit = an_attendance(child=a_child(local_id="H1"))
    hub.receive([hub.says(hub.hospital, visit)])

    assert shown(triage) == [("domestic_abuse_incident", "standing")]
    assert a_tick(hub)() == 1
    assert raised(hub) == 1


def test_a_report_that_was_received_before_and_decided_after_is_told_at_once(hub, triage):
    raw = hub.says(hub.force, an_incident(handling=LATER))
    hub.clock.instant = MORNING + HOUR

    hub.receive([raw])

    assert shown(triage) == [("domestic_abuse_incident", "standing")]
    assert due(hub) == []


def test_what_was_told_stays_told_though_an_older_report_is_decided_late(hub, triage):
    tell(hub, an_incident(handling=LATER))
    late = hub.says(hub.hospital, an_attendance(child=a_child(local_id="H1")))
    hub.clock.instant = MORNING
    a_tick(hub)()

    hub.receive([late])

    assert shown(triage) == [("domestic_abuse_incident", "standing")]
    versions = hub.rows("SELECT version FROM alert WHERE rule = 'domestic_abuse_incident'")
    assert versions == [(1,)]


class Died(BaseException):  # a death, not an error
    """Ends a timekeeper at a point of its transaction."""


@pytest.mark.parametrize("point", ["write_alerts", "write_effects"])
def test_a_timekeeper_that_dies_before_it_commits_has_told_nothing(hub, triage, point):
    tell(hub, an_incident(handling=LATER))
    hub.clock.instant = MORNING

    def die(place, _):
        if place == f"after Transaction.{point}":
            raise Died

    with pytest.raises(Died):
        a_tick(hub, Watched(hub.store, Store, die))()
    assert shown(triage) == []
    assert due(hub) == [(MORNING, "waiting")]

    assert (a_tick(hub)(), raised(hub)) == (1, 1)


def test_a_wish_that_is_lifted_has_it_told_at_once(hub, triage):
    tell(hub, an_incident(handling=LATER))
    tell(hub, corrected(None))

    assert shown(triage) == [("domestic_abuse_incident", "standing")]
    hub.clock.instant = MORNING
    a_tick(hub)()
    assert raised(hub) == 1


@pytest.mark.parametrize("moved", [-10 * HOUR, 10 * HOUR])
def test_a_wish_that_is_moved_holds_from_then_on(hub, triage, moved):
    tell(hub, an_incident(handling=LATER))
    tell(hub, corrected(MORNING + moved))
    tick = a_tick(hub)

    for at in sorted([MORNING, MORNING + moved - timedelta(seconds=1)]):
        if at < MORNING + moved:
            hub.clock.instant = at
            tick()
            assert shown(triage) == []
    hub.clock.instant = MORNING + moved
    tick()

    assert shown(triage) == [("domestic_abuse_incident", "standing")]
    hub.clock.instant = MORNING + 20 * HOUR
    tick()
    assert raised(hub) == 1


def test_what_is_to_be_told_later_by_now_is_taken_out_of_sight_and_comes_back(hub, triage):
    tell(hub, an_incident())
    alert_id = hub.one("SELECT alert_id FROM alert")
    triage.acknowledge(DUTY, alert_id)
    cursor = triage.inbox(DUTY, EVERYTHING).cursor

    tell(hub, corrected(MORNING))

    assert shown(triage) == []
    assert triage.alert(DUTY, alert_id) is None
    assert Histories(surroundings(hub)).of_alert(DUTY, alert_id, lambda _: None) is None
    changes = triage.changes(DUTY, cursor)
    assert (changes.items, changes.removed) == ((), (alert_id,))

    hub.clock.instant = MORNING
    a_tick(hub)()

    (item,) = triage.inbox(DUTY, EVERYTHING).items
    assert item.disclosed.alert.alert_id == alert_id
    assert item.disclosed.alert.raised_at == MORNING
    assert item.acknowledged_at is None


def two_visits():
    return [
        an_attendance("V1", days_ago=5, child=a_child(local_id="H1")),
        an_attendance("V2", days_ago=3, site="RR801", child=a_child(local_id="L1")),
    ]


def test_an_alert_with_other_grounds_is_told_at_once_and_the_rest_is_added(hub, triage):
    first, second = two_visits()
    third = an_attendance("V3", days_ago=1, child=a_child(local_id="H1"), handling=LATER)
    hub.receive([hub.says(hub.hospital, first, third), hub.says(hub.other_hospital, second)])

    assert shown(triage) == [("repeat_attendance", "standing")]
    assert grounds(hub, "repeat_attendance") == 2
    (item,) = triage.inbox(DUTY, EVERYTHING).items
    assert "2 arrivals" in item.disclosed.alert.sentence

    hub.clock.instant = MORNING
    a_tick(hub)()

    assert grounds(hub, "repeat_attendance") == 3
    assert raised(hub, "repeat_attendance") == 1


def test_a_concern_across_agencies_waits_for_what_is_to_be_told_later(hub):
    first, _ = two_visits()
    hub.receive([hub.says(hub.hospital, first)])
    tell(hub, an_incident(handling=LATER))
    rules = "SELECT rule FROM alert WHERE state = 'standing' ORDER BY rule"
    assert hub.rows(rules) == []

    hub.clock.instant = MORNING
    a_tick(hub)()

    assert hub.rows(rules) == [("cumulative_concern",), ("domestic_abuse_incident",)]


def test_whose_an_alert_is_does_not_follow_from_where_a_kept_back_incident_was(hub):
    nowhere = a_child(local_id="H1", postcode=None)
    hub.receive(
        [
            hub.says(
                hub.hospital,
                an_attendance("V1", days_ago=5, child=nowhere),
                an_attendance("V2", days_ago=4, child=nowhere, site="RR801"),
            )
        ]
    )
    before = hub.rows("SELECT owner, informed FROM alert")
    elsewhere = {"place_authority": "E08000033"}
    child = replace(CHILD, postcode=None)

    tell(hub, an_incident(handling=LATER, child=child, facts=elsewhere, began=NOW - HOUR))

    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == 1
    assert hub.rows("SELECT owner, informed FROM alert") == before


def test_the_chronology_tells_it_at_its_time(hub):
    first, second = two_visits()
    hub.receive([hub.says(hub.hospital, first), hub.says(hub.other_hospital, second)])
    tell(hub, an_incident(handling=LATER))
    alert_id = hub.one("SELECT alert_id FROM alert")

    def kinds():
        told = Histories(surroundings(hub)).of_alert(DUTY, alert_id, lambda _: None)
        return {one.kind for one in told.history.entries}

    assert EventKind.DOMESTIC_ABUSE_INCIDENT not in kinds()
    hub.clock.instant = MORNING
    assert EventKind.DOMESTIC_ABUSE_INCIDENT in kinds()


ROAD = ("10 Park Road", "Bradford")
SAM = a_child(1, local_id="N1", given_names=("Sam",), address_lines=ROAD)


@pytest.mark.parametrize("lifted", [False, True])
def test_a_home_that_a_kept_back_incident_told_of_relates_nobody_before(hub, lifted):
    at_home = a_child(local_id="H1", address_lines=ROAD)
    visits = [
        an_attendance("V1", days_ago=5, child=at_home),
        an_attendance("V2", days_ago=4, child=at_home, site="RR801"),
    ]
    hub.receive([hub.says(hub.hospital, *visits)])
    tell(hub, an_incident(child=SAM, handling=LATER))
    alert_id = hub.one("SELECT alert_id FROM alert")

    def related():
        return len(Relatives(surroundings(hub)).of_alert(DUTY, alert_id).children)

    assert related() == 0
    if lifted:
        tell(hub, corrected(None, child=SAM))
    else:
        hub.clock.instant = MORNING
    assert related() == 1


def asked(hub):
    question = CheckQuestion(
        nhs_number=NhsNumber(NUMBERS[0]),
        birth_date=CHILD.birth_date,
        family_name="Ashworth",
        given_name="Mira",
        postcode=Postcode.parse("BD1 1HX"),
        site=CLINICIAN.site,
    )
    return Check(surroundings(hub))(CLINICIAN, question)


def test_a_visit_that_is_kept_back_never_reads_as_none_known(hub):
    visit = an_attendance("V1", days_ago=5, site="RR801", child=a_child(local_id="L1"))
    hub.receive([hub.says(hub.other_hospital, replace(visit, handling=LATER))])

    answer = asked(hub)
    assert answer.seen is SeenAnswer.CANNOT_SAY
    assert CannotSay.SOURCE_UNAVAILABLE in answer.seen_reasons
    assert answer.presentations == ()

    hub.clock.instant = MORNING
    assert asked(hub).seen is SeenAnswer.SEEN_BEFORE


def test_a_plan_that_is_to_be_kept_back_is_refused_and_nothing_reads_as_no_plan(hub):
    stranger = a_child(3, local_id="C9", family_name="Quill", birth_date=date(2015, 2, 3))
    other = a_plan("P1", child=replace(stranger, postcode=Postcode.parse("LS1 4AP")))
    hub.receive(hub.extract(hub.council, other))
    assert asked(hub).plan is PlanAnswer.NO_PLAN_FOUND

    hub.receive([hub.says(hub.council, a_plan("P2", handling=LATER))])

    assert hub.rows("SELECT reason, field FROM event_problem") == [
        (RejectReason.REGISTER_KEPT_BACK.value, "handling.not_before")
    ]
    answer = asked(hub)
    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.REGISTER_INCOMPLETE in answer.plan_reasons


def test_a_time_years_away_is_a_fault_of_the_feed_and_ends_after_28_days(hub, triage):
    tell(hub, an_incident(handling=Handling(not_before=NIGHT + timedelta(days=36 * 365))))

    assert hub.rows("SELECT agency, code FROM feed_fault") == [
        ("POL13", EventFlag.KEPT_BACK_TOO_LONG.value)
    ]
    assert due(hub) == [(NOW + WITHHELD_MAX, "waiting")]
    hub.clock.instant = NOW + WITHHELD_MAX
    a_tick(hub)()
    assert shown(triage) == [("domestic_abuse_incident", "standing")]


def test_a_timer_that_fired_too_early_by_another_clock_waits_again(hub, triage):
    tell(hub, an_incident(handling=LATER))
    hub.clock.instant = MORNING
    a_tick(hub)()
    hub.clock.instant = MORNING - timedelta(seconds=2)
    tell(hub, an_incident("O2", handling=LATER, began=NIGHT - HOUR))
    assert shown(triage) == []

    hub.clock.instant = MORNING
    assert a_tick(hub)() == 1
    assert len(shown(triage)) == 2
