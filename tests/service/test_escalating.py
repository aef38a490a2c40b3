"""An alert that nobody acknowledges is passed on, once each time, over a real PostgreSQL."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.api.feeds_shown import FeedsShown
from hub.core.alert import Severity
from hub.core.alert_life import Act, Outcome
from hub.core.alert_route import AlertRoute, RouteChannel
from hub.core.escalation import Available, EscalationPolicy, EscalationStep
from hub.core.event import EventState
from hub.core.identifiers import GssCode, NhsNumber
from hub.core.incident_facts import RiskGrade
from hub.ports import AlertWrite, InboxWanted, Store
from hub.service.escalating import ALERT_DISPUTED, ALERT_UNSEEN, Escalating
from hub.service.feed_health import read_alarms
from hub.service.front_door import FrontDoor, Wish
from hub.service.tick import Tick
from hub.service.triage import Triage
from tests.e2e.watched import Watched
from tests.service.encompass import CHILD, an_incident, tell, with_a_force
from tests.service.laboratory import BRADFORD, LEEDS, NOW, NUMBERS, a_child, an_attendance
from tests.service.test_incidents import DUTY, UNHEARD, surroundings
from tests.service.test_triage import OPERATOR

pytestmark = pytest.mark.stack

EVERY = frozenset({Severity.IMMEDIATE, Severity.TODAY})
FIRST = EscalationStep(label="Duty worker", severities=EVERY, minutes=15)
SECOND = EscalationStep(
    label="Manager", severities=EVERY, minutes=20, desk="BFD-DUTY", webhook="https://a.example/b"
)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def hub(laboratory):
    """A hub whose authorities pass on to a worker and then to a manager, at any hour."""
    with_a_force(laboratory)
    contacts = EscalationPolicy(steps=(FIRST, SECOND))
    policies = laboratory.policies
    laboratory.policies = replace(
        policies,
        hub=replace(policies.hub, escalation=contacts),
        authorities={
            code: replace(one, escalation=contacts) for code, one in policies.authorities.items()
        },
    )
    laboratory.receive = laboratory.a_receive()
    return laboratory


def a_tick(hub, store=None):
    escalating = Escalating(hub.policies)
    handlers = {ALERT_UNSEEN: escalating, ALERT_DISPUTED: escalating}
    return Tick(store=store or hub.store, clock=hub.clock, handlers=handlers)


def high(name="O1", **more):
    """An incident of high risk, of which an immediate alert is raised."""
    return an_incident(name, facts={"officer_grade": RiskGrade.HIGH}, **more)


def raised(hub):
    alert_id, severity = hub.rows("SELECT alert_id, severity FROM alert")[0]
    assert severity == "immediate"
    return alert_id


def passed_on(hub):
    rows = hub.rows("SELECT sentence FROM alert_step WHERE kind = 'escalated' ORDER BY at, step")
    return [sentence.partition(": ")[2] for (sentence,) in rows]


def at(hub, after):
    hub.clock.instant = hub.one("SELECT raised_at FROM alert") + HOUR + after


def test_an_unacknowledged_alert_goes_from_contact_to_contact_and_to_the_operator(hub):
    tell(hub, high())
    raised(hub)
    tick = a_tick(hub)
    at(hub, -MINUTE)
    assert tick() == 0

    for after, told in ((0, 1), (14, 1), (15, 2), (34, 2), (35, 3), (600, 3)):
        at(hub, after * MINUTE)
        tick()
        assert len(passed_on(hub)) == told, after

    assert passed_on(hub) == [
        "it is the turn of Duty worker.",
        "it is the turn of Manager.",
        "the hub's operator is told.",
    ]
    assert hub.rows("SELECT recipient FROM outbox WHERE kind = 'escalated'") == [("BFD-DUTY",)]
    questions = PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity)
    (fault,) = read_alarms(questions, hub.clock.now(), HOUR).faults
    assert BRADFORD in fault.sentence
    assert "ring its front door" in fault.sentence
    view = FeedsShown(surroundings(hub)).feeds(OPERATOR, mine=False)
    (shown,) = view.faults
    whom = hub.policies.of(GssCode(BRADFORD)).phones_at(hub.clock.now())
    assert shown.sentence.startswith(f"{fault.sentence} Bradford: ")
    assert all(f"{one.label}, {one.number}" in shown.sentence for one in whom)
    assert whom


def test_the_inbox_says_whose_turn_it_is(hub):
    tell(hub, high())
    triage = Triage(surroundings(hub), UNHEARD)
    at(hub, -MINUTE)
    (before,) = triage.inbox(DUTY, InboxWanted(size=5)).items
    assert before.passed is None
    at(hub, 16 * MINUTE)
    (item,) = triage.inbox(DUTY, InboxWanted(size=5)).items
    assert (item.passed.with_whom.label, item.passed.next_whom) == ("Manager", None)
    assert item.passed.since == item.due_at

    triage.acknowledge(DUTY, raised(hub))
    (item,) = triage.inbox(DUTY, InboxWanted(size=5)).items
    assert item.passed is None


def test_it_stops_when_somebody_acknowledges_it(hub):
    tell(hub, high())
    at(hub, MINUTE)
    a_tick(hub)()
    Triage(surroundings(hub), UNHEARD).acknowledge(DUTY, raised(hub))
    at(hub, 10 * HOUR)

    a_tick(hub)()

    assert passed_on(hub) == ["it is the turn of Duty worker."]
    assert (
        hub.one("SELECT count(*) FROM timer WHERE state = 'waiting' AND kind = %s", ALERT_UNSEEN)
        == 0
    )
    assert hub.one("SELECT count(*) FROM operator_fault") == 0


def test_it_stops_when_it_is_withdrawn(hub):
    tell(hub, high())
    tell(hub, high(revision=2, state=EventState.WITHDRAWN))
    hub.clock.instant += 10 * HOUR

    assert a_tick(hub)() == 0
    assert passed_on(hub) == []


def test_one_that_becomes_immediate_begins_anew_by_its_clock(hub):
    tell(hub, an_incident())
    waiting = "SELECT due_at FROM timer WHERE state = 'waiting' AND kind = 'alert_unseen'"
    (before,) = hub.rows(waiting)
    tell(hub, high(revision=2, state=EventState.CORRECTED))

    (after,) = hub.rows(waiting)

    assert after < before
    assert after == (hub.one("SELECT raised_at FROM alert") + HOUR,)


def test_a_report_that_changes_nothing_about_the_alert_begins_nothing_anew(hub):
    tell(hub, high())
    at(hub, MINUTE)
    a_tick(hub)()
    tell(hub, high(revision=2, state=EventState.CORRECTED))
    tell(hub, high("O2"))
    a_tick(hub)()
    assert passed_on(hub).count("it is the turn of Duty worker.") == 1


def test_after_a_stop_every_turn_that_passed_is_noted_once_and_in_order(hub):
    tell(hub, high())
    at(hub, 10 * HOUR)
    tick = a_tick(hub)

    assert (tick(), tick()) == (1, 0)

    assert [one.split()[-1] for one in passed_on(hub)] == ["worker.", "Manager.", "told."]


def test_two_workers_at_once_pass_it_on_once(hub):
    tell(hub, high())
    at(hub, MINUTE)
    both = threading.Barrier(2)

    def pause(point, _arguments):
        if point == "before Transaction.lock_children":
            both.wait(timeout=60)

    ticks = [a_tick(hub, Watched(hub.store, Store, pause)) for _ in range(2)]
    workers = [threading.Thread(target=tick) for tick in ticks]
    for one in workers:
        one.start()
    for one in workers:
        one.join(timeout=120)

    assert passed_on(hub) == ["it is the turn of Duty worker."]


def test_an_alert_that_nobody_is_shown_is_passed_on_to_nobody(hub):
    hub.receive([hub.says(hub.force, high(), backfill=True)])
    assert hub.one("SELECT count(*) FROM timer WHERE kind = %s", ALERT_UNSEEN) == 0


def test_an_office_contact_is_passed_over_at_night_and_the_clock_never_pauses(hub):
    office = replace(FIRST, label="Office", available=Available.OFFICE)
    night = replace(FIRST, label="Night", available=Available.OUT_OF_HOURS)
    contacts = EscalationPolicy(steps=(office, night))
    hub.policies = replace(
        hub.policies,
        hub=replace(hub.policies.hub, escalation=contacts),
        authorities={
            code: replace(one, escalation=contacts)
            for code, one in hub.policies.authorities.items()
        },
    )
    hub.receive = hub.a_receive()
    tell(hub, high())  # on a Sunday
    at(hub, MINUTE)
    a_tick(hub)()

    assert passed_on(hub) == ["it is the turn of Night."]


def a_dispute(hub, alert_id):
    """A decision of the duty worker's that an informed authority disagrees with."""
    with hub.store.connection() as connection:
        connection.execute("UPDATE alert SET informed = ARRAY[%s]", (LEEDS,))
    front_door, triage = FrontDoor(surroundings(hub)), Triage(surroundings(hub), UNHEARD)
    informed = replace(DUTY, user_id="leeds", organisation=LEEDS, authority=GssCode(LEEDS))
    for asker, act, outcome in (
        (DUTY, Act.DECIDE, Outcome.NO_FURTHER_ACTION),
        (informed, Act.DISPUTE, None),
    ):
        stand = triage.alert(asker, alert_id).stand
        wish = Wish(act=act, stand=stand, outcome=outcome, words="As we see it.")
        assert not front_door.act(asker, alert_id, wish).refused
    return hub.one("SELECT disputed_at FROM alert")


def test_a_dispute_that_nobody_answers_goes_to_the_manager_and_to_the_operator(hub):
    tell(hub, high())
    hub.clock.instant = hub.one("SELECT raised_at FROM alert") + 5 * MINUTE
    disputed_at = a_dispute(hub, raised(hub))
    tick = a_tick(hub)

    for after, told in ((59, 0), (60, 1), (75, 2), (95, 3), (600, 3)):
        hub.clock.instant = disputed_at + after * MINUTE
        tick()
        assert len(passed_on(hub)) == told, after

    assert passed_on(hub)[1:] == ["it is the turn of Manager.", "the hub's operator is told."]
    sentence = hub.rows("SELECT sentence FROM alert_step WHERE kind = 'escalated'")[0][0]
    assert "Nobody had answered who disagrees" in sentence
    assert hub.rows("SELECT recipient FROM outbox WHERE kind = 'escalated'") == [("BFD-DUTY",)]


def test_to_have_seen_a_dispute_is_no_answer_and_to_decide_anew_is(hub):
    tell(hub, high())
    alert_id = raised(hub)
    disputed_at = a_dispute(hub, alert_id)
    triage = Triage(surroundings(hub), UNHEARD)
    triage.acknowledge(DUTY, alert_id)
    hub.clock.instant = disputed_at + 61 * MINUTE
    a_tick(hub)()
    seen = triage.alert(DUTY, alert_id)
    assert len(passed_on(hub)) == 1
    assert seen.due_at == disputed_at + HOUR
    assert seen.passed.with_whom.label == "Duty worker"

    wish = Wish(act=Act.DECIDE, stand=seen.stand, outcome=Outcome.ASSESSMENT, words="Looked again.")
    assert not FrontDoor(surroundings(hub)).act(DUTY, alert_id, wish).refused
    hub.clock.instant = disputed_at + 600 * MINUTE
    a_tick(hub)()
    assert len(passed_on(hub)) == 1


def test_a_second_dispute_has_its_own_clock_and_no_turn_of_the_first(hub):
    tell(hub, high())
    alert_id = raised(hub)
    a_dispute(hub, alert_id)
    hub.clock.instant += 50 * MINUTE
    second = a_dispute(hub, alert_id)
    hub.clock.instant = second + 20 * MINUTE
    a_tick(hub)()
    assert passed_on(hub) == []

    hub.clock.instant = second + HOUR
    a_tick(hub)()
    assert passed_on(hub) == ["it is the turn of Duty worker."]


def test_a_dispute_of_what_is_for_information_is_passed_on_by_the_clock_of_today(hub):
    tell(hub, an_incident())
    with hub.store.connection() as connection:
        connection.execute("UPDATE alert SET severity = 'information'")
    disputed_at = a_dispute(hub, hub.one("SELECT alert_id FROM alert"))
    policy = hub.policies.of(GssCode(BRADFORD))
    due = policy.dispute_due_at(Severity.INFORMATION, disputed_at)
    assert due > disputed_at + 5 * 24 * HOUR

    hub.clock.instant = due
    a_tick(hub)()
    assert passed_on(hub) == ["it is the turn of Duty worker."]


def unanswered(hub):
    return hub.rows("SELECT subject FROM operator_fault WHERE settled_at IS NULL")


def by_the_button(hub, alert_id):
    Triage(surroundings(hub), UNHEARD).acknowledge(DUTY, alert_id)


def by_the_whole_contact(hub, alert_id):
    assert FrontDoor(surroundings(hub)).acknowledge_all(DUTY, [alert_id]) == 1


def by_a_decision(hub, alert_id):
    stand = Triage(surroundings(hub), UNHEARD).alert(DUTY, alert_id).stand
    wish = Wish(act=Act.DECIDE, stand=stand, outcome=Outcome.EARLY_HELP, words="Seen to.")
    assert not FrontDoor(surroundings(hub)).act(DUTY, alert_id, wish).refused


@pytest.mark.parametrize("answered", [by_the_button, by_the_whole_contact, by_a_decision])
def test_the_operators_alarm_goes_when_somebody_answers_after_all(hub, answered):
    tell(hub, high())
    at(hub, 10 * HOUR)
    a_tick(hub)()
    assert unanswered(hub) == [(BRADFORD,)]

    answered(hub, raised(hub))

    assert unanswered(hub) == []
    assert hub.rows("SELECT role, organisation FROM alert_step WHERE kind = 'acknowledged'") == [
        ("duty_worker", BRADFORD)
    ]


def test_the_alarm_stands_while_another_alert_of_the_authority_waits_with_the_operator(hub):
    tell(hub, high())
    other = replace(CHILD, local_id="N2", nhs_number=NhsNumber(NUMBERS[1]), given_names=("Sam",))
    tell(hub, high("O2", child=other))
    at_the_end = hub.rows("SELECT max(raised_at) FROM alert")[0][0] + 10 * HOUR
    hub.clock.instant = at_the_end
    a_tick(hub)()
    first, second = (one for (one,) in hub.rows("SELECT alert_id FROM alert ORDER BY alert_id"))

    by_the_button(hub, first)
    assert unanswered(hub) == [(BRADFORD,)]
    by_the_button(hub, second)
    assert unanswered(hub) == []


def with_routes(hub, **by_authority):
    """The hub, its authorities with a route each: which severities go to which desk."""
    authorities = dict(hub.policies.authorities)
    for code, (desk, *severities) in by_authority.items():
        route = AlertRoute(
            label=desk,
            severities=frozenset(severities),
            channel=RouteChannel.WEBHOOK,
            desk=desk,
            webhook="https://a.example/b",
        )
        gss = GssCode(code)
        authorities[gss] = replace(authorities[gss], routes=(route,))
    hub.policies = replace(hub.policies, authorities=authorities)
    hub.receive = hub.a_receive()


def told_at_once(hub):
    return hub.rows("SELECT recipient FROM outbox WHERE kind = 'raised' ORDER BY recipient")


def test_who_wants_alerts_of_that_urgency_is_told_once_that_one_waits(hub):
    with_routes(hub, **{BRADFORD: ("BFD-DUTY", Severity.IMMEDIATE), LEEDS: ("LDS", *Severity)})
    tell(hub, high())
    alert_id = raised(hub)
    assert told_at_once(hub) == [("BFD-DUTY",)]
    assert hub.one("SELECT subject_id FROM outbox WHERE kind = 'raised'") == alert_id
    tell(hub, high())
    assert told_at_once(hub) == [("BFD-DUTY",)]


def test_who_wants_no_alert_of_that_urgency_is_told_nothing(hub):
    with_routes(hub, **{BRADFORD: ("BFD-DUTY", Severity.TODAY)})
    tell(hub, high())
    raised(hub)
    assert told_at_once(hub) == []


def test_a_dispute_goes_on_by_the_clock_of_another_authority_that_comes_to_act(hub):
    tell(hub, high())
    disputed_at = a_dispute(hub, raised(hub))
    hub.clock.instant += 10 * MINUTE
    now = hub.clock.now()
    with hub.store.transaction() as transaction:
        child_ref = hub.one("SELECT child_ref FROM alert")
        transaction.lock_children([child_ref])
        known = transaction.known([child_ref])
        (alert,) = known[0].standing
        moved = replace(alert, owner=GssCode(LEEDS), informed=())
        writes = [AlertWrite(alert=moved, step="revised", sentence="Another authority acts on it.")]
        transaction.write_alerts(writes, now)
        Escalating(hub.policies).note(transaction, known, writes, now)

    assert hub.rows(
        "SELECT kind, due_at FROM timer WHERE state = 'waiting' AND kind LIKE 'al%%'"
    ) == [(ALERT_DISPUTED, disputed_at + HOUR)]
    hub.clock.instant = disputed_at + HOUR
    a_tick(hub)()
    assert passed_on(hub) == ["it is the turn of Duty worker."]


def due(hub):
    return hub.rows("SELECT due_at FROM timer WHERE state = 'waiting' AND kind = 'alert_unseen'")


def test_history_that_is_told_after_all_waits_from_then_and_not_from_when_it_was_recorded(hub):
    """As a first load: it was recorded weeks before anybody was to see it."""
    hub.receive([hub.says(hub.force, high(), backfill=True)])
    recorded = hub.one("SELECT raised_at FROM alert")
    hub.clock.instant += 100 * HOUR
    tell(hub, high(revision=2, state=EventState.CORRECTED))

    (item,) = Triage(surroundings(hub), UNHEARD).inbox(DUTY, InboxWanted(size=5)).items

    assert item.disclosed.alert.raised_at == recorded
    assert item.due_at == recorded + 101 * HOUR
    assert due(hub) == [(item.due_at,)]
    assert item.passed is None


def test_one_that_becomes_immediate_days_later_has_its_whole_hour(hub):
    tell(hub, an_incident())
    hub.clock.instant += 100 * HOUR
    tell(hub, high(revision=2, state=EventState.CORRECTED))
    assert due(hub) == [(hub.clock.instant + HOUR,)]
    a_tick(hub)()
    assert passed_on(hub) == []


BABY = replace(a_child(), birth_date=(NOW - timedelta(days=120)).date())


def visits(hub, name, days_ago, **more):
    event = an_attendance(name, child=BABY, days_ago=days_ago, **more)
    hub.receive([hub.says(hub.hospital, event)])


def test_what_was_seen_and_is_to_be_seen_again_is_passed_on_again(hub):
    """Immediate, seen, and there is more of it: nothing else about the alert is another."""
    visits(hub, "V1", 3)
    visits(hub, "V2", 2, site="RAE02")
    Triage(surroundings(hub), UNHEARD).acknowledge(DUTY, raised(hub))
    at(hub, MINUTE)
    a_tick(hub)()
    hub.clock.instant += 100 * HOUR
    visits(hub, "V3", 1)

    assert due(hub) == [(hub.clock.instant + HOUR,)]
    hub.clock.instant += HOUR
    a_tick(hub)()
    assert passed_on(hub) == ["it is the turn of Duty worker."]


def test_a_dispute_that_was_seen_stands_when_another_agency_tells_of_it_too(hub):
    """To have acknowledged it was no answer, and what the hospital tells is none either."""
    tell(hub, an_incident())
    disputed_at = a_dispute(hub, hub.one("SELECT alert_id FROM alert"))
    Triage(surroundings(hub), UNHEARD).acknowledge(DUTY, hub.one("SELECT alert_id FROM alert"))
    waiting = "SELECT kind, due_at FROM timer WHERE state = 'waiting' AND kind LIKE 'alert%%'"
    before = hub.rows(waiting)
    hub.clock.instant += MINUTE
    with hub.store.transaction() as transaction:
        child_ref = hub.one("SELECT child_ref FROM alert")
        transaction.lock_children([child_ref])
        known = transaction.known([child_ref])
        (alert,) = known[0].standing
        writes = [
            AlertWrite(alert=alert, step="revised", sentence="More.", again="A hospital told.")
        ]
        transaction.write_alerts(writes, hub.clock.now())
        Escalating(hub.policies).note(transaction, known, writes, hub.clock.now())

    assert hub.rows("SELECT acknowledged_at, disputed_at FROM alert") == [(None, disputed_at)]
    assert hub.rows(waiting) == before
    hub.clock.instant = max(due_at for _, due_at in before)
    a_tick(hub)()
    assert passed_on(hub)[:1] == ["it is the turn of Duty worker."]


def test_a_dispute_that_was_passed_on_goes_on_with_another_authority_that_comes_to_act(hub):
    tell(hub, high())
    disputed_at = a_dispute(hub, raised(hub))
    hub.clock.instant = disputed_at + HOUR
    a_tick(hub)()
    assert passed_on(hub) == ["it is the turn of Duty worker."]
    with hub.store.transaction() as transaction:
        child_ref = hub.one("SELECT child_ref FROM alert")
        transaction.lock_children([child_ref])
        known = transaction.known([child_ref])
        (alert,) = known[0].standing
        moved = replace(alert, owner=GssCode(LEEDS), informed=())
        writes = [AlertWrite(alert=moved, step="revised", sentence="Another authority acts on it.")]
        transaction.write_alerts(writes, hub.clock.now())
        Escalating(hub.policies).note(transaction, known, writes, hub.clock.now())

    hub.clock.instant = disputed_at + 10 * HOUR
    a_tick(hub)()
    assert passed_on(hub)[-1] == "the hub's operator is told."


def test_a_repeat_that_is_told_by_itself_after_all_is_passed_on_from_then(hub):
    tell(hub, an_incident())
    first = hub.one("SELECT alert_id FROM alert")
    Triage(surroundings(hub), UNHEARD).acknowledge(DUTY, first)
    tell(hub, an_incident("O2"))
    second = hub.one("SELECT alert_id FROM alert WHERE repeat_of = %s", first)
    hub.clock.instant += 100 * HOUR
    tell(hub, an_incident(revision=2, state=EventState.WITHDRAWN))

    item = Triage(surroundings(hub), UNHEARD).alert(DUTY, second)
    assert item.due_at > hub.clock.instant
    hub.clock.instant = item.due_at + 100 * HOUR
    a_tick(hub)()
    assert passed_on(hub)[0] == "it is the turn of Duty worker."
