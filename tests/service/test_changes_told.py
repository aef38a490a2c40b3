"""A hospital merges two of its registrations, a council tells of a birth or keeps two apart."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.core.answer import CheckQuestion, PlanAnswer
from hub.core.disclosure import Role
from hub.core.event import EventState, Mother, Sex, SubjectRole, UnbornChildProtectionPlanFacts
from hub.core.identifiers import NhsNumber, OdsCode
from hub.core.identity_change import Change
from hub.core.identity_decision import DecisionCause, DecisionKind, decision
from hub.errors import TransientFault
from hub.service.asker import Asker, Surroundings
from hub.service.changes import BUSY_DEFERRED
from hub.service.check import Check
from tests.service.changes import a_change, a_merge, somebody
from tests.service.laboratory import BRADFORD, NOW, NUMBERS, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

KNOWN, UNKNOWN = somebody("H1", 0), somebody("H2")
VISITS = [
    an_attendance("V0", child=KNOWN, days_ago=30),
    an_attendance("V1", child=KNOWN, days_ago=20),
    an_attendance("V2", child=KNOWN, days_ago=10),
    an_attendance("V3", child=UNKNOWN, days_ago=1),
]
MERGE = a_merge("H2", KNOWN)


CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)


class Lab:
    """The laboratory, with what acts on changes."""

    def __init__(self, laboratory):
        self.hub = laboratory
        self.changes = laboratory.a_changes()

    @property
    def check(self):
        hub = self.hub
        return Check(
            Surroundings(
                questions=PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity),
                policies=hub.policies,
                places=hub.places,
                clock=hub.clock,
                new_id=uuid.uuid4,
            )
        )

    def told(self, *events, by=None):
        """Each event in a report of its own, in this order; what follows is done after each."""
        for event in events:
            self.hub.receive([self.hub.says(by or self.hub.hospital, event)])
            self.changes()

    def record(self, local_id, agency="RAE"):
        return self.hub.keys.events.record_ref(agency, local_id)

    def child(self, local_id, agency="RAE"):
        record = self.record(local_id, agency)
        return self.hub.store.link_rows([record])[record].child_ref

    def known(self, local_id, agency="RAE"):
        with self.hub.store.transaction() as transaction:
            (known,) = transaction.known([self.child(local_id, agency)])
        return known

    def outcomes(self):
        return sorted(o for (o,) in self.hub.rows("SELECT outcome FROM identity_told"))

    def questions(self):
        """Open questions: their reason, who asks, and about which two records."""
        return [
            (reason, by, {bytes(one), bytes(other)})
            for reason, by, one, other in self.hub.rows(
                "SELECT reason, asked_by, one, other FROM identity_review WHERE state = 'open'"
            )
        ]

    def repeated(self):
        return {child for rule, child, _ in self.hub.standing() if rule == "repeat_attendance"}


@pytest.fixture
def lab(laboratory):
    return Lab(laboratory)


class BusyOnce:
    """What carries decisions out, over a database that is busy the first time."""

    def __init__(self, correct):
        self.correct = correct
        self.faults = [TransientFault("the database was busy")]

    def decide(self, decisions):
        if self.faults:
            raise self.faults.pop()
        return self.correct.decide(decisions)


def test_a_change_that_the_database_is_busy_with_holds_up_no_other(lab):
    lab.hub.receive(
        [
            lab.hub.says(lab.hub.hospital, event)
            for event in (*VISITS, an_attendance("V4", child=somebody("H3")))
        ]
    )
    merges = [MERGE, a_merge("H3", KNOWN)]
    lab.hub.receive([lab.hub.says(lab.hub.hospital, one) for one in merges])
    changes = lab.hub.a_changes(BusyOnce(lab.hub.a_correct()))

    assert (changes(), lab.outcomes()) == (1, ["decided", "due"])
    lab.hub.clock.instant += BUSY_DEFERRED
    assert (changes(), lab.outcomes()) == (1, ["decided", "decided"])


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (3, 4, 0, 1, 2)])
def test_visits_of_two_registrations_count_together_once_they_are_merged(lab, order):
    events = [*VISITS, MERGE]
    lab.told(*(events[at] for at in order))
    assert lab.child("H1") == lab.child("H2")
    assert lab.repeated() == {lab.child("H1")}
    assert lab.outcomes() == ["decided"]


def test_a_merge_waits_for_the_record_that_nobody_has_told_of_yet(lab):
    lab.told(MERGE)
    assert lab.outcomes() == ["waits"]
    lab.told(VISITS[3])
    assert lab.outcomes() == ["decided"]
    assert lab.child("H1") == lab.child("H2")


def test_a_merge_told_twice_is_decided_once(lab):
    lab.told(*VISITS, MERGE, MERGE)
    assert lab.hub.one("SELECT count(*) FROM identity_decision") == 1


def test_a_cancelled_visit_counts_down_after_a_merge(lab):
    lab.told(*VISITS, MERGE)
    assert lab.repeated()
    lab.told(an_attendance("V3", child=UNKNOWN, revision=9, state=EventState.WITHDRAWN))
    assert lab.repeated() == set()


def test_a_merge_that_is_taken_back_leaves_everything_as_it_was(lab):
    lab.told(*VISITS)
    before = lab.child("H1"), lab.child("H2")
    lab.told(MERGE, a_merge("H2", KNOWN, revision=2, state=EventState.WITHDRAWN))
    assert (lab.child("H1"), lab.child("H2")) == before
    assert lab.repeated() == set()
    assert lab.outcomes() == ["done"]


def test_a_merge_taken_back_before_it_was_told_joins_nobody(lab):
    lab.told(*VISITS, a_merge("H2", KNOWN, revision=2, state=EventState.WITHDRAWN), MERGE)
    assert lab.child("H1") != lab.child("H2")


def test_a_number_merged_elsewhere_later_has_one_successor(lab):
    other = somebody("H3", 1, given_names=("Noor",))
    lab.told(*VISITS, MERGE, a_merge("H2", other, revision=2))
    assert lab.child("H2") == lab.child("H3") != lab.child("H1")


def test_a_chain_of_merges_is_one_child_whichever_is_told_first(lab):
    third = an_attendance("V5", child=somebody("H3"), days_ago=2)
    lab.told(a_merge("H3", UNKNOWN), third, *VISITS, MERGE)
    assert lab.child("H1") == lab.child("H2") == lab.child("H3")


def test_a_merge_the_other_way_round_changes_nothing_more(lab):
    lab.told(*VISITS, MERGE, a_merge("H1", UNKNOWN))
    assert lab.child("H1") == lab.child("H2")
    assert lab.outcomes() == ["decided", "decided"]


def test_two_numbers_that_differ_make_a_merge_a_question(lab):
    other = somebody("H2", 1, given_names=("Noor",))
    lab.told(VISITS[0], an_attendance("V3", child=other), MERGE)
    assert lab.child("H1") != lab.child("H2")
    both = {lab.record("H1"), lab.record("H2")}
    assert ("agency_merge", "RAE", both) in lab.questions()
    assert lab.outcomes() == ["asked"]


def test_a_mistyped_merger_of_twins_without_numbers_is_a_question(lab):
    bare = {"nhs_number": None, "upn": None}
    boy = somebody("H1", 0, given_names=("Oliver",), sex=Sex.MALE, **bare)
    girl = somebody("H2", 0, given_names=("Amelia",), sex=Sex.FEMALE, **bare)
    lab.told(an_attendance("V1", child=boy), an_attendance("V2", child=girl))
    assert lab.child("H1") != lab.child("H2")
    lab.told(a_merge("H2", boy))
    assert lab.child("H1") != lab.child("H2")
    both = {lab.record("H1"), lab.record("H2")}
    assert ("agency_merge", "RAE", both) in lab.questions()
    assert lab.outcomes() == ["asked"]


def test_a_child_with_a_plan_is_joined_by_people_and_not_by_a_hospital(lab):
    lab.told(a_plan(child=a_child(0, local_id="C1")), by=lab.hub.council)
    lab.told(*VISITS, MERGE)
    assert lab.child("H1") == lab.child("C1", BRADFORD)
    assert lab.child("H2") != lab.child("H1")
    both = {lab.record("H1"), lab.record("H2")}
    assert ("agency_merge", "RAE", both) in lab.questions()


def test_a_hospital_joins_only_its_own_records(lab):
    lab.told(*VISITS)
    lab.told(MERGE, by=lab.hub.other_hospital)
    assert lab.child("H1") != lab.child("H2")
    assert lab.outcomes() == ["waits"]


def test_no_identifier_before_a_merge_stands_in_clear(lab):
    lab.told(a_merge("SECRET77", somebody("SECRET78")), an_attendance(child=somebody("SECRET77")))
    for table in ("event", "identity_told", "identity_decision", "record", "link", "link_history"):
        for (text,) in lab.hub.rows(f"SELECT t::text FROM {table} AS t"):  # own names
            assert "SECRET" not in text
            assert b"SECRET".hex() not in text


# -------------------------------------------------------------------------------------- births

MOTHER = Mother(nhs_number=NhsNumber(NUMBERS[4]), family_name="Ashworth")
BORN = date(2026, 11, 10)


def an_unborn_plan(**changes):
    """A plan of a child due at the end of November."""
    unborn = replace(
        somebody("U1"), role=SubjectRole.UNBORN, due_on=date(2026, 11, 25), mother=MOTHER
    )
    plan = a_plan(child=unborn)
    facts = UnbornChildProtectionPlanFacts(
        authority=BRADFORD, started_on=date(2026, 9, 1), due_on=date(2026, 11, 25)
    )
    return replace(plan, source_key="unborn_child_protection_plan|U1", facts=facts, **changes)


def a_newborn(local_id, number, given, **changes):
    return somebody(local_id, number, given_names=(given,), birth_date=BORN, **changes)


def a_birth(now, revision=1, **changes):
    key = f"born|U1|{now.local_id}"
    return a_change(Change.BORN, now=now, former="U1", source_key=key, revision=revision, **changes)


ONE, OTHER = a_newborn("B1", 0, "Ada"), a_newborn("B2", 1, "Ben")


def plans(lab, local_id):
    return {entry.fact_key for entry in lab.known(local_id, BRADFORD).register}


def test_the_plan_before_birth_is_the_childs(lab):
    lab.told(an_unborn_plan(), a_birth(ONE), by=lab.hub.council)
    assert lab.child("B1", BRADFORD) == lab.child("U1", BRADFORD)
    assert len(plans(lab, "B1")) == 1


@pytest.mark.parametrize("first_told", [True, False])
def test_twins_each_have_the_plan_and_stay_two_children(lab, first_told):
    births = [a_birth(ONE), a_birth(OTHER)]
    events = [an_unborn_plan(), *births] if first_told else [*births, an_unborn_plan()]
    lab.told(*events, by=lab.hub.council)
    assert lab.child("B1", BRADFORD) != lab.child("B2", BRADFORD)
    assert plans(lab, "B1") == plans(lab, "B2") != set()
    assert lab.outcomes() == ["shared", "shared"]


def test_a_check_on_either_twin_shows_the_plan(lab):
    lab.hub.receive(lab.hub.extract(lab.hub.council, an_unborn_plan()))
    lab.told(a_birth(ONE), a_birth(OTHER), by=lab.hub.council)
    for number in (0, 1):
        question = CheckQuestion(
            nhs_number=NhsNumber(NUMBERS[number]), birth_date=BORN, site=OdsCode("RAE01")
        )
        answer = lab.check(CLINICIAN, question)
        assert answer.plan is PlanAnswer.UNBORN_ON_PLAN
        assert [plan.started_on for plan in answer.plans] == [date(2026, 9, 1)]


def test_a_plan_that_ends_after_the_birth_ends_for_both_twins(lab):
    lab.told(an_unborn_plan(), a_birth(ONE), a_birth(OTHER), by=lab.hub.council)
    later = an_unborn_plan(revision=int(NOW.timestamp() * 1000) + 1)
    ended = replace(later, facts=replace(later.facts, ended_on=BORN, born_on=BORN))
    lab.told(ended, by=lab.hub.council)
    for twin in ("B1", "B2"):
        (entry,) = lab.known(twin, BRADFORD).register
        assert entry.ended_on == BORN


def test_a_visit_of_either_twin_raises_the_plan(lab):
    lab.told(an_unborn_plan(), a_birth(ONE), a_birth(OTHER), by=lab.hub.council)
    for visit, twin, hospital in (("V1", ONE, "X1"), ("V2", OTHER, "X2")):
        lab.told(an_attendance(visit, child=replace(twin, local_id=hospital)))
    raised = {child for rule, child, _ in lab.hub.standing() if rule == "plan_match"}
    assert raised == {lab.child("B1", BRADFORD), lab.child("B2", BRADFORD)}


def test_a_birth_that_does_not_fit_is_asked_and_shares_nothing(lab):
    old = a_newborn("B1", 0, "Ada")
    lab.told(
        an_unborn_plan(), a_birth(replace(old, birth_date=date(2020, 1, 1))), by=lab.hub.council
    )
    assert plans(lab, "B1") == set()
    assert lab.outcomes() == ["asked"]


def test_a_birth_that_is_taken_back_takes_the_plan_with_it(lab):
    lab.told(an_unborn_plan(), a_birth(ONE), by=lab.hub.council)
    lab.told(a_birth(ONE, revision=2, state=EventState.WITHDRAWN), by=lab.hub.council)
    assert plans(lab, "B1") == set()
    assert len(plans(lab, "U1")) == 1


def test_a_twin_taken_back_leaves_the_plan_with_the_other(lab):
    lab.told(an_unborn_plan(), a_birth(ONE), a_birth(OTHER), by=lab.hub.council)
    lab.told(a_birth(OTHER, revision=2, state=EventState.WITHDRAWN), by=lab.hub.council)
    assert len(plans(lab, "B1")) == 1
    assert plans(lab, "B2") == set()


# ----------------------------------------------------------------------------------- adoptions


def an_adoption(**changes):
    return a_change(Change.ADOPTED, now=NEW, former="C1", **changes)


NEW = somebody("C2", 1, given_names=("Mira",), family_name="Newname")


def test_an_adopted_child_is_never_linked_with_who_it_was(lab):
    same_number = replace(NEW, nhs_number=NhsNumber(NUMBERS[0]))
    old = a_child(0, local_id="C1")
    lab.told(a_plan(child=old), an_adoption(subject=same_number), by=lab.hub.council)
    assert lab.child("C1", BRADFORD) != lab.child("C2", BRADFORD)
    lab.told(a_plan("P2", child=same_number), by=lab.hub.council)
    assert lab.child("C1", BRADFORD) != lab.child("C2", BRADFORD)
    assert plans(lab, "C1").isdisjoint(plans(lab, "C2"))


def test_an_adoption_is_no_hospitals_to_tell(lab):
    lab.told(*VISITS, a_change(Change.ADOPTED, now=KNOWN, former="H2"))
    assert lab.outcomes() == []
    assert lab.hub.one("SELECT reason FROM event_problem") == "change_not_taken"


def test_nothing_that_is_kept_of_an_adoption_calls_it_one_where_people_read(lab):
    lab.told(a_plan(child=a_child(0, local_id="C1")), an_adoption(), by=lab.hub.council)
    for local_id in ("C1", "C2"):
        record = lab.record(local_id, BRADFORD)
        assert "adopt" not in " ".join(lab.hub.store.link_rows([record])[record].evidence)


def test_two_processes_that_act_on_one_change_decide_it_once(lab):
    for event in (*VISITS, MERGE):
        lab.hub.receive([lab.hub.says(lab.hub.hospital, event)])
    other = Lab(lab.hub)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda act: act(), [lab.changes, other.changes]))
    lab.changes()
    assert lab.hub.one("SELECT count(*) FROM identity_decision") == 1
    assert lab.outcomes() == ["decided"]
    assert lab.child("H1") == lab.child("H2")


def test_a_register_that_tells_the_same_each_night_decides_it_once(lab):
    nights = [a_birth(ONE, revision=number) for number in range(1, 4)]
    lab.told(an_unborn_plan(), *nights, by=lab.hub.council)
    assert lab.hub.one("SELECT count(*) FROM identity_decision") == 1
    assert lab.outcomes() == ["decided"]


def test_what_people_decided_against_is_asked_and_not_overruled(lab):
    lab.told(*VISITS)
    apart = decision(
        DecisionKind.DIFFERENT,
        lab.record("H1"),
        lab.record("H2"),
        cause=DecisionCause.PERSON,
        by="reviewer",
        role="reviewer",
        organisation=BRADFORD,
        reason="Two children.",
        at=NOW,
        occasion=b"a review",
    )
    lab.hub.a_correct().decide([apart])
    lab.told(MERGE)
    assert lab.child("H1") != lab.child("H2")
    assert lab.outcomes() == ["asked"]
