"""What stands follows from facts, however a feed's reports were batched and feeds interleaved.

A batch is of one feed, and in each of its partitions order is kept: all else is free. Neither Kafka
nor Faust takes part here; what workers do with a batch is done for orders that follow from a seed.
"""

import random

import pytest

from hub.core.intake import SIGNATURE_HEADER, RawReport
from hub.topics import report_topic
from tests.e2e.installation import Installation, copy_of_the_database
from tests.e2e.town import Town, halves, partition_of
from tests.service.laboratory import NOW

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

SEEDS = (1, 2, 4)


def in_place(messages):
    """The messages as they lie in Kafka: of each topic and partition, in their order."""
    lying = {}
    for one in messages:
        topic, partition = report_topic(one.agency.feed), partition_of(one.agency.key)
        queue = lying.setdefault((topic, partition), [])
        queue.append(
            RawReport(
                topic=topic,
                partition=partition,
                offset=len(queue),
                key=one.agency.key,
                value=one.value,
                headers=((SIGNATURE_HEADER, one.signature),),
                received_at=NOW,
            )
        )
    return lying


def in_one_go(lying):
    """All of each feed in one batch, one feed after the other."""
    for topic in sorted({topic for topic, _ in lying}):
        yield [raw for place in sorted(lying) if place[0] == topic for raw in lying[place]]


def in_pieces(lying, seed):
    """Batches of any size, of feeds in turn, each of any of the feed's partitions."""
    chance = random.Random(seed)  # noqa: S311  # an order, not a secret
    rest = {place: list(queue) for place, queue in lying.items() if queue}
    most = chance.choice([1, 3, 9, 30])
    while rest:
        topic = chance.choice(sorted({topic for topic, _ in rest}))
        batch = []
        for _ in range(chance.randint(1, most)):
            places = sorted(place for place in rest if place[0] == topic)
            if not places:
                break
            place = chance.choice(places)
            batch.append(rest[place].pop(0))
            if not rest[place]:
                del rest[place]
        yield batch


def received(found, batches):
    """What stands once these were received, and all that follows was looked at."""
    for batch in batches:
        found.hub.receive(batch)
    while found.hub.receive.settle_pending() or found.hub.reviewing():
        pass
    questions = "SELECT one, other, state FROM identity_review ORDER BY 1, 2"
    return found.facts() | {"questions": found.rows(questions)}


def taken_back(found):
    return found.one("SELECT count(*) FROM alert WHERE state = 'withdrawn'")


@pytest.fixture
def hub_over(local_stack, tmp_path):
    """Makes a hub over a database, closed after the test."""
    made = []

    def over(database_url):
        made.append(Installation(local_stack, database_url, tmp_path / f"{len(made)}"))
        return made[-1]

    yield over
    for one in made:
        one.close()


@pytest.fixture
def database(local_stack, new_database):
    """Makes databases that are dropped after the test."""
    names = []

    def made(name):
        names.append(name)
        return new_database(name)

    yield made
    for name in names:
        local_stack.drop_database(name)


def test_a_morning_comes_to_the_same_in_one_go_and_in_any_pieces(hub_over, database):
    lying = in_place(Town().morning())
    at_once = hub_over(database("at_once"))
    expected = received(at_once, in_one_go(lying))
    on_the_way = set()
    for seed in SEEDS:
        found = hub_over(database(f"in_pieces_{seed}"))

        assert received(found, in_pieces(lying, seed)) == expected, seed

        on_the_way.add(taken_back(found))
    assert on_the_way - {taken_back(at_once)}, "nothing else was ever concluded on the way"


def test_over_a_restored_database_the_rest_of_a_day_comes_to_the_same(
    hub_over, database, local_stack
):
    """Also where all that was received before the backup comes again, in its place and anew."""
    before, after = halves(Town().morning())
    lying = in_place([*before, *after])
    had = in_place(before)
    rest = {place: queue[len(had.get(place, ())) :] for place, queue in lying.items()}
    whole = hub_over(database("whole"))
    received(whole, in_one_go(had))
    whole.hub.postgres.close()
    expected = None
    for seed in SEEDS:
        name = f"restored_{seed}"
        restored = hub_over(copy_of_the_database(whole.settings, name))
        from_the_start = lying if seed % 2 else rest

        found = received(restored, in_pieces(from_the_start, seed))

        expected = expected or found
        assert found == expected, seed
        again = in_place([*before, *after, *before])
        anew = {place: queue[len(lying[place]) :] for place, queue in again.items()}
        come_again = received(restored, in_pieces(anew, seed))
        for told in ("reports", "spools"):
            come_again.pop(told)
        assert come_again == {told: expected[told] for told in come_again}
        restored.close()
        local_stack.drop_database(name)
