"""Topics, sending and positions on a real Kafka."""

import itertools
import time

import pytest

from hub.adapters import kafka
from hub.core.report import Feed
from hub.errors import ReportFault, ServiceMissing, TransientFault
from hub.topics import MESSAGE_BYTES_MAX, Topic, differences

_NAMES = (f"test.adapter.{number}" for number in itertools.count(1))
stack = pytest.mark.stack
HEADERS = [("signature", b"s" * 64)]


@pytest.fixture
def topic(kafka_address):
    declared = Topic(name=next(_NAMES), feed=Feed.HEALTH, partitions=2)
    kafka.create_topic(kafka_address, declared)
    return declared


@pytest.fixture
def producer(kafka_address):
    with kafka.ReportProducer(kafka_address) as producer:
        yield producer


def found(address, name):
    return kafka.find_topics(address, [name]).get(name)


@stack
def test_a_created_topic_is_as_declared_and_creating_it_again_is_harmless(kafka_address, topic):
    kafka.create_topic(kafka_address, topic)
    assert differences(topic, found(kafka_address, topic.name)) == ()


@stack
def test_a_topic_that_differs_is_described_in_words_and_set(kafka_address, topic):
    other = Topic(name=topic.name, feed=topic.feed, partitions=3, copies=3)
    words = differences(other, found(kafka_address, topic.name))
    assert any("2 partitions; 3 were expected" in word for word in words)
    assert any("kept on 1 brokers; 3 were expected" in word for word in words)
    assert any("min.insync.replicas = 1; 2 was expected" in word for word in words)
    kafka.set_topic(kafka_address, other)
    words = differences(other, found(kafka_address, topic.name))
    assert not any("min.insync.replicas" in word for word in words)


@stack
def test_a_topic_that_is_not_there_is_named(kafka_address):
    absent = Topic(name="test.absent", feed=Feed.HEALTH)
    assert differences(absent, found(kafka_address, "test.absent")) == (
        "test.absent is not there.",
    )


@stack
def test_what_was_sent_is_fetched_as_it_was_and_in_order(kafka_address, topic, producer):
    values = [b"value %d" % number for number in range(50)]
    sent = [
        producer.send(topic.name, key=b"publisher/connector", value=value, headers=HEADERS)
        for value in values
    ]
    places = [sending.wait() for sending in sent]
    assert all(sending.settled for sending in sent)
    (partition,) = {partition for partition, _ in places}
    assert [offset for _, offset in places] == list(range(50))
    fetched = list(kafka.PositionReader(kafka_address).fetch(topic.name, partition, 10, 20))
    assert [raw.value for raw in fetched] == values[10:20]
    assert {raw.headers for raw in fetched} == {tuple(HEADERS)}
    assert {raw.key for raw in fetched} == {b"publisher/connector"}
    assert all(raw.received_at.utcoffset() is not None for raw in fetched)


@stack
def test_a_range_past_the_end_gives_what_there_is(kafka_address, topic, producer):
    partition, _ = producer.send(topic.name, key=b"k", value=b"v", headers=HEADERS).wait()
    reader = kafka.PositionReader(kafka_address)
    assert len(list(reader.fetch(topic.name, partition, 0, 100))) == 1
    assert list(reader.fetch(topic.name, partition, 5, 100)) == []
    assert reader.ends(topic.name) == {partition: (0, 1), 1 - partition: (0, 0)}


@stack
def test_the_position_of_an_empty_group_is_set_and_read(kafka_address, topic, producer):
    producer.send(topic.name, key=b"k", value=b"v", headers=HEADERS).wait()
    reader = kafka.PositionReader(kafka_address)
    group = f"group.{topic.name}"
    assert reader.committed(group, topic.name) == {}
    reader.set_committed(group, topic.name, {0: 1, 1: 0})
    assert reader.committed(group, topic.name) == {0: 1, 1: 0}


@stack
def test_the_largest_message_is_taken_and_a_larger_one_is_refused(topic, producer):
    fits = producer.send(topic.name, key=b"k", value=bytes(1_000_000), headers=HEADERS)
    assert fits.wait()
    with pytest.raises(ReportFault):
        producer.send(topic.name, key=b"k", value=bytes(MESSAGE_BYTES_MAX), headers=HEADERS).wait()


@stack
def test_a_topic_that_is_missing_is_named_with_the_command_that_creates_it(kafka_address, producer):
    with pytest.raises(ServiceMissing, match="hub topics apply"):
        list(kafka.PositionReader(kafka_address).fetch("test.absent", 0, 0, 1))
    with pytest.raises((ServiceMissing, TransientFault)):
        producer.send("test.absent", key=b"k", value=b"v", headers=HEADERS).wait()


def test_a_broker_that_is_away_is_a_transient_fault_within_its_limit():
    begun = time.monotonic()
    with pytest.raises(TransientFault, match=r"Kafka at 127\.0\.0\.1:9 does not answer"):
        kafka.ReportProducer("127.0.0.1:9", connect_seconds=1)
    assert time.monotonic() - begun < 10
