"""Episodes join into periods in any order, and never so that care seems to end too early."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.social_care.periods import Episode, periods_of
from connectors.social_care.tables import EPISODES, Row

FIRST = date(2024, 1, 1)
ROW = Row(EPISODES, 2, {})


def an_episode(name, start, end=None, reason="", because=""):
    return Episode(
        row=ROW,
        episode_id=name,
        started_on=FIRST + timedelta(days=start),
        start_reason=because,
        ceased_on=None if end is None else FIRST + timedelta(days=end),
        ceased_reason=reason,
    )


def told(*episodes):
    return [
        (p.first.episode_id, p.ended_on and (p.ended_on - FIRST).days) for p in periods_of(episodes)
    ]


def test_x1_ends_an_episode_and_not_the_period():
    assert told(an_episode("a", 0, 10, "X1"), an_episode("b", 10, 20, "E4")) == [("a", 20)]


def test_an_end_with_a_final_reason_and_a_gap_makes_two_periods():
    assert told(an_episode("a", 0, 10, "E4"), an_episode("b", 15)) == [("a", 10), ("b", None)]


def test_a_gap_after_x1_is_a_gap_in_the_recording():
    assert told(an_episode("a", 0, 10, "X1"), an_episode("b", 12, 20, "E4")) == [("a", 20)]


def test_a_new_start_after_x1_and_a_gap_begins_a_new_period():
    read = told(an_episode("a", 0, 10, "X1"), an_episode("b", 12, because="S"))
    assert read == [("a", 10), ("b", None)]


def test_overlapping_episodes_are_one_period_that_ends_with_the_latest():
    read = told(an_episode("a", 0, 30, "E4"), an_episode("b", 5, 10, "X1"))
    assert read == [("a", 30)]


def test_an_episode_left_open_keeps_the_period_open():
    assert told(an_episode("a", 0), an_episode("b", 5, 10, "E4")) == [("a", None)]


def test_x1_with_nothing_after_it_leaves_the_period_open_and_says_so():
    (period,) = periods_of([an_episode("a", 0, 10, "X1")])
    assert period.ended_on is None
    assert period.continuation_is_missing


def test_a_period_whose_first_episode_is_a_change_says_that_its_start_is_missing():
    (period,) = periods_of([an_episode("a", 0, because="P")])
    assert period.start_is_missing


def test_an_end_and_a_new_start_on_one_day_make_two_periods():
    read = told(an_episode("a", 0, 10, "E4"), an_episode("b", 10, because="S"))
    assert read == [("a", 10), ("b", None)]


@st.composite
def some_episodes(draw):
    count = draw(st.integers(1, 6))
    return [
        an_episode(
            name,
            start := draw(st.integers(0, 40)),
            draw(st.none() | st.integers(start, 50)),
            draw(st.sampled_from(["X1", "E4", "E3", ""])),
            draw(st.sampled_from(["S", "L", "P", ""])),
        )
        for name in "abcdef"[:count]
    ]


@given(some_episodes(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(episodes, chance):
    shuffled = list(episodes)
    chance.shuffle(shuffled)
    assert told(*shuffled) == told(*episodes)


@given(some_episodes())
def test_an_episode_that_lasts_leaves_a_period_open(episodes):
    lasting = any(episode.ceased_on is None for episode in episodes)
    assert not lasting or any(period.ended_on is None for period in periods_of(episodes))


@given(some_episodes())
def test_each_day_of_an_episode_is_a_day_of_a_period(episodes):
    periods = periods_of(episodes)
    for episode in episodes:
        last = episode.ceased_on or date.max
        assert any(
            period.first.started_on <= episode.started_on and last <= (period.ended_on or date.max)
            for period in periods
        )
