"""What `hub import` shows: a bar on a terminal, else a line now and then; and the summary."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from hub.ports import LoadCounts, LoadOutcome

LINE_SECONDS: Final = 10.0
"""How often a line is written where there is no terminal."""

WAITING: Final = "waiting"
CONFLICT_REMARK: Final = "known otherwise; after a wrong mapping: docs/operations/import.md"
_WIDTH: Final = 22


class ImportShown:
    """Shows how far a load is, on standard error."""

    def __init__(self) -> None:
        self._counts = LoadCounts()
        self._began = self._said_at = time.monotonic()
        self._from: tuple[float, float] | None = None
        """When this run was last seen to have decided nothing yet, and how much was in then."""
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), console=console, transient=True
        )
        self._bar = self._progress.add_task("", total=None)
        self._terminal = console.is_terminal

    @property
    def seconds(self) -> float:
        """How long this run has taken."""
        return time.monotonic() - self._began

    def show(self, *, decided: int, made: int, whole: bool) -> None:
        """Show reports decided, of those made so far, which are all if ``whole``."""
        events = self._counts.events * decided / made if made else 0.0
        rate = self._rate(events)
        left = (self._counts.events - events) / rate if whole and rate else None
        words = _how_far(int(events), self._counts, rate, left, whole=whole)
        if self._terminal:
            total = made if whole else None
            self._progress.update(self._bar, description=words, completed=decided, total=total)
        elif time.monotonic() - self._said_at >= LINE_SECONDS:
            self._said_at = time.monotonic()
            self.say(words)

    def _rate(self, events: float) -> float:
        """Answer how many are decided a second, since the first of this run were."""
        now = time.monotonic()
        if self._from is None or events <= self._from[1]:
            self._from = (now, events)
            return 0.0
        return (events - self._from[1]) / (now - self._from[0])

    def say(self, sentence: str) -> None:
        """Write one line for the operator."""
        if self._terminal:
            self._progress.console.print(sentence, markup=False, highlight=False)
        else:
            sys.stderr.write(sentence + "\n")
            sys.stderr.flush()

    @contextmanager
    def of(self, counts: LoadCounts) -> Iterator[None]:
        """Show how far a load with these counts is, while inside."""
        self._counts = counts
        if self._terminal:
            self._progress.start()
        try:
            yield
        finally:
            if self._terminal:
                self._progress.stop()


def _how_far(
    events: int, counts: LoadCounts, rate: float, left: float | None, *, whole: bool
) -> str:
    read = f"{counts.events:,}" if whole else f"{counts.events:,} read so far"
    if not rate:
        return f"{events:,} of {read} events are in; the worker is about to begin"
    words = f"{events:,} of {read} events are in, {rate:,.0f} a second"
    if left is None:
        return words
    minutes, seconds = divmod(round(left), 60)
    return f"{words}, about {minutes}:{seconds:02} left"


def summary(counts: LoadCounts, outcome: LoadOutcome, seconds: float) -> Iterator[str]:
    """Yield in words what came of a load, without anything of a person."""
    verdicts = outcome.new_by_verdict
    unsure = verdicts.get("possible", 0) + verdicts.get("many", 0)
    yield f"Read {counts.read:,} records; {counts.events:,} events told, in {seconds:.1f} s"
    yield _line("new", outcome.new)
    yield _line("  matched", verdicts.get("matched", 0), "to a child whom another agency knows")
    yield _line("  first of their child", verdicts.get("new", 0))
    yield _line("  uncertain", unsure, _unsure(verdicts))
    yield _line("  waiting", verdicts.get(WAITING, 0), "for a child whom they match")
    yield _line("already known", max(0, outcome.stored - outcome.new))
    yield _line("in conflict", outcome.conflicts, CONFLICT_REMARK)
    yield from _reasons("refused by the hub", outcome.rejected)
    yield from _reasons("refused when read", counts.refused)
    yield _line("left out on purpose", counts.left_out.total())
    for reason, count in sorted(counts.left_out.items()):
        yield _line(f"  {reason}", count)
    for why, count in sorted(outcome.parked.items()):
        yield _line("reports that wait", count, why)


def as_json(counts: LoadCounts, outcome: LoadOutcome, seconds: float) -> Mapping[str, object]:
    """Answer the same as an object for JSON."""
    return {
        "read": counts.read,
        "events": counts.events,
        "seconds": round(seconds, 1),
        "new": outcome.new,
        "new_by_verdict": dict(outcome.new_by_verdict),
        "already_known": max(0, outcome.stored - outcome.new),
        "conflicts": outcome.conflicts,
        "rejected": [[*why, count] for why, count in sorted(outcome.rejected.items())],
        "refused": [[*why, count] for why, count in sorted(counts.refused.items())],
        "left_out": dict(sorted(counts.left_out.items())),
        "parked": dict(sorted(outcome.parked.items())),
    }


def _unsure(verdicts: Mapping[str, int]) -> str:
    one, several = verdicts.get("possible", 0), verdicts.get("many", 0)
    return f"{one:,} possibly of one child, {several:,} of one of several" if one + several else ""


def _reasons(what: str, reasons: Mapping[tuple[str, str], int]) -> Iterator[str]:
    yield _line(what, sum(reasons.values()))
    for (field, expected), count in sorted(reasons.items()):
        yield f"  {count:>10,}  {field}: {expected}" if field else f"  {count:>10,}  {expected}"


def _line(what: str, count: int, remark: str = "") -> str:
    told = f"  {remark}" if remark and count else ""
    return f"{what:<{_WIDTH}} {count:>10,}{told}"
