"""The stories as a visitor is told them: steps, sights, and fresh families to play them in."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from hub.api.users import DEMO_USERS_BY_ID, Permission, Role
from hub.demo.every_story import STORIES
from hub.demo.home import DemoHome, Play, PlayState
from hub.demo.marks import Reading, marks_of
from hub.demo.newcomers import told_again, with_newcomers
from hub.demo.processes import ProcessState
from hub.demo.schools import school_of
from hub.demo.sights import Moment, Page
from hub.demo.story_guide import find_story, in_full, standing
from hub.demo.story_play import require_playable
from hub.demo.story_sights import sights_of
from hub.demo.story_steps import steps
from hub.demo.town import build_town, story_named
from hub.errors import ConfigurationError

DAY = date(2026, 11, 21)
OPENS = {
    Page.CHECK: Permission.CHECK,
    Page.ALERT: Permission.INBOX,
    Page.NO_ALERT: Permission.INBOX,
    Page.NOTICE: Permission.NOTICES,
    Page.FEEDS: Permission.FEEDS,
}
NAMES = [tell.__name__ for tell in STORIES]


@pytest.fixture(scope="module")
def town():
    return build_town(seed=2009, anchor=DAY, children=150)


def at(hour, minute=0):
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("name", NAMES)
def test_every_story_states_what_must_be_seen_by_somebody_who_may_look(town, name):
    sights = sights_of(story_named(town, name))
    assert [one for one in sights if one.until_end]
    for sight in sights:
        assert DEMO_USERS_BY_ID[sight.who].may(OPENS[sight.page])
        assert sight.shown or sight.page is Page.NO_ALERT


@pytest.mark.parametrize("name", NAMES)
def test_what_can_be_seen_after_a_step_belongs_to_a_story_that_has_the_step(town, name):
    story = story_named(town, name)
    moments = {step.moment for step in steps(town, story, DAY) if not step.past}
    moments |= {Moment.END, Moment.LATE}
    assert {sight.after for sight in sights_of(story)} <= moments


def test_a_cancelled_arrival_has_its_steps_in_the_order_of_the_world(town):
    told = steps(town, story_named(town, "cancelled_arrival"), DAY)
    assert [one.moment for one in told] == [Moment.REGISTER, Moment.ARRIVAL, Moment.CANCELLED]
    assert [one.at for one in told] == [at(2), at(11, 5), at(11, 23)]


def test_a_register_is_told_before_what_a_school_says_of_the_day_before(town):
    told = steps(town, story_named(town, "late_explanation"), DAY)
    assert [one.moment for one in told] == [Moment.REGISTER, Moment.ABSENCE, Moment.EXPLAINED]


def test_what_lay_before_the_day_is_told_first(town):
    told = steps(town, story_named(town, "baby_at_three_hospitals"), DAY)
    assert [one.past for one in told] == [True, True, False]


@pytest.mark.parametrize(
    ("played_until", "runs", "words"),
    [
        (None, False, "not yet played"),
        (at(1), True, "will be played at 02:00"),
        (at(11, 10), True, "goes on at 11:23"),
        (at(11, 10), False, "broken off with the day"),
        (at(12), True, "played"),
    ],
)
def test_how_far_a_story_is_is_said_by_the_towns_clocks(town, played_until, runs, words):
    told = steps(town, story_named(town, "cancelled_arrival"), DAY)
    played = played_until and PlayState(day=DAY, at=played_until)
    assert standing(told, played, is_played=runs) == words


def test_a_story_that_there_is_not_is_answered_with_the_nearest(town):
    with pytest.raises(ConfigurationError, match="Did you mean shielded_family"):
        find_story(town, "shielded_famly")


def test_the_guide_says_whom_to_sign_in_as_what_to_type_and_what_is_nowhere(town):
    story = story_named(town, "shielded_family")
    lines = "\n".join(in_full(town, story, DAY))
    assert "Sign in as Dr Amara Nwosu" in lines
    assert f"{story.people[0].birth_date:%d %m %Y}" in lines
    assert "Nowhere: " in lines


def test_a_story_told_again_has_people_whom_nobody_knows_and_always_the_same(town):
    numbers = [1, 2, 3]
    plays = [Play(number=one, story="twins", day=DAY) for one in numbers]
    everyone = with_newcomers(town, plays)
    assert everyone.newcomers == with_newcomers(town, plays).newcomers
    people = [*town.people, *town.adults]
    for story in everyone.newcomers:
        people += [*story.people, *story.adults]
    assert len({one.key for one in people}) == len(people)
    dealt = [one.nhs_number for one in people if one.nhs_number]
    assert len(set(dealt)) == len(dealt)
    assert all(number.startswith("999") for number in dealt)


def test_a_story_told_again_shares_no_birth_date_with_anybody_in_a_story(town):
    again = told_again(town, Play(number=1, story="same_name", day=DAY))
    assert not {one.birth_date for one in again.people} & {one.birth_date for one in town.people}


def test_the_plays_of_a_town_are_remembered_until_it_is_made_anew(tmp_path):
    home = DemoHome(tmp_path)
    home.make()
    first, second = (Play(number=one, story="twins", day=DAY) for one in (1, 2))
    home.remember_play(first)
    home.remember_play(second)
    assert DemoHome(tmp_path).plays() == (first, second)
    home.forget_plays()
    assert home.plays() == ()


def test_who_is_told_of_a_callout_at_a_school_is_somebody_whom_a_visitor_can_sign_in_as(town):
    pupils = {
        sight.who: sight.about
        for story in town.stories
        for sight in sights_of(story)
        if DEMO_USERS_BY_ID[sight.who].role is Role.SCHOOL_SAFEGUARDING_LEAD
    }
    assert len(pupils) == 2
    for lead, pupil in pupils.items():
        assert school_of(pupil, DAY).agency == DEMO_USERS_BY_ID[lead].organisation


def test_a_child_of_whom_a_story_says_so_is_at_no_school_and_has_no_mark(town):
    (child,) = story_named(town, "third_callout").people
    assert school_of(child, DAY) is None
    assert school_of(replace(child, school=None), DAY) is not None
    assert child not in [one.pupil for one in marks_of(town, DAY, Reading.MORNING, played=DAY)]


def test_the_guide_says_what_to_press_and_what_is_seen_once_it_is_late(town):
    lines = "\n".join(in_full(town, story_named(town, "callout_at_night"), DAY))
    assert "Sign in as Bronwen Ogden" in lines
    assert "press “Yes, on our roll”" in lines
    assert lines.index("once it is late") < lines.index("Sgt Iqra Hussain")


@pytest.mark.parametrize(
    ("stopped", "words"),
    [
        ({"worker-police"}, "^worker-police does not run: start it with `hub demo up`"),
        ({"worker-police", "serve"}, "^worker-police, serve do not run"),
        ({"worker-police", "serve", "timekeeper"}, "^The demo does not run"),
    ],
)
def test_what_does_not_run_is_named_before_a_story_is_played(stopped, words):
    names = ("worker-police", "serve", "timekeeper", "player")
    states = [ProcessState(name=name, pid=None if name in stopped else 1) for name in names]
    with pytest.raises(ConfigurationError, match=words):
        require_playable(SimpleNamespace(states=lambda: states))
