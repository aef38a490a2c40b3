"""What a worker does with a batch: receives it, waits out what passes, and survives poison.

A worker that died twice at one position goes one report at a time from there; a report that was in
hand at three deaths is parked with its sealed bytes. Planned exits do not count.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence

from hub.core.intake import RawReport
from hub.core.reasons import ParkReason
from hub.errors import TransientFault
from hub.ports import Clock, Position, Positions
from hub.service.receive import Receive
from hub.service.received import Received, summary
from hub.service.rows import position_of

DEATHS_UNTIL_SINGLE = 2
DEATHS_UNTIL_PARKED = 3
RETRY_SECONDS_MAX = 60.0
BACK_OFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
SINGLE_REPORTS = 1000
"""How many reports a worker takes one at a time before it trusts batches again."""

log = logging.getLogger(__name__)


class GivenUp(Exception):  # noqa: N818  # said of the worker
    """What passes did not pass in time: the process must end without acknowledging."""


class Work:
    """The use case of one worker process on one topic."""

    def __init__(  # noqa: PLR0913  # the clock, the limit and the sleep are given, never read
        self,
        *,
        receive: Receive,
        positions: Positions,
        clock: Clock,
        worker: str,
        topic: str,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        expire: Callable[[], object] | None = None,
    ) -> None:
        self._receive = receive
        self._positions = positions
        self._clock = clock
        self._worker = worker
        self._topic = topic
        self._monotonic = monotonic
        self._sleep = sleep
        self._expire = expire
        self._single: dict[int, int] = {}
        self._noted: set[int] = set()
        self._noting = threading.Lock()

    def assigned(self, partitions: Sequence[int]) -> None:
        """Note an attempt for each partition, and be careful where workers have died."""
        self._until_it_passes(lambda: self._begin(partitions))

    def _begin(self, partitions: Iterable[int]) -> Received:
        with self._noting:
            self._note(partitions)
        return Received()

    def _begin_unless_noted(self, partitions: Iterable[int]) -> Received:
        with self._noting:
            missing = set(partitions) - self._noted
            if missing:
                self._note(missing)
        return Received()

    def _note(self, partitions: Iterable[int]) -> None:
        highest = self._positions.highest_stored(self._topic)
        for partition in sorted(partitions):
            at = Position(
                topic=self._topic, partition=partition, offset=highest.get(partition, -1) + 1
            )
            deaths = self._positions.begin_attempt(
                self._worker, at, self._clock.now(), single=False
            )
            if deaths >= DEATHS_UNTIL_SINGLE:
                log.warning(
                    "%d deaths at %s[%d]@%d: one report at a time",
                    deaths,
                    at.topic,
                    partition,
                    at.offset,
                )
                self._single[partition] = SINGLE_REPORTS
            self._noted.add(partition)

    def revoked(self, partitions: Sequence[int]) -> None:
        """Note that the attempts on these partitions ended as planned."""
        ended = tuple(Position(topic=self._topic, partition=p, offset=0) for p in partitions)
        if ended:
            self._positions.end_attempts(self._worker, self._clock.now(), ended)
        with self._noting:
            self._noted.difference_update(partitions)
        for partition in partitions:
            self._single.pop(partition, None)

    def stopped(self) -> None:
        """Note that every attempt of this worker ended as planned."""
        self._positions.end_attempts(self._worker, self._clock.now())

    def settle_pending(self) -> None:
        """Look again at children whose links changed, also when no report comes.

        Raises:
            TransientFault: the database was away or busy; the next sweep tries again.
        """
        self._receive.settle_pending()

    def expire(self) -> None:
        """Remove what has waited its time, on the feed on which things wait.

        Raises:
            TransientFault: the database was away or busy; the next time tries again.
        """
        if self._expire is not None:
            self._expire()

    def batch(self, batch: Sequence[RawReport]) -> Received:
        """Receive a batch; on return every report of it has its row.

        The worker runtime may deliver before it has told of the assignment: an attempt that is not
        noted yet is noted first, or else nobody would know at what a worker died.

        Raises:
            GivenUp: the database stayed away for more than 60 seconds.
        """
        total = self._until_it_passes(
            lambda: self._begin_unless_noted(raw.partition for raw in batch)
        )
        careful = [raw for raw in batch if self._single.get(raw.partition, 0) > 0]
        free = [raw for raw in batch if self._single.get(raw.partition, 0) <= 0]
        if free:
            total += self._until_it_passes(lambda: self._receive(free))
        for raw in careful:
            total += self._until_it_passes(lambda raw=raw: self._one(raw))  # type: ignore[misc]  # bound now
        log.info("received %d of %s: %s", len(batch), self._topic, summary(total))
        return total

    def _one(self, raw: RawReport) -> Received:
        """One report with an attempt of its own, so that a death is known to be its."""
        at = position_of(raw)
        deaths = self._positions.begin_attempt(self._worker, at, self._clock.now(), single=True)
        if deaths >= DEATHS_UNTIL_PARKED:
            log.error("parked: %d deaths at %s[%d]@%d", deaths, at.topic, at.partition, at.offset)
            sentence = f"{deaths} workers died while they held this report: it is kept and waits."
            received = self._receive.park(raw, ParkReason.WORKER_DEATHS, sentence)
        else:
            received = self._receive([raw])
        self._positions.end_attempts(self._worker, self._clock.now(), (at,))
        self._single[raw.partition] = self._single.get(raw.partition, 1) - 1
        return received

    def _until_it_passes(self, action: Callable[[], Received]) -> Received:
        """Try again, with growing pauses, what fails for a passing reason of our own."""
        began = self._monotonic()
        tries = 0
        while True:
            try:
                return action()
            except TransientFault as fault:
                waited = self._monotonic() - began
                if waited > RETRY_SECONDS_MAX:
                    raise GivenUp(f"{fault}; given up after {waited:.0f} s") from fault
                pause = BACK_OFF_SECONDS[min(tries, len(BACK_OFF_SECONDS) - 1)]
                log.warning("%s; trying again in %.2f s", fault, pause)
                self._sleep(pause)
                tries += 1
