"""What whoever reported a concern is told of what became of it."""

from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.alert import AlertState
from hub.core.alert_life import Life, Outcome
from hub.core.disclosure import Role
from hub.core.disclosure_feedback import (
    Feedback,
    FeedbackStage,
    ReportFollowed,
    feedback_on,
    hears_back,
    no_dispute,
)
from hub.core.identifiers import GssCode

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WITHIN = timedelta(days=28)
HOUR = timedelta(hours=1)
BRADFORD = GssCode("E08000032")

DECIDED = Life(
    acknowledged_at=NOW - 3 * HOUR,
    decided_at=NOW - 2 * HOUR,
    outcome=Outcome.EARLY_HELP,
)


def a_report(life=None, **more):
    given = {
        "agency": "POL13",
        "owner": BRADFORD,
        "part_since": NOW - 4 * HOUR,
        "life": life or Life(),
        **more,
    }
    return ReportFollowed(**given)


def told(life=None, now=NOW, **more):
    return feedback_on(a_report(life, **more), now, dispute_within=WITHIN)


@pytest.mark.parametrize(
    ("role", "organisation", "hears"),
    [
        (Role.POLICE_DESK, "POL13", True),
        (Role.POLICE_DESK, "POL14", False),
        (Role.SCHOOL_SAFEGUARDING_LEAD, "POL13", True),
        (Role.HOSPITAL_SAFEGUARDING_TEAM, "POL13", True),
        (Role.AGENCY_STAFF, "POL13", False),
        (Role.DUTY_WORKER, "POL13", False),
        (Role.HUB_OPERATOR, "POL13", False),
        (Role.ED_CLINICIAN, "POL13", False),
    ],
)
def test_only_the_safeguarding_people_of_the_reporting_agency_hear(role, organisation, hears):
    assert hears_back(role, organisation, "POL13") is hears


def test_a_report_that_waits_is_received_and_overdue_once_its_clock_has_run_out():
    waiting = told(due_at=NOW + HOUR)
    assert (waiting.stage, waiting.overdue) == (FeedbackStage.RECEIVED, False)
    assert told(due_at=NOW).overdue
    assert not told(due_at=None).overdue
    assert not told(DECIDED, due_at=NOW - HOUR).overdue


def test_a_report_that_was_looked_at_says_when_and_by_whose_front_door():
    seen = told(Life(acknowledged_at=NOW - HOUR))
    assert (seen.stage, seen.looked_at, seen.authority) == (
        FeedbackStage.LOOKED_AT,
        NOW - HOUR,
        BRADFORD,
    )
    assert (seen.outcome, seen.told, seen.may_disagree_until) == (None, None, None)


def test_a_decision_tells_its_outcome_and_the_words_for_reporters():
    decided = told(DECIDED, told="A worker visits this week.")
    assert decided.stage is FeedbackStage.DECIDED
    assert (decided.outcome, decided.told) == (Outcome.EARLY_HELP, "A worker visits this week.")
    assert decided.may_disagree_until == DECIDED.decided_at + WITHIN


def test_one_may_disagree_until_the_days_for_it_have_passed():
    late = DECIDED.decided_at + WITHIN
    assert told(DECIDED, now=late).may_disagree_until == late
    assert told(DECIDED, now=late + HOUR).may_disagree_until is None
    why = no_dispute(a_report(DECIDED), late + HOUR, dispute_within=WITHIN)
    assert "28 days" in why


def test_while_it_is_disputed_nothing_of_the_former_decision_is_told():
    disputed = Life(disputed_at=NOW - HOUR, acknowledged_at=NOW)
    seen = told(disputed, told="Former words.", due_at=NOW - HOUR)
    assert (seen.stage, seen.outcome, seen.told) == (FeedbackStage.DISPUTED, None, None)
    assert seen.overdue


def test_where_the_child_is_hidden_no_authority_is_named_and_the_rest_is_told():
    hidden = told(DECIDED, shielded=True)
    assert hidden.authority is None
    assert hidden.outcome is Outcome.EARLY_HELP


def test_what_is_counted_on_what_was_seen_before_is_added_and_tells_no_earlier_decision():
    before = told(DECIDED, counted=True, part_since=NOW - HOUR)
    assert (before.stage, before.outcome, before.looked_at) == (FeedbackStage.ADDED, None, None)


def test_what_is_counted_hears_what_is_decided_after_it_came_and_cannot_dispute_it_alone():
    after = told(DECIDED, counted=True)
    assert (after.stage, after.outcome) == (FeedbackStage.DECIDED, Outcome.EARLY_HELP)
    assert after.may_disagree_until is None
    assert "ring the front door" in no_dispute(
        a_report(DECIDED, counted=True), NOW, dispute_within=WITHIN
    )


def test_what_was_withdrawn_is_told_only_if_somebody_had_looked_at_it():
    gone = Life(state=AlertState.WITHDRAWN)
    assert told(gone) is None
    seen = told(Life(state=AlertState.WITHDRAWN, acknowledged_at=NOW - HOUR))
    assert seen.stage is FeedbackStage.TAKEN_BACK


def test_nothing_is_told_of_what_was_told_to_nobody_or_replaced():
    assert told(Life(delivered=False)) is None
    assert told(Life(state=AlertState.SUPERSEDED, acknowledged_at=NOW)) is None


LIVES = st.builds(
    Life,
    state=st.sampled_from(AlertState),
    delivered=st.booleans(),
    acknowledged_at=st.none() | st.just(NOW - HOUR),
    decided_at=st.none() | st.just(NOW - HOUR),
    outcome=st.just(Outcome.ASSESSMENT),
    disputed_at=st.none() | st.just(NOW - HOUR),
    closed_at=st.none() | st.just(NOW),
)


@given(LIVES, st.booleans(), st.booleans())
def test_an_outcome_is_told_with_its_decision_and_never_without(life, counted, shielded):
    seen = told(life, counted=counted, shielded=shielded, told="For you.")
    if seen is None:
        return
    decided = seen.stage is FeedbackStage.DECIDED
    assert [seen.outcome is not None, seen.told is not None, seen.decided_at is not None] == [
        decided
    ] * 3
    assert not (shielded and seen.authority)


def test_nothing_of_the_alert_or_the_child_has_a_place_in_what_is_told():
    assert {one.name for one in fields(Feedback)} == {
        *("stage", "authority", "overdue", "looked_at", "decided_at", "outcome", "told"),
        "may_disagree_until",
    }
    assert "For you." not in repr(told(DECIDED, told="For you."))
    assert asdict(told(DECIDED))["told"] is None


@pytest.mark.parametrize(
    "done",
    [
        DECIDED,
        Life(acknowledged_at=NOW - 3 * HOUR),
        Life(disputed_at=NOW - 2 * HOUR),
    ],
)
def test_a_report_that_came_after_what_was_done_is_added_and_told_none_of_it(done):
    report = a_report(done, part_since=NOW - HOUR, told="For those who reported before.")

    heard = feedback_on(report, NOW, dispute_within=WITHIN)

    assert heard == Feedback(stage=FeedbackStage.ADDED, authority=BRADFORD)
    assert "counted with what" in no_dispute(report, NOW, dispute_within=WITHIN)


def test_a_report_that_was_added_hears_what_is_decided_after_it():
    assert told(DECIDED, part_since=NOW - 2.5 * HOUR).stage is FeedbackStage.DECIDED
