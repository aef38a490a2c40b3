"""What nobody signed is kept within a quota; past it, a row each, one fault, and Kafka's copy."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.adapters.store.parked import PostgresParked
from hub.core.reasons import ParkReason
from hub.ports import Position
from hub.service.decide import Decide
from hub.service.quota import UnverifiedQuota
from hub.service.retry import RetryParked
from tests.service.laboratory import Agency, an_attendance

pytestmark = pytest.mark.stack


class Kafka:
    """A Kafka that still has these messages."""

    def __init__(self, *raws):
        self.raws = raws

    def fetch(self, topic, partition, start, stop):
        return [
            raw
            for raw in self.raws
            if (raw.topic, raw.partition) == (topic, partition) and start <= raw.offset < stop
        ]


def with_quota(laboratory, **quota):
    receive = laboratory.a_receive()
    receive._decide = Decide(
        store=laboratory.store,
        correlator=laboratory.correlating(),
        noticing=laboratory.noticing(),
        clock=laboratory.clock,
        quota=UnverifiedQuota(**quota),
    )
    return receive


def a_stranger(laboratory):
    return Agency("RCB", laboratory.hospital.feed, seed=9)


def unsigned(laboratory, count, **place):
    stranger = a_stranger(laboratory)
    return [
        laboratory.raw(stranger, stranger.report(an_attendance(f"V{n}")), **place)
        for n in range(count)
    ]


def kept(laboratory):
    return laboratory.rows(
        "SELECT partition, kafka_offset, octet_length(parked_value), left_bytes FROM report"
        " WHERE state = 'parked' ORDER BY 1, 2"
    )


def faults(laboratory):
    return laboratory.rows("SELECT code, feed, subject, count FROM operator_fault")


def test_past_the_count_of_a_day_only_what_tells_of_a_report_is_kept(laboratory):
    raws = unsigned(laboratory, 5)

    received = with_quota(laboratory, reports_per_day=3)(raws)

    assert received.parked == 5
    size = len(raws[0].value)
    assert kept(laboratory) == [(0, n, size, None) for n in range(3)] + [
        (0, n, None, size) for n in (3, 4)
    ]
    rest = laboratory.rows(
        "SELECT reason, value_digest, message_key, parked_signatures FROM report"
        " WHERE left_bytes IS NOT NULL ORDER BY kafka_offset"
    )
    assert [(reason, digest, key) for reason, digest, key, _ in rest] == [
        (ParkReason.PUBLISHER_NOT_KNOWN.value, hashlib.sha256(raw.value).digest(), None)
        for raw in raws[3:]
    ]
    assert not any(signatures for *_, signatures in rest)
    assert faults(laboratory) == [("unverified_over_quota", "health", f"{raws[0].topic}:0", 2)]


def test_past_the_bytes_of_a_day_a_smaller_report_may_still_be_kept(laboratory):
    large, small = unsigned(laboratory, 2)
    large = replace(large, value=bytes(4 * len(small.value)))

    with_quota(laboratory, bytes_per_day=2 * len(small.value))([large, small])

    assert [row[2:] for row in kept(laboratory)] == [
        (None, len(large.value)),
        (len(small.value), None),
    ]


def test_the_quota_is_of_one_partition_and_one_day_of_the_brokers(laboratory):
    receive = with_quota(laboratory, reports_per_day=1)
    here, there = unsigned(laboratory, 2), unsigned(laboratory, 1, partition=1)
    tomorrow = unsigned(laboratory, 1, received_at=laboratory.clock.now() + timedelta(days=1))

    receive(here)
    receive([*there, *tomorrow])

    assert [left is None for *_, left in kept(laboratory)] == [True, False, True, True]


def test_a_redelivery_uses_up_no_quota_and_counts_no_fault_again(laboratory):
    receive = with_quota(laboratory, reports_per_day=1)
    raws = unsigned(laboratory, 2)
    receive(raws)

    assert receive(raws).known == 2
    assert faults(laboratory)[0][3] == 1


def test_reports_of_a_known_sender_are_kept_whole_whatever_the_quota(laboratory):
    receive = with_quota(laboratory, reports_per_day=0)
    raw = laboratory.says(laboratory.hospital, an_attendance())

    receive.park(raw, ParkReason.WORKER_DEATHS, "Three workers died.")

    assert kept(laboratory) == [(0, 0, len(raw.value), None)]
    assert faults(laboratory) == []


def test_what_was_not_kept_is_read_from_kafka_again_once_its_publisher_is_known(laboratory):
    receive = with_quota(laboratory, reports_per_day=1)
    raws = unsigned(laboratory, 4)
    receive(raws)
    stranger = a_stranger(laboratory)
    laboratory.publishers.add(
        stranger.name,
        public_key=stranger.signer.public_key().public_bytes_raw(),
        reports_for=[(stranger.name, stranger.feed)],
        now=laboratory.clock.now(),
    )
    another = replace(raws[3], value=raws[0].value)  # the topic was made anew since
    retry = RetryParked(
        parked=PostgresParked(laboratory.store),
        kafka=Kafka(raws[1], another),
        receive=receive,
    )

    places = tuple(
        Position(topic=raw.topic, partition=raw.partition, offset=raw.offset) for raw in raws
    )
    retried = retry(places)

    assert (retried.tried, retried.received.accepted) == (2, 2)
    assert [at.offset for at in retried.gone] == [2, 3]
    assert [row[1] for row in kept(laboratory)] == [2, 3]


def test_a_report_that_was_kept_whole_is_not_lost_when_it_is_tried_again_past_the_quota(laboratory):
    raws = unsigned(laboratory, 2)
    with_quota(laboratory, reports_per_day=1)(raws)
    places = tuple(
        Position(topic=raw.topic, partition=raw.partition, offset=raw.offset) for raw in raws
    )
    parked = PostgresParked(laboratory.store)
    receive = with_quota(laboratory, reports_per_day=0)  # a smaller number was set since

    RetryParked(parked=parked, kafka=Kafka(), receive=receive)(places)

    size = len(raws[0].value)
    assert kept(laboratory) == [(0, 0, size, None), (0, 1, None, size)]
    assert [raw.value for raw in parked.raw(places)] == [raws[0].value]
