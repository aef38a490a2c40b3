"""Reads a topic beside the worker: where its group stands, where it ends, what lies between."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hub.adapters.kafka.administration import administrator
from hub.adapters.kafka.client import (
    CONNECT_SECONDS,
    FETCH_SECONDS,
    KafkaConsumer,
    OffsetAndMetadata,
    TopicPartition,
    milliseconds,
    named_faults,
    patiently,
)
from hub.core.intake import RawReport
from hub.errors import RefusedToStart, ServiceMissing, TransientFault
from hub.topics import MESSAGE_BYTES_MAX

_POLL_MILLISECONDS: Final = 500
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COMMIT_METADATA: Final = ""


class PositionReader:
    """Positions and messages of one Kafka, read without joining the worker's group."""

    def __init__(self, servers: str) -> None:
        self._servers = servers

    @contextmanager
    def _consumer(self, group: str | None = None) -> Iterator[Any]:
        with named_faults("Reading positions", self._servers):
            consumer = KafkaConsumer(
                bootstrap_servers=self._servers.split(","),
                group_id=group,
                enable_auto_commit=False,
                auto_offset_reset="none",
                isolation_level="read_committed",
                bootstrap_timeout_ms=milliseconds(CONNECT_SECONDS),
                request_timeout_ms=milliseconds(FETCH_SECONDS),
                max_partition_fetch_bytes=4 * MESSAGE_BYTES_MAX,
            )
            try:
                yield consumer
            finally:
                consumer.close(autocommit=False)

    def ends(self, topic: str) -> Mapping[int, tuple[int, int]]:
        """Answer for each partition the first offset still kept and the next to be written.

        Raises:
            TransientFault: the broker does not answer.
            ServiceMissing: the topic is not there.
        """
        with self._consumer() as consumer:
            partitions = self._partitions(consumer, topic)
            first, following = (
                consumer.beginning_offsets(partitions),
                consumer.end_offsets(partitions),
            )
        return {part.partition: (first[part], following[part]) for part in partitions}

    def committed(self, group: str, topic: str) -> Mapping[int, int]:
        """Answer the next offset of each partition that the group has acknowledged up to.

        A partition of which the group has acknowledged nothing is not in the answer.

        Raises:
            TransientFault: the broker does not answer.
        """
        with administrator(self._servers) as client:
            offsets = patiently(lambda: client.list_group_offsets({group: None})).get(group, {})
        return {
            part.partition: place.offset
            for part, place in offsets.items()
            if part.topic == topic and place.offset >= 0
        }

    def has_members(self, group: str) -> bool:
        """Answer whether any worker of the group takes part, as Kafka knows it.

        One that was killed counts until its silence has lasted as long as its session may.

        Raises:
            TransientFault: the broker does not answer.
        """
        with administrator(self._servers) as client:
            described = patiently(lambda: client.describe_groups([group]))
        return bool(described.get(group, {}).get("members"))

    def set_committed(self, group: str, topic: str, offsets: Mapping[int, int]) -> None:
        """Move the position of a group that has no members.

        Raises:
            RefusedToStart: a worker of the group is running.
            TransientFault: the broker does not answer.
        """
        places = {
            TopicPartition(topic, partition): OffsetAndMetadata(offset, _COMMIT_METADATA, -1)
            for partition, offset in offsets.items()
        }
        with administrator(self._servers) as client:
            answers = patiently(lambda: client.alter_group_offsets(group, places))
        refused = sorted({error.__name__ for error in answers.values() if error.errno})
        if refused:
            raise RefusedToStart(
                f"The position of group {group} was not moved ({', '.join(refused)}); a group "
                "without a running worker was expected."
            )

    def fetch(self, topic: str, partition: int, start: int, stop: int) -> Iterator[RawReport]:
        """Yield the messages of one partition from offset ``start`` to before ``stop``, in order.

        Offsets that retention has removed, or that hold no message, are not yielded.

        Raises:
            TransientFault: the broker does not answer, or nothing came for 30 seconds.
            ServiceMissing: the topic is not there.
        """
        place = TopicPartition(topic, partition)
        with self._consumer() as consumer:
            if place not in self._partitions(consumer, topic):
                raise ServiceMissing(f"Topic {topic} has no partition {partition}.")
            first = consumer.beginning_offsets([place])[place]
            stop = min(stop, consumer.end_offsets([place])[place])
            consumer.assign([place])
            if max(start, first) < stop:
                consumer.seek(place, max(start, first))
                yield from self._until(consumer, place, stop)

    def _until(self, consumer: Any, place: TopicPartition, stop: int) -> Iterator[RawReport]:  # noqa: ANN401  # kafka-python is untyped
        waits_left = int(FETCH_SECONDS * 1000 / _POLL_MILLISECONDS)
        while consumer.position(place) < stop:
            came = consumer.poll(timeout_ms=_POLL_MILLISECONDS).get(place, [])
            waits_left = waits_left if came else waits_left - 1
            if waits_left < 0:
                raise TransientFault(
                    f"Reading {place.topic}: Kafka at {self._servers} sent nothing for "
                    f"{FETCH_SECONDS:.0f} s."
                )
            for record in came:
                if record.offset >= stop:
                    return
                yield _raw_report(record)

    def _partitions(self, consumer: Any, topic: str) -> list[TopicPartition]:  # noqa: ANN401  # kafka-python is untyped
        partitions = consumer.partitions_for_topic(topic)
        if not partitions:
            raise ServiceMissing(f"Kafka has no topic {topic}; `hub topics apply` creates it.")
        return [TopicPartition(topic, partition) for partition in sorted(partitions)]


def _raw_report(record: Any) -> RawReport:  # noqa: ANN401  # kafka-python is untyped
    return RawReport(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=tuple((name, value or b"") for name, value in record.headers),
        received_at=_EPOCH + timedelta(milliseconds=record.timestamp),
    )
