"""What is loaded before the day: histories side by side, then what came since; nothing twice."""

from datetime import date

import pytest

from hub.demo.home import DemoHome, TownState
from hub.demo.loading import Loading
from hub.demo.town import build_town
from hub.errors import HubError

DAY = date(2026, 11, 21)


class Commands:
    """Notes what would be run; one of them may fail."""

    def __init__(self, failing=""):
        self.failing = failing
        self.ran = []
        self.broken_off = False

    def run(self, name, arguments, *, also_well=()):
        del arguments, also_well
        self.ran.append(name)
        if name == self.failing:
            raise HubError(f"{name} failed.")

    def break_off(self):
        self.broken_off = True


class Waits:
    """Notes when it is waited for."""

    def __init__(self):
        self.times = 0

    def until_taken(self, names):
        assert names
        self.times += 1


@pytest.fixture
def home(tmp_path):
    home = DemoHome(tmp_path)
    home.make()
    return home


@pytest.fixture(scope="module")
def town():
    return build_town(seed=2009, anchor=DAY, children=100)


def loading(home, commands, waits=None):
    state = home.town() or TownState(seed=2009, children=100, anchor=DAY)
    return Loading(
        home=home,
        processes=commands,
        waiting=waits or Waits(),
        state=state,
        tell=lambda _: None,
    )


def test_histories_and_registers_come_before_what_came_since(home, town):
    commands, waits = Commands(), Waits()
    loading(home, commands, waits).load(town, DAY)
    *first, one, two, three, police = commands.ran
    assert {"history-RAE", "history-RR8", "history-POL13", "history-SCHOOLS"} <= set(first)
    assert {"social_care-E08000032", "social_care-E10000017"} <= set(first)
    assert (one, two, three, police) == (*["schools-SCHOOLS"] * 3, "police-POL13")
    assert waits.times == 3


def test_what_was_loaded_is_not_loaded_again(home, town):
    loading(home, Commands()).load(town, DAY)
    again = Commands()
    loading(home, again).load(town, DAY)
    assert again.ran == []


def test_what_failed_is_told_and_alone_is_loaded_again(home, town):
    failing = Commands(failing="schools-SCHOOLS")
    with pytest.raises(HubError, match="schools-SCHOOLS failed"):
        loading(home, failing).load(town, DAY)
    again = Commands()
    loading(home, again).load(town, DAY)
    assert again.ran == [*["schools-SCHOOLS"] * 3, "police-POL13"]


def test_a_history_that_fails_breaks_off_the_others(home, town):
    failing = Commands(failing="history-RR8")
    with pytest.raises(HubError, match="history-RR8 failed"):
        loading(home, failing).load(town, DAY)
    assert failing.broken_off
    assert "schools-SCHOOLS" not in failing.ran
