"""Keeps the promise that what was acknowledged has its row: finds holes and receives them.

Where Kafka's retention was faster, that is noted as a fault, and the feed is in doubt until a named
person has settled it.
"""

import logging
from collections.abc import Callable, Sequence

from hub.core.intake import RawReport
from hub.errors import RefusedToStart
from hub.ports import Clock, Log, Positions, Removed
from hub.service.received import Received

REPORTS_AT_ONCE_MAX = 200
CATCH_UP_LOOKS_MAX = 1000

log = logging.getLogger(__name__)


class Reconcile:
    """The use case over one topic and the group that reads it."""

    def __init__(  # noqa: PLR0913  # the clock is given, never read
        self,
        *,
        positions: Positions,
        kafka: Log,
        receive: Callable[[Sequence[RawReport]], Received],
        clock: Clock,
        topic: str,
        group: str,
    ) -> None:
        self._positions = positions
        self._kafka = kafka
        self._receive = receive
        self._clock = clock
        self._topic = topic
        self._group = group

    def refuse_over_restored_database(self) -> None:
        """See that the database is not older than what Kafka was told of it.

        Raises:
            RefusedToStart: reports were acknowledged beyond the highest that has a row, so the
                database is an earlier one: going on would lose what lies between.
        """
        highest = self._positions.highest_stored(self._topic)
        for partition, committed in sorted(self._kafka.committed(self._group, self._topic).items()):
            expected = highest.get(partition, -1) + 1
            if committed > expected:
                raise RefusedToStart(
                    f"{self._topic}[{partition}] is acknowledged up to {committed}, but the"
                    f" database holds reports only up to {expected}: it was restored or replaced."
                    " Run 'hub recover' with --feed to read again from there."
                )

    def __call__(self) -> Received:
        """Receive every report below the highest stored offset that has no row.

        Also below the first that Kafka still has: what was removed before it was read is noted.

        Raises:
            TransientFault: the database or Kafka was away; try again.
        """
        total = Received()
        highest = self._positions.highest_stored(self._topic)
        for partition, (first, _) in sorted(self._kafka.ends(self._topic).items()):
            total += self.fill(partition, max(highest.get(partition, -1) + 1, first))
        return total

    def fill(self, partition: int, below: int) -> Received:
        """Receive every report of one partition below an offset that has no row.

        Raises:
            TransientFault: the database or Kafka was away; try again.
        """
        total = Received()
        for _ in range(CATCH_UP_LOOKS_MAX):
            holes = self._positions.holes(self._topic, partition, below)
            for start, stop in holes:
                log.warning("hole: %s[%d] %d to %d", self._topic, partition, start, stop)
                received, removed = self._receive_range(partition, start, stop)
                total += received
                self._positions.mark_verified(self._topic, partition, stop, removed=removed)
            if not holes:
                self._positions.mark_verified(self._topic, partition, below)
                break
        return total

    def _receive_range(
        self, partition: int, start: int, stop: int
    ) -> tuple[Received, Removed | None]:
        """Receive what Kafka has of a range; answer also what it has no longer."""
        total = Received()
        some: list[RawReport] = []
        lowest = stop
        for raw in self._kafka.fetch(self._topic, partition, start, stop):
            lowest = min(lowest, raw.offset)
            some.append(raw)
            if len(some) >= REPORTS_AT_ONCE_MAX:
                total += self._receive(some)
                some = []
        total += self._receive(some) if some else Received()
        return total, self._removed(partition, start, lowest)

    def _removed(self, partition: int, start: int, lowest: int) -> Removed | None:
        """What retention took before it was read.

        Kafka is asked where it begins only after the range was read, so that nothing it removed
        before the reading is missed. An offset from there on that gave nothing holds no message.
        """
        first, _ = self._kafka.ends(self._topic)[partition]
        gone_below = min(first, lowest)
        if gone_below <= start:
            return None
        log.error("removed: %s[%d] %d to %d", self._topic, partition, start, gone_below)
        return Removed(start=start, stop=gone_below, seen_at=self._clock.now())
