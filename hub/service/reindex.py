"""Keys every stored record anew, under the newest identity key and the newest scheme of keys.

It may stop anywhere and be begun again, and two may run beside each other and beside the workers:
what is done is told by the rows themselves, and every step is a transaction of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hub.ports.reindexing import KeyIndex

RECORDS_A_STEP: Final = 100
"""Their rows are held for a step: tens of milliseconds, for which a worker may have to wait."""

HELD_BY_OTHERS_SECONDS: Final = 0.2
"""So long is waited where what is left is held by others just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is."""

    done: int
    remaining: int
    """Of what there was at the beginning and has come since."""
    seconds: float
    kept: int
    """Keys of former names, places or numbers whose value nobody holds: they stay as they are."""

    @property
    def a_second(self) -> float:
        """Records a second so far."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at that rate; ``None`` before that can be said."""
        return self.remaining / self.a_second if self.a_second else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindex:
    """The use case.

    Attributes:
        index: the keys of stored records.
        share: how much of the time it works, above 0 to 1; the rest is left to the workers.
        now: seconds that only go forward.
        rest: waits so many seconds.
    """

    index: KeyIndex
    share: float
    now: Callable[[], float]
    rest: Callable[[float], None]

    def run(self, tell: Callable[[Progress], None]) -> Progress:
        """Go on until nothing is left; answer what was done in this run."""
        began, at_first, done, kept = self.now(), self.index.remaining(), 0, 0
        while True:
            step_began = self.now()
            step = self.index.rekey(RECORDS_A_STEP)
            rows = (
                step.rows
                or self.index.rekey_withheld(RECORDS_A_STEP)
                or self.index.rekey_numbers(RECORDS_A_STEP)
            )
            took = self.now() - step_began
            done, kept = done + rows, kept + step.kept
            if rows:
                tell(self._progress(began, done, at_first - done, kept))
                self.rest(took * (1 / self.share - 1))
            elif left := self.index.remaining():
                at_first = done + left
                self.rest(HELD_BY_OTHERS_SECONDS)
            else:
                return self._progress(began, done, 0, kept)

    def _progress(self, began: float, done: int, remaining: int, kept: int) -> Progress:
        seconds = self.now() - began
        return Progress(done=done, remaining=max(0, remaining), seconds=seconds, kept=kept)
