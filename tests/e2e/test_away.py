"""PostgreSQL or the broker goes away and comes back: the same worker goes on, nothing is lost."""

import time

import pytest

from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.town import of_feed

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

AWAY_SECONDS = 20
"""Longer than the silence after which Kafka takes a worker for dead."""

GIVEN_UP_AFTER_SECONDS = 15
"""Instead of the 60 in service."""


def test_postgresql_is_stopped_for_20_seconds(installation):
    worker = installation.patient_worker()
    installation.shares([worker])
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    installation.publish(*told[:10])
    installation.all_stored()

    try:
        installation.stack.stop_postgres()
        installation.publish(*told[10:])
        worker.says("trying again", times=3)
        time.sleep(AWAY_SECONDS)
    finally:
        installation.stack.start_postgres()
    installation.all_stored()
    installation.all_acknowledged()

    assert worker.code is None, "it waited, and did not die"
    assert worker.log.count("Joined group") == 1, "and kept its partitions"
    oracle.check(installation)


def test_a_database_that_stays_away_ends_the_worker_and_nothing_is_acknowledged(installation):
    limit = {"hub.service.work.RETRY_SECONDS_MAX": GIVEN_UP_AFTER_SECONDS}
    worker = installation.worker(constants=limit)
    installation.shares([worker])
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    installation.publish(*told[:4])
    installation.all_stored()
    installation.all_acknowledged()
    before = installation.committed(Feed.HEALTH)

    try:
        installation.stack.stop_postgres()
        installation.publish(*told[4:])
        assert worker.ended(150) == 75, worker.log
        assert installation.committed(Feed.HEALTH) == before
    finally:
        installation.stack.start_postgres()
    installation.worker()
    installation.all_stored()

    assert "given up after" in worker.log
    deaths = installation.one(
        "SELECT count(*) FROM attempt WHERE ended_at IS NULL AND worker LIKE %s",
        f"%-{worker.pid}-%",
    )
    assert deaths == 0, "a planned exit is no death"
    oracle.check(installation)


@pytest.mark.parametrize("how", ["stop_kafka", "kill_kafka"])
def test_the_broker_is_stopped_and_started(installation, how):
    worker = installation.worker()
    installation.shares([worker])
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    installation.publish(*told[:10])
    installation.all_stored()

    try:
        assert getattr(installation.stack, how)()
        worker.says("Marking the coordinator dead")
    finally:
        installation.stack.start_kafka()
    installation.publish(*told[10:])
    installation.all_stored(180)
    installation.all_acknowledged(seconds=120)

    oracle.check(installation)
