"""A search by name over a real PostgreSQL: what it answers, asks, writes and limits."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.adapters.store import questions as stored_questions
from hub.adapters.store import search as stored_search
from hub.adapters.store.questions import PostgresQuestions
from hub.core.answer import ByName, CannotSay, CheckQuestion, PlanAnswer
from hub.core.disclosure import Role
from hub.core.identifiers import NhsNumber, OdsCode, Postcode
from hub.errors import TooManyQuestions
from hub.service.asker import Asker, Surroundings
from hub.service.check import Check
from hub.service.guesses import LIMITS, SEARCH_BY_NAME, SEARCH_REFUSED
from tests.service.laboratory import NUMBERS, a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack

CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)
OTHER = replace(CLINICIAN, user_id="another clinician")
SHIELDED = a_child(1, local_id="S1", family_name="Greenwood", given_names=("Noor",))
TWO = [a_child(n, local_id=f"T{n}", family_name="Bancroft", given_names=("Isla",)) for n in (2, 3)]
QUESTIONS = {
    "hit": {},
    "miss": {"family_name": "Nobody", "given_name": "Else"},
    "shielded": {"family_name": "Greenwood", "given_name": "Noor"},
    "several": {"family_name": "Bancroft", "given_name": "Isla"},
}


@pytest.fixture
def check(laboratory):
    questions = PostgresQuestions(
        laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
    )
    ids = (uuid.UUID(int=number) for number in range(1, 10_000))
    found = Check(
        Surroundings(
            questions=questions,
            policies=laboratory.policies,
            places=laboratory.places,
            clock=laboratory.clock,
            new_id=lambda: next(ids),
            matching=shipped_matching(),
        )
    )
    told = [
        an_attendance("V0", child=a_child(local_id="H0")),
        replace(an_attendance("V1", child=SHIELDED), shielded=True),
        *(an_attendance(f"V{n}", child=one) for n, one in enumerate(TWO, start=2)),
    ]
    for one in told:  # the two are one child's namesakes, not one report's
        laboratory.receive([laboratory.says(laboratory.hospital, one)])
    return found


def named(**changes):
    values = {
        "nhs_number": None,
        "birth_date": date(2021, 5, 4),
        "family_name": "Ashworth",
        "given_name": "Mira",
        "postcode": Postcode.parse("BD1 1HX"),
        "site": OdsCode("RAE01"),
    }
    return CheckQuestion(**(values | changes))


def test_none_one_and_narrow_it_are_the_only_answers(check):
    answers = {who: check(CLINICIAN, named(**given)).by_name for who, given in QUESTIONS.items()}

    assert answers == {
        "hit": ByName.ONE,
        "miss": ByName.NONE,
        "shielded": ByName.NONE,
        "several": ByName.NARROW_IT,
    }


def test_without_a_number_a_shielded_child_is_answered_like_nobody(laboratory, check):
    plan = replace(a_plan(child=replace(SHIELDED, local_id="C2")), shielded=True)
    laboratory.receive([laboratory.says(laboratory.council, plan)])

    shielded, nobody = (check(CLINICIAN, named(**QUESTIONS[who])) for who in ("shielded", "miss"))

    assert replace(shielded, audit_id=nobody.audit_id) == nobody


def test_nothing_of_the_child_who_is_found_is_shown(laboratory, check):
    laboratory.receive([laboratory.says(laboratory.council, a_plan(child=a_child(local_id="C1")))])

    answer = check(CLINICIAN, named())

    assert answer.by_name is ByName.ONE
    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert (answer.plans, answer.in_need, answer.presentations, answer.visits) == ((), (), (), 0)
    assert CannotSay.POSSIBLE_MATCH in answer.plan_reasons


def test_with_the_number_and_birth_date_the_same_child_is_shown(laboratory, check):
    laboratory.receive([laboratory.says(laboratory.council, a_plan(child=a_child(local_id="C1")))])

    answer = check(CLINICIAN, named(nhs_number=NhsNumber(NUMBERS[0])))

    assert (answer.plan, answer.by_name) == (PlanAnswer.ON_PLAN, ByName.NOT_SEARCHED)


@pytest.mark.parametrize("missing", ["family_name", "birth_date", "postcode"])
def test_less_than_a_search_needs_searches_for_nobody_and_says_what_is_missing(check, missing):
    answer = check(CLINICIAN, named(**{missing: None}))

    assert answer.by_name is ByName.NOT_SEARCHED
    assert {
        "family_name": CannotSay.NAME_NEEDED,
        "birth_date": CannotSay.BIRTH_DATE_NEEDED,
        "postcode": CannotSay.POSTCODE_NEEDED,
    }[missing] in answer.plan_reasons


def test_a_hit_a_miss_a_shielded_child_and_several_ask_the_database_the_same(check, monkeypatch):
    asked = []
    for module in (stored_search, stored_questions):
        real = module.ask_together

        def noting(connection, *statements, real=real, **more):
            asked.append([one.text for one in statements])
            return real(connection, *statements, **more)

        monkeypatch.setattr(module, "ask_together", noting)
    by_question = {}
    for who, given in QUESTIONS.items():
        asked.clear()
        check(CLINICIAN, named(**given))
        by_question[who] = list(asked)

    assert all(one == by_question["hit"] for one in by_question.values())
    assert len(by_question["hit"]) == 4  # how often asked, the search, what happened, the audit


def test_a_shielded_child_with_a_plan_is_the_same_answer_at_its_home_and_anywhere(
    laboratory, check
):
    plan = replace(a_plan(child=replace(SHIELDED, local_id="C2")), shielded=True)
    laboratory.receive([laboratory.says(laboratory.council, plan)])
    here, there = (
        check(
            CLINICIAN,
            named(
                nhs_number=NhsNumber(NUMBERS[4]),
                family_name="Pemberton",
                given_name=given,
                postcode=Postcode.parse(home),
            ),
        )
        for home, given in (("BD1 1HX", "Tobias"), ("BD3 9AA", "Tobias"))
    )

    assert CannotSay.POSSIBLE_MATCH not in here.plan_reasons
    assert (here.plan, here.plan_reasons, here.seen, here.seen_reasons) == (
        there.plan,
        there.plan_reasons,
        there.seen,
        there.seen_reasons,
    )


def test_every_search_has_its_audit_row_with_whom_it_fitted_and_nothing_typed(laboratory, check):
    check(CLINICIAN, named())

    ((action, subjects, row),) = laboratory.rows(
        "SELECT action, subjects, audit_leaf::text FROM audit_leaf"
    )
    assert action == SEARCH_BY_NAME
    assert len(subjects) >= 1
    assert not [typed for typed in ("Ashworth", "Mira", "2021-05-04", "BD1") if typed in row]


def test_an_account_with_a_list_is_stopped_and_others_are_not(laboratory, check):
    for _ in range(LIMITS[0].searches):
        check(CLINICIAN, named(family_name="Nobody"))

    with pytest.raises(TooManyQuestions) as refused:
        check(CLINICIAN, named())

    assert 0 < refused.value.retry_seconds <= LIMITS[0].within.total_seconds()
    assert check(OTHER, named()).by_name is ByName.ONE
    assert check(CLINICIAN, named(nhs_number=NhsNumber(NUMBERS[0]))).audit_id
    refusals = "SELECT count(*) FROM audit_leaf WHERE action = %s AND outcome = 'refused'"
    assert laboratory.one(refusals, SEARCH_REFUSED) == 1
    laboratory.clock.instant += LIMITS[0].within + timedelta(seconds=1)
    assert check(CLINICIAN, named()).by_name is ByName.ONE


def test_over_a_day_fewer_are_answered_than_in_its_ten_minutes_added_up(laboratory, check):
    for number in range(LIMITS[1].searches):
        check(CLINICIAN, named(family_name="Nobody"))
        if (number + 1) % LIMITS[0].searches == 0:
            laboratory.clock.instant += LIMITS[0].within + timedelta(seconds=1)

    with pytest.raises(TooManyQuestions) as refused:
        check(CLINICIAN, named())

    assert refused.value.retry_seconds > timedelta(hours=22).total_seconds()
