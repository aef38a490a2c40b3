"""Answers over a real PostgreSQL: two people where two are needed, stale forms, and take back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.adapters.store.reviews import PostgresReviews
from hub.core.identity_decision import DecisionCause, DecisionKind
from hub.core.review import Choice, Proposed, ReviewReason, ReviewState
from hub.core.review_answer import Action, Refusal
from hub.errors import DecisionRefused, TransientFault
from hub.ports.review import ReviewAsked, ReviewShows, ReviewsWanted
from hub.service import review_items
from hub.service.review_answers import AnswerOutcome, ReviewAnswers
from hub.service.review_desk import ReviewDesk
from hub.service.review_said import Answer
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, an_attendance
from tests.service.test_review_desk import OF_LEEDS, REVIEWER, a_question, audited, look
from tests.service.test_triage import surroundings

pytestmark = pytest.mark.stack

TOMASZ = replace(REVIEWER, user_id="tomasz")
WAITING = ReviewsWanted()
ENDED = ReviewsWanted(shows=ReviewShows.ENDED)


class Corrections:
    """Stands for what moves links: notes what it is told to do, and may refuse or be away."""

    def __init__(self):
        self.decided, self.reversed = [], []
        self.fault = None

    def decide(self, decisions):
        if self.fault:
            raise self.fault
        self.decided += decisions

    def reverse(self, decision_id, *, by, role, organisation, reason):
        if self.fault:
            raise self.fault
        self.reversed.append((decision_id, by, role, organisation, reason))


@pytest.fixture
def corrections():
    return Corrections()


@pytest.fixture
def reviews(laboratory):
    return PostgresReviews(laboratory.store, laboratory.keys.sealer)


@pytest.fixture
def desk(laboratory, reviews):
    return ReviewDesk(surroundings(laboratory), reviews, shipped_matching())


@pytest.fixture
def answers(laboratory, reviews, desk, corrections):
    return ReviewAnswers(desk=desk, store=reviews, corrections=corrections, clock=laboratory.clock)


def says(action, item, words="Rang the ward.", code=None):
    codes = {Action.SAME: "agency_confirmed", Action.DIFFERENT: "twins"}
    return Answer(action=action, stand=item.stand, code=code or codes.get(action), words=words)


def give(answers, desk, review_id, action, asker=REVIEWER, **said):
    item = desk.one(asker, review_id)
    return answers.answer(asker, review_id, says(action, item, **said))


def row_of(reviews, review_id):
    with reviews.review_transaction() as transaction:
        return transaction.review(review_id)


def test_one_person_decides_about_children_without_a_plan(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews, plan=False)

    taken = give(answers, desk, review_id, Action.SAME)

    assert taken.outcome is AnswerOutcome.DONE
    (made,) = corrections.decided
    row = row_of(reviews, review_id)
    assert (made.one, made.other) == (row.one, row.other)
    assert (made.kind, made.cause) == (DecisionKind.SAME, DecisionCause.PERSON)
    assert (made.by, made.role, made.reason) == (
        "grace",
        "identity_reviewer",
        "agency_confirmed: Rang the ward.",
    )
    assert (row.state, row.choice, row.unfinished) == (ReviewState.DECIDED, Choice.SAME, None)
    assert row.decision_id == made.decision_id
    assert taken.item.listed.row.state is ReviewState.DECIDED


def test_where_there_is_a_plan_the_first_moves_nothing_and_the_second_sees_why(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews)

    give(answers, desk, review_id, Action.SAME)

    assert corrections.decided == []
    row = row_of(reviews, review_id)
    assert (row.state, row.proposed, row.proposed_by) == (
        ReviewState.OPEN,
        Proposed.SAME,
        "grace",
    )
    seen = desk.one(TOMASZ, review_id).steps[-1]
    assert (seen.kind, seen.by, seen.code, seen.words) == (
        "proposed_same",
        "grace",
        "agency_confirmed",
        "Rang the ward.",
    )


def test_the_second_person_confirms_and_both_stand_in_the_decision(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews)
    give(answers, desk, review_id, Action.SAME)

    taken = give(answers, desk, review_id, Action.CONFIRM, TOMASZ, words="Seen both.")

    assert taken.outcome is AnswerOutcome.DONE
    (made,) = corrections.decided
    assert made.by == "grace and tomasz"
    assert made.reason == "agency_confirmed: Rang the ward. Confirmed: Seen both."


def test_two_sessions_of_one_account_are_one_person(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews)
    give(answers, desk, review_id, Action.SAME)

    taken = give(answers, desk, review_id, Action.CONFIRM, replace(REVIEWER))

    assert (taken.outcome, taken.refusal) == (AnswerOutcome.REFUSED, Refusal.OWN)
    assert corrections.decided == []
    assert audited(laboratory)[-1][2] == f"{review_id}: confirm refused, own_answer"


def test_a_second_person_who_does_not_agree_leaves_it_open(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews)
    give(answers, desk, review_id, Action.SAME)

    give(answers, desk, review_id, Action.REFUSE, TOMASZ, words="They are cousins.")

    row = row_of(reviews, review_id)
    assert (row.state, row.proposed, corrections.decided) == (ReviewState.OPEN, None, [])


def test_different_about_a_child_with_a_plan_needs_one_person(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews)

    give(answers, desk, review_id, Action.DIFFERENT)

    assert [one.kind for one in corrections.decided] == [DecisionKind.DIFFERENT]


def test_a_form_made_before_something_changed_is_refused_and_shown_anew(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews, plan=False)
    before = desk.one(REVIEWER, review_id)
    moved = a_child(local_id="H9", nhs_number=None, given_names=("Mirabel",))
    told = an_attendance("V10", child=moved, revision=2)
    laboratory.receive([laboratory.says(laboratory.hospital, told)])

    taken = answers.answer(REVIEWER, review_id, says(Action.SAME, before))

    assert taken.outcome is AnswerOutcome.STALE
    assert taken.item.stand != before.stand
    assert (corrections.decided, row_of(reviews, review_id).choice) == ([], None)
    again = answers.answer(REVIEWER, review_id, says(Action.SAME, taken.item))
    assert again.outcome is AnswerOutcome.DONE


def test_a_second_click_changes_nothing(laboratory, reviews, desk, answers, corrections):
    review_id = a_question(laboratory, reviews, plan=False)
    item = desk.one(REVIEWER, review_id)
    first = answers.answer(REVIEWER, review_id, says(Action.DIFFERENT, item))
    second = answers.answer(REVIEWER, review_id, says(Action.DIFFERENT, item))

    assert first.outcome is second.outcome is AnswerOutcome.DONE
    assert len(corrections.decided) == 1
    assert [s.kind for s in second.item.steps] == ["opened", "decided_different"]


def test_of_two_people_at_once_one_answers_and_the_other_is_shown_what_stands(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews, plan=False)
    item = desk.one(REVIEWER, review_id)
    answers.answer(REVIEWER, review_id, says(Action.DIFFERENT, item))

    taken = answers.answer(TOMASZ, review_id, says(Action.SAME, item))

    assert taken.outcome is AnswerOutcome.STALE
    assert len(corrections.decided) == 1


def test_without_a_reason_nothing_is_recorded(laboratory, reviews, desk, answers, corrections):
    review_id = a_question(laboratory, reviews, plan=False)

    taken = give(answers, desk, review_id, Action.SAME, words=" ")

    assert taken.refusal is Refusal.REASON_MISSING
    assert row_of(reviews, review_id).state is ReviewState.OPEN


def test_nobody_of_another_desk_answers(laboratory, reviews, desk, answers, corrections):
    review_id = a_question(laboratory, reviews, plan=False)
    item = desk.one(REVIEWER, review_id)

    assert answers.answer(OF_LEEDS, review_id, says(Action.SAME, item)) is None
    assert audited(laboratory)[-1][2] == f"{review_id}: not theirs"


def test_of_a_shielded_child_nobody_of_another_desk_is_named(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews, shielded=True)
    with laboratory.store.connection() as connection:
        connection.execute("UPDATE identity_review SET desks = %s", [[BRADFORD, LEEDS]])
    desk.claim(OF_LEEDS, review_id, looks=True)

    (waiting,) = desk.listed(REVIEWER, WAITING).items
    assert desk.one(REVIEWER, review_id).listed.row.claimed_by == "A colleague"
    assert waiting.row.claimed_by == "A colleague"
    assert desk.one(OF_LEEDS, review_id).listed.row.claimed_by == OF_LEEDS.user_id

    give(answers, desk, review_id, Action.SAME, OF_LEEDS)
    proposed = desk.one(REVIEWER, review_id)
    assert proposed.listed.row.proposed_by == proposed.steps[-1].by == "A colleague"
    assert desk.one(replace(OF_LEEDS, user_id="li"), review_id).listed.row.proposed_by == "adaeze"
    give(answers, desk, review_id, Action.CONFIRM)
    (ended,) = desk.listed(REVIEWER, ENDED).items
    assert [step.by for step in ended.ended if step.by] == ["A colleague", REVIEWER.user_id]
    assert corrections.decided[0].by == f"{OF_LEEDS.user_id} and {REVIEWER.user_id}"


def test_a_question_of_another_desk_is_not_named_beside_ones_own(
    laboratory, reviews, desk, monkeypatch
):
    review_id = a_question(laboratory, reviews)
    visit = an_attendance("V8", child=a_child(1, family_name="Uddin"), site="RR801")
    laboratory.receive([laboratory.says(laboratory.other_hospital, visit)])
    row = row_of(reviews, review_id)
    (third,) = laboratory.rows(
        "SELECT record_ref FROM record WHERE record_ref NOT IN (%s, %s)", row.one, row.other
    )[0]
    asked = ReviewAsked(one=row.one, other=bytes(third), reason=ReviewReason.AGENCY_MERGE)
    with reviews.review_transaction() as transaction:
        transaction.ask_review([asked], NOW)
    look(laboratory, reviews)
    beside = {one.row.review_id for one in desk.one(REVIEWER, review_id).earlier}
    assert asked.review_id in beside
    assert len(beside) == 2
    monkeypatch.setattr(review_items, "EARLIER_SHOWN_MAX", 1)
    assert len(desk.one(REVIEWER, review_id).earlier) == 1

    with laboratory.store.connection() as connection:
        connection.execute(
            "UPDATE identity_review SET desks = %s WHERE review_id <> %s", [[LEEDS], review_id]
        )

    assert desk.one(REVIEWER, review_id).earlier == ()


def test_the_words_of_a_reason_are_sealed_at_rest(laboratory, reviews, desk, answers):
    review_id = a_question(laboratory, reviews, plan=False)
    give(answers, desk, review_id, Action.DIFFERENT, words="Aunt Philippa says so.")

    held = laboratory.rows("SELECT words FROM identity_review_step WHERE words IS NOT NULL")
    assert len(held) == 1
    assert b"Philippa" not in bytes(held[0][0])
    dump = laboratory.rows("SELECT identity_review_step::text FROM identity_review_step")
    assert not any("Philippa" in text for (text,) in dump)
    assert desk.one(REVIEWER, review_id).steps[-1].words == "Aunt Philippa says so."


def test_what_cannot_be_carried_out_is_asked_again_and_says_why(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews, plan=False)
    corrections.fault = DecisionRefused("This cannot be decided: another decision stands.")

    taken = give(answers, desk, review_id, Action.SAME)

    assert taken.outcome is AnswerOutcome.CONTRADICTS
    assert taken.sentence == "This cannot be decided: another decision stands."
    row = row_of(reviews, review_id)
    assert (row.state, row.choice, row.unfinished) == (ReviewState.OPEN, None, None)
    assert taken.item.steps[-1].kind == "not_carried_out"


def test_what_a_death_left_undone_is_carried_out_by_the_next_round_once(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews, plan=False)
    corrections.fault = TransientFault("the database is away")
    with pytest.raises(TransientFault):
        give(answers, desk, review_id, Action.SAME)
    assert row_of(reviews, review_id).unfinished == "decide"
    corrections.fault = None

    assert (answers.finish(), answers.finish()) == (1, 0)

    (made,) = corrections.decided
    assert row_of(reviews, review_id).decision_id == made.decision_id


def test_a_decision_with_a_plan_is_taken_back_by_two_and_asked_again(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews)
    give(answers, desk, review_id, Action.DIFFERENT)
    laboratory.clock.instant = NOW + timedelta(days=1)

    give(answers, desk, review_id, Action.TAKE_BACK, words="It was the other twin.")
    assert corrections.reversed == []
    with reviews.review_transaction() as transaction:
        second = ReviewsWanted(shows=ReviewShows.SECOND)
        (waits,) = transaction.reviews_at(["E08000032"], second, NOW).rows
    assert waits.proposed is Proposed.TAKE_BACK
    give(answers, desk, review_id, Action.CONFIRM, TOMASZ, words="Seen.")

    (undone,) = corrections.reversed
    assert undone[:2] == (corrections.decided[0].decision_id, "grace and tomasz")
    row = row_of(reviews, review_id)
    assert (row.state, row.opened_at) == (ReviewState.OPEN, laboratory.clock.instant)
    again = give(answers, desk, review_id, Action.DIFFERENT)
    assert again.outcome is AnswerOutcome.DONE
    first, second = corrections.decided
    assert first.decision_id != second.decision_id


def test_a_reversal_that_is_refused_leaves_the_decision_standing(
    laboratory, reviews, desk, answers, corrections
):
    review_id = a_question(laboratory, reviews, plan=False)
    give(answers, desk, review_id, Action.DIFFERENT)
    corrections.fault = DecisionRefused("These records are kept apart since an adoption.")

    taken = give(answers, desk, review_id, Action.TAKE_BACK, words="Wrong.")

    assert taken.outcome is AnswerOutcome.CONTRADICTS
    row = row_of(reviews, review_id)
    assert (row.state, row.choice) == (ReviewState.DECIDED, Choice.DIFFERENT)
    assert row.decision_id == corrections.decided[0].decision_id


def test_one_that_nobody_could_tell_waits_aside_until_something_new_is_known(
    laboratory, reviews, desk, answers
):
    review_id = a_question(laboratory, reviews, plan=False)
    give(answers, desk, review_id, Action.CANNOT_TELL, words="")
    look(laboratory, reviews)
    assert row_of(reviews, review_id).choice is Choice.CANNOT_TELL

    more = a_child(local_id="H9", nhs_number=None, given_names=("Mia",))
    told = an_attendance("V10", child=more, revision=2)
    laboratory.receive([laboratory.says(laboratory.hospital, told)])
    look(laboratory, reviews)

    row = row_of(reviews, review_id)
    assert (row.state, row.choice) == (ReviewState.OPEN, None)
    assert desk.one(REVIEWER, review_id).steps[-1].code == "new_evidence"
