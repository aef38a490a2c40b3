"""Tries parked reports again, also those whose bytes were not kept: Kafka may still have them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.core.intake import RawReport
from hub.ports import Log, Parked, Position
from hub.service.receive import Receive
from hub.service.received import Received
from hub.service.rows import position_of

READ_THROUGH_MAX = 200
"""Reports this close to each other in a partition are read from Kafka in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What came of it. ``gone``: neither the database nor Kafka has the bytes any more."""

    tried: int
    received: Received
    gone: tuple[Position, ...] = ()


class RetryParked:
    """The use case over what is parked and the Kafka that it came from."""

    def __init__(self, *, parked: Parked, kafka: Log, receive: Receive) -> None:
        self._parked = parked
        self._kafka = kafka
        self._receive = receive

    def __call__(self, positions: Sequence[Position]) -> Retried:
        """Try these again, one by one; one that still cannot be used stays parked.

        Raises:
            TransientFault: the database or Kafka was away or busy; those before it are done.
            ServiceMissing: the topic is not there.
        """
        received = self._receive.retry(self._parked.raw(tuple(positions)))
        left = self._parked.left(tuple(positions))
        found: set[Position] = set()
        for some in _near(sorted(left, key=lambda at: (at.topic, at.partition, at.offset))):
            raws = list(self._from_kafka(some, left))
            found.update(position_of(raw) for raw in raws)
            received += self._receive.retry(raws)
        tried = received.accepted + received.duplicate + received.parked
        gone = tuple(at for at in left if at not in found)
        return Retried(tried=tried, received=received, gone=gone)

    def _from_kafka(
        self, some: Sequence[Position], digests: Mapping[Position, bytes]
    ) -> Iterator[RawReport]:
        """Those that Kafka still has; another message at the place of one is not it."""
        first, last = some[0], some[-1]
        wanted = set(some)
        for raw in self._kafka.fetch(first.topic, first.partition, first.offset, last.offset + 1):
            at = position_of(raw)
            if at in wanted and hashlib.sha256(raw.value or b"").digest() == digests[at]:
                yield raw


def _near(positions: Sequence[Position]) -> Iterator[list[Position]]:
    """Runs of positions of one partition with no wide gap in them."""
    run: list[Position] = []
    for one in positions:
        near = run and (
            (one.topic, one.partition) == (run[-1].topic, run[-1].partition)
            and one.offset - run[-1].offset <= READ_THROUGH_MAX
            and len(run) < READ_THROUGH_MAX
        )
        if run and not near:
            yield run
            run = []
        run.append(one)
    if run:
        yield run
