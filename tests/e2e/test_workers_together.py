"""Several workers at once: partitions change hands, and all want the same child."""

import threading

import psycopg
import pytest

from hub.adapters.store.identity import IDENTITY_LOCK
from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.waiting import wait_until
from tests.service.laboratory import BRADFORD, LEEDS

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

CHILDREN = 12


def test_of_two_workers_one_is_killed_and_one_joins_and_all_have_worked(installation):
    town = installation.town
    first, second = installation.worker(), installation.worker()
    installation.shares([first, second])
    installation.publish(*town.attendances(range(CHILDREN)))
    installation.all_stored()
    first.says(" accepted")
    second.says(" accepted")

    installation.publish(*town.attendances(range(CHILDREN), visit="W", publisher="RR8"))
    first.kill()
    third = installation.worker()
    installation.shares([second, third])
    installation.publish(*town.attendances(range(CHILDREN), visit="X"))
    installation.all_stored()
    installation.all_acknowledged()

    third.says(" accepted")
    assert second.log.count("Joined group") >= 2, "partitions changed hands"
    stands = oracle.check(installation).standing_alerts()
    assert {rule for rule, _, _ in stands} == {"repeat_attendance"}
    assert len(stands) == CHILDREN


def test_hospitals_councils_and_four_workers_introduce_the_same_new_children_at_once(installation):
    town = installation.town
    health = [installation.worker() for _ in range(2)]
    council = [installation.worker(Feed.SOCIAL_CARE) for _ in range(2)]
    installation.shares(health)
    installation.shares(council, Feed.SOCIAL_CARE)
    told = [
        message
        for number in range(CHILDREN)
        for message in (
            town.attendance(number, publisher="RAE", partition=number % 2),
            town.attendance(number, publisher="RR8", partition=2 + number % 2),
            town.plan(number, publisher=BRADFORD, partition=number % 2),
            town.plan(number, publisher=LEEDS, partition=2 + number % 2),
        )
    ]

    with _identity_lock_held(installation):
        installation.publish(*told)
        wait_until(lambda: _waiting_for_the_lock(installation) == 4, "four workers want the lock")
    installation.all_stored()

    for worker in (*health, *council):
        worker.says(" accepted")
    assert installation.one("SELECT count(DISTINCT child_ref) FROM link") == CHILDREN
    assert installation.one("SELECT count(*) FROM link") == 4 * CHILDREN
    stands = oracle.check(installation).standing_alerts()
    assert len(stands) == 3 * CHILDREN, "two plan matches and one repeat for each child"


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
