"""An NHS number is replaced by another: who bears either is one child, till it is taken back."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.core.answer import CheckQuestion, PlanAnswer, SeenAnswer
from hub.core.disclosure import Role
from hub.core.event import EventState, IdentityChangeFacts, Subject
from hub.core.identifiers import NhsNumber, OdsCode, Postcode
from hub.core.identity_change import Change
from hub.core.identity_decision import DecisionCause, DecisionKind, decision
from hub.service.asker import Asker, Surroundings
from hub.service.check import Check
from tests.service.changes import a_change
from tests.service.laboratory import NOW, NUMBERS, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)
BORN = date(2021, 5, 4)


def replaced(former=0, now=1, **changes):
    """The keeper of the numbers says that one was replaced by another; ``former`` by its place."""
    key = f"{NUMBERS[former]}|{NUMBERS[now]}"
    event = a_change(
        Change.NUMBER_SUPERSEDED,
        now=Subject(local_id=NUMBERS[now], nhs_number=NhsNumber(NUMBERS[now])),
        source_key=key,
    )
    facts = IdentityChangeFacts(
        change=Change.NUMBER_SUPERSEDED, former_nhs_number=NhsNumber(NUMBERS[former])
    )
    return replace(event, facts=facts, **changes)


def taken_back(former=0, now=1):
    return replaced(former, now, revision=2, state=EventState.WITHDRAWN)


class Lab:
    """The laboratory, with what acts on changes and what checks."""

    def __init__(self, laboratory):
        self.hub = laboratory
        self.changes = laboratory.a_changes()
        self.check = Check(
            Surroundings(
                questions=PostgresQuestions(
                    laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
                ),
                policies=laboratory.policies,
                places=laboratory.places,
                clock=laboratory.clock,
                new_id=uuid.uuid4,
            )
        )

    def told(self, *events, by=None):
        """Each event in a report of its own, in this order; what follows is done after each."""
        for event in events:
            self.hub.receive([self.hub.says(by or self._teller(event), event)])
            self.changes()
        self.hub.receive.settle_pending()

    def _teller(self, event):
        return self.hub.demographics if event.source_key[:3] == "999" else self.hub.hospital

    def child(self, local_id, agency="RAE"):
        record = self.hub.keys.events.record_ref(agency, local_id)
        return self.hub.store.link_rows([record])[record].child_ref

    def repeated(self):
        return {child for rule, child, _ in self.hub.standing() if rule == "repeat_attendance"}

    def asked(self, number, **changes):
        question = CheckQuestion(
            nhs_number=NhsNumber(NUMBERS[number]),
            birth_date=BORN,
            postcode=Postcode.parse("BD1 1HX"),
            site=OdsCode("RAE01"),
        )
        return self.check(CLINICIAN, replace(question, **changes))

    def faults(self):
        return [
            code
            for (code,) in self.hub.rows("SELECT code FROM operator_fault")
            if code == "numbers_at_odds"
        ]

    def outcomes(self):
        return sorted(o for (o,) in self.hub.rows("SELECT outcome FROM identity_told"))


@pytest.fixture
def lab(laboratory):
    return Lab(laboratory)


FORMER = a_child(0, local_id="H1")
PRESENT = a_child(1, local_id="H2")
VISITS = [
    an_attendance("V0", child=FORMER, days_ago=30),
    an_attendance("V1", child=FORMER, days_ago=20),
    an_attendance("V2", child=PRESENT, days_ago=1),
    an_attendance("V3", child=FORMER, days_ago=10),
]


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (0, 4, 2, 1, 3), (2, 4, 0, 1, 3)]
)
def test_visits_under_either_number_are_one_childs(lab, order):
    events = [*VISITS, replaced()]
    lab.told(*(events[at] for at in order))
    assert lab.child("H1") == lab.child("H2")
    assert lab.repeated() == {lab.child("H1")}
    assert lab.outcomes() == ["decided"]


def test_before_it_is_told_they_are_two_children(lab):
    lab.told(*VISITS)
    assert lab.child("H1") != lab.child("H2")
    assert lab.repeated() == set()


def test_taken_back_they_are_two_children_again(lab):
    lab.told(*VISITS)
    before = lab.child("H1"), lab.child("H2")
    lab.told(replaced())
    assert lab.child("H1") == lab.child("H2")
    lab.told(taken_back())
    assert (lab.child("H1"), lab.child("H2")) == before
    assert lab.repeated() == set()
    assert not lab.asked(0).number_replaced


def test_taken_back_before_it_was_told_it_never_holds(lab):
    lab.told(taken_back(), replaced(), *VISITS)
    assert lab.child("H1") != lab.child("H2")
    assert not lab.asked(0).number_replaced


def test_told_twice_it_is_decided_once(lab):
    lab.told(*VISITS, replaced(), replaced(revision=2), replaced(revision=3))
    assert lab.hub.one("SELECT count(*) FROM identity_decision") == 1
    assert lab.child("H1") == lab.child("H2")


def test_everybody_of_the_former_child_comes_along_and_goes_back(lab):
    nameless = replace(FORMER, local_id="N1", nhs_number=None)
    lab.told(VISITS[0], an_attendance("V9", child=nameless, days_ago=5), VISITS[2])
    before = [lab.child(ref) for ref in ("H1", "N1", "H2")]
    lab.told(replaced())
    assert len({lab.child(ref) for ref in ("H1", "N1", "H2")}) == 1
    lab.told(taken_back())
    assert [lab.child(ref) for ref in ("H1", "N1", "H2")] == before


def test_asked_under_the_former_number_the_child_is_found_and_the_number_called_replaced(lab):
    lab.told(VISITS[2], replaced())
    answer = lab.asked(0)
    assert answer.seen is SeenAnswer.SEEN_BEFORE
    assert answer.number_replaced


def test_asked_under_the_present_number_what_was_told_under_the_former_is_found(lab):
    lab.told(VISITS[0], VISITS[1], replaced())
    answer = lab.asked(1)
    assert (answer.seen, answer.visits) == (SeenAnswer.SEEN_BEFORE, 2)
    assert not answer.number_replaced


def test_of_somebody_nobody_knows_it_is_not_said_that_the_number_was_replaced(lab):
    lab.told(replaced())
    assert not lab.asked(0).number_replaced


def test_a_wrong_birth_date_does_not_tell_that_the_number_was_replaced(lab):
    lab.told(VISITS[2], replaced())
    answer = lab.asked(0, birth_date=date(2019, 1, 1))
    assert not answer.number_replaced
    assert answer.seen is not SeenAnswer.SEEN_BEFORE


def test_what_was_answered_about_who_bears_the_former_number_is_asked_again(lab):
    lab.told(VISITS[0])
    assert lab.hub.one("SELECT count(*) FROM answer_doubt") == 0
    lab.told(replaced())
    doubted = {bytes(ref) for (ref,) in lab.hub.rows("SELECT child_ref FROM answer_doubt")}
    assert doubted == {lab.child("H1")}


def test_a_chain_is_followed_to_its_end(lab):
    lab.told(VISITS[0], an_attendance("V7", child=a_child(2, local_id="H3"), days_ago=2))
    lab.told(replaced(0, 1), replaced(1, 2))
    assert lab.child("H1") == lab.child("H3")
    assert lab.asked(0).visits == 2
    assert lab.asked(0).number_replaced


def test_one_number_replaced_by_two_is_told_to_the_operator_and_neither_is_followed(lab):
    lab.told(*VISITS, an_attendance("V7", child=a_child(2, local_id="H3")))
    lab.told(replaced(0, 1), replaced(0, 2))
    assert lab.faults()
    assert not lab.asked(0).number_replaced
    late = an_attendance("V8", child=replace(FORMER, local_id="H9"))
    lab.told(late)
    assert lab.child("H9") != lab.child("H3")


def test_once_one_of_two_is_taken_back_the_other_holds(lab):
    lab.told(VISITS[0], replaced(0, 1), replaced(0, 2), taken_back(0, 2), VISITS[2])
    assert lab.child("H1") == lab.child("H2")


def test_numbers_that_replace_each_other_are_not_followed(lab):
    lab.told(*VISITS, replaced(0, 1), replaced(1, 0))
    assert lab.faults()
    assert not lab.asked(0).number_replaced
    assert not lab.asked(1).number_replaced


def test_a_plan_told_under_the_former_number_is_raised_by_a_visit_under_the_present_one(lab):
    lab.told(a_plan(child=replace(FORMER, local_id="C1")), by=lab.hub.council)
    lab.told(replaced(), an_attendance("V1", child=PRESENT))
    raised = {child for rule, child, _ in lab.hub.standing() if rule == "plan_match"}
    assert raised == {lab.child("H2")}


def test_where_one_of_two_children_has_a_plan_people_are_asked_and_nobody_is_told_no_plan(lab):
    lab.told(a_plan(child=replace(FORMER, local_id="C1")), by=lab.hub.council)
    lab.told(VISITS[2], replaced())
    assert lab.child("C1", "E08000032") != lab.child("H2")
    reasons = lab.hub.rows("SELECT reason, asked_by FROM identity_review WHERE state = 'open'")
    assert ("agency_merge", "X26") in reasons
    assert lab.asked(0).plan is PlanAnswer.CANNOT_SAY
    assert lab.asked(1).plan is PlanAnswer.CANNOT_SAY


def test_a_number_from_before_an_adoption_finds_nobody(lab):
    lab.told(*VISITS)
    one, other = (lab.hub.keys.events.record_ref("RAE", ref) for ref in ("H1", "H2"))
    lab.hub.a_correct().decide(
        [
            decision(
                DecisionKind.ADOPTED,
                one,
                other,
                cause=DecisionCause.PERSON,
                by="somebody",
                role="identity_reviewer",
                organisation="E08000032",
                reason="kept apart",
                at=NOW,
                occasion=b"1",
            )
        ]
    )
    lab.told(replaced())
    assert lab.child("H1") != lab.child("H2")
    assert not lab.asked(0).number_replaced
    assert lab.asked(0).visits == 3


def test_what_is_told_of_a_number_founds_no_child(lab):
    lab.told(replaced())
    assert lab.hub.one("SELECT count(*) FROM child") == 0
    lab.told(VISITS[2])
    assert lab.hub.one("SELECT count(*) FROM child") == 1


def test_a_hospital_may_not_say_that_a_number_was_replaced(lab):
    lab.told(*VISITS)
    lab.told(replaced(), by=lab.hub.hospital)
    ((reason, expected),) = lab.hub.rows("SELECT reason, expected FROM event_problem")
    assert reason == "change_not_taken"
    assert "X26" in expected
    assert lab.child("H1") != lab.child("H2")


def test_neither_number_lies_open_in_any_table(lab):
    lab.told(*VISITS, replaced())
    lab.asked(0)
    tables = [
        name
        for (name,) in lab.hub.rows(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        )
    ]
    assert "superseded_number" in tables
    for table in tables:
        for number in NUMBERS[:2]:
            found = lab.hub.one(
                f"SELECT count(*) FROM {table} AS held WHERE"
                " held::text LIKE %s OR held::text LIKE %s",
                f"%{number}%",
                f"%{number.encode().hex()}%",
            )
            assert found == 0, table
