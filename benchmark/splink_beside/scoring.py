"""What comes of Splink's scored pairs at a threshold, counted by the hub's own counting of pairs.

Splink scores pairs; the hub answers which records are one child's. So both ways of reading Splink
are counted: its pairs as they are (what its own charts of accuracy count), and its clusters, in
which records go together if a chain of pairs joins them (what one would store).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from typing import Final, NamedTuple

from hub.core.identity_pairs import PairCounts, pairs_of

FIXED_PROBABILITY: Final = 0.95
"""The threshold at which Splink's tutorials cluster."""

STEPS_A_BIT: Final = 2
LEAST_BITS, MOST_BITS = -10, 30
"""The best threshold is looked for among these match weights."""


class Scored(NamedTuple):
    """Two records, and how much more likely they are one person's than not, in bits."""

    one: str
    other: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AtThreshold:
    """What is counted when pairs of at least this match weight are taken."""

    weight: float
    pairs: PairCounts
    clusters: PairCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way of taking what Splink scored."""

    of: str
    """``clusters`` or ``pairs``."""
    weight: float
    """The match weight at which pairs are taken, in bits."""
    by_truth: bool
    """Whether the truth chose that threshold."""
    counts: PairCounts


class People:
    """Whose each record is, and how many pairs there are to find."""

    def __init__(self, person_by_record: Mapping[str, Hashable]) -> None:
        """Hold the truth of a file."""
        self.of = person_by_record
        self.true = _within(Counter(person_by_record.values()))

    def together(self, cluster_of: Callable[[str], Hashable]) -> PairCounts:
        """Answer the counts of the pairs of records that are in one cluster."""
        placed = [(person, cluster_of(record)) for record, person in self.of.items()]
        return PairCounts(
            true=self.true,
            linked=_within(Counter(cluster for _, cluster in placed)),
            right=_within(Counter(placed)),
        )

    def taken(self, pairs: Iterable[Scored]) -> PairCounts:
        """Answer how many pairs these are, as they are, and how many of them are right."""
        right = [self.of[pair.one] == self.of[pair.other] for pair in pairs]
        return PairCounts(linked=len(right), right=sum(right))


def _within(sizes: Counter[Hashable]) -> int:
    return sum(map(pairs_of, sizes.values()))


@dataclass(slots=True)
class Clusters:
    """Records that chains of pairs join, as more and more pairs are added."""

    _head: dict[str, str] = field(default_factory=dict)

    def join(self, pair: Scored) -> None:
        """Have the clusters of both records be one."""
        self._head[self.of(pair.one)] = self.of(pair.other)

    def of(self, record: str) -> str:
        """Answer a record of this record's cluster that all of the cluster have."""
        while (after := self._head.setdefault(record, record)) != record:
            self._head[record] = self._head[after]  # halves the way for the next
            record = after
        return record


def thresholds() -> list[float]:
    """Answer the match weights among which the best threshold is looked for, highest first."""
    steps = range(MOST_BITS * STEPS_A_BIT, LEAST_BITS * STEPS_A_BIT - 1, -1)
    return sorted([*(step / STEPS_A_BIT for step in steps), fixed_weight()], reverse=True)


def fixed_weight() -> float:
    """Answer the match weight of the fixed probability, in bits."""
    return log2(FIXED_PROBABILITY / (1 - FIXED_PROBABILITY))


def at_thresholds(
    people: People, pairs: Sequence[Scored], weights: Iterable[float]
) -> Iterator[AtThreshold]:
    """Yield what is counted at each match weight, highest first."""
    falling = sorted(pairs, key=lambda pair: -pair.weight)
    clusters, place, paired = Clusters(), 0, PairCounts(true=people.true)
    for weight in sorted(weights, reverse=True):
        before = place
        while place < len(falling) and falling[place].weight >= weight:
            place += 1
        new = falling[before:place]
        for pair in new:
            clusters.join(pair)
        paired += people.taken(new)
        yield AtThreshold(weight=weight, pairs=paired, clusters=people.together(clusters.of))


def readings(people: People, pairs: Sequence[Scored]) -> Iterator[Reading]:
    """Yield both readings of Splink's pairs, each at its best threshold and at the fixed one.

    The best is that of the highest F1, by the truth: nobody could choose it so for a file whose
    truth is not known. Of equal ones it is the highest.
    """
    fixed = fixed_weight()
    counted = list(at_thresholds(people, pairs, thresholds()))
    for of, counts in (("clusters", _of_clusters), ("pairs", _of_pairs)):
        best = max(counted, key=lambda one: counts(one).f1 or 0.0)
        yield Reading(of=of, weight=best.weight, by_truth=True, counts=counts(best))
        [at] = [one for one in counted if one.weight == fixed]
        yield Reading(of=of, weight=fixed, by_truth=False, counts=counts(at))


def _of_clusters(one: AtThreshold) -> PairCounts:
    return one.clusters


def _of_pairs(one: AtThreshold) -> PairCounts:
    return one.pairs
