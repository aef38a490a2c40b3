"""Sends what is in the spool to Kafka: in order, several at a time, noted once Kafka has it."""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from connectors.spool import SEQUENCE_MAX, Spool, SpooledReport
from hub.core.intake import SIGNATURE_HEADER
from hub.errors import HubError, ReportFault, ServiceMissing, TransientFault

IN_FLIGHT_MAX: Final = 64
"""How many reports may be on their way to Kafka, which also bounds what is held in memory."""

RETRY_SECONDS: Final = 0.5
_SETTLE_SECONDS: Final = 0.01


class Sending(Protocol):
    """A message on its way."""

    @property
    def settled(self) -> bool:
        """Whether Kafka has answered, for better or worse."""
        ...

    def wait(self, seconds: float) -> tuple[int, int]:
        """Answer where it lies; raises ``TransientFault`` if Kafka has not taken it."""
        ...


class Producer(Protocol):
    """What sends messages; ``hub.adapters.kafka.ReportProducer`` in service."""

    def send(
        self, topic: str, *, key: bytes, value: bytes, headers: Iterable[tuple[str, bytes]]
    ) -> Sending:
        """Hand a message over, after those handed over before."""
        ...

    def close(self, seconds: float = ...) -> None:
        """Hang up."""
        ...


class Outlet:
    """The way from the spool to Kafka; used by the spool's one thread.

    A message that Kafka has not taken is sent again with all that follow it, as they were: what
    Kafka had all the same comes twice, and a report that comes twice is harmless.
    """

    def __init__(self, spool: Spool, connect: Callable[[], Producer]) -> None:
        self._spool = spool
        self._connect = connect
        self._producer: Producer | None = None
        self._in_flight: deque[tuple[int, Sending]] = deque()
        self._handed_over = 0
        self._try_again_at = 0.0
        self.fault: HubError | None = None
        """Why Kafka takes nothing at present; ``None`` while it does."""
        self.up_to: int = SEQUENCE_MAX
        """The last number that may be handed over."""

    @property
    def waiting(self) -> int:
        """How many reports Kafka has not acknowledged."""
        return self._spool.waiting

    def pump(self) -> tuple[int, ...]:
        """Note what Kafka has taken, hand over what waits, and answer the numbers newly taken.

        Returns at once while Kafka is there; blocks up to the producer's limits while it is away.

        Raises:
            ServiceMissing: the topic is not there.
            ReportFault: a report is larger than Kafka takes.
            SpoolFull: the disk is full.
        """
        taken: list[int] = []
        try:
            self._collect(taken)
            self._hand_over()
        except TransientFault as fault:
            self._start_over(fault, taken)
        except (ReportFault, ServiceMissing) as fault:
            self._start_over(fault, taken)
            raise
        return tuple(taken)

    def drain(self, seconds: float) -> bool:
        """Pump until Kafka has everything; answer whether it has within ``seconds``.

        Raises:
            ServiceMissing: the topic is not there.
            ReportFault: a report is larger than Kafka takes.
        """
        until = time.monotonic() + seconds
        self.pump()
        while self.waiting and time.monotonic() < until:
            time.sleep(_SETTLE_SECONDS)
            self.pump()
        return not self.waiting

    def close(self) -> None:
        """Hang up; what waits stays in the spool."""
        self._collect_successes([])
        self._hang_up()

    def _collect(self, taken: list[int]) -> None:
        """Note the messages that Kafka has answered for, in order."""
        already = len(taken)
        try:
            while self._in_flight and self._in_flight[0][1].settled:
                sequence, sending = self._in_flight[0]
                sending.wait(0)
                taken.append(sequence)
                self._in_flight.popleft()
        finally:
            self._note(taken[already:])

    def _hand_over(self) -> None:
        room = IN_FLIGHT_MAX - len(self._in_flight)
        if room <= 0 or not self.waiting or time.monotonic() < self._try_again_at:
            return
        for report in self._spool.unpublished(self._handed_over, room, self.up_to):
            self._in_flight.append((report.sequence, self._send(report)))
            self._handed_over = report.sequence

    def _send(self, report: SpooledReport) -> Sending:
        if self._producer is None:
            self._producer = self._connect()
        headers = ((SIGNATURE_HEADER, report.signature),)
        return self._producer.send(
            report.topic, key=report.key, value=report.value, headers=headers
        )

    def _start_over(self, fault: HubError, taken: list[int]) -> None:
        """Forget what is under way and begin again with the first that Kafka has not taken."""
        self._collect_successes(taken)
        self._hang_up()
        self._in_flight.clear()
        self._handed_over = 0
        self.fault = fault
        self._try_again_at = time.monotonic() + RETRY_SECONDS

    def _collect_successes(self, taken: list[int]) -> None:
        """Note what Kafka has taken behind one that it has not."""
        already = len(taken)
        for sequence, sending in self._in_flight:
            if sending.settled:
                with contextlib.suppress(HubError):
                    sending.wait(0)
                    taken.append(sequence)
        self._note(taken[already:])

    def _note(self, sequences: list[int]) -> None:
        if sequences:
            self._spool.mark_published(sequences)
            self.fault = None

    def _hang_up(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(TransientFault):  # what it held is in the spool
                producer.close(0)
