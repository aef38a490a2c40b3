"""Reports that fail the hub, reports that kill it, and workers that die: only the guilty waits."""

import signal
from dataclasses import replace

import pytest

from hub.core.report import Feed
from tests.e2e import oracle
from tests.e2e.installation import digest_of
from tests.e2e.processes import stop_together
from tests.e2e.town import of_feed, unsigned
from tests.e2e.watched import crash_points

pytestmark = [pytest.mark.stack, pytest.mark.timeout(500)]

BATCH_SECONDS = 5
"""How long a batch is collected where it must hold more than one report (0.02 in service)."""

DEATHS_MAX = 8
"""Three with the report in hand, and those before it is known which report it is."""


def test_a_poison_report_among_good_ones_is_found_by_halves_and_parked_alone(installation):
    town = installation.town
    told = town.morning()
    poison = {feed: of_feed(told, feed)[1] for feed in Feed}
    noise = [replace(of_feed(told, feed)[0], value=b"not a report") for feed in Feed]
    forged = [unsigned(of_feed(told, feed)[2]) for feed in Feed]
    sent = [*told, *noise, *forged]
    places = dict(zip(installation.publish(*sent), sent, strict=True))

    digests = [digest_of(one) for one in poison.values()]
    slow_to_begin = {"hub.pipeline.WITHIN_SECONDS": BATCH_SECONDS}
    workers = installation.workers(poison=digests, constants=slow_to_begin)
    installation.all_stored()

    for worker in workers.values():
        worker.says(" bisected")
        assert worker.log.count("parked: PlantedFault") == 1
    expected = dict.fromkeys(map(id, poison.values()), "hub_fault")
    expected |= dict.fromkeys(map(id, noise), "value_unreadable")
    expected |= dict.fromkeys(map(id, forged), "signature_wrong")
    states = {at: installation.state_of(at) for at in places}
    assert {
        id(places[at]): reason for at, (state, reason) in states.items() if state == "parked"
    } == (expected)
    installation.all_acknowledged()
    assert all(worker.code is None for worker in workers.values())
    oracle.check(installation)


def test_what_was_parked_for_a_fault_of_ours_is_accepted_after_the_release(installation):
    told = installation.town.morning()
    poison = [of_feed(told, feed)[0] for feed in Feed]
    places = installation.publish(*told)
    parked = [places[told.index(one)] for one in poison]
    installation.workers(poison=[digest_of(one) for one in poison])
    installation.all_stored()
    assert {installation.state_of(at) for at in parked} == {("parked", "hub_fault")}

    installation.hub.receive.retry(tuple(installation.hub.parked.raw(tuple(parked))))

    assert {installation.state_of(at) for at in parked} == {("accepted", None)}
    oracle.check(installation)


@pytest.mark.parametrize("place", [0, 2], ids=["first of its partition", "behind others"])
def test_a_report_that_kills_its_worker_is_parked_after_three_deaths(installation, place):
    """One of each feed at once: every feed's worker dies of its own and of no other."""
    town = installation.town
    told = {feed: of_feed(town.apart(range(12)), feed) for feed in Feed}
    fatal = {feed: one for feed in Feed for one in of_feed(town.apart([13]), feed)}
    for feed in Feed:
        told[feed].insert([n for n in range(12) if n % 4 == 1][place], fatal[feed])
    in_order = [one for feed in Feed for one in told[feed]]
    places = dict(zip(installation.publish(*in_order), in_order, strict=True))
    guilty = {feed: _place_of(fatal[feed], places) for feed in Feed}

    deaths = _workers_until_all_is_stored(installation, fatal)

    assert installation.states_of(places) == {
        at: ("parked", "worker_deaths") if at in guilty.values() else ("accepted", None)
        for at in places
    }
    for feed, at in guilty.items():
        assert 3 <= deaths[feed] <= DEATHS_MAX
        died = installation.one(
            "SELECT count(DISTINCT worker) FROM attempt WHERE topic = %s AND partition = %s"
            " AND position = %s AND ended_at IS NULL",
            *(at.topic, at.partition, at.offset),
        )
        assert died in {3, 4}, "one may die before the death of the one before is in the database"
    oracle.check(installation)


def _place_of(message, places):
    (at,) = [at for at, one in places.items() if one is message]
    return at


def _workers_until_all_is_stored(installation, fatal):
    """Start a worker of the same feed after each one that dies; answer how many of each died."""
    digests = {feed: [digest_of(one)] for feed, one in fatal.items()}
    workers = {feed: installation.worker(feed, fatal=digests[feed]) for feed in Feed}
    deaths = dict.fromkeys(Feed, 0)
    while installation.stored() != set(installation.sent):
        for feed, worker in workers.items():
            worker.wait(0.1)
            if worker.code is not None:
                assert worker.code == -signal.SIGKILL, worker.log
                deaths[feed] += 1
                assert deaths[feed] <= DEATHS_MAX, "it dies and dies"
                workers[feed] = installation.worker(feed, fatal=digests[feed])
    return deaths


COMMITS = [one for one in crash_points() if one.endswith("Transaction.commit")]


@pytest.mark.parametrize("point", [*COMMITS, "after Transaction.write_alerts"])
def test_workers_killed_in_the_middle_of_a_batch_are_replaced_without_loss(installation, point):
    """The worker of every feed at once, each with alerts to write in its batch."""
    _tell_what_alerts_need(installation)
    first = installation.workers(die_at=point)
    installation.publish(*installation.town.apart(range(8)))
    for worker in first.values():
        assert worker.ended() == -signal.SIGKILL
        dead = "SELECT count(*) FROM attempt WHERE ended_at IS NULL AND worker LIKE %s"
        assert installation.one(dead, f"%-{worker.pid}-%") > 0

    second = installation.workers()
    installation.all_stored()
    installation.all_acknowledged()

    for worker in second.values():
        if point == "after Transaction.commit":
            worker.says(" known")  # the batch that was committed, which may have held every report
        else:
            worker.says(" accepted")
    expected = {
        "plan_match": 16,
        "domestic_abuse_incident": 8,
        "unexplained_absence": 8,
    }
    assert expected.items() <= oracle.check(installation).standing_by_rule().items()


def _tell_what_alerts_need(installation):
    """Plans of those who will attend and be missing, attendances of those who will have a plan."""
    town = installation.town
    told = [town.plan(100 + number) for number in range(8)]
    told += [town.plan(400 + number) for number in range(8)]
    told += [town.attendance(200 + number) for number in range(8)]
    installation.publish(*told)
    workers = [installation.worker(feed) for feed in (Feed.HEALTH, Feed.SOCIAL_CARE)]
    installation.all_stored()
    installation.all_acknowledged()
    stop_together(workers)
