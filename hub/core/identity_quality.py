"""How well records were linked, against a known truth: pairs, people, verdicts, review load.

Pairs are what is counted in the literature on linkage: of all pairs of records, those that are
truly one person's, those that were linked, and those that are both. Nothing enumerates pairs:
records that share a key (a person, a cluster, or both) are n, and n records are n(n-1)/2 pairs.
So a million records cost as much as reading them, and a group as much as its own records.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.core.identity import Verdict

__all__ = ["JudgedRecord", "PairCounts", "Quality", "quality", "quality_by_group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRecord:
    """What became of one record whose truth is known."""

    record_id: str
    person: str
    """Whose it truly is."""
    cluster: str
    """The child it is linked to in the end."""
    verdict: Verdict
    """The verdict when it came."""
    told_as: str = ""
    """A pair that a careful person could tell has one label here; with none given, all could be."""
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCounts:
    """Pairs of records. Every share is None where there is nothing to take a share of."""

    true: int
    """Pairs of one person."""
    right: int
    """Of those, linked."""
    reached: int
    """Of those, linked or brought before a person, by one review or by a chain of them."""

    @property
    def recall(self) -> float | None:
        """The share of true pairs that are linked."""
        return _share(self.right, self.true)

    @property
    def missed_reached(self) -> float | None:
        """Of the true pairs that are not linked, the share brought before a person."""
        return _share(self.reached - self.right, self.true - self.right)

    def less(self, part: "PairCounts") -> "PairCounts":
        """Answer the pairs that are not of a part."""
        return PairCounts(
            true=self.true - part.true,
            right=self.right - part.right,
            reached=self.reached - part.reached,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well the records of a group were linked. A pair is in it if either record is."""

    records: int
    people: int
    people_right: int
    """People all of whose records are one cluster, with nobody else's in it."""
    linked: int
    """Pairs that were linked, rightly or not."""
    pairs: PairCounts
    tellable: PairCounts
    """The pairs that a careful person could tell."""
    verdicts: Mapping[Verdict, int]

    @property
    def precision(self) -> float | None:
        """The share of linked pairs that are one person's; None if nothing was linked."""
        return _share(self.pairs.right, self.linked)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None if there is nothing to find or found."""
        return _share(2 * self.pairs.right, self.linked + self.pairs.true)

    @property
    def untellable(self) -> PairCounts:
        """The true pairs that no careful person could tell from the two records."""
        return self.pairs.less(self.tellable)

    @property
    def to_review(self) -> int:
        """Records that went to a person: ``possible`` and ``many``."""
        return self.verdicts[Verdict.POSSIBLE] + self.verdicts[Verdict.MANY]

    @property
    def reviews_per_thousand(self) -> float | None:
        """Records that went to a person, of a thousand."""
        share = _share(self.to_review, self.records)
        return None if share is None else 1_000 * share


def quality(records: Sequence[JudgedRecord], reviewed: Collection[tuple[str, str]] = ()) -> Quality:
    """Answer how well all records were linked.

    Args:
        records: every record that was judged, each once.
        reviewed: pairs of record ids that were shown to a person as possibly one child: the record
            in question and any record of the child it was held against.

    Raises:
        ValueError: a record comes twice, or a reviewed pair names one that is not there.
    """
    return _Tally(records, reviewed).of(records)


def quality_by_group(
    records: Sequence[JudgedRecord], reviewed: Collection[tuple[str, str]] = ()
) -> Mapping[str, Quality]:
    """Answer how well the records of each group were linked, by the group's name in order.

    Raises:
        ValueError: as :func:`quality`.
    """
    tally = _Tally(records, reviewed)
    grouped: dict[str, list[JudgedRecord]] = defaultdict(list)
    for record in records:
        for group in record.groups:
            grouped[group].append(record)
    return {group: tally.of(grouped[group]) for group in sorted(grouped)}


class _Tally:
    """Counts of all records under each kind of key, from which those of a group follow."""

    def __init__(
        self, records: Sequence[JudgedRecord], reviewed: Collection[tuple[str, str]]
    ) -> None:
        self._joined = _joined_by_review(records, reviewed)
        self._counts = self._count(records)
        self._right = _people_right(records)

    def of(self, records: Sequence[JudgedRecord]) -> Quality:
        """Answer the quality of those pairs of which either record is one of these."""
        pairs = {
            kind: sum(
                _pairs(self._counts[kind][key]) - _pairs(self._counts[kind][key] - n)
                for key, n in counted.items()
            )
            for kind, counted in self._count(records).items()
        }
        people = {record.person for record in records}
        met = Counter(record.verdict for record in records)
        return Quality(
            records=len(records),
            people=len(people),
            people_right=len(people & self._right),
            linked=pairs["linked"],
            pairs=_pair_counts(pairs, ""),
            tellable=_pair_counts(pairs, "tellable "),
            verdicts={verdict: met[verdict] for verdict in Verdict},
        )

    def _count(self, records: Iterable[JudgedRecord]) -> Mapping[str, Counter[Hashable]]:
        counts: dict[str, Counter[Hashable]] = {kind: Counter() for kind in _KINDS}
        for record in records:
            for kind, key in self._keys(record):
                counts[kind][key] += 1
        return counts

    def _keys(self, record: JudgedRecord) -> Iterator[tuple[str, Hashable]]:
        person, cluster, told = record.person, record.cluster, record.told_as
        joined = self._joined[person, cluster]
        yield "linked", cluster
        yield "true", person
        yield "right", (person, cluster)
        yield "reached", (person, joined)
        yield "tellable true", (person, told)
        yield "tellable right", (person, told, cluster)
        yield "tellable reached", (person, told, joined)


_KINDS = (
    *("linked", "true", "right", "reached"),
    *("tellable true", "tellable right", "tellable reached"),
)


def _pair_counts(pairs: Mapping[str, int], of: str) -> PairCounts:
    return PairCounts(
        true=pairs[f"{of}true"], right=pairs[f"{of}right"], reached=pairs[f"{of}reached"]
    )


def _pairs(records: int) -> int:
    return records * (records - 1) // 2


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _people_right(records: Iterable[JudgedRecord]) -> frozenset[str]:
    clusters: dict[str, set[str]] = defaultdict(set)
    people: dict[str, set[str]] = defaultdict(set)
    for record in records:
        clusters[record.person].add(record.cluster)
        people[record.cluster].add(record.person)
    return frozenset(
        person
        for person, theirs in clusters.items()
        if len(theirs) == 1 and len(people[next(iter(theirs))]) == 1
    )


def _joined_by_review(
    records: Sequence[JudgedRecord], reviewed: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], str]:
    """Answer, for each person in each cluster, the cluster that reviews would bring it under.

    A review joins two clusters for each person who has records in both: somebody who looks would
    say "same" there and nowhere else.
    """
    of_record = {record.record_id: record for record in records}
    if len(of_record) != len(records):
        raise ValueError("A record comes twice: each must be judged once.")
    people: dict[str, set[str]] = defaultdict(set)
    for record in records:
        people[record.cluster].add(record.person)
    heads = {(person, cluster): cluster for cluster, theirs in people.items() for person in theirs}
    for one, other in reviewed:
        if one not in of_record or other not in of_record:
            raise ValueError("A reviewed pair names a record that was not judged.")
        here, there = of_record[one].cluster, of_record[other].cluster
        for person in people[here] & people[there]:
            low, high = sorted((_head(heads, person, here), _head(heads, person, there)))
            heads[person, high] = low
    return {(person, cluster): _head(heads, person, cluster) for person, cluster in heads}


def _head(heads: dict[tuple[str, str], str], person: str, cluster: str) -> str:
    while heads[person, cluster] != cluster:
        cluster = heads[person, cluster]
    return cluster
