"""What may follow what in the life of an alert."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.alert import AlertState
from hub.core.alert_life import (
    OUTCOME_WORDS,
    Act,
    Life,
    Outcome,
    Side,
    Stage,
    after,
    refusal,
    stage_of,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
WITHIN = timedelta(days=28)
NFA = Outcome.NO_FURTHER_ACTION


def refused(life, act, side=Side.OWNER, now=NOW):
    return refusal(life, act, side, now, dispute_within=WITHIN)


def a_life(*acts):
    """An alert after these acts of its owner, each an hour after the other."""
    life = Life()
    for hours, act in enumerate(acts):
        at = NOW - timedelta(hours=len(acts) - hours)
        life = after(life, act, at, NFA if act is Act.DECIDE else None)
    return life


def test_an_alert_is_delivered_acknowledged_decided_and_closed():
    stages = [stage_of(a_life())]
    stages += [
        stage_of(a_life(*acts))
        for acts in (
            [Act.ACKNOWLEDGE],
            [Act.ACKNOWLEDGE, Act.DECIDE],
            [Act.ACKNOWLEDGE, Act.DECIDE, Act.CLOSE],
            [Act.DECIDE, Act.DISPUTE],
        )
    ]

    assert stages == [
        Stage.DELIVERED,
        Stage.ACKNOWLEDGED,
        Stage.DECIDED,
        Stage.CLOSED,
        Stage.DISPUTED,
    ]


def test_who_decides_what_nobody_acknowledged_has_seen_it():
    assert a_life(Act.DECIDE).acknowledged_at == NOW - timedelta(hours=1)


def test_a_dispute_makes_it_undecided_and_unseen():
    life = a_life(Act.ACKNOWLEDGE, Act.DECIDE, Act.CLOSE, Act.DISPUTE)

    assert stage_of(life) is Stage.DISPUTED
    assert (life.acknowledged_at, life.decided_at, life.outcome, life.closed_at) == (None,) * 4
    assert refused(life, Act.DECIDE) is None
    assert "decide anew" in refused(life, Act.CLOSE)


def test_a_decision_may_be_changed_until_it_is_closed():
    assert refused(a_life(Act.DECIDE), Act.DECIDE) is None
    assert "opens it again" in refused(a_life(Act.DECIDE, Act.CLOSE), Act.DECIDE)


@pytest.mark.parametrize("acts", [(), (Act.ACKNOWLEDGE,)])
def test_nothing_undecided_is_closed_or_disputed(acts):
    assert "Not decided yet" in refused(a_life(*acts), Act.CLOSE)
    assert "Nothing has been decided" in refused(a_life(*acts), Act.DISPUTE, Side.INFORMED)


@pytest.mark.parametrize("side", [Side.INFORMED, Side.REPORTER])
@pytest.mark.parametrize("act", [Act.ACKNOWLEDGE, Act.DECIDE, Act.CLOSE])
def test_only_the_authority_that_acts_decides(side, act):
    assert refused(a_life(Act.ACKNOWLEDGE), act, side).startswith("Only the authority")


@pytest.mark.parametrize("side", [Side.INFORMED, Side.REPORTER])
def test_who_is_informed_or_reported_it_may_disagree_once_and_in_time(side):
    decided = a_life(Act.DECIDE)

    assert refused(decided, Act.DISPUTE, side) is None
    assert "already" in refused(a_life(Act.DECIDE, Act.DISPUTE), Act.DISPUTE, side)
    assert "More than 28 days" in refused(decided, Act.DISPUTE, side, NOW + WITHIN)


def test_an_authority_does_not_dispute_what_it_decided_itself():
    assert "decides anew" in refused(a_life(Act.DECIDE), Act.DISPUTE)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    "life",
    [
        Life(delivered=False),
        Life(state=AlertState.WITHDRAWN),
        Life(state=AlertState.SUPERSEDED, decided_at=NOW, outcome=NFA),
    ],
)
def test_nothing_is_done_about_what_does_not_stand_or_was_never_told(act, side, life):
    assert refused(life, act, side).startswith("This alert was")


def test_a_decision_has_an_outcome_and_nothing_else_has():
    with pytest.raises(ValueError, match="has an outcome"):
        after(Life(), Act.DECIDE, NOW)
    with pytest.raises(ValueError, match="has an outcome"):
        after(Life(), Act.CLOSE, NOW, NFA)


def test_every_outcome_has_words():
    assert set(OUTCOME_WORDS) == set(Outcome)


@given(st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(Side))))
def test_whatever_is_tried_a_life_stays_whole(tried):
    life = Life()
    for hours, (act, side) in enumerate(tried):
        at = NOW + timedelta(hours=hours)
        if refused(life, act, side, at) is None:
            life = after(life, act, at, NFA if act is Act.DECIDE else None)
        assert (life.decided_at is None) == (life.outcome is None)
        assert life.decided_at is None or life.acknowledged_at is not None
        assert life.closed_at is None or life.decided_at is not None
        assert life.disputed_at is None or life.decided_at is None


def test_what_ended_says_how_it_ended():
    ends = {AlertState.WITHDRAWN: Stage.WITHDRAWN, AlertState.SUPERSEDED: Stage.SUPERSEDED}
    assert {state: stage_of(Life(state=state)) for state in ends} == ends
    assert "withdrawn" in refused(Life(state=AlertState.WITHDRAWN), Act.DECIDE)
    assert "a newer one" in refused(Life(state=AlertState.SUPERSEDED), Act.DECIDE)
