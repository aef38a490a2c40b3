"""Servers that go away and come back, databases that are replaced, positions without their row."""

import signal
import time

import pytest

from hub.core.report import Feed
from hub.errors import RefusedToStart
from hub.pipeline import EXIT_HOLE
from hub.topics import report_topic
from tests.e2e import oracle
from tests.e2e.town import of_feed

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

OUTAGE_SECONDS = 20
HEALTH = report_topic(Feed.HEALTH)


def test_a_database_that_is_away_for_20_seconds_loses_nothing(installation, local_stack):
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    worker = installation.worker()
    installation.publish(*told[:5])
    installation.all_stored()

    local_stack.stop_postgres()
    try:
        installation.publish(*told[5:])
        time.sleep(OUTAGE_SECONDS)
    finally:
        local_stack.start_postgres()
    installation.all_stored()

    worker.says("trying again")
    assert worker.code is None, "the worker waited in place"
    installation.all_acknowledged()
    oracle.check(installation)


def test_a_broker_that_stops_and_starts_loses_nothing(installation, local_stack):
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    worker = installation.worker()
    installation.publish(*told[:5])
    installation.all_stored()
    began = worker.log.count("Successfully joined group")

    local_stack.stop_kafka()
    time.sleep(5)
    local_stack.start_kafka()
    installation.publish(*told[5:])
    installation.all_stored(150)

    joined = worker.log.count("Successfully joined group") > began
    assert joined or "Heartbeat" in worker.log or "onnect" in worker.log, "the outage was seen"
    oracle.check(installation)


def test_of_two_workers_one_is_killed_and_one_joins_and_all_have_worked(installation):
    town = installation.town
    first, second = installation.worker(), installation.worker()
    installation.shares([first, second])
    installation.publish(*town.attendances(range(12)))
    installation.all_stored()
    assert all(" accepted" in one.log for one in (first, second)), "both have worked"

    first.signal(signal.SIGKILL)
    third = installation.worker()
    installation.shares([second, third])
    installation.publish(*town.attendances(range(12), visit="W", publisher="RR8"))
    installation.all_stored()

    third.says(" accepted")
    installation.all_acknowledged()
    oracle.check(installation)


def test_what_was_acknowledged_without_a_row_is_found_at_the_next_start(installation):
    town = installation.town
    installation.publish(*town.attendances(range(8)))
    worker = installation.worker()
    installation.all_stored()
    installation.all_acknowledged()
    worker.stop()
    installation.execute(
        "DELETE FROM event USING report WHERE event.topic = report.topic"
        " AND event.partition = report.partition AND event.kafka_offset = report.kafka_offset"
        " AND report.kafka_offset = 0"
    )
    installation.execute("DELETE FROM report WHERE kafka_offset = 0")
    installation.execute("DELETE FROM position")
    assert installation.stored() != set(installation.sent)

    installation.worker()

    installation.all_stored()
    oracle.check(installation)


def test_what_is_acknowledged_without_a_row_while_working_ends_the_process(installation):
    town = installation.town
    worker = installation.worker()
    installation.publish(*town.attendances(range(8)))
    installation.all_stored()
    installation.all_acknowledged()
    installation.execute(
        "DELETE FROM event USING report WHERE event.topic = report.topic"
        " AND event.partition = report.partition AND event.kafka_offset = report.kafka_offset"
        " AND report.kafka_offset = 0"
    )
    installation.execute("DELETE FROM report WHERE kafka_offset = 0")
    installation.execute("DELETE FROM position")

    installation.publish(*town.attendances(range(8), visit="W", publisher="RR8"))

    assert worker.ended() == EXIT_HOLE
    worker.says("acknowledged without a row")
    installation.worker()
    installation.all_stored()
    oracle.check(installation)


def test_a_worker_refuses_a_database_that_was_restored_and_recovers_when_told(installation):
    town = installation.town
    installation.publish(*town.attendances(range(8)))
    worker = installation.worker()
    installation.all_stored()
    installation.all_acknowledged()
    worker.stop()
    newest = "kafka_offset >= 1"
    installation.execute(f"DELETE FROM event WHERE {newest}")
    installation.execute(f"DELETE FROM report WHERE {newest}")
    installation.execute("DELETE FROM position")

    refused = installation.worker()
    assert refused.ended() == 1
    refused.says("hub recover")
    assert RefusedToStart.__name__ in refused.log

    highest = installation.hub.positions.highest_stored(HEALTH)
    back = {p: highest.get(p, -1) + 1 for p in installation.committed(Feed.HEALTH)}
    installation.hub.kafka.set_committed(installation.group, HEALTH, back)
    installation.worker()
    installation.all_stored()
    oracle.check(installation)


def test_four_agencies_and_four_workers_that_meet_a_child_at_once_make_one_child(installation):
    town = installation.town
    workers = [installation.worker() for _ in range(2)]
    workers += [installation.worker(Feed.SOCIAL_CARE) for _ in range(2)]
    installation.shares(workers[:2])
    installation.shares(workers[2:], Feed.SOCIAL_CARE)

    for number in range(60, 72):
        installation.publish(
            town.attendance(number, partition=0),
            town.attendance(number, publisher="RR8", partition=1),
            town.plan(number, partition=2),
            town.plan(number, publisher="E08000035", partition=3),
        )
    installation.all_stored()

    assert installation.one("SELECT count(*) FROM record") == 48
    assert installation.one("SELECT count(DISTINCT child_ref) FROM link") == 12
    oracle.check(installation)
