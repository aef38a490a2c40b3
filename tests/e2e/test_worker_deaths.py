"""Reports that fail the hub, reports that kill it, and workers that die: only the guilty waits."""

import signal
from dataclasses import replace

import pytest

from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.installation import digest_of
from tests.e2e.town import of_feed, unsigned
from tests.e2e.watched import crash_points

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

BATCH_SECONDS = 5
"""How long a batch is collected where it must hold more than one report (0.02 in service)."""

DEATHS_MAX = 8
"""Three with the report in hand, and those before it is known which report it is."""


def test_a_poison_report_among_good_ones_is_found_by_halves_and_parked_alone(installation):
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    poison = told[7]
    noise = replace(told[3], value=b"not a report")
    places = installation.publish(*told, noise, unsigned(told[2]))

    slow_to_begin = {"hub.pipeline.WITHIN_SECONDS": BATCH_SECONDS}
    worker = installation.worker(poison=[digest_of(poison)], constants=slow_to_begin)
    installation.all_stored()

    worker.says(" bisected")
    assert worker.log.count("parked: PlantedFault") == 1
    states = {at: installation.state_of(at) for at in places}
    assert {at: reason for at, (state, reason) in states.items() if state == "parked"} == {
        places[7]: "hub_fault",
        places[-2]: "value_unreadable",
        places[-1]: "signature_wrong",
    }
    installation.all_acknowledged()
    assert worker.code is None
    oracle.check(installation)


def test_what_was_parked_for_a_fault_of_ours_is_accepted_after_the_release(installation):
    told = of_feed(installation.town.morning(), Feed.HEALTH)
    places = installation.publish(*told)
    installation.worker(poison=[digest_of(told[0])])
    installation.all_stored()
    assert installation.state_of(places[0]) == ("parked", "hub_fault")

    installation.hub.receive.retry(tuple(installation.hub.parked.raw((places[0],))))

    assert installation.state_of(places[0]) == ("accepted", None)
    oracle.check(installation)


@pytest.mark.parametrize("place", [0, 2], ids=["first of its partition", "behind others"])
def test_a_report_that_kills_the_worker_is_parked_after_three_deaths(installation, place):
    town = installation.town
    told = town.attendances(range(12)) + town.attendances(range(12), visit="W", publisher="RR8")
    fatal = town.attendance(13, partition=1)
    told.insert([n for n in range(12) if n % 4 == 1][place], fatal)
    places = installation.publish(*told)
    at = places[told.index(fatal)]

    deaths = _workers_until_all_is_stored(installation, fatal)

    assert 3 <= deaths <= DEATHS_MAX
    assert installation.state_of(at) == ("parked", "worker_deaths")
    states = {installation.state_of(other)[0] for other in places if other != at}
    assert states == {"accepted"}
    died = installation.one(
        "SELECT count(DISTINCT worker) FROM attempt WHERE topic = %s AND partition = %s"
        " AND position = %s AND ended_at IS NULL",
        *(at.topic, at.partition, at.offset),
    )
    assert died in {3, 4}, "one may die before the death of the one before is in the database"
    oracle.check(installation)


def _workers_until_all_is_stored(installation, fatal):
    """Start a worker after each one that dies; answer how many died."""
    for deaths in range(DEATHS_MAX + 1):
        worker = installation.worker(fatal=[digest_of(fatal)])
        while worker.code is None and installation.stored() != set(installation.sent):
            worker.wait(0.1)
        if worker.code is None:
            return deaths
        assert worker.code == -signal.SIGKILL, worker.log
    raise AssertionError(f"still dying after {DEATHS_MAX} deaths")


COMMITS = [one for one in crash_points() if one.endswith("Transaction.commit")]


@pytest.mark.parametrize("point", [*COMMITS, "after Transaction.write_alerts"])
def test_a_worker_killed_in_the_middle_of_a_batch_is_replaced_without_loss(installation, point):
    first = installation.worker(die_at=point)
    installation.publish(*of_feed(installation.town.morning(), Feed.HEALTH))
    assert first.ended() == -signal.SIGKILL
    assert installation.one("SELECT count(*) FROM attempt WHERE ended_at IS NULL") > 0

    second = installation.worker()
    installation.all_stored()
    installation.all_acknowledged()

    if point == "after Transaction.commit":
        second.says(" known")  # the batch that was committed, which may have held every report
    else:
        second.says(" accepted")
    oracle.check(installation)
