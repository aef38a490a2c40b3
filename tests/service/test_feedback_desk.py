"""Whoever reported a concern hears what became of it, over a real PostgreSQL."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.alert_life import Act, Outcome, Stage, stage_of
from hub.core.disclosure import Role
from hub.core.disclosure_feedback import FeedbackStage
from hub.core.event import EventState
from hub.core.identity_decision import DecisionKind
from hub.core.incident_facts import RiskGrade
from hub.ports import InboxWanted, Store
from hub.service.asker import Asker
from hub.service.escalating import ALERT_DISPUTED, ALERT_UNSEEN, Escalating
from hub.service.feedback_desk import FeedbackDesk
from hub.service.front_door import FrontDoor, Wish
from hub.service.hearing_back import REPORT_UNSEEN, report_unseen
from hub.service.tick import Tick
from hub.service.triage import Triage
from tests.e2e.watched import Watched
from tests.service.encompass import an_incident, tell, with_a_force
from tests.service.laboratory import BRADFORD, NOW, a_child, a_plan, an_attendance
from tests.service.test_correct import decided, record_of
from tests.service.test_incidents import DUTY, UNHEARD, surroundings

pytestmark = pytest.mark.stack

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FORCE = Asker(user_id="desk", role=Role.POLICE_DESK, organisation="POL13")
OTHER_FORCE = replace(FORCE, organisation="POL14")
HOSPITAL = Asker(user_id="named-nurse", role=Role.HOSPITAL_SAFEGUARDING_TEAM, organisation="RAE")
OTHER_HOSPITAL = replace(HOSPITAL, user_id="named-nurse-2", organisation="RR8")
TOLD = "A worker has rung the family and visits on Tuesday."
REASON = "The hospital told of two visits as well."


@pytest.fixture
def hub(laboratory):
    return with_a_force(laboratory)


@pytest.fixture
def around(hub):
    return surroundings(hub)


@pytest.fixture
def desk(around):
    return FeedbackDesk(around)


def high(name="O1", **more):
    """An incident of high risk, of which an immediate alert is raised."""
    return an_incident(name, facts={"officer_grade": RiskGrade.HIGH}, **more)


def the_alert(hub):
    return hub.one("SELECT alert_id FROM alert WHERE state = 'standing'")


def decide(around, alert_id, outcome=Outcome.EARLY_HELP, told=TOLD):
    stand = Triage(around, UNHEARD).alert(DUTY, alert_id).stand
    wish = Wish(act=Act.DECIDE, stand=stand, outcome=outcome, words=REASON, told=told)
    acted = FrontDoor(around).act(DUTY, alert_id, wish)
    assert not acted.refused
    return acted


def tick(hub, store=None):
    escalating = Escalating(hub.policies)
    handlers = {
        ALERT_UNSEEN: escalating,
        ALERT_DISPUTED: escalating,
        REPORT_UNSEEN: report_unseen,
    }
    return Tick(store=store or hub.store, clock=hub.clock, handlers=handlers)()


def told_of(hub):
    return hub.rows("SELECT recipient FROM outbox WHERE kind = 'feedback' ORDER BY recipient")


def stages(listed):
    return [one.feedback.stage for one in listed.items]


def a_visit_of_two_hospitals(hub):
    """An alert that rests on what two hospitals told."""
    child = a_child()
    for days_ago, agency, site in ((9, hub.hospital, "RAE01"), (5, hub.other_hospital, "RR801")):
        visit = an_attendance(f"V{days_ago}", child=child, days_ago=days_ago, site=site)
        hub.receive([hub.says(agency, visit)])
    hub.receive([hub.says(hub.hospital, an_attendance("V0", child=child, days_ago=0.1))])


def test_a_force_reads_of_its_own_report_and_is_told_no_word_of_the_reason(hub, around, desk):
    tell(hub, high())
    (waiting,) = desk.listed(FORCE).items
    assert waiting.reference == "POL13|O1|N1003"
    assert waiting.feedback.stage is FeedbackStage.RECEIVED

    decide(around, the_alert(hub))
    (decided,) = desk.listed(FORCE).items

    assert decided.feedback.outcome is Outcome.EARLY_HELP
    assert decided.feedback.told == TOLD
    assert decided.feedback.authority.reveal() == BRADFORD
    assert desk.one(FORCE, decided.feedback_id) == decided
    assert REASON not in str(decided)
    assert TOLD not in repr(decided)


def test_words_for_reporters_are_kept_sealed(hub, around):
    tell(hub, high())
    decide(around, the_alert(hub))

    kept = hub.one("SELECT told FROM alert_step WHERE kind = 'decided'")
    assert b"visits on Tuesday" not in bytes(kept)
    assert "visits on Tuesday" not in str(hub.rows("SELECT alert_step::text FROM alert_step"))


@pytest.mark.parametrize(
    "other", [OTHER_FORCE, HOSPITAL, DUTY, replace(FORCE, role=Role.AGENCY_STAFF)]
)
def test_nobody_else_reads_of_it_or_disagrees(hub, around, desk, other):
    tell(hub, high())
    decide(around, the_alert(hub))
    (item,) = desk.listed(FORCE).items

    assert desk.listed(other).items == ()
    assert desk.one(other, item.feedback_id) is None
    assert desk.disagree(other, item.feedback_id, item.decision, "We disagree.") is None
    assert hub.one("SELECT count(*) FROM alert WHERE disputed_at IS NOT NULL") == 0


def test_every_reading_is_audited_with_the_child_it_concerned(hub, desk):
    tell(hub, high())
    (item,) = desk.listed(FORCE).items
    desk.one(OTHER_FORCE, item.feedback_id)

    rows = hub.rows(
        "SELECT actor, action, cardinality(subjects), outcome FROM audit_leaf ORDER BY audit_id"
    )
    assert rows[-2:] == [
        ("desk", "feedback", 1, "1 reports"),
        ("desk", "feedback on report", 0, f"{item.feedback_id}: none"),
    ]


def test_of_one_alert_each_reporter_hears_of_its_own_reports_alone(hub, around, desk):
    a_visit_of_two_hospitals(hub)
    alert_id = hub.one("SELECT alert_id FROM alert WHERE rule = 'repeat_attendance'")

    assert {one.reference for one in desk.listed(HOSPITAL).items} == {"RAE01|V9", "RAE01|V0"}
    assert {one.reference for one in desk.listed(OTHER_HOSPITAL).items} == {"RR801|V5"}

    decide(around, alert_id)
    assert told_of(hub) == [("RAE",), ("RR8",)]


def test_a_report_on_which_several_alerts_rest_hears_of_each(hub, around, desk):
    hub.receive(hub.extract(hub.council, a_plan()))
    tell(hub, high())
    rules = hub.rows("SELECT alert_id, rule FROM alert WHERE state = 'standing'")
    assert len(rules) > 1

    decide(around, rules[0][0])

    items = desk.listed(FORCE).items
    assert {one.reference for one in items} == {"POL13|O1|N1003"}
    assert sorted(stages(desk.listed(FORCE))) == sorted(
        [FeedbackStage.DECIDED] + [FeedbackStage.RECEIVED] * (len(rules) - 1)
    )
    assert len({one.feedback_id for one in items}) == len(rules)


def test_a_withdrawn_report_hears_nothing_more(hub, around, desk):
    tell(hub, high())
    decide(around, the_alert(hub))
    (item,) = desk.listed(FORCE).items
    tell(hub, high(revision=2, state=EventState.WITHDRAWN))

    assert desk.listed(FORCE).items == ()
    assert desk.one(FORCE, item.feedback_id) is None
    hub.clock.instant += 3 * DAY
    tick(hub)
    assert told_of(hub) == [("POL13",)]


def test_history_that_was_loaded_hears_nothing(hub, desk):
    tell(hub, high(), backfill=True)

    assert desk.listed(FORCE).items == ()


def test_a_decision_is_told_once_and_a_new_one_again(hub, around, desk):
    tell(hub, high())
    alert_id = the_alert(hub)
    stand = Triage(around, UNHEARD).alert(DUTY, alert_id).stand
    wish = Wish(act=Act.DECIDE, stand=stand, outcome=Outcome.EARLY_HELP, words=REASON, told=TOLD)
    for _ in range(3):
        assert not FrontDoor(around).act(DUTY, alert_id, wish).refused
    assert told_of(hub) == [("POL13",)]

    hub.clock.instant += HOUR
    decide(around, alert_id, Outcome.ASSESSMENT, told="")
    assert told_of(hub) == [("POL13",)] * 2
    (item,) = desk.listed(FORCE).items
    assert (item.feedback.outcome, item.feedback.told) == (Outcome.ASSESSMENT, None)


def test_who_reported_is_told_when_nobody_has_looked_in_time(hub, desk):
    tell(hub, high())
    due = hub.one("SELECT due_at FROM timer WHERE kind = 'report_unseen'")
    hub.clock.instant = due - timedelta(seconds=1)
    tick(hub)
    assert told_of(hub) == []
    assert not desk.listed(FORCE).items[0].feedback.overdue

    hub.clock.instant = due
    tick(hub)
    tick(hub)
    assert told_of(hub) == [("POL13",)]
    assert desk.listed(FORCE).items[0].feedback.overdue


def test_what_somebody_has_seen_is_not_told_as_overdue(hub, around):
    tell(hub, high())
    Triage(around, UNHEARD).acknowledge(DUTY, the_alert(hub))
    hub.clock.instant += 3 * DAY
    tick(hub)

    assert told_of(hub) == []


def test_a_plan_alone_has_nobody_who_reported(hub):
    hub.receive(hub.extract(hub.council, a_plan()))

    assert hub.rows("SELECT * FROM timer WHERE kind = 'report_unseen'") == []


def test_two_timekeepers_at_once_tell_once(hub):
    tell(hub, high())
    hub.clock.instant += 3 * DAY
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: tick(hub), range(2)))

    assert told_of(hub) == [("POL13",)]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", ["write_effects", "commit"])
def test_a_timekeeper_that_dies_at_the_telling_tells_once(hub, moment, call):
    tell(hub, high())
    hub.clock.instant += 3 * DAY

    def die(point, _arguments):
        if point == f"{moment} Transaction.{call}":
            raise ConnectionAbortedError

    with contextlib.suppress(ConnectionAbortedError):
        tick(hub, Watched(hub.store, Store, die))
    tick(hub)
    tick(hub)

    assert told_of(hub) == [("POL13",)]


def disagree(desk, words="We saw the bruise ourselves.", asker=FORCE):
    (item,) = desk.listed(asker).items
    return item, desk.disagree(asker, item.feedback_id, item.decision, words)


def test_a_reporter_that_disagrees_brings_it_back_to_the_front_door_with_its_words(
    hub, around, desk
):
    tell(hub, high())
    alert_id = the_alert(hub)
    decide(around, alert_id)

    _, done = disagree(desk)

    assert not done.refused
    assert done.item.feedback.stage is FeedbackStage.DISPUTED
    (item,) = Triage(around, UNHEARD).inbox(DUTY, InboxWanted(size=5)).items
    assert stage_of(item.life) is Stage.DISPUTED
    seen = Triage(around, UNHEARD).alert(DUTY, alert_id)
    assert (seen.steps[-1].words, seen.steps[-1].by) == ("We saw the bruise ourselves.", "desk")
    assert hub.rows("SELECT role, organisation FROM alert_step WHERE kind = 'disputed'") == [
        ("police_desk", "POL13")
    ]


def test_the_same_disagreement_again_changes_nothing_even_after_it_was_answered(hub, around, desk):
    tell(hub, high())
    decide(around, the_alert(hub))
    first, _ = disagree(desk)
    again = desk.disagree(FORCE, first.feedback_id, first.decision, "We saw the bruise ourselves.")
    assert not again.refused
    hub.clock.instant += HOUR
    decide(around, the_alert(hub), Outcome.ASSESSMENT)
    late = desk.disagree(FORCE, first.feedback_id, first.decision, "We saw the bruise ourselves.")

    assert not late.refused
    assert late.item.feedback.outcome is Outcome.ASSESSMENT
    assert hub.one("SELECT count(*) FROM alert_step WHERE kind = 'disputed'") == 1


def test_who_disagrees_with_a_decision_that_was_made_anew_is_told_so(hub, around, desk):
    tell(hub, high())
    decide(around, the_alert(hub))
    (seen,) = desk.listed(FORCE).items
    hub.clock.instant += HOUR
    decide(around, the_alert(hub), Outcome.ASSESSMENT)

    refused = desk.disagree(FORCE, seen.feedback_id, seen.decision, "We disagree.")

    assert "decided again since you looked" in refused.refused
    assert hub.one("SELECT count(*) FROM alert WHERE disputed_at IS NOT NULL") == 0


def test_one_cannot_disagree_with_what_is_not_decided_or_was_long_ago(hub, around, desk):
    tell(hub, high())
    (item,) = desk.listed(FORCE).items
    nothing = desk.disagree(FORCE, item.feedback_id, item.feedback_id, "We disagree.")
    assert "Nothing has been decided yet" in nothing.refused

    decide(around, the_alert(hub))
    (item,) = desk.listed(FORCE).items
    hub.clock.instant += 29 * DAY
    late = desk.disagree(FORCE, item.feedback_id, item.decision, "We disagree.")
    assert "28 days" in late.refused


def test_two_of_an_agency_who_disagree_at_once_are_one_dispute(hub, around, desk):
    tell(hub, high())
    decide(around, the_alert(hub))
    (item,) = desk.listed(FORCE).items

    def say(n):
        asker = replace(FORCE, user_id=f"desk-{n}")
        return FeedbackDesk(around).disagree(asker, item.feedback_id, item.decision, f"No {n}.")

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(say, range(2)))

    assert [one.refused for one in done] == ["", ""]
    assert hub.one("SELECT count(*) FROM alert_step WHERE kind = 'disputed'") == 1


def test_only_what_changed_since_is_listed_on_request(hub, around, desk):
    tell(hub, high("O1"))
    since = desk.listed(FORCE).ask_since
    assert since < NOW
    assert len(desk.listed(FORCE, changed_after=since).items) == 1

    hub.clock.instant += HOUR
    later = desk.listed(FORCE, changed_after=hub.clock.instant - HOUR / 2)
    assert (later.items, later.total) == ((), 0)
    decide(around, the_alert(hub))
    changed = desk.listed(FORCE, changed_after=later.ask_since)
    assert stages(changed) == [FeedbackStage.DECIDED]


def test_what_another_agency_adds_is_no_news_and_tells_it_nothing_of_what_was_decided_before(
    hub, around, desk
):
    a_visit_of_two_hospitals(hub)
    alert_id = hub.one("SELECT alert_id FROM alert WHERE rule = 'repeat_attendance'")
    hub.clock.instant += HOUR
    decide(around, alert_id)
    hub.clock.instant += HOUR
    since = hub.clock.instant
    hub.clock.instant += HOUR
    added = an_attendance("V7", child=a_child(), days_ago=7, site="RR801")
    hub.receive([hub.says(hub.other_hospital, added)])

    assert hub.one("SELECT count(*) FROM alert_ground WHERE live AND role = 'trigger'") == 4
    assert desk.listed(HOSPITAL, changed_after=since).items == ()
    (news,) = desk.listed(OTHER_HOSPITAL, changed_after=since).items
    assert (news.reference, news.feedback.stage) == ("RR801|V7", FeedbackStage.ADDED)
    assert (news.feedback.told, news.feedback.outcome, news.decision) == (None, None, None)

    decide(around, alert_id, told="Both hospitals: ring us.")
    assert len(desk.listed(HOSPITAL, changed_after=since).items) == 2
    decided = desk.listed(OTHER_HOSPITAL, changed_after=since).items
    assert {one.feedback.told for one in decided} == {"Both hospitals: ring us."}


def test_a_report_that_was_moved_to_another_child_hears_nothing_that_was_decided_before(
    hub, around, desk
):
    """It had come before the decision, but was of another child then."""
    a_visit_of_two_hospitals(hub)
    alert_id = hub.one("SELECT alert_id FROM alert WHERE rule = 'repeat_attendance'")
    stranger = a_child(1, local_id="X1", family_name="Quill", given_names=("Tom",))
    visit = an_attendance("V7", child=stranger, days_ago=7, site="RR801")
    hub.receive([hub.says(hub.other_hospital, visit)])
    hub.clock.instant += HOUR
    decide(around, alert_id)
    hub.clock.instant += HOUR
    joined = decided(
        DecisionKind.SAME,
        record_of(hub, hub.hospital, a_child()),
        record_of(hub, hub.other_hospital, stranger),
    )
    assert hub.a_correct().decide([joined]).rederived

    moved, own = sorted(desk.listed(OTHER_HOSPITAL).items, key=lambda one: one.occurred_at)
    assert (own.reference, own.feedback.stage) == ("RR801|V5", FeedbackStage.DECIDED)
    assert (moved.reference, moved.feedback.stage) == ("RR801|V7", FeedbackStage.ADDED)
    assert (moved.feedback.outcome, moved.feedback.told, moved.decision) == (None, None, None)
    assert desk.one(OTHER_HOSPITAL, moved.feedback_id) == moved

    hub.clock.instant += HOUR
    decide(around, alert_id, told="By now of her too.")
    told = {one.feedback.told for one in desk.listed(OTHER_HOSPITAL).items}
    assert told == {"By now of her too."}


def test_what_waited_for_the_hub_hears_nothing_that_was_decided_meanwhile(hub, around, desk):
    """It came to the broker before the decision, and to the hub after it, as after a stop."""
    a_visit_of_two_hospitals(hub)
    alert_id = hub.one("SELECT alert_id FROM alert WHERE rule = 'repeat_attendance'")
    hub.clock.instant += HOUR
    came = hub.clock.now()
    hub.clock.instant += HOUR
    decide(around, alert_id)
    hub.clock.instant += HOUR
    late = hub.other_hospital.report(an_attendance("V7", child=a_child(), days_ago=7, site="RR801"))
    hub.receive([hub.raw(hub.other_hospital, late, received_at=came)])

    by_reference = {one.reference: one.feedback.stage for one in desk.listed(OTHER_HOSPITAL).items}
    assert by_reference["RR801|V7"] is FeedbackStage.ADDED


def test_reports_are_listed_by_pages_the_latest_first(hub, desk, monkeypatch):
    monkeypatch.setattr("hub.service.feedback_desk.REPORTS_A_PAGE", 2)
    for n in range(3):
        child = replace(a_child(n), local_id=f"N{n}")
        began = NOW - timedelta(hours=5 + n)
        tell(hub, high(f"O{n}", child=child, began=began))

    first, second = desk.listed(FORCE), desk.listed(FORCE, page=2)
    assert [one.reference for one in (*first.items, *second.items)] == [
        f"POL13|O{n}|N{n}" for n in range(3)
    ]
    assert (first.total, first.pages) == (3, 2)
    beyond = desk.listed(FORCE, page=9)
    assert (beyond.items, beyond.total, beyond.pages) == ((), 3, 2)


def test_where_the_child_is_hidden_no_front_door_is_named(hub, around, desk):
    tell(hub, high(shielded=True))
    decide(around, the_alert(hub))

    (item,) = desk.listed(FORCE).items
    assert item.feedback.authority is None
    assert item.feedback.outcome is Outcome.EARLY_HELP


def test_a_lead_who_knows_the_family_reads_nothing_of_the_child(hub, desk):
    tell(hub, high())
    with hub.store.connection() as connection:
        connection.execute("INSERT INTO notice_conflict SELECT child_ref, 'desk', now() FROM alert")

    assert desk.listed(FORCE).items == ()
    assert len(desk.listed(replace(FORCE, user_id="another")).items) == 1


def test_of_a_shielded_child_no_number_of_its_authority_is_told(hub, around):
    numbers = around.policies
    code, own = next(one for one in numbers.authorities.items() if one[0].reveal() == BRADFORD)
    shorter = replace(own, contacts=replace(own.contacts, dispute_within_days=3))
    around = replace(
        around,
        policies=replace(numbers, authorities={**numbers.authorities, code: shorter}),
    )
    desk = FeedbackDesk(around)
    tell(hub, high())
    decide(around, the_alert(hub))
    (item,) = desk.listed(FORCE).items
    assert item.feedback.may_disagree_until == item.feedback.decided_at + 3 * DAY

    tell(hub, high(revision=2, shielded=True))
    (item,) = desk.listed(FORCE).items
    assert item.feedback.authority is None
    of_the_hub = numbers.hub.contacts.dispute_within
    assert item.feedback.may_disagree_until == item.feedback.decided_at + of_the_hub
    hub.clock.instant += 5 * DAY
    assert not desk.disagree(FORCE, item.feedback_id, item.decision, "We disagree.").refused
