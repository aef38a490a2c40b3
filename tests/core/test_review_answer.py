"""What answers make of questions: two people where two are needed, and never one for both."""

import pytest

from hub.core.review import Choice, Proposed, ReviewState
from hub.core.review_answer import (
    REASONS,
    Action,
    Refusal,
    Standing,
    answered,
    reason_is_missing,
)

OPEN = Standing(state=ReviewState.OPEN)
BY_GRACE = Standing(state=ReviewState.OPEN, proposed=Proposed.SAME, proposed_by="grace")
SAME = Standing(state=ReviewState.DECIDED, choice=Choice.SAME)
COULD_NOT = Standing(state=ReviewState.DECIDED, choice=Choice.CANNOT_TELL)
GONE = Standing(state=ReviewState.WITHDRAWN)


@pytest.mark.parametrize("action", [Action.SAME, Action.DIFFERENT])
def test_one_person_decides_where_no_second_is_needed(action):
    found = answered(OPEN, action, "grace", second=False)
    assert found.standing == Standing(state=ReviewState.DECIDED, choice=Choice(action.value))
    assert (found.step, found.unfinished) == (f"decided_{action.value}", "decide")


def test_where_two_are_needed_the_first_decides_nothing():
    found = answered(OPEN, Action.SAME, "grace", second=True)
    assert found.standing == BY_GRACE
    assert (found.step, found.unfinished) == ("proposed_same", None)


def test_the_second_confirms_and_then_it_is_decided():
    found = answered(BY_GRACE, Action.CONFIRM, "tomasz", second=True)
    assert found.standing == SAME
    assert (found.step, found.unfinished) == ("confirmed", "decide")


def test_nobody_confirms_their_own_word():
    assert answered(BY_GRACE, Action.CONFIRM, "grace", second=True) is Refusal.OWN


def test_the_second_refuses_and_it_is_asked_again():
    found = answered(BY_GRACE, Action.REFUSE, "tomasz", second=True)
    assert (found.standing, found.step, found.unfinished) == (OPEN, "refused", None)


def test_the_first_may_take_their_own_word_back():
    found = answered(BY_GRACE, Action.REFUSE, "grace", second=True)
    assert (found.standing, found.step) == (OPEN, "retracted")


@pytest.mark.parametrize("action", [Action.SAME, Action.DIFFERENT, Action.CANNOT_TELL])
def test_what_a_first_person_says_is_not_passed_over(action):
    assert answered(BY_GRACE, action, "tomasz", second=True) is Refusal.ANSWERED


def test_that_nobody_can_tell_needs_one_person_and_moves_nothing():
    found = answered(OPEN, Action.CANNOT_TELL, "grace", second=True)
    assert (found.standing, found.step, found.unfinished) == (COULD_NOT, "cannot_tell", None)


def test_a_decision_is_taken_back_by_one_person_or_by_two():
    alone = answered(SAME, Action.TAKE_BACK, "grace", second=False)
    assert (alone.standing, alone.step, alone.unfinished) == (OPEN, "taken_back", "take_back")
    first = answered(SAME, Action.TAKE_BACK, "grace", second=True)
    assert (first.step, first.unfinished) == ("proposed_take_back", None)
    assert first.standing.choice is Choice.SAME
    second = answered(first.standing, Action.CONFIRM, "tomasz", second=True)
    assert (second.standing, second.unfinished) == (OPEN, "take_back")
    kept = answered(first.standing, Action.REFUSE, "tomasz", second=True)
    assert (kept.standing, kept.step) == (SAME, "refused")


def test_a_question_that_nobody_could_answer_is_asked_again_without_moving_anything():
    found = answered(COULD_NOT, Action.TAKE_BACK, "grace", second=True)
    assert (found.standing, found.unfinished) == (OPEN, None)


@pytest.mark.parametrize(
    ("standing", "action"),
    [
        (OPEN, Action.CONFIRM),
        (OPEN, Action.REFUSE),
        (OPEN, Action.TAKE_BACK),
        (SAME, Action.DIFFERENT),
        (GONE, Action.SAME),
        (GONE, Action.TAKE_BACK),
        (GONE, Action.CONFIRM),
    ],
)
def test_what_is_not_asked_is_not_answered(standing, action):
    assert answered(standing, action, "grace", second=False) is Refusal.NOT_OPEN


@pytest.mark.parametrize("action", [Action.SAME, Action.DIFFERENT])
def test_a_decision_needs_a_reason_of_its_list_and_words(action):
    code = REASONS[action][0]
    assert not reason_is_missing(action, code, "Seen both.")
    assert reason_is_missing(action, code, "  ")
    assert reason_is_missing(action, None, "Seen both.")
    assert reason_is_missing(action, "made_up", "Seen both.")


def test_that_nobody_can_tell_and_a_second_yes_need_no_words_and_a_no_does():
    assert not reason_is_missing(Action.CANNOT_TELL, None, "")
    assert not reason_is_missing(Action.CONFIRM, None, "")
    assert reason_is_missing(Action.REFUSE, None, "")
    assert reason_is_missing(Action.TAKE_BACK, None, "")
