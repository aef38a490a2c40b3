"""Positions in Kafka, and Kafka as the reconciler reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.core.intake import RawReport
from hub.ports.marks import durable
from hub.ports.rows import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Offsets [start, stop) that Kafka's retention removed before they had a row; when seen."""

    start: int
    stop: int
    seen_at: datetime


class Positions(Protocol):
    """Which offsets have their row, and at which positions workers died."""

    def highest_stored(self, topic: str) -> Mapping[int, int]:
        """The highest offset of each partition that has a row."""
        ...

    def holes(self, topic: str, partition: int, below: int) -> tuple[tuple[int, int], ...]:
        """Ranges [from, to) of offsets without a row, from the verified mark up to ``below``."""
        ...

    @durable
    def mark_verified(
        self, topic: str, partition: int, verified_to: int, *, removed: Removed | None = None
    ) -> None:
        """Note that every offset below has its row or was seen to hold no message.

        With ``removed``, what Kafka no longer had is noted too, as a fault of the operator's that
        stands until a person settles it.
        """
        ...

    @durable
    def begin_attempt(self, worker: str, position: Position, at: datetime, *, single: bool) -> int:
        """Note that this worker begins at this position; answer how many workers died there.

        With ``single``, the report at this position is about to be in hand alone. Deaths are then
        answered only if one of them came while it was: whatever lay beside it in a batch may have
        been the cause of the others.
        """
        ...

    @durable
    def end_attempts(self, worker: str, at: datetime, positions: tuple[Position, ...] = ()) -> None:
        """Note that this worker's attempts ended as planned: all, or those of these partitions."""
        ...


class Log(Protocol):
    """Kafka as the reconciler reads it: positions of a group, and ranges of a partition."""

    def committed(self, group: str, topic: str) -> Mapping[int, int]:
        """The position that the group has acknowledged, by partition."""
        ...

    def ends(self, topic: str) -> Mapping[int, tuple[int, int]]:
        """First offset held and end offset of each partition."""
        ...

    def fetch(self, topic: str, partition: int, start: int, stop: int) -> Iterable[RawReport]:
        """The messages of [start, stop) that exist, in order.

        Raises:
            TransientFault: Kafka was away or slow.
        """
        ...
