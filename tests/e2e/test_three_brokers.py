"""One of three brokers is killed under load and comes back: nothing is lost, nothing doubled."""

import threading
from itertools import count

import pytest

from hub.adapters.kafka import ReportProducer
from hub.adapters.kafka.administration import administrator
from hub.core.intake import SIGNATURE_HEADER
from hub.core.report import Feed
from hub.errors import HubError, TransientFault
from hub.local.stack import LocalStack
from hub.topics import PARTITIONS, report_topic
from tests.e2e import oracle
from tests.e2e.connector_process import SENDERS, connector
from tests.e2e.installation import Installation, make_topics_anew
from tests.e2e.test_connector_killed import arrival
from tests.e2e.town import partition_of
from tests.e2e.waiting import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.alone, pytest.mark.timeout(500)]

SENDER = SENDERS[Feed.HEALTH]
TOPICS = [report_topic(feed) for feed in Feed]
ALL = {(topic, partition) for topic in TOPICS for partition in range(PARTITIONS)}
NODES = {1, 2, 3}
EVENTS_PER_REPORT = 5
VISITS = 120 * EVENTS_PER_REPORT
FIRST = 1000
"""The first child of the connector's file, beyond all of whom the others tell."""

PATIENCE_SECONDS = 120
"""For a message to be taken while the brokers settle who leads."""

PAUSE_SECONDS = 0.25
"""Before each report of the connector, so that it is at work while the broker dies: 30 s."""


@pytest.fixture
def three(reachable_directory, free_port):
    """A Kafka of three nodes."""
    home = reachable_directory / "three-brokers"
    stack = LocalStack(home, free_port(following=21), 0, with_postgres=False, nodes=3)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


@pytest.fixture
def installation(three, database_url, tmp_path):
    make_topics_anew(three.kafka_address, copies=3)
    found = Installation(three, database_url, tmp_path)
    yield found
    found.close()


def test_a_broker_is_killed_under_load_and_comes_back(installation, tmp_path):
    arrivals = tmp_path / "adt.hl7"
    arrivals.write_text("".join(map(arrival, range(FIRST, FIRST + VISITS))), newline="")
    workers = installation.patient_workers()
    second = installation.patient_worker()
    installation.shares([workers.pop(Feed.HEALTH), second])
    installation.all_have_partitions(workers)
    assert _in_sync(installation) == dict.fromkeys(ALL, NODES)

    sending = installation.run(
        connector,
        installation.settings,
        Feed.HEALTH,
        arrivals,
        pause_seconds=PAUSE_SECONDS,
        events_per_report=EVENTS_PER_REPORT,
    )
    with Reports(installation) as told:
        told.reach(10)
        victim = _leaders(installation)[report_topic(Feed.HEALTH), _partition_of_the_connector()]
        assert installation.stack.kill_kafka(victim)
        assert sending.code is None, "the connector was at work"
        wait_until(
            lambda: _in_sync(installation) == dict.fromkeys(ALL, NODES - {victim}),
            "the others go on without it",
            PATIENCE_SECONDS,
        )
        assert victim not in _leaders(installation).values()
        told.reach(told.count + 20)
        assert installation.stack.states()[victim - 1].pid is None, "all that without it"

        installation.stack.start_kafka()
        wait_until(
            lambda: _in_sync(installation) == dict.fromkeys(ALL, NODES),
            "it has caught up",
            PATIENCE_SECONDS,
        )
        told.reach(told.count + 20)
    assert sending.ended(120) == 0, sending.log

    installation.learn_what_was_sent()
    installation.all_stored(180)
    installation.all_acknowledged(seconds=120)
    assert installation.one("SELECT count(*) FROM event") == VISITS + told.count
    assert installation.one("SELECT count(*) FROM event_problem") == 0
    received = installation.one(
        "SELECT received::text FROM spool WHERE connector = %s", SENDER.connector
    )
    assert received.count("[") == 1, f"no gap in the sequence: {received}"
    oracle.check(installation)


class Reports:
    """One report after the other, of each feed in turn and through every partition.

    Each is waited for.
    """

    def __init__(self, installation):
        self._installation = installation
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._fault = None
        self._told = (one for number in count() for one in installation.town.apart([number]))
        self.count = 0
        """How many Kafka has taken."""

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        self._thread.join(2 * PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    def reach(self, count):
        """Wait until Kafka has this many."""
        wait_until(lambda: self.count >= count or self._fault, "reports are sent", PATIENCE_SECONDS)
        assert self._fault is None, self._fault

    def _send(self):
        servers = self._installation.settings.kafka
        try:
            with ReportProducer(servers, deliver_seconds=PATIENCE_SECONDS) as producer:
                while not self._stopping.wait(0.1):
                    self._send_one(producer)
                    self.count += 1
        except HubError as fault:
            self._fault = fault

    def _send_one(self, producer):
        one = next(self._told)
        headers = ((SIGNATURE_HEADER, one.signature),)
        topic = report_topic(one.agency.feed)
        producer.send(topic, key=one.agency.key, value=one.value, headers=headers).wait(
            PATIENCE_SECONDS
        )


def _partition_of_the_connector():
    return partition_of(f"{SENDER.publisher}/{SENDER.connector}".encode())


def _described(installation):
    """The topics' partitions, asked until a broker that lives is the one that is asked."""

    def partitions():
        try:
            with administrator(installation.settings.kafka) as client:
                found = client.describe_topics(TOPICS)
        except TransientFault:
            return None
        return {
            (topic["name"], one["partition_index"]): one
            for topic in found
            for one in topic["partitions"]
        }

    return wait_until(partitions, "a broker describes the topics")


def _leaders(installation):
    return {place: one["leader_id"] for place, one in _described(installation).items()}


def _in_sync(installation):
    return {place: set(one["isr_nodes"]) for place, one in _described(installation).items()}
