"""Reports come twice, in any order and late: what stands is the same."""

import random
from collections import Counter

import pytest

from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.town import of_feed
from tests.service.laboratory import BRADFORD

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

STANDS_AFTER_A_MORNING = {"plan_match": 5, "repeat_attendance": 7}
"""Three visits of four children with plans stand (one is withdrawn), two of them came twice; six
children were at two sites and one four times at one."""

TOLD_HERE = (Feed.HEALTH, Feed.SOCIAL_CARE)
"""The feeds on which the town speaks in a morning."""


@pytest.fixture
def both_workers(installation):
    return [installation.worker(feed) for feed in TOLD_HERE]


def test_every_report_of_both_feeds_in_every_partition_is_decided_and_acknowledged(
    installation, both_workers
):
    installation.publish(*installation.town.morning())
    installation.all_stored()

    for feed in TOLD_HERE:
        assert installation.partitions_with_reports(feed) == {0, 1, 2, 3}
        installation.all_acknowledged(feed)
    stands = oracle.check(installation).standing_alerts()
    assert {rule for rule, _, _ in stands} == {"plan_match", "repeat_attendance"}


def test_the_same_report_sent_twice_is_one_report_and_a_duplicate(installation, both_workers):
    told = installation.town.morning()
    installation.publish(*told)
    installation.all_stored()
    before = oracle.check(installation).standing_alerts()

    again = installation.publish(*told)
    installation.all_stored()

    assert {installation.state_of(at)[0] for at in again} == {"duplicate"}
    assert sorted(oracle.check(installation).standing_alerts()) == sorted(before)


def test_the_same_offsets_delivered_twice_change_nothing(installation):
    first = installation.worker()
    installation.publish(*of_feed(installation.town.morning(), Feed.HEALTH))
    installation.all_stored()
    installation.all_acknowledged()
    first.stop()
    before = installation.rows("SELECT alert_id, version FROM alert ORDER BY 1")
    assert before

    installation.set_committed(dict.fromkeys(range(4), 0))
    second = installation.worker()
    second.says(" known", times=1)
    installation.all_acknowledged()

    assert installation.rows("SELECT alert_id, version FROM alert ORDER BY 1") == before
    oracle.check(installation)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_arrival_does_not_change_what_stands(installation, both_workers, seed):
    told = installation.town.morning()
    shuffled = list(told)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  # an order, not a secret
    assert shuffled != told

    installation.publish(*shuffled)
    installation.all_stored()

    stands = oracle.check(installation).standing_alerts()
    assert Counter(rule for rule, _, _ in stands) == STANDS_AFTER_A_MORNING


def test_a_late_report_completes_a_pattern(installation, both_workers):
    town = installation.town
    installation.publish(town.attendance(7, days_ago=3.0))
    installation.all_stored()
    assert oracle.check(installation).standing_alerts() == []

    installation.publish(town.attendance(7, visit="W", publisher="RR8", days_ago=20.0))
    installation.all_stored()

    ((rule, _, grounds),) = oracle.check(installation).standing_alerts()
    assert (rule, len(grounds)) == ("repeat_attendance", 2)


def test_a_plan_that_comes_after_the_attendance_raises_its_alert(installation, both_workers):
    town = installation.town
    installation.publish(town.attendance(3))
    installation.all_stored()
    assert oracle.check(installation).standing_alerts() == []

    installation.publish(town.plan(3, publisher=BRADFORD))
    installation.all_stored()

    ((rule, _, _),) = oracle.check(installation).standing_alerts()
    assert rule == "plan_match"
