"""Who was told wrongly hears that the answer has changed; nobody else does, and nobody twice."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.adapters.store.answers import PostgresAnswers
from hub.adapters.store.questions import PostgresQuestions
from hub.core.alert import AlertState
from hub.core.answer import CheckQuestion, PlanAnswer
from hub.core.answer_changed import ChangedPart
from hub.core.disclosure import Role
from hub.core.event import EventState
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode
from hub.core.identity_decision import DecisionKind
from hub.core.report import ConnectorStatus
from hub.service.asker import Asker, Surroundings
from hub.service.changed_answers import AskAgain, ChangedAnswers
from hub.service.check import Check
from hub.service.triage import Triage
from tests.service.laboratory import NOW, NUMBERS, a_child, a_plan, an_attendance
from tests.service.test_correct import decided, reverse
from tests.service.test_triage import Unheard

pytestmark = pytest.mark.stack

CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)
RECEPTION = replace(CLINICIAN, user_id="reception", role=Role.ED_RECEPTION)
IN_LEEDS = Asker(
    user_id="in-leeds", role=Role.ED_CLINICIAN, organisation="RR801", site=OdsCode("RR801")
)
LATER = NOW + timedelta(hours=2)
MIRA = a_child(local_id="C1")
ANOTHER = a_child(
    1, local_id="C1", family_name="Bell", given_names=("Tom",), birth_date=date(2016, 2, 9)
)


class Desk:
    """What asks, asks again and is told, over one laboratory."""

    def __init__(self, laboratory):
        ids = (uuid.UUID(int=number) for number in range(1, 1000))
        self.laboratory = laboratory
        self.around = Surroundings(
            questions=PostgresQuestions(
                laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
            ),
            policies=laboratory.policies,
            places=laboratory.places,
            clock=laboratory.clock,
            new_id=lambda: next(ids),
        )
        self.answers = PostgresAnswers(laboratory.store, laboratory.keys.sealer)
        self.check = Check(self.around)
        self.changed = ChangedAnswers(self.around)

    def ask_again(self):
        """Rounds of it, until there is nothing left."""
        again = AskAgain(self.around, self.answers, settled=timedelta(0))
        while again():
            pass

    def told(self, asker=CLINICIAN):
        return [one.audit_id for one in self.changed.waiting(asker)]

    def registers_whole(self, *plans):
        heartbeat = ConnectorStatus(read_count=0)
        hub = self.laboratory
        hub.receive(
            [
                *hub.extract(hub.council, *plans, as_at=hub.clock.now()),
                *hub.extract(hub.other_council, as_at=hub.clock.now()),
                hub.says(hub.hospital, status=heartbeat),
                hub.says(hub.other_hospital, status=heartbeat),
            ]
        )

    def plan_of(self, child, **changes):
        """Let the council's register say that its one plan is this child's; answer its event."""
        at = self.laboratory.clock.now()
        plan = a_plan(child=child, as_at=at, **changes)
        self.registers_whole(plan)
        return plan


@pytest.fixture
def desk(laboratory):
    found = Desk(laboratory)
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    return found


def about(number=0, **changes):
    question = CheckQuestion(
        nhs_number=NhsNumber(NUMBERS[number]),
        birth_date=date(2021, 5, 4),
        postcode=Postcode.parse("BD1 1HX"),
        site=OdsCode("RAE01"),
    )
    return replace(question, **changes)


def audit_of(answer):
    return uuid.UUID(answer.audit_id)


def test_a_split_after_a_plan_that_was_another_childs_is_told(desk):
    desk.plan_of(MIRA)
    answer = desk.check(CLINICIAN, about())
    assert answer.plan is PlanAnswer.ON_PLAN

    desk.laboratory.clock.instant = LATER
    desk.plan_of(ANOTHER)
    desk.ask_again()

    assert desk.told() == [audit_of(answer)]
    assert desk.check(CLINICIAN, about()).plan is not PlanAnswer.ON_PLAN


def test_a_merge_after_no_plan_was_found_is_told(desk):
    desk.plan_of(ANOTHER)
    answer = desk.check(CLINICIAN, about())
    assert answer.plan is PlanAnswer.NO_PLAN_FOUND, answer.plan_reasons

    desk.laboratory.clock.instant = LATER
    desk.plan_of(MIRA)
    desk.ask_again()

    assert desk.told() == [audit_of(answer)]


def test_a_reversal_before_anybody_has_seen_it_takes_the_message_back(desk):
    desk.plan_of(MIRA)
    desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = LATER
    desk.plan_of(ANOTHER)
    desk.ask_again()
    assert len(desk.told()) == 1

    desk.laboratory.clock.instant = LATER + timedelta(hours=1)
    desk.plan_of(MIRA)
    desk.ask_again()

    assert desk.told() == []


def test_a_reversal_after_somebody_has_seen_it_is_told_too(desk):
    desk.plan_of(MIRA)
    answer = desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = LATER
    desk.plan_of(ANOTHER)
    desk.ask_again()
    (first,) = desk.changed.waiting(CLINICIAN)
    assert desk.changed.acknowledge(CLINICIAN, first.changed_id)
    assert desk.told() == []

    desk.laboratory.clock.instant = LATER + timedelta(hours=1)
    desk.plan_of(MIRA)
    desk.ask_again()

    (second,) = desk.changed.waiting(CLINICIAN)
    assert second.audit_id == audit_of(answer)
    assert second.part == ChangedPart.AS_FIRST_TOLD
    assert second.changed_id != first.changed_id


def test_asking_twice_tells_once_and_the_system_is_told_once(desk):
    desk.plan_of(MIRA)
    desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = LATER
    desk.plan_of(ANOTHER)
    desk.ask_again()
    for _ in range(2):
        with desk.laboratory.store.connection() as connection:
            connection.execute("INSERT INTO answer_doubt (child_ref) SELECT child_ref FROM child")
        desk.ask_again()

    assert len(desk.told()) == 1
    assert desk.laboratory.rows("SELECT kind, recipient FROM outbox WHERE kind <> 'notice'") == [
        ("answer_changed", "RAE01")
    ]


def test_nobody_else_is_told(desk):
    desk.plan_of(MIRA)
    desk.check(CLINICIAN, about())
    elsewhere = desk.check(IN_LEEDS, about(2, birth_date=date(2019, 9, 9), site=OdsCode("RR801")))
    desk.laboratory.clock.instant = LATER
    desk.plan_of(ANOTHER)
    desk.ask_again()

    assert desk.told(IN_LEEDS) == []
    assert audit_of(elsewhere) not in desk.told()
    (change,) = desk.changed.waiting(CLINICIAN)
    assert not desk.changed.acknowledge(IN_LEEDS, change.changed_id)
    assert len(desk.told()) == 1


def test_an_answer_that_is_still_the_same_is_not_told_of(desk):
    desk.plan_of(MIRA)
    desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = LATER
    desk.plan_of(MIRA)
    hub = desk.laboratory
    hub.receive([hub.says(hub.hospital, an_attendance("V2", child=a_child(local_id="H9")))])
    moved = an_attendance("V2", child=replace(ANOTHER, local_id="H9"), revision=2)
    hub.receive([hub.says(hub.hospital, moved)])
    assert hub.one("SELECT count(*) > 0 FROM answer_doubt")
    desk.ask_again()

    assert desk.told() == []


def test_a_plan_that_began_after_it_was_asked_makes_nothing_wrong(desk):
    desk.registers_whole()
    assert desk.check(CLINICIAN, about()).plan is PlanAnswer.NO_PLAN_FOUND

    desk.laboratory.clock.instant = NOW + timedelta(days=2)
    desk.plan_of(MIRA, started=NOW.date() + timedelta(days=1))
    desk.ask_again()

    assert desk.told() == []


def test_a_plan_that_a_register_takes_back_is_told(desk):
    plan = desk.plan_of(MIRA)
    answer = desk.check(CLINICIAN, about())

    desk.laboratory.clock.instant = LATER
    again = int(LATER.timestamp() * 1000)
    desk.registers_whole(
        replace(plan, state=EventState.WITHDRAWN, revision=again, recorded_at=LATER)
    )
    desk.ask_again()

    assert desk.told() == [audit_of(answer)]


def test_a_register_that_fell_silent_since_is_no_change(desk):
    desk.registers_whole()
    desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = NOW + timedelta(days=5)
    with desk.laboratory.store.connection() as connection:
        connection.execute("INSERT INTO answer_doubt (child_ref) SELECT child_ref FROM child")
    desk.ask_again()

    assert desk.told() == []


def test_reception_is_told_only_of_the_one_bit_that_it_was_given(desk):
    desk.plan_of(MIRA)
    desk.check(RECEPTION, about())
    desk.laboratory.clock.instant = LATER
    desk.plan_of(MIRA, started=date(2026, 9, 2))
    hospital = desk.laboratory.hospital
    desk.laboratory.receive(
        [
            desk.laboratory.says(
                hospital, an_attendance("V7", child=a_child(local_id="H7"), days_ago=9)
            )
        ]
    )
    with desk.laboratory.store.connection() as connection:
        connection.execute("INSERT INTO answer_doubt (child_ref) SELECT child_ref FROM child")
    desk.ask_again()
    assert desk.told(RECEPTION) == []

    desk.laboratory.clock.instant = LATER + timedelta(hours=1)
    desk.plan_of(ANOTHER)
    desk.ask_again()
    assert len(desk.told(RECEPTION)) == 1


def test_where_a_shielded_child_is_changes_nothing_that_was_answered(desk):
    desk.plan_of(replace(MIRA))
    desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = LATER
    at = int(LATER.timestamp() * 1000)
    shielded = a_plan(child=MIRA, as_at=LATER, shielded=True)
    desk.registers_whole(replace(shielded, revision=at))
    with desk.laboratory.store.connection() as connection:
        connection.execute("INSERT INTO answer_doubt (child_ref) SELECT child_ref FROM child")
    desk.ask_again()

    assert desk.laboratory.one("SELECT bool_or(shielded) FROM record")
    assert desk.told() == []


def test_a_question_is_kept_sealed_and_goes_when_its_time_is_over(desk):
    desk.plan_of(MIRA)
    desk.check(CLINICIAN, about())
    ((sealed,),) = desk.laboratory.rows("SELECT sealed FROM answer_given")
    assert NUMBERS[0].encode() not in sealed

    desk.laboratory.clock.instant = NOW + timedelta(days=28, minutes=1)
    desk.ask_again()

    assert desk.laboratory.one("SELECT count(*) FROM answer_given") == 0


def test_an_area_that_does_not_want_it_keeps_no_question(desk):
    hub = desk.laboratory
    never = replace(
        hub.policies,
        authorities={
            code: replace(policy, told_again_days=0)
            for code, policy in hub.policies.authorities.items()
        },
    )
    desk.plan_of(MIRA)
    Check(replace(desk.around, policies=never))(CLINICIAN, about())

    assert hub.one("SELECT count(*) FROM answer_given") == 0


def test_who_is_being_answered_while_it_is_corrected_is_waited_for(desk):
    desk.plan_of(MIRA)
    desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = LATER
    desk.plan_of(ANOTHER)
    AskAgain(desk.around, desk.answers)()

    assert desk.told() == []
    assert desk.laboratory.one("SELECT count(*) > 0 FROM answer_doubt")


def test_one_that_the_hub_fails_on_keeps_nobody_else_waiting(desk, monkeypatch):
    desk.plan_of(MIRA)
    failing = desk.check(CLINICIAN, about())
    other = desk.check(CLINICIAN, about())
    desk.laboratory.clock.instant = LATER
    desk.plan_of(ANOTHER)
    asked = Check.again

    def again(self, asking, asker, question, asked_at):
        if asking_of[0] == audit_of(failing):
            raise RuntimeError("a bug of ours")
        return asked(self, asking, asker, question, asked_at)

    asking_of = [None]
    claim = PostgresAnswers.claim

    def claimed(self, now, until):
        given = claim(self, now, until)
        asking_of[0] = given.audit_id if given else None
        return given

    monkeypatch.setattr(PostgresAnswers, "claim", claimed)
    monkeypatch.setattr(Check, "again", again)
    desk.ask_again()
    assert desk.told() == [audit_of(other)]

    monkeypatch.setattr(Check, "again", asked)
    desk.laboratory.clock.instant = LATER + timedelta(minutes=11)
    desk.ask_again()
    assert set(desk.told()) == {audit_of(other), audit_of(failing)}


def steps(laboratory, kind):
    return [
        sentence
        for (sentence,) in laboratory.rows(
            "SELECT step.sentence FROM alert_step AS step JOIN alert USING (alert_id)"
            " WHERE alert.rule = 'plan_match' AND step.kind = %s ORDER BY alert_id, step.step",
            kind,
        )
    ]


def test_an_alert_that_was_another_childs_says_so_to_who_acts_and_to_who_is_informed(desk):
    hub = desk.laboratory
    leeds_home = replace(MIRA, postcode=Postcode.parse("LS1 1AA"))
    desk.plan_of(leeds_home)
    (alert,) = hub.rows("SELECT alert_id, owner, informed FROM alert WHERE rule = 'plan_match'")
    hub.clock.instant = LATER
    desk.plan_of(ANOTHER)
    hub.receive.settle_pending()

    (withdrawn,) = steps(hub, "withdrawn")
    assert withdrawn.startswith("Who is who has been corrected")
    readers = [
        Asker(user_id="d", role=Role.DUTY_WORKER, organisation=code, authority=GssCode(code))
        for code in (alert[1], *alert[2])
    ]
    assert readers
    for reader in readers:
        item = Triage(desk.around, Unheard()).alert(reader, alert[0])
        assert item.ended_because == withdrawn
        listed = Triage(desk.around, Unheard()).changes(reader, "").items
        assert [one.disclosed.alert.state for one in listed] == [AlertState.WITHDRAWN]


def test_an_alert_that_a_hospital_takes_back_says_nothing_of_who_is_who(desk):
    hub = desk.laboratory
    desk.plan_of(MIRA)
    gone = an_attendance(revision=2, state=EventState.WITHDRAWN)
    hub.receive([hub.says(hub.hospital, gone)])

    (withdrawn,) = steps(hub, "withdrawn")
    assert "corrected or cancelled" in withdrawn
    (raised,) = steps(hub, "raised")
    assert "who is who" not in raised


def test_an_alert_on_the_child_whose_it_is_says_why_it_comes_now(desk):
    hub = desk.laboratory
    desk.plan_of(ANOTHER)
    hub.clock.instant = LATER
    desk.plan_of(MIRA)
    hub.receive.settle_pending()

    (raised,) = steps(hub, "raised")
    assert raised.endswith("Raised when who is who was corrected.")


def records(hub):
    """The hospital's record of Mira, and the council's of the child on its plan."""
    visited = hub.keys.events.record_ref(hub.hospital.name, a_child().local_id)
    return visited, hub.keys.events.record_ref(hub.council.name, MIRA.local_id)


def told_apart(hub):
    return decided(DecisionKind.DIFFERENT, *records(hub))


def told_to_be_one(hub):
    return decided(DecisionKind.SAME, *records(hub))


NUMBERLESS = replace(
    MIRA,
    nhs_number=None,
    family_name="Nobody",
    given_names=("Else",),
    birth_date=date(2021, 5, 4),
    postcode=Postcode.parse("LS1 1AA"),
)
"""Mira as a council writes her down that knows nothing right of her but the birth date."""


def test_a_person_who_joins_two_children_has_it_told_and_a_reversal_takes_it_back(desk):
    hub = desk.laboratory
    desk.plan_of(NUMBERLESS)
    answer = desk.check(CLINICIAN, about())
    assert answer.plan is not PlanAnswer.ON_PLAN
    one = told_to_be_one(hub)
    hub.a_correct().decide([one])
    desk.ask_again()

    assert desk.told() == [audit_of(answer)]
    assert desk.check(CLINICIAN, about()).plan is PlanAnswer.ON_PLAN

    reverse(hub, one)
    desk.ask_again()
    assert audit_of(answer) not in desk.told()


def test_a_person_who_parts_two_children_has_it_told(desk):
    hub = desk.laboratory
    desk.plan_of(MIRA)
    answer = desk.check(CLINICIAN, about())
    assert answer.plan is PlanAnswer.ON_PLAN
    hub.a_correct().decide([told_apart(hub)])
    desk.ask_again()

    assert desk.told() == [audit_of(answer)]


def test_after_an_adoption_nothing_is_told_that_the_new_answer_does_not_say(desk):
    """The same answer for two children who are kept apart for ever: no message."""
    hub = desk.laboratory
    desk.plan_of(ANOTHER)
    answer = desk.check(CLINICIAN, about())
    hub.a_correct().decide([decided(DecisionKind.ADOPTED, *records(hub))])
    desk.ask_again()

    assert desk.told() == []
    assert desk.check(CLINICIAN, about()).plan is answer.plan
