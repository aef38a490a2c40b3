"""Workers that are stopped and go on, and statements that take their time."""

import re
import signal
import threading
import time

import psycopg
import pytest

from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.waiting import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

STOPPED_SECONDS = 7
"""Beyond the five after which PostgreSQL ends a transaction that idles."""

STATEMENT_SECONDS = 25


def is_stopped(process):
    """Whether SIGSTOP holds the process, as the kernel tells it."""
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:  # noqa: PTH123  # not a file
        return stat.read().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize(
    "point",
    ["before Transaction.commit", "after Transaction.commit", "after IdentityTransaction.commit"],
)
def test_workers_that_were_stopped_in_a_batch_go_on_while_their_replacements_work(
    installation, point
):
    town = installation.town
    zombies = {feed: installation.worker(feed, pause_at=point) for feed in Feed}
    installation.publish(*town.apart(range(8), visit="X"))
    for zombie in zombies.values():
        wait_until(lambda one=zombie: is_stopped(one), "the worker stops itself in its batch")
    stopped_at = time.monotonic()

    replacements = installation.workers()
    installation.all_have_partitions(replacements)
    assert all(map(is_stopped, zombies.values())), (
        "they gave nothing back: they were taken for dead"
    )
    installation.publish(*town.morning())
    installation.all_stored()
    for replacement in replacements.values():
        replacement.says(" accepted")

    left = STOPPED_SECONDS - (time.monotonic() - stopped_at)
    time.sleep(max(0.0, left))
    for zombie in zombies.values():
        zombie.signal(signal.SIGCONT)
    for feed in Feed:
        installation.shares([zombies[feed], replacements[feed]], feed)
    installation.publish(*town.apart(range(8), visit="Z"))
    installation.all_stored()
    installation.all_acknowledged()

    for feed, zombie in zombies.items():
        generations = re.findall(r"\(generation (\d+)\)", replacements[feed].log)
        assert max(map(int, generations)) >= 2
        zombie.says("Joined group", times=2)
        if point == "before Transaction.commit":
            zombie.says("trying again")
        zombie.says("received")
    oracle.check(installation)


def test_a_statement_of_25_seconds_loses_neither_the_partition_nor_the_batch(installation):
    """One of each feed, all at once and each of children of its own: nobody waits for another."""
    workers = installation.patient_workers()
    installation.all_have_partitions(workers)
    installation.execute(
        "CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF EXISTS (SELECT 1 FROM fresh WHERE kind NOT IN (SELECT kind FROM event AS held WHERE"
        " NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.event_id = held.event_id)))"
        f" THEN PERFORM pg_sleep({STATEMENT_SECONDS}); END IF; RETURN NULL; END $$"
    )
    installation.execute(
        "CREATE TRIGGER slow AFTER INSERT ON event REFERENCING NEW TABLE AS fresh"
        " FOR EACH STATEMENT EXECUTE FUNCTION be_slow()"
    )

    began = time.monotonic()
    installation.publish(*installation.town.apart(range(4)))
    installation.all_stored()
    installation.all_acknowledged()

    assert time.monotonic() - began > STATEMENT_SECONDS
    for worker in workers.values():
        assert worker.log.count("Joined group") == 1, "no rebalance: the partitions were kept"
        assert "trying again" not in worker.log
        assert " known" not in worker.log
    oracle.check(installation)


def test_a_lock_that_is_held_too_long_is_waited_out(installation):
    workers = installation.patient_workers()
    installation.all_have_partitions(workers)
    locked, release = threading.Event(), threading.Event()

    def hold():
        url = installation.settings.database_url.get_secret_value()
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE event IN EXCLUSIVE MODE")
            locked.set()
            release.wait(120)

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)
    try:
        installation.publish(*installation.town.morning())
        for worker in workers.values():
            worker.says("LockNotAvailable; trying again")
    finally:
        release.set()
        holder.join()
    installation.all_stored()

    assert all(worker.log.count("Joined group") == 1 for worker in workers.values())
    oracle.check(installation)
