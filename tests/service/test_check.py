"""The check over a real PostgreSQL: every answer, and its audit row before it."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.core.answer import CannotSay, CheckQuestion, PlanAnswer, SeenAnswer
from hub.core.disclosure import Role
from hub.core.event import (
    LookedAfterPeriodFacts,
    Mother,
    NhsNumberStatus,
    SubjectRole,
    UnbornChildProtectionPlanFacts,
)
from hub.core.identifiers import NhsNumber, OdsCode, Postcode
from hub.core.report import ConnectorStatus
from hub.errors import HubError
from hub.service.asker import Asker, Surroundings
from hub.service.check import Check
from tests.service.laboratory import LEEDS, NOW, NUMBERS, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)


@pytest.fixture
def check(laboratory):
    ids = (uuid.UUID(int=number) for number in range(1, 1000))
    questions = PostgresQuestions(
        laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
    )
    return Check(
        Surroundings(
            questions=questions,
            policies=laboratory.policies,
            places=laboratory.places,
            clock=laboratory.clock,
            new_id=lambda: next(ids),
        )
    )


def about(number=0, **changes):
    question = CheckQuestion(
        nhs_number=NhsNumber(NUMBERS[number]),
        birth_date=date(2021, 5, 4),
        postcode=Postcode.parse("BD1 1HX"),
        site=OdsCode("RAE01"),
    )
    return replace(question, **changes)


def registers_whole(laboratory, *plans):
    """Both registers told whole, both hospitals alive; the plans are Bradford's."""
    heartbeat = ConnectorStatus(read_count=0)
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, *plans),
            *laboratory.extract(laboratory.other_council),
            laboratory.says(laboratory.hospital, status=heartbeat),
            laboratory.says(laboratory.other_hospital, status=heartbeat),
        ]
    )


def test_a_child_on_a_plan_reads_on_plan(laboratory, check):
    registers_whole(laboratory, a_plan())

    answer = check(CLINICIAN, about())

    assert answer.plan is PlanAnswer.ON_PLAN
    assert [(plan.started_on, plan.current) for plan in answer.plans] == [(date(2026, 9, 1), True)]
    assert answer.phones


@pytest.mark.parametrize(
    ("told_as", "read"),
    [
        (NhsNumberStatus.VERIFIED, PlanAnswer.ON_PLAN),
        (NhsNumberStatus.UNKNOWN, PlanAnswer.CANNOT_SAY),
    ],
)
def test_only_a_traced_number_holds_where_every_name_and_home_is_another(
    laboratory, check, told_as, read
):
    registers_whole(laboratory, a_plan(child=a_child(nhs_number_status=told_as)))
    moved = about(family_name="Khan", given_name="Noor", postcode=Postcode.parse("LS1 1UR"))

    assert check(CLINICIAN, moved).plan is read


def test_a_child_nobody_knows_reads_no_plan_found_when_every_register_is_whole(laboratory, check):
    registers_whole(laboratory, a_plan(child=a_child(local_id="C1", birth_date=date(2017, 1, 2))))

    answer = check(CLINICIAN, about(3))

    assert answer.plan is PlanAnswer.NO_PLAN_FOUND, answer.plan_reasons
    assert answer.seen is SeenAnswer.NONE_KNOWN, answer.seen_reasons


def test_without_a_postcode_the_same_child_cannot_be_answered(laboratory, check):
    registers_whole(laboratory)

    answer = check(CLINICIAN, about(3, postcode=None))

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.POSTCODE_NEEDED in answer.plan_reasons


def test_a_register_that_was_never_loaded_cannot_be_answered(laboratory, check):
    answer = check(CLINICIAN, about(3))

    assert answer.plan is PlanAnswer.CANNOT_SAY


def test_a_stale_register_cannot_be_answered(laboratory, check):
    registers_whole(laboratory)
    laboratory.clock.instant = NOW + timedelta(hours=49)

    answer = check(CLINICIAN, about(3))

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.REGISTER_STALE in answer.plan_reasons


def test_a_sequence_gap_makes_the_register_incomplete_until_the_next_whole_extract(
    laboratory, check
):
    registers_whole(laboratory)
    next(laboratory.council.sequence)
    laboratory.receive(
        [
            laboratory.says(
                laboratory.council,
                a_plan(
                    "P9",
                    child=a_child(4, local_id="C9", family_name="Zed", birth_date=date(2019, 1, 1)),
                ),
            )
        ]
    )
    assert check(CLINICIAN, about(3)).plan is PlanAnswer.CANNOT_SAY

    later = NOW + timedelta(hours=1)
    laboratory.clock.instant = later
    laboratory.receive(
        laboratory.extract(
            laboratory.council,
            a_plan(
                "P9",
                child=a_child(4, local_id="C9", family_name="Zed", birth_date=date(2019, 1, 1)),
                as_at=later,
            ),
            as_at=later,
        )
    )
    assert check(CLINICIAN, about(3)).plan is PlanAnswer.NO_PLAN_FOUND


def test_a_rejected_plan_event_makes_the_register_incomplete(laboratory, check):
    registers_whole(laboratory)
    laboratory.receive([laboratory.says(laboratory.council, a_plan("P2", ended=date(2026, 1, 1)))])

    answer = check(CLINICIAN, about(3))

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.REGISTER_INCOMPLETE in answer.plan_reasons


def test_a_statement_that_lists_a_plan_the_hub_does_not_have_makes_the_register_incomplete(
    laboratory, check
):
    registers_whole(laboratory)
    missing = a_plan("P7", child=a_child(4, local_id="C7", family_name="Zed"))
    later = NOW + timedelta(minutes=5)
    told = laboratory.extract(laboratory.council, missing, as_at=later)
    laboratory.receive([told[1]])

    answer = check(CLINICIAN, about(3))

    assert CannotSay.REGISTER_INCOMPLETE in answer.plan_reasons


def test_a_numberless_plan_that_is_possibly_this_child_forbids_no_plan_found(laboratory, check):
    registers_whole(laboratory, a_plan(child=a_child(local_id="C1", nhs_number=None)))

    answer = check(CLINICIAN, about(3))

    assert answer.plan is PlanAnswer.CANNOT_SAY


def test_an_ended_plan_reads_plan_ended(laboratory, check):
    registers_whole(laboratory, a_plan(ended=date(2026, 10, 1)))

    answer = check(CLINICIAN, about())

    assert answer.plan is PlanAnswer.PLAN_ENDED
    assert answer.plans[0].ended_on == date(2026, 10, 1)


def test_a_looked_after_child_reads_looked_after(laboratory, check):
    facts = LookedAfterPeriodFacts(authority="E08000032", started_on=date(2026, 2, 1))
    registers_whole(laboratory, replace(a_plan(), source_key="looked_after_period|E1", facts=facts))

    assert check(CLINICIAN, about()).plan is PlanAnswer.LOOKED_AFTER


def test_a_mother_whose_unborn_child_is_on_a_plan_reads_unborn_on_plan(laboratory, check):
    mother = Mother(
        local_id="M1",
        nhs_number=NhsNumber(NUMBERS[2]),
        family_name="Ashworth",
        given_names=("Dana",),
        birth_date=date(1998, 3, 3),
    )
    unborn = a_child(
        local_id="U1",
        nhs_number=None,
        birth_date=None,
        given_names=None,
        role=SubjectRole.UNBORN,
        due_on=date(2027, 1, 20),
        mother=mother,
    )
    facts = UnbornChildProtectionPlanFacts(
        authority="E08000032", started_on=date(2026, 9, 1), due_on=date(2027, 1, 20)
    )
    registers_whole(laboratory, replace(a_plan(child=unborn), source_key="unborn|U1", facts=facts))

    answer = check(CLINICIAN, about(2, birth_date=date(1998, 3, 3)))

    assert answer.plan is PlanAnswer.UNBORN_ON_PLAN


def test_a_child_seen_elsewhere_reads_seen_before_with_visits_and_sites(laboratory, check):
    registers_whole(laboratory)
    laboratory.receive(
        [
            laboratory.says(laboratory.hospital, an_attendance("V1", days_ago=9)),
            laboratory.says(
                laboratory.other_hospital,
                an_attendance("V2", site="RR801", days_ago=3, child=a_child(local_id="L9")),
            ),
        ]
    )

    answer = check(CLINICIAN, about())

    assert answer.seen is SeenAnswer.SEEN_BEFORE
    assert (answer.visits, answer.sites) == (2, 2)


def test_a_shielded_child_keeps_the_status_and_loses_every_place(laboratory, check):
    plan = replace(a_plan(authority=LEEDS), shielded=True)
    registers_whole(laboratory)
    laboratory.receive([laboratory.says(laboratory.other_council, plan)])
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V1", days_ago=9))])

    answer = check(CLINICIAN, about())

    assert answer.plan is PlanAnswer.ON_PLAN
    assert answer.plans[0].authority is None
    assert all(one.site_name is None for one in answer.presentations)
    assert "relay" in answer.phones[0].label.lower()


def test_every_check_has_its_audit_row_and_no_value_is_in_it(laboratory, check):
    registers_whole(laboratory, a_plan())

    answer = check(CLINICIAN, about())

    ((row,),) = laboratory.rows("SELECT a::text FROM audit_leaf AS a")
    assert answer.audit_id in row
    assert "ON_PLAN" in row
    assert NUMBERS[0] not in row


def test_without_an_audit_row_there_is_no_answer(laboratory, check):
    registers_whole(laboratory, a_plan())
    with laboratory.store.connection() as connection:
        connection.execute("ALTER TABLE audit_leaf ADD CONSTRAINT full_up CHECK (false) NOT VALID")

    with pytest.raises(HubError, match="CheckViolation"):
        check(CLINICIAN, about())


def test_reception_learns_only_that_a_clinician_must_look(laboratory, check):
    registers_whole(laboratory, a_plan())
    reception = replace(CLINICIAN, role=Role.ED_RECEPTION)

    answer = check(reception, about())

    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert answer.plans == ()
    assert answer.presentations == ()
