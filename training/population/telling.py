"""Whether a careful person, reading two records, could tell that they are of one child.

It follows from the facts, never from a matcher. Each record keeps some facts of its child (see
``draft.py``): words of its names, its birth date exactly or nearly, where it lived, its numbers.
Two records of a child are *tellable* if

* neither carries the number of somebody else;
* the facts that both keep are true of no other child of the population; and
* by luck alone fewer than one child in a thousand would have a double: the number of other children
  with the same words of names (and half a child more, for who is not in the file), times how rare
  the birth date and the home are, is at most 0.001. A number of the child's own, with any other
  fact, always suffices.

Records that are joined by a chain of tellable pairs are told as one. So a true pair is one that a
person could tell if both its records bear one label of :func:`told_as`.

The limits: the reader knows the spellings and nicknames of the tables, and every name, home and
date in the population; sees no photographs and telephones nobody; and the population is all there
is. With more children in the world, fewer pairs could be told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations

from training.population.draft import BORN, FAMILY, GIVEN, HOME, NEARLY_BORN, NHS, UPN, Fact
from training.population.homes_written import fact_of
from training.population.names_written import facts_of_names
from training.population.people import Child
from training.population.records import Population, Record

DOUBLES_MAX = 0.001
_BIRTH_DAYS = 18 * 365
_NEAR_DAYS = 25
"""How many dates are a swap, a digit or a year from one date, about."""
_UNSEEN = 0.5


class Facts:
    """What is true of whom in one population."""

    def __init__(self, population: Population) -> None:
        """Gather the facts of every child."""
        self._true_of: dict[Fact, set[str]] = defaultdict(set)
        for child in population.children:
            for fact in facts_of(child):
                self._true_of[fact].add(child.key)
        self._everybody = len(population.children)
        self._home_share = 1 / max(1, population.postcodes)
        self._named = lru_cache(maxsize=100_000)(self._count_named)

    def can_tell(self, one: Record, other: Record) -> bool:
        """Answer whether two records of one child are tellable as one child's."""
        if one.draft.of_another or other.draft.of_another:
            return False
        shared = one.draft.kept & other.draft.kept
        if not self._only(shared):
            return False
        kinds = {fact.kind for fact in shared}
        if kinds & {NHS, UPN}:
            return len(shared) > 1
        return self._doubles(shared, kinds) <= DOUBLES_MAX

    def _only(self, shared: Iterable[Fact]) -> bool:
        """Answer whether the facts are true of one child and no other."""
        holders = sorted(
            (self._true_of[fact] for fact in shared if fact.kind != NEARLY_BORN), key=len
        )
        return bool(holders) and len(set.intersection(*holders)) == 1

    def _doubles(self, shared: Iterable[Fact], kinds: set[str]) -> float:
        words = frozenset(fact for fact in shared if fact.kind in {GIVEN, FAMILY})
        expected = self._named(words) - 1 + _UNSEEN
        if BORN in kinds:
            expected /= _BIRTH_DAYS
        elif NEARLY_BORN in kinds:
            expected *= _NEAR_DAYS / _BIRTH_DAYS
        return expected * (self._home_share if HOME in kinds else 1.0)

    def _count_named(self, words: frozenset[Fact]) -> int:
        if not words:
            return self._everybody
        return len(set.intersection(*sorted((self._true_of[word] for word in words), key=len)))


def facts_of(child: Child) -> set[Fact]:
    """Answer every fact that is true of a child."""
    homes = [home for _, home in child.homes]
    homes += [child.other_home] if child.other_home is not None else []
    facts = facts_of_names(child) | {fact_of(home) for home in homes}
    facts |= {Fact(BORN, child.born.isoformat()), Fact(NHS, child.nhs_number)}
    return facts | ({Fact(UPN, child.upn)} if child.upn is not None else set())


def told_as(population: Population) -> Mapping[str, str]:
    """Answer, for each record, the label that it shares with all it could be told to go with."""
    facts = Facts(population)
    of_child: dict[str, list[Record]] = defaultdict(list)
    for record in population.records:
        of_child[record.child.key].append(record)
    labels: dict[str, str] = {}
    for key, records in of_child.items():
        head = {record.record_id: record.record_id for record in records}
        for one, other in combinations(records, 2):
            joined = head[one.record_id], head[other.record_id]
            if joined[0] != joined[1] and facts.can_tell(one, other):
                head = {name: joined[0] if at == joined[1] else at for name, at in head.items()}
        order = {at: place for place, at in enumerate(dict.fromkeys(head.values()))}
        labels |= {name: f"{key}/{order[at]}" for name, at in head.items()}
    return labels
