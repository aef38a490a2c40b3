"""What was acknowledged has its row; where it has not, that is seen, and mended or refused."""

import os
import subprocess
import sys

import pytest
from pydantic import SecretStr

from hub.commands.run import group_of
from hub.core.report import Feed
from hub.pipeline import EXIT_HOLE
from hub.settings import PROJECT_ROOT
from hub.topics import report_topic
from tests.e2e import oracle
from tests.e2e.installation import Installation, copy_of_the_database
from tests.e2e.processes import stop_together
from tests.e2e.town import halves

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


def test_positions_acknowledged_without_a_row_are_found_at_the_start(installation):
    town = installation.town
    first = installation.workers()
    installation.publish(*town.apart(range(4), partition=2))
    installation.all_stored()
    installation.all_acknowledged()
    stop_together(first.values())
    places = installation.publish(*town.apart(range(4, 8), partition=2))
    lost = {feed: [at for at in places if at.topic == report_topic(feed)] for feed in Feed}
    for feed, (*_, last) in lost.items():
        newest = tuple(installation.hub.kafka.fetch(last.topic, 2, last.offset, last.offset + 1))
        installation.hub.receive(newest)
        installation.set_committed({2: last.offset + 1}, feed)

    second = installation.workers()
    installation.all_stored()

    for feed, (from_here, *_, last) in lost.items():
        found = f"hole: {last.topic}[2] {from_here.offset} to {last.offset}"
        second[feed].says(found)
    oracle.check(installation)


def test_the_watchdog_ends_a_worker_that_acknowledged_without_a_row_and_the_next_mends_it(
    installation,
):
    town = installation.town
    workers = installation.workers(constants={"hub.pipeline.RECONCILE_SECONDS": 3600})
    places = installation.publish(*town.apart(range(4), partition=2))
    installation.all_stored()
    installation.all_acknowledged()

    for at in {at.topic: at for at in places}.values():
        installation.execute(
            "DELETE FROM report WHERE topic = %s AND partition = 2 AND kafka_offset = %s",
            *(at.topic, at.offset),
        )
        installation.execute("DELETE FROM position WHERE topic = %s AND partition = 2", at.topic)
    installation.publish(*town.apart([9], partition=2))

    for worker in workers.values():
        assert worker.ended() == EXIT_HOLE, worker.log
        assert "acknowledged without a row: partition 2" in worker.log
    installation.restarted += workers.values()
    second = installation.workers()
    installation.all_stored()
    for feed in Feed:
        both = workers[feed].log + second[feed].log
        assert "hole:" in both, "found, and mended by the one or the other"
    oracle.check(installation)


def test_over_a_restored_database_the_workers_refuse_to_start_until_hub_recover_was_run(
    installation, tmp_path
):
    installation.groups = {feed: group_of(feed) for feed in Feed}
    before, after = halves(installation.town.morning())
    _work_off(installation, before)
    backup = copy_of_the_database(installation.settings, "restored_copy")
    _work_off(installation, after)

    restored = Installation(installation.stack, backup, tmp_path / "restored")
    restored.groups, restored.sent = installation.groups, installation.sent
    try:
        for refused in restored.workers().values():
            assert refused.ended() not in {0, None}
            assert "restored or replaced" in refused.log
            assert "hub recover" in refused.log
        assert len(restored.stored()) == len(before)

        said = _recover(restored, Feed.HEALTH)
        assert said.returncode != 0
        assert "--yes" in said.stderr
        for feed in Feed:
            said = _recover(restored, feed, "--yes")
            assert said.returncode == 0, said.stderr
            assert "back to" in said.stdout
        restored.workers()
        restored.all_stored()
        restored.all_acknowledged()
        for one in (installation, restored):
            one.settled()
        oracle.check(restored)
        assert restored.facts() == installation.facts()
    finally:
        restored.close()
        installation.stack.drop_database("restored_copy")


def _work_off(installation, messages):
    workers = installation.workers()
    installation.publish(*messages)
    installation.all_stored()
    installation.all_acknowledged()
    stop_together(workers.values())


def _recover(installation, feed, *options):
    settings = installation.settings
    environment = {n: v for n, v in os.environ.items() if not n.startswith("HUB_")} | {
        "HUB_KAFKA": settings.kafka,
        "HUB_DATABASE_URL": SecretStr.get_secret_value(settings.database_url),
        "HUB_HOME": str(settings.home),
    }
    return subprocess.run(
        [sys.executable, "-m", "hub", "recover", "--feed", feed.value, *options],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
