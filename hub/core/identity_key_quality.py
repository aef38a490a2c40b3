"""How well each kind of key finds what belongs together, measured where the truth is known."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

StoredKey = tuple[str, bytes]
"""Kind and digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindQuality:
    """What one kind of key is worth, and what it costs."""

    records: int
    """That have such a key."""
    keys: int
    largest: int
    """Most records behind one key."""
    pairs: int
    """True pairs that share one."""
    alone: int
    """Of these, pairs that share no key of any other kind: lost without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyQuality:
    """What all kinds of keys are worth together."""

    true: int
    """Pairs of records of one person."""
    found: int
    """Of these, pairs that share any key: no other can be linked by itself."""
    kinds: Mapping[str, KindQuality]


def key_quality(people: Sequence[str], keys: Sequence[Collection[StoredKey]]) -> KeyQuality:
    """Answer what the keys of records are worth; ``people`` says whose each record is."""
    behind: Counter[StoredKey] = Counter(key for some in keys for key in set(some))
    of: dict[str, list[Collection[StoredKey]]] = defaultdict(list)
    for person, some in zip(people, keys, strict=True):
        of[person].append(some)
    shared = [kinds for some in of.values() for kinds in _shared(some)]
    pairs = Counter(kind for kinds in shared for kind in kinds)
    alone = Counter(next(iter(kinds)) for kinds in shared if len(kinds) == 1)
    having = Counter(kind for some in keys for kind in {kind for kind, _ in some})
    largest: dict[str, int] = {}
    distinct: Counter[str] = Counter()
    for (kind, _), records in behind.items():
        distinct[kind] += 1
        largest[kind] = max(largest.get(kind, 0), records)
    return KeyQuality(
        true=len(shared),
        found=sum(1 for kinds in shared if kinds),
        kinds={
            kind: KindQuality(
                records=having[kind],
                keys=distinct[kind],
                largest=largest[kind],
                pairs=pairs[kind],
                alone=alone[kind],
            )
            for kind in sorted(having)
        },
    )


def _shared(records: Sequence[Collection[StoredKey]]) -> Iterable[frozenset[str]]:
    """Answer, for each pair of one person's records, the kinds of keys that both have."""
    sets = [set(some) for some in records]
    return (frozenset(kind for kind, _ in one & other) for one, other in combinations(sets, 2))
