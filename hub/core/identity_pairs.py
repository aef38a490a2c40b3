"""Pairs of records counted without comparing pairs. Pure.

Records that agree on a key fall into one cell, and a cell of n records holds n(n-1)/2 pairs; so the
pairs of 200,000 records are counted in seconds.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from hub.core.identity import Verdict

WAITING: Final = "waiting"
"""The verdict of a school's record that no child was found for: it has none, and may be found."""

REVIEWED: Final = frozenset({Verdict.POSSIBLE.value, Verdict.MANY.value})
"""The verdicts about which a person is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRecord:
    """One record: whose it is, and what the hub made of it, both by any name that is unique."""

    person: Hashable = field(repr=False)
    child: Hashable = field(repr=False)
    """To whom it is linked at the end; a record that waits has a child of its own here."""
    verdict: str
    """Of its link, or ``WAITING``."""
    possible: tuple[Hashable, ...] = field(default=(), repr=False)
    """The other children that it is possibly about."""
    evidence: tuple[str, ...] = ()
    """Why, in the words of its link, which hold no value of anybody's."""
    told_as: Hashable = field(default=None, repr=False)
    """What a person could tell: two records of one person with one label go together."""
    nhs_number: Hashable = field(default=None, repr=False)
    upn: Hashable = field(default=None, repr=False)
    may_found: bool = True
    """Whether it may found a child: a school's record may not."""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCounts:
    """Counts of pairs of records.

    Attributes:
        true: of one person.
        linked: with one child.
        right: of one person and with one child.
        in_review: of one person, apart, and together once every question were answered rightly.
        tellable: of one person, and a reader of both records could tell.
        tellable_right: of those, with one child.
        tellable_in_review: of those, apart and in review as above.
    """

    true: int = 0
    linked: int = 0
    right: int = 0
    in_review: int = 0
    tellable: int = 0
    tellable_right: int = 0
    tellable_in_review: int = 0

    def __add__(self, other: "PairCounts") -> "PairCounts":
        return self._with(other, 1)

    def __sub__(self, other: "PairCounts") -> "PairCounts":
        return self._with(other, -1)

    def _with(self, other: "PairCounts", sign: int) -> "PairCounts":
        names = [one.name for one in fields(self)]
        return PairCounts(**{n: getattr(self, n) + sign * getattr(other, n) for n in names})

    @property
    def precision(self) -> float | None:
        """Of the linked pairs, how many are right; ``None`` if none is linked."""
        return _share(self.right, self.linked)

    @property
    def recall(self) -> float | None:
        """Of the true pairs, how many are linked; ``None`` if there is none."""
        return _share(self.right, self.true)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; ``None`` if there is nothing to find."""
        return _share(2 * self.right, self.true + self.linked)

    @property
    def missed(self) -> int:
        """True pairs that are not linked."""
        return self.true - self.right

    @property
    def missed_in_review(self) -> float | None:
        """Of the missed pairs, how many a person is asked about; ``None`` if none is missed."""
        return _share(self.in_review, self.missed)

    @property
    def tellable_recall(self) -> float | None:
        """Of the true pairs that a person could tell, how many are linked."""
        return _share(self.tellable_right, self.tellable)

    @property
    def tellable_missed_in_review(self) -> float | None:
        """Of the missed pairs that a person could tell, how many a person is asked about."""
        return _share(self.tellable_in_review, self.tellable - self.tellable_right)


class Together:
    """The records of each person with each child, and which of these cells review would join."""

    def __init__(self, records: Iterable[JudgedRecord]) -> None:
        records = tuple(records)
        self.sizes = Counter((one.person, one.child) for one in records)
        self._joined: dict[tuple[Hashable, Hashable], tuple[Hashable, Hashable]] = {}
        for one in records:
            for child in one.possible if one.verdict in REVIEWED else ():
                if (one.person, child) in self.sizes:
                    here, there = self.once_reviewed(one), self._head((one.person, child))
                    if here != there:
                        self._joined[here] = there

    def once_reviewed(self, one: JudgedRecord) -> tuple[Hashable, Hashable]:
        """Answer a cell of this record's that all cells have which review would join to its own."""
        return self._head((one.person, one.child))

    def _head(self, cell: tuple[Hashable, Hashable]) -> tuple[Hashable, Hashable]:
        while cell in self._joined:
            after = self._joined[cell]
            self._joined[cell] = self._joined.get(after, after)  # halves the way for the next
            cell = after
        return cell


class Ruler:
    """Counts pairs among records that also agree on something more; ``None`` agrees with none."""

    def __init__(
        self,
        records: Sequence[JudgedRecord],
        together: Together,
        more: Callable[[JudgedRecord], Hashable],
    ) -> None:
        also = [more(one) for one in records]

        def cells(key: Callable[[JudgedRecord], Hashable]) -> _Cells:
            return _Cells(
                None if extra is None else (key(one), extra)
                for one, extra in zip(records, also, strict=True)
            )

        self._true = cells(lambda one: one.person)
        self._linked = cells(lambda one: one.child)
        self._right = cells(lambda one: (one.person, one.child))
        self._found = cells(together.once_reviewed)
        self._told = cells(_told)
        self._told_right = cells(lambda one: (_told(one), one.child))
        self._told_found = cells(lambda one: (_told(one), together.once_reviewed(one)))

    def pairs(self, among: Sequence[int] | None = None) -> PairCounts:
        """Answer the pairs of which either record is among these; of all if none are named."""
        right, told_right = self._right.pairs(among), self._told_right.pairs(among)
        return PairCounts(
            true=self._true.pairs(among),
            linked=self._linked.pairs(among),
            right=right,
            in_review=self._found.pairs(among) - right,
            tellable=self._told.pairs(among),
            tellable_right=told_right,
            tellable_in_review=self._told_found.pairs(among) - told_right,
        )


class _Cells:
    """Records by a key, each known by its place."""

    def __init__(self, keys: Iterable[Hashable]) -> None:
        numbers: dict[Hashable, int] = {}
        self._of = [-1 if key is None else numbers.setdefault(key, len(numbers)) for key in keys]
        self._sizes = Counter(self._of)
        del self._sizes[-1]

    def pairs(self, among: Sequence[int] | None = None) -> int:
        """Answer the pairs within a cell of which either record is among these places."""
        if among is None:
            return sum(map(pairs_of, self._sizes.values()))
        touched = Counter(self._of[place] for place in among)
        del touched[-1]
        sizes = self._sizes
        return sum(
            pairs_of(sizes[cell]) - pairs_of(sizes[cell] - count) for cell, count in touched.items()
        )


def _told(one: JudgedRecord) -> Hashable:
    return (one.person, one.told_as)


def both_numbers(one: JudgedRecord) -> Hashable:
    """Answer both numbers of a record that has both."""
    return None if one.nhs_number is None or one.upn is None else (one.nhs_number, one.upn)


def pairs_of(count: int) -> int:
    """Answer how many pairs there are among so many."""
    return count * (count - 1) // 2


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
