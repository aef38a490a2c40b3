"""A day is played in the order of its times, and can be broken off."""

import threading
import time
from datetime import date, timedelta
from datetime import time as clock

import pytest

from hub.core.report import Feed
from hub.demo.day import DayPlan, day_messages
from hub.demo.deliveries import Delivery, instant
from hub.demo.player import Player
from hub.demo.town import build_town
from hub.errors import HubError

DAY = date(2026, 11, 21)
AS_FAST_AS_IT_GOES = 10_000_000


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("extracts")
    town = build_town(seed=2009, anchor=DAY, children=100)
    deliveries = tuple(
        Delivery(at=instant(DAY, clock(hour)), agency=agency, feed=feed, path=folder)
        for hour in (9, 21)
        for agency, feed in (
            ("E08000032", Feed.SOCIAL_CARE),
            ("E08000035", Feed.SOCIAL_CARE),
            ("POL13", Feed.POLICE),
            ("SCHOOLS", Feed.SCHOOLS),
        )
    )
    return DayPlan(day=DAY, first=(), messages=day_messages(town, DAY), deliveries=deliveries)


def a_player(plan, *, speed=AS_FAST_AS_IT_GOES, send=lambda _: None, run=lambda _: None):
    told = []
    player = Player(
        plan=plan,
        speed=speed,
        senders={"RAE": send, "RR8": send},
        hand_over=run,
        remember=told.append,
    )
    return player, told


def test_everything_of_the_day_is_sent_once_and_each_trusts_in_order(plan):
    sent, handed_over = {"RAE": [], "RR8": []}, []
    player, told = a_player(
        plan, send=lambda message: sent[message.trust].append(message), run=handed_over.append
    )
    assert player.play()
    for trust, messages in sent.items():
        assert messages == [one for one in plan.messages if one.trust == trust]
    for feed in (Feed.SOCIAL_CARE, Feed.POLICE, Feed.SCHOOLS):
        expected = [one for one in plan.deliveries if one.feed is feed]
        assert [one for one in handed_over if one.feed is feed] == expected
    assert told[-1].done
    assert told[-1].sent == told[-1].planned


def test_the_town_s_clock_goes_by_the_chosen_speed(plan):
    player, _ = a_player(plan, speed=3600)
    player.stopping.set()
    player.play()
    first = player.town_time()
    time.sleep(0.2)
    gone = player.town_time() - first
    assert timedelta(minutes=11) < gone < timedelta(minutes=40)


def test_the_town_s_clock_never_passes_the_end_of_the_day(plan):
    player, _ = a_player(plan)
    player.play()
    assert player.town_time() == instant(DAY + timedelta(days=1), clock(0))


def test_a_day_that_is_broken_off_says_so(plan):
    player, told = a_player(plan, speed=1)
    threading.Timer(0.3, player.stopping.set).start()
    assert not player.play()
    assert not told[-1].done


def test_a_fault_of_one_agency_is_told_after_the_others_have_finished(plan):
    sent = []

    def send(message):
        if message.trust == "RAE":
            raise HubError("the Bradford listener is away.")
        sent.append(message)

    player, told = a_player(plan, send=send)
    with pytest.raises(HubError, match="Bradford"):
        player.play()
    assert len(sent) == sum(message.trust == "RR8" for message in plan.messages)
    assert not told[-1].done
    assert "Bradford" in told[-1].remark
