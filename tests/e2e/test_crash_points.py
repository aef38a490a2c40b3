"""A process is killed at every point that the ports mark; a second one finishes what it began.

The points are generated: before and after every method marked ``durable`` and every commit. A new
durable method is covered as it is written; one that a day does not come to fails here.
"""

import signal

import pytest

from tests.e2e import oracle
from tests.e2e.installation import Installation, make_topics_anew
from tests.e2e.one_day import one_day
from tests.e2e.watched import crash_points
from tests.service.laboratory import NOW

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def calm_day(local_stack, new_database, tmp_path_factory):
    """A day without a death, whose messages stay in Kafka for every other day of this module."""
    make_topics_anew(local_stack.kafka_address)
    url = new_database("calm_day")
    found = Installation(local_stack, url, tmp_path_factory.mktemp("calm"))
    found.publish(*found.town.whole_day())
    process = found.run(one_day, found.settings, found.groups)
    assert process.ended(180) == 0, process.log
    yield found
    found.close()
    local_stack.drop_database("calm_day")


@pytest.fixture
def day(calm_day, local_stack, database_url, tmp_path):
    """The same day for another hub: its own database and group, the same messages."""
    found = Installation(local_stack, database_url, tmp_path)
    found.sent = dict(calm_day.sent)
    yield found
    found.close()


def test_a_calm_day_comes_to_every_trouble(calm_day):
    oracle.check(calm_day, expired_on=NOW.date())
    state = calm_day.state()
    assert state["done"] == [(1, 1, 1)]
    assert state["pending"] == [(0,)]
    assert {row[3] for row in state["reports"]} == {"accepted"}
    for trouble in ("problems", "faults", "refusals", "settlements", "notices", "outbox"):
        assert state[trouble]
    assert ("E08000035", "x-2026-11-21", "applied") in {row[:3] for row in state["extracts"]}


def test_the_points_are_those_of_the_ports():
    points = crash_points()
    assert len(points) == len(set(points))
    for known in ("Transaction.commit", "IdentityTransaction.commit", "Question.commit"):
        assert f"before {known}" in points
        assert f"after {known}" in points
    assert "before Transaction.write_alerts" in points
    assert "after Positions.mark_verified" in points


@pytest.mark.parametrize("point", crash_points())
def test_what_a_death_leaves_behind_is_finished_by_the_next_process(point, day, calm_day):
    first = day.run(one_day, day.settings, day.groups, die_at=point)
    assert first.ended(120) == -signal.SIGKILL, f"a day does not come to {point}\n{first.log}"
    assert day.state() != calm_day.state() or point.startswith("after")

    second = day.run(one_day, day.settings, day.groups)

    assert second.ended(120) == 0, second.log
    oracle.check(day, expired_on=NOW.date())
    assert day.state() == calm_day.state()
