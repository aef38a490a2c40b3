"""Windows that hold a pattern, and what they come to together: the shape that several rules share.

A rule on several facts asks of every window whether it holds its pattern, and joins the windows
that share a fact. So it answers the same whatever came last, and a finding is as large as can be.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

Value = TypeVar("Value")


def windows(times: Sequence[datetime], days: int, *, least: int = 1) -> Iterator[range]:
    """Yield the places in each window of so many days that one of the times, in order, opens.

    Windows that hold fewer than ``least`` of them are left out.
    """
    within = timedelta(days=days)
    end = 0
    for first, opening in enumerate(times):
        while end < len(times) and times[end] <= opening + within:
            end += 1
        if end - first >= least:
            yield range(first, end)


def joined(
    found: Iterable[tuple[Iterable[int], Value]],
) -> list[tuple[list[int], list[Value]]]:
    """Answer windows joined where they share a place, by their first, with what each was worth."""
    clusters: list[tuple[set[int], list[Value]]] = []
    for window, value in found:
        places, values = set(window), [value]
        apart = []
        for others, theirs in clusters:
            if others & places:
                places |= others
                values = [*theirs, *values]
            else:
                apart.append((others, theirs))
        clusters = [*apart, (places, values)]
    return [(sorted(places), values) for places, values in sorted(clusters, key=_first)]


def _first(cluster: tuple[set[int], list[Value]]) -> int:
    return min(cluster[0])
