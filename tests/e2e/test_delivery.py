"""Reports come twice, in any order and late: what stands is the same."""

import random

import pytest

from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.exports import THURSDAY
from tests.e2e.processes import stop_together
from tests.service.laboratory import BRADFORD

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

STANDS_AFTER_A_MORNING = {
    "plan_match": 6,
    "repeat_attendance": 7,
    "domestic_abuse_incident": 11,
    "repeat_domestic_abuse": 1,
    "unexplained_absence": 3,
    "absence_after_incident": 2,
}
"""Three visits of four children with plans stand (one is withdrawn), two of them came twice, and
one of the four was at an incident; six children were at two sites and one four times at one. Of
fourteen versions of ten incidents eight incidents stand, one is withdrawn and one merged; a child
was at three of them, three had two children and one concerns a child not born yet. Three pupils are
on a plan, the absence of one on one day has ended; two were absent on the day after an incident, a
third's was withdrawn."""


@pytest.fixture
def workers(installation):
    return installation.workers()


def test_every_report_of_every_feed_in_every_partition_is_decided_and_acknowledged(
    installation, workers
):
    installation.publish(*installation.town.morning())
    installation.all_stored()

    for feed in Feed:
        assert installation.partitions_with_reports(feed) == {0, 1, 2, 3}
    installation.all_acknowledged()
    found = oracle.check(installation)
    stands = found.standing_by_rule()
    assert STANDS_AFTER_A_MORNING.items() <= stands.items()
    waiting = installation.rows("SELECT record_ref FROM record WHERE waits")
    assert len(waiting) == 1, "nobody knows one pupil"


def test_the_same_report_sent_twice_is_one_report_and_a_duplicate(installation, workers):
    told = installation.town.morning()
    installation.publish(*told)
    installation.all_stored()
    before = oracle.check(installation).standing_alerts()

    again = installation.publish(*told)
    installation.all_stored()

    assert {installation.state_of(at)[0] for at in again} == {"duplicate"}
    assert sorted(oracle.check(installation).standing_alerts()) == sorted(before)


def test_the_same_offsets_delivered_twice_change_nothing(installation):
    first = installation.workers()
    installation.publish(*installation.town.morning())
    installation.all_stored()
    installation.all_acknowledged()
    stop_together(first.values())
    before = installation.rows("SELECT alert_id, version FROM alert ORDER BY 1")
    assert before

    for feed in Feed:
        installation.set_committed(dict.fromkeys(range(4), 0), feed)
    for second in installation.workers().values():
        second.says(" known", times=1)
    installation.all_acknowledged()

    assert installation.rows("SELECT alert_id, version FROM alert ORDER BY 1") == before
    oracle.check(installation)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_arrival_does_not_change_what_stands(installation, workers, seed):
    told = installation.town.morning()
    shuffled = list(told)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  # an order, not a secret
    assert shuffled != told

    installation.publish(*shuffled)
    installation.all_stored()

    stands = oracle.check(installation).standing_by_rule()
    assert STANDS_AFTER_A_MORNING.items() <= stands.items()


def test_a_late_report_completes_a_pattern(installation):
    installation.worker()
    town = installation.town
    installation.publish(town.attendance(7, days_ago=3.0))
    installation.all_stored()
    assert oracle.check(installation).standing_alerts() == []

    installation.publish(town.attendance(7, visit="W", publisher="RR8", days_ago=20.0))
    installation.all_stored()

    ((rule, _, grounds),) = oracle.check(installation).standing_alerts()
    assert (rule, len(grounds)) == ("repeat_attendance", 2)


def test_a_plan_that_comes_after_the_attendance_raises_its_alert(installation):
    for feed in (Feed.HEALTH, Feed.SOCIAL_CARE):
        installation.worker(feed)
    town = installation.town
    installation.publish(town.attendance(3))
    installation.all_stored()
    assert oracle.check(installation).standing_alerts() == []

    installation.publish(town.plan(3, publisher=BRADFORD))
    installation.all_stored()

    ((rule, _, _),) = oracle.check(installation).standing_alerts()
    assert rule == "plan_match"


def test_what_waits_for_a_child_is_promoted_by_a_late_report_and_ended_by_a_whole_register(
    installation, workers
):
    town = installation.town
    installation.publish(town.mark(50), town.mark(51))
    installation.all_stored()
    assert oracle.check(installation).standing_alerts() == []
    assert installation.one("SELECT count(*) FROM record WHERE waits") == 2

    installation.publish(town.callout(50), town.plan(51, publisher=BRADFORD))
    installation.all_stored()
    found = oracle.check(installation).standing_by_rule()
    assert {"domestic_abuse_incident": 1, "unexplained_absence": 1}.items() <= found.items()
    assert installation.one("SELECT count(*) FROM record WHERE waits") == 0

    installation.publish(town.register_of(hour=12))
    installation.all_stored()
    found = oracle.check(installation).standing_by_rule()
    assert found["unexplained_absence"] == 0
    assert found["domestic_abuse_incident"] == 1


def test_an_incident_and_the_absence_after_it_come_in_either_order(installation, workers):
    town = installation.town
    for told in (
        [town.mark(50, day=THURSDAY), town.callout(53)],
        [town.callout(50), town.mark(53, day=THURSDAY)],
    ):
        installation.publish(*told)
        installation.all_stored()

    found = oracle.check(installation).standing_by_rule()
    assert {"domestic_abuse_incident": 2, "absence_after_incident": 2}.items() <= found.items()
