"""A child in need over a real PostgreSQL: a fact beside plans, which answers for none of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.answer import PlanAnswer
from hub.core.event import ChildInNeedPeriodFacts
from hub.service.registers import DecideExtract
from tests.service.laboratory import NOW, a_child, a_plan
from tests.service.test_check import CLINICIAN, about, check, registers_whole

pytestmark = pytest.mark.stack

__all__ = ["check"]  # the fixture

A_NAME = {"family_name": "Ashworth", "given_name": "Mia"}
YESTERDAY = NOW - timedelta(days=1)


def in_need(name="N1", *, child=None, ended=None, as_at=NOW):
    facts = ChildInNeedPeriodFacts(
        authority="E08000032", started_on=date(2026, 10, 5), ended_on=ended
    )
    told = a_plan(name, child=child, as_at=as_at)
    return replace(told, source_key=f"child_in_need_period|{name}", facts=facts)


def numberless(number):
    return a_child(
        local_id=f"C{number}",
        nhs_number=None,
        family_name=f"Name{number}",
        birth_date=date(2009, 1, 1) + timedelta(days=13 * number),
        postcode=None,
    )


def shown(answer):
    return [(one.kind.value, one.started_on, one.authority_name) for one in answer.in_need]


NEED = [("child_in_need_period", date(2026, 10, 5), "Bradford")]


def test_a_child_in_need_without_a_plan_reads_no_plan_found_and_is_shown_as_in_need(
    laboratory, check
):
    registers_whole(laboratory, in_need())

    answer = check(CLINICIAN, about())

    assert answer.plan is PlanAnswer.NO_PLAN_FOUND, answer.plan_reasons
    assert answer.plans == ()
    assert shown(answer) == NEED


def test_a_child_in_need_on_a_plan_reads_on_plan_and_is_shown_as_both(laboratory, check):
    registers_whole(laboratory, a_plan(), in_need())

    answer = check(CLINICIAN, about())

    assert answer.plan is PlanAnswer.ON_PLAN
    assert [plan.kind.value for plan in answer.plans] == ["child_protection_plan"]
    assert shown(answer) == NEED


def test_a_period_in_need_that_has_ended_is_not_shown(laboratory, check):
    registers_whole(laboratory, in_need(ended=date(2026, 11, 1)))

    answer = check(CLINICIAN, about())

    assert (answer.plan, answer.in_need) == (PlanAnswer.NO_PLAN_FOUND, ())


def test_a_child_in_need_that_may_be_this_child_forbids_nothing_and_shows_nothing(
    laboratory, check
):
    """The daily payload has no NHS number: alike in name and birth date is not the same child."""
    registers_whole(laboratory, in_need(child=a_child(nhs_number=None)))

    answer = check(CLINICIAN, about(**A_NAME))

    assert answer.plan is PlanAnswer.NO_PLAN_FOUND, answer.plan_reasons
    assert answer.in_need == ()


def test_a_numberless_plan_of_one_alike_is_never_matched_and_forbids_no_plan_found(
    laboratory, check
):
    registers_whole(laboratory, a_plan(child=a_child(nhs_number=None)))

    answer = check(CLINICIAN, about(**A_NAME))

    assert (answer.plan, answer.plans) == (PlanAnswer.CANNOT_SAY, ())


def test_a_full_extract_ends_the_period_in_need_that_it_no_longer_lists(laboratory, check):
    before = [in_need(as_at=YESTERDAY), in_need("N2", child=numberless(2), as_at=YESTERDAY)]
    laboratory.receive(laboratory.extract(laboratory.council, *before, as_at=YESTERDAY))
    assert shown(check(CLINICIAN, about())) == NEED

    registers_whole(laboratory, in_need("N2", child=numberless(2)))
    laboratory.clock.instant = NOW + timedelta(days=1)

    assert check(CLINICIAN, about()).in_need == ()


def test_a_full_extract_that_lists_no_child_in_need_says_nothing_of_them(laboratory, check):
    laboratory.receive(
        laboratory.extract(laboratory.council, in_need(as_at=YESTERDAY), as_at=YESTERDAY)
    )
    registers_whole(laboratory)
    laboratory.clock.instant = NOW + timedelta(days=1)

    assert shown(check(CLINICIAN, about())) == NEED


def test_children_in_need_do_not_lift_the_ceiling_above_which_an_extract_waits(laboratory):
    """Of 7 plans 6 would close: 350 children in need must not make 2 % of it all enough."""
    plans = [a_plan(f"P{n}", child=numberless(n), as_at=YESTERDAY) for n in range(7)]
    needs = [in_need(f"N{n}", child=numberless(100 + n), as_at=YESTERDAY) for n in range(350)]
    laboratory.receive(laboratory.extract(laboratory.council, *plans, *needs, as_at=YESTERDAY))
    today = [replace(one, revision=one.revision + 1, recorded_at=NOW) for one in needs]
    laboratory.receive(laboratory.extract(laboratory.council, *today))

    decide = DecideExtract(
        store=laboratory.store, decide=laboratory.receive._decide, clock=laboratory.clock
    )
    (waiting,) = decide.waiting()
    assert (waiting.would_close, waiting.open_before) == (7, 7)
