"""Several workers at once: partitions change hands, and all want the same child."""

import threading

import psycopg
import pytest

from hub.adapters.store.identity import IDENTITY_LOCK
from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.waiting import wait_until
from tests.service.laboratory import BRADFORD, LEEDS

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

CHILDREN = 12


def test_of_two_workers_one_is_killed_and_one_joins_and_all_have_worked(installation):
    """Of every feed at once, each of children of its own."""
    town = installation.town
    first, second = installation.workers(), installation.workers()
    for feed in Feed:
        installation.shares([first[feed], second[feed]], feed)
    installation.publish(*town.apart(range(CHILDREN)))
    installation.all_stored()
    for worker in (*first.values(), *second.values()):
        worker.says(" accepted")

    installation.publish(*town.apart(range(CHILDREN), visit="W"))
    for worker in first.values():
        worker.kill()
    third = installation.workers()
    for feed in Feed:
        installation.shares([second[feed], third[feed]], feed)
    installation.publish(*town.apart(range(CHILDREN), visit="X"))
    installation.publish(*town.attendances(range(100, 100 + CHILDREN), visit="Y", publisher="RR8"))
    installation.all_stored()
    installation.all_acknowledged()

    for feed in Feed:
        third[feed].says(" accepted")
        assert second[feed].log.count("Joined group") >= 2, "partitions changed hands"
    expected = {
        "repeat_attendance": CHILDREN,
        "domestic_abuse_incident": 3 * CHILDREN,
        "repeat_domestic_abuse": CHILDREN,
    }
    assert expected.items() <= oracle.check(installation).standing_by_rule().items()


def test_every_agency_and_eight_workers_introduce_the_same_new_children_at_once(installation):
    town = installation.town
    workers = {feed: [installation.worker(feed) for _ in range(2)] for feed in Feed}
    for feed in Feed:
        installation.shares(workers[feed], feed)
    told = [
        message
        for number in range(CHILDREN)
        for message in (
            town.attendance(number, publisher="RAE", partition=number % 2),
            town.attendance(number, publisher="RR8", partition=2 + number % 2),
            town.plan(number, publisher=BRADFORD, partition=number % 2),
            town.plan(number, publisher=LEEDS, partition=2 + number % 2),
            town.callout(number),
            town.mark(number),
        )
    ]

    with _identity_lock_held(installation):
        installation.publish(*told)
        wait_until(lambda: _waiting_for_the_lock(installation) == 6, "six workers want the lock")
        wait_until(lambda: _marks_stored(installation) == CHILDREN, "marks are stored without it")
    installation.all_stored()

    for worker in (one for some in workers.values() for one in some):
        worker.says(" accepted")
    assert installation.one("SELECT count(DISTINCT child_ref) FROM link") == CHILDREN
    assert installation.one("SELECT count(*) FROM link") == 6 * CHILDREN
    expected = {
        "plan_match": 3 * CHILDREN,
        "repeat_attendance": CHILDREN,
        "domestic_abuse_incident": CHILDREN,
        "unexplained_absence": CHILDREN,
    }
    assert expected.items() <= oracle.check(installation).standing_by_rule().items()


def _marks_stored(installation):
    return installation.one("SELECT count(*) FROM event WHERE kind = 'school_absence'")


def _waiting_for_the_lock(installation):
    return installation.one(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )


class _identity_lock_held:  # noqa: N801  # used as a function
    """Nobody can link a record inside this block: whoever comes waits."""

    def __init__(self, installation):
        self._url = installation.settings.database_url.get_secret_value()
        self._taken, self._release = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self):
        with psycopg.connect(self._url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (IDENTITY_LOCK,))
            self._taken.set()
            self._release.wait(60)

    def __enter__(self):
        self._thread.start()
        assert self._taken.wait(30)

    def __exit__(self, *_):
        self._release.set()
        self._thread.join()
