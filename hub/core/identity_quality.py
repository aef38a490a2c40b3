"""How well records were linked to children, where it is known whose each record is. Pure."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hub.core.identity import Verdict
from hub.core.identity_pairs import (
    REVIEWED,
    WAITING,
    JudgedRecord,
    PairCounts,
    Ruler,
    Together,
    both_numbers,
    pairs_of,
)

_Key = TypeVar("_Key", str, tuple[str, tuple[str, ...]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How well a file's records were linked.

    Attributes:
        records: how many there are.
        people: whose records they are.
        clusters: children at the end, and records that wait, each for one.
        clusters_right: those that hold all records of one person and no other.
        pairs: over all records.
        by_group: pairs of which either record is in the group, and how many records are.
        no_number_shared: the pairs without a valid NHS number or UPN in common.
        verdicts: records by verdict, and how many of them are right; see ``_is_right``.
        by_evidence: the same by verdict and the words of evidence that led to it.
        questions: how often review asks whether a record is a child's.
        questions_right: how often the answer is yes.
        schools_only: missed pairs of people whom only schools know: those wait by design.
    """

    records: int
    people: int
    clusters: int
    clusters_right: int
    pairs: PairCounts
    by_group: Mapping[str, tuple[int, PairCounts]]
    no_number_shared: PairCounts
    verdicts: Mapping[str, tuple[int, int]]
    by_evidence: Mapping[tuple[str, tuple[str, ...]], tuple[int, int]]
    questions: int
    questions_right: int
    schools_only: int


def quality_of(records: Sequence[JudgedRecord]) -> Quality:
    """Answer how well these records, in the order in which they came, were linked."""
    together = Together(records)
    every = Ruler(records, together, lambda _: ())
    shared = [
        Ruler(records, together, lambda one: one.nhs_number).pairs(),
        Ruler(records, together, lambda one: one.upn).pairs(),
        Ruler(records, together, both_numbers).pairs(),
    ]
    members: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(records):
        for group in one.groups:
            members[group].append(place)
    asked = [one for one in records if one.verdict in REVIEWED]
    questions = [(one.person, child) for one in asked for child in one.possible]
    right = _right(records, together)
    people, children = Counter(r.person for r in records), Counter(r.child for r in records)
    return Quality(
        records=len(records),
        people=len(people),
        clusters=len(children),
        clusters_right=sum(
            count == people[person] == children[child]
            for (person, child), count in together.sizes.items()
        ),
        pairs=every.pairs(),
        by_group={
            group: (len(places), every.pairs(places)) for group, places in sorted(members.items())
        },
        no_number_shared=every.pairs() - (shared[0] + shared[1] - shared[2]),
        verdicts=_counted((one.verdict for one in records), right),
        by_evidence=_counted(((one.verdict, one.evidence) for one in records), right),
        questions=len(questions),
        questions_right=sum(cell in together.sizes for cell in questions),
        schools_only=_known_to_schools_only(records, together, people),
    )


def _right(records: Sequence[JudgedRecord], together: Together) -> list[bool]:
    """Answer whether each record's verdict is right."""
    right = []
    earlier: set[Hashable] = set()
    founded = {one.person for one in records if one.verdict != WAITING}
    for one in records:
        right.append(_is_right(one, together, earlier, founded))
        earlier.add(one.person)
    return right


def _counted(keys: Iterable[_Key], right: Iterable[bool]) -> Mapping[_Key, tuple[int, int]]:
    """Answer for each key how many records have it, and how many of them rightly."""
    counts: dict[_Key, tuple[int, int]] = {}
    for key, is_right in zip(keys, right, strict=True):
        records, rightly = counts.get(key, (0, 0))
        counts[key] = (records + 1, rightly + is_right)
    return dict(sorted(counts.items()))


def _is_right(
    one: JudgedRecord, together: Together, earlier: set[Hashable], founded: set[Hashable]
) -> bool:
    """Answer whether a verdict is right.

    ``matched`` if another record of the person is with the child; ``possible`` and ``many`` if one
    of the children asked about has one; ``new`` if none of the person's came before; ``waiting`` if
    none of the person's has a child.
    """
    if one.verdict == Verdict.MATCHED:
        return together.sizes[one.person, one.child] > 1
    if one.verdict in REVIEWED:
        return any((one.person, child) in together.sizes for child in one.possible)
    return one.person not in (founded if one.verdict == WAITING else earlier)


def _known_to_schools_only(
    records: Iterable[JudgedRecord], together: Together, people: Counter[Hashable]
) -> int:
    others = {one.person for one in records if one.may_found}
    alone = sum(pairs_of(count) for person, count in people.items() if person not in others)
    right = (pairs_of(n) for (person, _), n in together.sizes.items() if person not in others)
    return alone - sum(right)
