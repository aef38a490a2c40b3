"""Shows on standard error how far a run has come; on a terminal as it goes."""

import sys
import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from connectors.line import Counts

_SECONDS_BETWEEN: Final = 0.1


class Progress:
    """Counts of a run, redrawn at most ten times a second if standard error is a terminal."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self._began = time.monotonic()
        self._shown_at = 0.0
        console = Console(stderr=True)
        self._live = Live(console=console, transient=True, auto_refresh=False)
        self._terminal = console.is_terminal

    def show(self, *, waiting: int) -> None:
        """Show the counts and how many reports wait for Kafka."""
        if self._terminal and time.monotonic() - self._shown_at >= _SECONDS_BETWEEN:
            self._shown_at = time.monotonic()
            self._live.update(Text(f"{self.sentence()} {waiting} wait for Kafka."), refresh=True)

    def say(self, sentence: str) -> None:
        """Write one line for the operator."""
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()

    def sentence(self) -> str:
        """Answer the counts in words."""
        counts, seconds = self.counts, time.monotonic() - self._began
        return (
            f"Read {counts.read}: {counts.events} events in {counts.reports} reports, "
            f"{counts.refused} refused, {counts.dropped} left out, in {seconds:.1f} s."
        )

    def __enter__(self) -> Self:
        if self._terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._terminal:
            self._live.stop()
