"""Processes note that they are at work, and people are told of those that are not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.lives import PostgresLives
from hub.adapters.store.questions import PostgresQuestions
from hub.core.policy import Policies, Source
from hub.core.report import Feed
from hub.service.feed_health import FeedHealth, read_alarms
from hub.service.living import NOTED_EVERY, SILENT_AFTER, TIMEKEEPER, Living, in_words
from tests.service.laboratory import NOW
from tests.service.test_incidents import surroundings

pytestmark = pytest.mark.stack

SECOND = timedelta(seconds=1)


@pytest.fixture
def living(laboratory):
    """Makes what notes the life of one process."""

    def made(process, worker="one"):
        lives = PostgresLives(laboratory.store)
        return Living(lives=lives, clock=laboratory.clock, process=process, worker=worker)

    return made


def only_from_hospitals(policy):
    """The policy joined by a hospital and nobody else."""
    source = Source(
        agency="RAE",
        feed=Feed.HEALTH,
        name="A made-up hospital",
        live_from=NOW,
        maximum_age=timedelta(days=5),
    )
    return replace(policy, sources={"RAE": source})


def silent(laboratory, processes=None):
    questions = PostgresQuestions(laboratory.store, laboratory.keys.sealer, laboratory.digests)
    alarms = read_alarms(questions, laboratory.clock.now(), SECOND, processes)
    return [(one.process, one.since) for one in alarms.silent]


def test_where_nothing_ever_ran_nobody_is_missed(laboratory):
    assert silent(laboratory, {"health"}) == []


def test_who_has_not_been_seen_for_two_minutes_is_silent_until_it_is_seen_again(laboratory, living):
    health, timekeeper = living("health"), living(TIMEKEEPER)
    assert (health(), timekeeper()) == (0, 0)
    laboratory.clock.instant += SILENT_AFTER
    timekeeper()
    assert silent(laboratory) == []

    laboratory.clock.instant += SECOND
    assert silent(laboratory) == [("health", NOW)]

    living("health", "another")()
    assert silent(laboratory) == []


def test_a_process_notes_that_it_is_at_work_now_and_then_and_not_each_time(laboratory, living):
    health = living("health")
    health()
    laboratory.clock.instant += NOTED_EVERY - SECOND
    health()
    assert laboratory.one("SELECT seen_at FROM process_seen") == NOW
    laboratory.clock.instant += SECOND
    health()
    assert laboratory.one("SELECT seen_at FROM process_seen") == NOW + NOTED_EVERY


def test_of_every_feed_that_a_policy_joins_a_worker_is_missed_and_of_no_other(laboratory, living):
    living(TIMEKEEPER)()
    laboratory.policies = Policies(
        hub=only_from_hospitals(laboratory.policies.hub), authorities={}, version="1"
    )

    found = FeedHealth(surroundings(laboratory)).alarms().silent

    assert [one.process for one in found] == ["health"]
    assert all(one.since is None for one in found)
    assert "'hub worker --feed health'" in in_words(found)
