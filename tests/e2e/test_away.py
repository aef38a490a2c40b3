"""PostgreSQL or the broker goes away and comes back: the same workers go on, nothing is lost.

Every feed has its worker, and all are told of at once.
"""

import time

import pytest

from hub.core.report import Feed
from hub.pipeline import EXIT_GIVEN_UP
from tests.e2e import oracle
from tests.e2e.town import halves

pytestmark = [pytest.mark.stack, pytest.mark.timeout(500)]

AWAY_SECONDS = 20
"""Longer than the silence after which Kafka takes a worker for dead."""

GIVEN_UP_AFTER_SECONDS = 15
"""Instead of the 60 in service."""


def test_postgresql_is_stopped_for_20_seconds(installation):
    workers = installation.patient_workers()
    installation.all_have_partitions(workers)
    before, after = halves(installation.town.morning())
    installation.publish(*before)
    installation.all_stored()

    try:
        installation.stack.stop_postgres()
        installation.publish(*after)
        for worker in workers.values():
            worker.says("trying again", times=3)
        time.sleep(AWAY_SECONDS)
    finally:
        installation.stack.start_postgres()
    installation.all_stored()
    installation.all_acknowledged()

    for worker in workers.values():
        assert worker.code is None, "it waited, and did not die"
        assert worker.log.count("Joined group") == 1, "and kept its partitions"
    oracle.check(installation)


def test_a_database_that_stays_away_ends_the_worker_and_nothing_is_acknowledged(installation):
    limit = {"hub.service.work.RETRY_SECONDS_MAX": GIVEN_UP_AFTER_SECONDS}
    workers = installation.workers(constants=limit)
    installation.all_have_partitions(workers)
    before, after = halves(installation.town.morning())
    installation.publish(*before)
    installation.all_stored()
    installation.all_acknowledged()
    acknowledged = {feed: installation.committed(feed) for feed in Feed}

    try:
        installation.stack.stop_postgres()
        installation.publish(*after)
        for worker in workers.values():
            assert worker.ended(150) == EXIT_GIVEN_UP, worker.log
        assert {feed: installation.committed(feed) for feed in Feed} == acknowledged
    finally:
        installation.stack.start_postgres()
    installation.workers()
    installation.all_stored()

    for worker in workers.values():
        assert "given up after" in worker.log
        deaths = installation.one(
            "SELECT count(*) FROM attempt WHERE ended_at IS NULL AND worker LIKE %s",
            f"%-{worker.pid}-%",
        )
        assert deaths == 0, "a planned exit is no death"
    oracle.check(installation)


@pytest.mark.parametrize("how", ["stop_kafka", "kill_kafka"])
def test_the_broker_is_stopped_and_started(installation, how):
    workers = installation.workers()
    installation.all_have_partitions(workers)
    before, after = halves(installation.town.morning())
    installation.publish(*before)
    installation.all_stored()

    try:
        assert getattr(installation.stack, how)()
        for worker in workers.values():
            worker.says("Marking the coordinator dead")
    finally:
        installation.stack.start_kafka()
    installation.publish(*after)
    installation.all_stored(180)
    installation.all_acknowledged(seconds=120)

    oracle.check(installation)
