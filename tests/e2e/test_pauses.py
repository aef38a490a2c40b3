"""Workers that are stopped and go on, and statements that take their time."""

import re
import signal
import threading
import time

import psycopg
import pytest

from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.town import of_feed
from tests.e2e.waiting import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

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
def test_a_worker_that_was_stopped_in_a_batch_goes_on_while_its_replacement_works(
    installation, point
):
    town = installation.town
    zombie = installation.worker(pause_at=point)
    installation.publish(*of_feed(town.morning(), Feed.HEALTH))
    wait_until(lambda: is_stopped(zombie), "the worker stops itself in its batch")
    stopped_at = time.monotonic()

    replacement = installation.worker()
    installation.shares([replacement])
    assert is_stopped(zombie), "it gave nothing back: it was taken for dead"
    installation.publish(*town.attendances(range(12), visit="Y"))
    installation.all_stored()
    replacement.says(" accepted")

    left = STOPPED_SECONDS - (time.monotonic() - stopped_at)
    time.sleep(max(0.0, left))
    zombie.signal(signal.SIGCONT)
    installation.shares([zombie, replacement])
    installation.publish(*town.attendances(range(12), visit="Z"))
    installation.all_stored()
    installation.all_acknowledged()

    assert max(map(int, re.findall(r"\(generation (\d+)\)", replacement.log))) >= 2
    zombie.says("Joined group", times=2)
    if point == "before Transaction.commit":
        zombie.says("trying again")
    zombie.says("received")
    oracle.check(installation)


def test_a_statement_of_25_seconds_loses_neither_the_partition_nor_the_batch(installation):
    worker = installation.patient_worker()
    installation.shares([worker])
    installation.execute("CREATE SEQUENCE slow")
    installation.execute(
        "CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF nextval('slow') = 1 THEN PERFORM pg_sleep({STATEMENT_SECONDS}); END IF;"
        " RETURN NULL; END $$"
    )
    installation.execute(
        "CREATE TRIGGER slow AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION be_slow()"
    )

    began = time.monotonic()
    installation.publish(*of_feed(installation.town.morning(), Feed.HEALTH))
    installation.all_stored()
    installation.all_acknowledged()

    assert time.monotonic() - began > STATEMENT_SECONDS
    assert worker.log.count("Joined group") == 1, "no rebalance: the partitions were kept"
    assert "trying again" not in worker.log
    assert " known" not in worker.log
    oracle.check(installation)


def test_a_lock_that_is_held_too_long_is_waited_out(installation):
    worker = installation.patient_worker()
    installation.shares([worker])
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
        installation.publish(*of_feed(installation.town.morning(), Feed.HEALTH))
        worker.says("LockNotAvailable; trying again")
    finally:
        release.set()
        holder.join()
    installation.all_stored()

    assert worker.log.count("Joined group") == 1
    oracle.check(installation)
