"""What was acknowledged has its row; where it has not, that is seen, and mended or refused."""

import os
import subprocess
import sys

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from hub.commands.run import group_of
from hub.core.report import Feed
from hub.pipeline import EXIT_HOLE
from hub.settings import PROJECT_ROOT
from hub.topics import report_topic
from tests.e2e import oracle
from tests.e2e.installation import Installation
from tests.e2e.town import of_feed

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

TOPIC = report_topic(Feed.HEALTH)


def test_positions_acknowledged_without_a_row_are_found_at_the_start(installation):
    town = installation.town
    first = installation.worker()
    installation.publish(*town.attendances(range(4), partition=2))
    installation.all_stored()
    installation.all_acknowledged()
    first.stop()
    places = installation.publish(*town.attendances(range(4, 8), partition=2))
    newest = tuple(installation.hub.kafka.fetch(TOPIC, 2, places[-1].offset, 99))
    installation.hub.receive(newest)
    installation.set_committed({2: places[-1].offset + 1})

    second = installation.worker()
    installation.all_stored()

    second.says(f"hole: {TOPIC}[2] {places[0].offset} to {places[-1].offset}")
    oracle.check(installation)


def test_the_watchdog_ends_a_worker_that_acknowledged_without_a_row_and_the_next_mends_it(
    installation,
):
    town = installation.town
    worker = installation.worker(constants={"hub.pipeline.RECONCILE_SECONDS": 3600})
    places = installation.publish(*town.attendances(range(4), partition=2))
    installation.all_stored()
    installation.all_acknowledged()

    installation.execute(
        "DELETE FROM report WHERE topic = %s AND partition = 2 AND kafka_offset = %s",
        *(TOPIC, places[-1].offset),
    )
    installation.execute("DELETE FROM position WHERE topic = %s AND partition = 2", TOPIC)
    installation.publish(town.attendance(9, partition=2))

    assert worker.ended() == EXIT_HOLE, worker.log
    assert "acknowledged without a row: partition 2" in worker.log
    installation.restarted.append(worker)
    second = installation.worker()
    installation.all_stored()
    assert "hole:" in worker.log + second.log, "found, and mended by the one or the other"
    oracle.check(installation)


def test_over_a_restored_database_the_worker_refuses_to_start_until_hub_recover_was_run(
    installation, tmp_path
):
    installation.group = group_of(Feed.HEALTH)
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    _work_off(installation, told[:12])
    backup = _copy_of_the_database(installation)
    _work_off(installation, told[12:])

    restored = Installation(installation.stack, backup, tmp_path / "restored")
    restored.group, restored.sent = installation.group, installation.sent
    try:
        refused = restored.worker()
        assert refused.ended() not in {0, None}
        assert "restored or replaced" in refused.log
        assert "hub recover" in refused.log
        assert len(restored.stored()) == 12

        said = _recover(restored)
        assert said.returncode != 0
        assert "--yes" in said.stderr
        said = _recover(restored, "--yes")
        assert said.returncode == 0, said.stderr
        assert "back to" in said.stdout
        restored.worker()
        restored.all_stored()
        restored.all_acknowledged()
        oracle.check(restored)
        assert restored.state() == installation.state()
    finally:
        restored.close()
        installation.stack.drop_database("restored_copy")


def _work_off(installation, messages):
    worker = installation.worker()
    installation.publish(*messages)
    installation.all_stored()
    installation.all_acknowledged()
    worker.stop()


def _copy_of_the_database(installation):
    """What a backup taken now would be; answers its URL."""
    url = installation.settings.database_url.get_secret_value()
    path, _, rest = url.partition("?")
    server, _, name = path.rpartition("/")
    ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(f"{server}/postgres?{rest}", autocommit=True) as connection:
        connection.execute(ends, (name,))
        connection.execute(
            sql.SQL("CREATE DATABASE restored_copy TEMPLATE {}").format(sql.Identifier(name))
        )
    return f"{server}/restored_copy?{rest}"


def _recover(installation, *options):
    settings = installation.settings
    environment = {n: v for n, v in os.environ.items() if not n.startswith("HUB_")} | {
        "HUB_KAFKA": settings.kafka,
        "HUB_DATABASE_URL": SecretStr.get_secret_value(settings.database_url),
        "HUB_HOME": str(settings.home),
    }
    return subprocess.run(
        [sys.executable, "-m", "hub", "recover", "--feed", "health", *options],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
