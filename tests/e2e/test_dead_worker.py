"""A worker that is dead is told to whoever watches, while checks are answered all the same."""

from datetime import timedelta

import pytest

from hub.bootstrap import SystemClock
from hub.core.report import Feed
from hub.service.feed_health import read_alarms
from hub.service.living import SILENT_AFTER
from tests.e2e.waiting import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

OFTEN = {"hub.pipeline.LIFE_SECONDS": 0.2}


def silent(installation, after=timedelta()):
    """Who is said to be silent so long after now."""
    now = SystemClock().now() + after
    alarms = read_alarms(installation.hub.questions, now, timedelta(hours=1))
    return [(one.process, one.since) for one in alarms.silent]


def seen_at(installation):
    rows = installation.rows("SELECT seen_at FROM process_seen WHERE process = 'police'")
    return rows[0][0] if rows else None


def test_a_worker_that_is_killed_is_silent_soon_and_the_next_one_is_seen(installation):
    first = installation.worker(Feed.POLICE, constants=OFTEN)
    wait_until(lambda: seen_at(installation), "the worker notes that it is at work")
    assert silent(installation) == []

    first.kill()
    last = seen_at(installation)

    assert silent(installation) == []
    assert silent(installation, SILENT_AFTER) == [("police", last)]
    readiness = installation.hub.services.ready()
    assert readiness.ready

    installation.worker(Feed.POLICE, constants=OFTEN)
    wait_until(lambda: seen_at(installation) > last, "the next worker is seen")
    assert silent(installation) == []
