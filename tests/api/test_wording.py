"""The words: six answers, none of which can be taken for another."""

import re
from dataclasses import replace
from datetime import date

import pytest

from hub.api import times, wording
from hub.api.problems import FieldProblem
from hub.api.questions import iso_date
from hub.api.routes.check import ASKS_FOR_FIELD
from hub.api.routes.inbox import SEVERITY_WORDS
from hub.core.alert import Severity
from hub.core.answer import CannotSay, PlanAnswer, SeenAnswer
from hub.core.event import DepartmentType, EventKind
from tests.api import fake_services as fake
from tests.api.fake_services import NOW, a_plan, an_answer

WORDS = {
    plan: wording.plan_words(next(a for a in fake.ANSWERS.values() if a.plan is plan))
    for plan in PlanAnswer
}


@pytest.mark.parametrize("what", ["heading", "next_step", "shape", "look"])
def test_no_two_answers_share_it(what):
    assert len({getattr(words, what) for words in WORDS.values()}) == len(PlanAnswer)


@pytest.mark.parametrize("plan", PlanAnswer)
def test_every_line_is_short_and_free_of_codes(plan):
    words = WORDS[plan]
    for sentence in re.split(r"(?<=\.) ", f"{words.heading}. {words.meaning} {words.next_step}"):
        assert len(sentence.split()) < 12
        assert not re.search(r"[A-Z]{2}_|[a-z]_[a-z]", sentence)
        assert "flag" not in sentence.lower()


def test_no_plan_found_says_that_it_is_not_safety():
    assert WORDS[PlanAnswer.NO_PLAN_FOUND].meaning == "This does not mean there is no risk."


def test_could_not_check_never_reads_like_no_plan():
    words = WORDS[PlanAnswer.CANNOT_SAY]
    assert words.heading == "We could not check"
    assert words.meaning == "There may be a plan."
    assert "no plan" not in f"{words.heading} {words.meaning} {words.next_step}".lower()


ENDED = {"current": False, "ended_on": date(2026, 5, 3)}
ENDINGS = [
    (a_plan(**ENDED), "Was on a child protection plan until 3 May 2026"),
    (
        a_plan(EventKind.LOOKED_AFTER_PERIOD, **ENDED),
        "Was in the care of Bradford Council until 3 May 2026",
    ),
    (
        a_plan(EventKind.LOOKED_AFTER_PERIOD, authority_name=None, **ENDED),
        "Was in the care of a council until 3 May 2026",
    ),
    (
        a_plan(EventKind.UNBORN_CHILD_PROTECTION_PLAN, **ENDED),
        "Her baby was on a plan before birth until 3 May 2026",
    ),
    (
        a_plan(current=False, not_listed_since=date(2026, 10, 1)),
        "Was on a child protection plan, no longer listed since 1 October 2026",
    ),
]


@pytest.mark.parametrize(("plan", "heading"), ENDINGS)
def test_an_ended_plan_is_named_by_its_kind_and_end(plan, heading):
    answer = an_answer(PlanAnswer.PLAN_ENDED, plans=(plan,))
    assert wording.plan_words(answer).heading == heading


def test_the_latest_of_several_ended_plans_gives_the_heading():
    older = a_plan(current=False, ended_on=date(2026, 1, 9))
    answer = an_answer(PlanAnswer.PLAN_ENDED, plans=(older, a_plan(**ENDED)))
    assert wording.plan_words(answer).heading.endswith("3 May 2026")


def test_a_child_in_care_whose_council_is_withheld_is_in_the_care_of_a_council():
    hidden = a_plan(EventKind.LOOKED_AFTER_PERIOD, authority_name=None)
    answer = an_answer(PlanAnswer.LOOKED_AFTER, plans=(hidden,))
    assert wording.plan_words(answer).heading == "In the care of a council"


def test_a_birth_is_noted_for_a_mother_whose_baby_was_on_a_plan():
    born = a_plan(EventKind.UNBORN_CHILD_PROTECTION_PLAN, born_on=date(2026, 11, 20))
    answer = an_answer(PlanAnswer.UNBORN_ON_PLAN, plans=(born,))
    assert wording.plan_words(answer).meaning == "The baby was born on 20 November 2026."


def test_a_plan_made_before_birth_is_the_babys_own_when_the_baby_is_asked_about():
    unborn = a_plan(EventKind.UNBORN_CHILD_PROTECTION_PLAN)
    standing = an_answer(PlanAnswer.UNBORN_ON_PLAN, plans=(unborn,))
    assert wording.plan_words(standing).heading == "Her unborn baby is on a plan"
    assert wording.plan_words(standing, of_child=True).heading == "On a plan made before birth"
    ended = an_answer(PlanAnswer.PLAN_ENDED, plans=(replace(unborn, **ENDED),))
    heading = wording.plan_words(ended, of_child=True).heading
    assert heading == "Was on a plan before birth until 3 May 2026"


def test_a_plan_that_moved_is_not_said_to_have_ended():
    moved = a_plan(current=False, moved=True, ended_on=date(2026, 11, 2))
    assert wording.plan_line(moved) == "Child protection plan, passed to another council"


SEEN = [
    ({"visits": 1, "sites": 1}, "1 visit to one A&E in the last 364 days"),
    ({"visits": 4, "sites": 1}, "4 visits to one A&E in the last 364 days"),
    ({"visits": 4, "sites": 3}, "4 visits to 3 A&Es in the last 364 days"),
]


@pytest.mark.parametrize(("counts", "words"), SEEN)
def test_earlier_visits_are_counted_in_words(counts, words):
    assert wording.seen_words(an_answer(seen=SeenAnswer.SEEN_BEFORE, **counts)) == words


def test_the_three_answers_about_earlier_visits_differ():
    assert len({wording.seen_words(an_answer(seen=seen, visits=2)) for seen in SeenAnswer}) == 3


def test_a_source_is_called_up_to_date_only_if_it_is_joined_fresh_and_complete():
    source = fake.SOURCES[0]
    assert wording.source_words(source) == "Up to date"
    for fault in ({"joined": False}, {"fresh": False}, {"complete": False}):
        assert wording.source_words(replace(source, **fault)) != "Up to date"


def test_withheld_facts_of_a_plan_leave_no_trace():
    shown = wording.plan_facts(a_plan(authority_name=None, team=None, worker=None))
    assert shown == []


def test_every_department_type_has_words():
    assert set(wording.DEPARTMENTS) == {kind.value for kind in DepartmentType}


def test_the_three_tiers_are_never_called_safe_or_given_a_score():
    assert list(SEVERITY_WORDS) == list(Severity)
    assert list(SEVERITY_WORDS.values()) == ["Immediate", "Today", "For information"]


def test_every_reason_that_more_typing_would_mend_marks_a_field():
    needed = {reason for reason in CannotSay if reason.value.endswith("_needed")}
    assert set(ASKS_FOR_FIELD) == needed


AGES = [
    (date(2026, 11, 22), "0 days"),
    (date(2026, 11, 21), "1 day"),
    (date(2026, 10, 10), "6 weeks"),
    (date(2025, 11, 22), "12 months"),
    (date(2024, 11, 22), "2 years"),
    (date(2009, 1, 1), "17 years"),
]


@pytest.mark.parametrize(("born", "words"), AGES)
def test_ages_are_said_as_clinicians_say_them(born, words):
    assert times.age(born, date(2026, 11, 22)) == words


def test_times_are_london_times():
    assert times.moment(NOW.replace(month=7)) == "22 July 2026, 15:02"
    assert times.moment_near(NOW, NOW) == "today, 14:02"
    assert times.moment_near(None, NOW) == "not known"


@pytest.mark.parametrize(
    ("boxes", "text"),
    [
        (("3", "5", "2023"), "2023-05-03"),
        (("", "", ""), ""),
        (("3", "", "2023"), "not a date"),
        (("٣", "5", "2023"), "not a date"),
        (("3", "5", "23"), "0023-05-03"),
    ],
)
def test_three_boxes_make_one_date_or_none(boxes, text):
    assert iso_date(*boxes) == text


def test_a_field_problem_holds_no_value():
    names = set(FieldProblem.__dataclass_fields__)
    assert names == {"field_name", "code", "expected"}
