"""Answers carried out on a real PostgreSQL: children joined, parted, and put back again."""

from dataclasses import replace

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.adapters.store.reviews import PostgresReviews
from hub.api.reviews_shown import ReviewsShown
from hub.api.wording_review import moves_words
from hub.core.event import EventKind
from hub.core.review import Choice, ReviewState
from hub.core.review_answer import Action
from hub.ports.review import ReviewShows, ReviewsWanted
from hub.service.review_answers import AnswerOutcome, ReviewAnswers
from hub.service.review_desk import ReviewDesk
from hub.service.review_said import Answer
from hub.service.triage import Triage
from tests.service.laboratory import a_child, an_attendance
from tests.service.test_review_desk import GRACE, OF_LEEDS, REVIEWER, a_question, look
from tests.service.test_triage import DUTY, Unheard, surroundings

pytestmark = pytest.mark.stack

TOMASZ = replace(REVIEWER, user_id="tomasz")


@pytest.fixture
def reviews(laboratory):
    return PostgresReviews(laboratory.store, laboratory.keys.sealer)


@pytest.fixture
def desk(laboratory, reviews):
    return ReviewDesk(surroundings(laboratory), reviews, shipped_matching())


@pytest.fixture
def answers(laboratory, reviews, desk):
    return ReviewAnswers(
        desk=desk, store=reviews, corrections=laboratory.a_correct(), clock=laboratory.clock
    )


def give(answers, desk, review_id, action, asker=REVIEWER):
    codes = {Action.SAME: "agency_confirmed", Action.DIFFERENT: "twins"}
    said = Answer(
        action=action,
        stand=desk.one(asker, review_id).stand,
        code=codes.get(action),
        words="Rang the ward.",
    )
    taken = answers.answer(asker, review_id, said)
    assert taken.outcome is AnswerOutcome.DONE
    return taken


def children(laboratory):
    return laboratory.one("SELECT count(DISTINCT child_ref) FROM link")


def row_of(reviews, review_id):
    with reviews.review_transaction() as transaction:
        return transaction.review(review_id)


def test_two_people_join_a_visit_with_a_plan_and_the_alert_comes_confirmed(
    laboratory, reviews, desk, answers
):
    review_id = a_question(laboratory, reviews)
    assert (children(laboratory), laboratory.standing()) == (2, set())

    give(answers, desk, review_id, Action.SAME)
    assert (children(laboratory), laboratory.standing()) == (2, set())
    give(answers, desk, review_id, Action.CONFIRM, TOMASZ)

    assert children(laboratory) == 1
    ((rule, _, _),) = laboratory.standing()
    assert rule == "plan_match"
    alert_id = laboratory.one("SELECT alert_id FROM alert WHERE state = 'standing'")
    assert Triage(surroundings(laboratory), Unheard()).alert(DUTY, alert_id).confirmed
    look(laboratory, reviews)
    assert row_of(reviews, review_id).state is ReviewState.DECIDED


def kinds(item):
    return [{one.kind for one in side} for side in item.waits]


def test_what_same_puts_together_is_said_before_and_stays_apart_to_see(
    laboratory, reviews, desk, answers
):
    review_id = a_question(laboratory, reviews)
    before = desk.one(REVIEWER, review_id)
    with_plan = kinds(before).index({EventKind.CHILD_PROTECTION_PLAN})
    plan, visit = (before.puts_together[at] for at in (with_plan, 1 - with_plan))
    assert (plan.records, plan.events) == (1, ((EventKind.CHILD_PROTECTION_PLAN, 1),))
    assert (visit.agencies, visit.events) == (("RAE",), ((EventKind.EMERGENCY_ATTENDANCE, 1),))

    give(answers, desk, review_id, Action.SAME)
    give(answers, desk, review_id, Action.CONFIRM, TOMASZ)

    after = desk.one(REVIEWER, review_id)
    assert after.together
    assert kinds(after) == kinds(before)
    assert after.plan
    assert after.waits_total == (1, 1)


def test_of_a_shielded_child_what_same_puts_together_names_no_agency(laboratory, reviews, desk):
    review_id = a_question(laboratory, reviews, shielded=True)
    item = desk.one(REVIEWER, review_id)
    assert [one.agencies for one in item.puts_together] == [(), ()]
    assert [one.records for one in item.puts_together] == [1, 1]


def test_the_list_of_what_has_ended_tells_what_was_decided_and_by_whom(
    laboratory, reviews, desk, answers
):
    review_id = a_question(laboratory, reviews)
    give(answers, desk, review_id, Action.SAME)
    give(answers, desk, review_id, Action.CONFIRM, TOMASZ)

    shown = ReviewsShown(surroundings(laboratory), desk, answers)
    (row,) = shown.listed(GRACE, ReviewsWanted(shows=ReviewShows.ENDED)).rows

    assert row.outcome == "Decided: same child"
    assert row.decided_by == (REVIEWER.user_id, "tomasz")
    assert shown.one(GRACE, review_id).row.outcome == "Decided: same child"


def test_who_looks_at_a_question_is_kept_and_audited_until_it_is_answered(
    laboratory, reviews, desk, answers
):
    review_id = a_question(laboratory, reviews)
    stand = desk.one(TOMASZ, review_id).stand

    assert desk.claim(REVIEWER, review_id, looks=True)
    assert row_of(reviews, review_id).claimed_by == REVIEWER.user_id
    assert desk.claim(TOMASZ, review_id, looks=False)
    assert row_of(reviews, review_id).claimed_by == REVIEWER.user_id
    assert desk.one(TOMASZ, review_id).stand == stand
    assert not desk.claim(OF_LEEDS, review_id, looks=True)
    give(answers, desk, review_id, Action.CANNOT_TELL, TOMASZ)

    assert row_of(reviews, review_id).claimed_by is None
    told = "SELECT actor, outcome FROM audit_leaf WHERE action = 'claim question' ORDER BY at"
    assert sorted(laboratory.rows(told)) == sorted(
        [
            ("grace", f"{review_id}: looks"),
            ("tomasz", f"{review_id}: looks no longer"),
            (OF_LEEDS.user_id, f"{review_id}: none"),
        ]
    )


def test_what_taking_it_back_moves_is_said_before_and_is_what_moves(
    laboratory, reviews, desk, answers
):
    review_id = a_question(laboratory, reviews)
    give(answers, desk, review_id, Action.SAME)
    give(answers, desk, review_id, Action.CONFIRM, TOMASZ)
    links = "SELECT record_ref, child_ref, verdict, possible FROM identity_move ORDER BY record_ref"
    before = laboratory.rows(links)

    moves = desk.one(REVIEWER, review_id).moves

    assert (moves.records, moves.alerts) == (1, 1)
    assert sum(count for _, count in moves.events) == 1
    assert moves_words(moves).endswith(
        "One alert rests on that: what no longer holds is withdrawn."
    )
    give(answers, desk, review_id, Action.TAKE_BACK)
    assert children(laboratory) == 1
    give(answers, desk, review_id, Action.CONFIRM, TOMASZ)
    assert children(laboratory) == 2
    assert laboratory.standing() == set()
    assert laboratory.one("SELECT state FROM alert") == "withdrawn"
    moved = [bytes(row[0]) for row in before]
    stands = laboratory.rows(
        "SELECT record_ref, child_ref, verdict, possible FROM link WHERE record_ref = ANY(%s)"
        " ORDER BY record_ref",
        moved,
    )
    assert stands == before
    look(laboratory, reviews)
    row = row_of(reviews, review_id)
    assert (row.state, row.choice) == (ReviewState.OPEN, None)


def test_two_children_stay_two_whatever_is_learnt_and_are_not_asked_about_again(
    laboratory, reviews, desk, answers
):
    review_id = a_question(laboratory, reviews)
    give(answers, desk, review_id, Action.DIFFERENT)
    same_number = replace(a_child(local_id="H9"), given_names=None)
    told = an_attendance("V10", child=same_number, revision=2)
    laboratory.receive([laboratory.says(laboratory.hospital, told)])

    look(laboratory, reviews)

    assert children(laboratory) == 2
    row = row_of(reviews, review_id)
    assert (row.state, row.choice) == (ReviewState.DECIDED, Choice.DIFFERENT)
    assert laboratory.one("SELECT count(*) FROM identity_review WHERE state = 'open'") == 0


def test_a_joined_child_is_confirmed_and_the_decision_is_signed(laboratory, reviews, desk, answers):
    review_id = a_question(laboratory, reviews, plan=False)

    give(answers, desk, review_id, Action.SAME)

    row = row_of(reviews, review_id)
    (read,) = laboratory.a_correct().about([row.one])
    assert read.genuine
    assert read.decision.decision_id == row.decision_id
    assert read.decision.reason == "agency_confirmed: Rang the ward."
    assert laboratory.one("SELECT count(*) FROM link WHERE verdict IN ('possible', 'many')") == 0
    kinds = {one.kind for side in desk.one(REVIEWER, review_id).waits for one in side}
    assert kinds == {EventKind.EMERGENCY_ATTENDANCE}
