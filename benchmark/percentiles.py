"""Latencies in milliseconds, summed up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """How long things took, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    maximum: float


def latencies(seconds: Iterable[float]) -> Latencies | None:
    """Answer the percentiles of these durations by nearest rank; ``None`` if there are none."""
    ordered = sorted(seconds)
    if not ordered:
        return None
    return Latencies(
        count=len(ordered),
        p50=_rank(ordered, 50),
        p95=_rank(ordered, 95),
        p99=_rank(ordered, 99),
        maximum=ordered[-1] * 1000,
    )


def _rank(ordered: Sequence[float], percent: int) -> float:
    place = -(-len(ordered) * percent // 100)
    return ordered[max(place, 1) - 1] * 1000
