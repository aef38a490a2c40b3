"""Notes that a process is at work, and tells which have not been seen to be.

A server cannot see whether workers run: it answers checks without them, from what is known. So each
worker and the timekeeper note now and then that they are at work, from where they do their work: a
process that is there and stands still is silent too.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hub.ports import Clock
from hub.ports.lives import Lives

TIMEKEEPER: Final = "timekeeper"

NOTED_EVERY: Final = timedelta(seconds=10)
SILENT_AFTER: Final = timedelta(minutes=2)
"""Longer than a restart takes and than a worker retries in place. This project's own figures."""


class Living:
    """The use case of one process; it may be called as often as one likes."""

    def __init__(self, *, lives: Lives, clock: Clock, process: str, worker: str) -> None:
        self._lives = lives
        self._clock = clock
        self._process = process
        self._worker = worker
        self._noted_at: datetime | None = None

    def __call__(self) -> int:
        """Note that this process is at work; answers that nothing was in hand.

        Raises:
            TransientFault: the database was away or busy; the next call tries again.
        """
        now = self._clock.now()
        if self._noted_at is None or now - self._noted_at >= NOTED_EVERY:
            self._lives.note(self._process, self._worker, now)
            self._noted_at = now
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A kind of process of which none is at work."""

    process: str
    since: datetime | None
    """When one was last seen; ``None``: never."""


def silent_among(
    seen: Mapping[str, datetime], now: datetime, expected: Collection[str] | None = None
) -> tuple[Silent, ...]:
    """Answer which processes are not at work, in order.

    Args:
        seen: when each kind of process was last seen.
        now: the instant.
        expected: the kinds that must be; without it, those that ever were. None is missed where
            nothing has ever run: such an installation is not in service.
    """
    if not seen:
        return ()
    return tuple(
        Silent(process=one, since=seen.get(one))
        for one in sorted(seen if expected is None else expected)
        if one not in seen or now - seen[one] > SILENT_AFTER
    )


def in_words(silent: Iterable[Silent]) -> str:
    """Answer which processes are silent, each with the command that runs it."""
    return "; ".join(
        "what is due ('hub timekeeper')"
        if one.process == TIMEKEEPER
        else f"reports of {one.process} ('hub worker --feed {one.process}')"
        for one in silent
    )
