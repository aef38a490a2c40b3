"""Sends reports to Kafka, in order, and says when every in-sync broker has them."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from hub.adapters.kafka.client import (
    CLOSE_SECONDS,
    CONNECT_SECONDS,
    DELIVER_SECONDS,
    KafkaProducer,
    milliseconds,
    named_faults,
)
from hub.topics import MESSAGE_BYTES_MAX


@dataclass(frozen=True, slots=True)
class Sending:
    """A message on its way to Kafka."""

    topic: str
    servers: str
    _future: Any

    @property
    def settled(self) -> bool:
        """Whether Kafka has answered, for better or worse."""
        return bool(self._future.is_done)

    def wait(self, seconds: float = DELIVER_SECONDS) -> tuple[int, int]:
        """Answer partition and offset once every in-sync broker has the message.

        Raises:
            TransientFault: not within the time, or the broker is away; it may have it all the same.
            ServiceMissing: the topic is not there.
            ReportFault: the message is larger than Kafka takes.
        """
        with named_faults(f"Sending to {self.topic}", self.servers):
            placed = self._future.get(timeout=seconds)
        return placed.partition, placed.offset


class ReportProducer:
    """Sends messages in order and waits for every in-sync broker (acks=all, idempotent)."""

    def __init__(
        self,
        servers: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        deliver_seconds: float = DELIVER_SECONDS,
    ) -> None:
        """Connect; blocks up to ``connect_seconds`` while the broker is away.

        Raises:
            TransientFault: no broker answered in time.
        """
        self._servers = servers
        with named_faults("Connecting", servers):
            self._producer = KafkaProducer(
                bootstrap_servers=servers.split(","),
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                max_request_size=MESSAGE_BYTES_MAX,
                batch_size=64 * 1024,
                linger_ms=0,
                bootstrap_timeout_ms=milliseconds(connect_seconds),
                max_block_ms=milliseconds(deliver_seconds),
                request_timeout_ms=milliseconds(deliver_seconds),
                delivery_timeout_ms=milliseconds(deliver_seconds) + 100,
                reconnect_backoff_max_ms=1000,
            )

    def send(
        self, topic: str, *, key: bytes, value: bytes, headers: Iterable[tuple[str, bytes]]
    ) -> Sending:
        """Hand a message over; what was handed over earlier with the same key goes first.

        Raises:
            TransientFault: the broker does not say where the topic is.
            ServiceMissing: the topic is not there.
        """
        with named_faults(f"Sending to {topic}", self._servers):
            future = self._producer.send(topic, key=key, value=value, headers=list(headers))
        return Sending(topic, self._servers, future)

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Send what is left within ``seconds`` and hang up."""
        with named_faults("Closing", self._servers):
            self._producer.close(timeout=seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
