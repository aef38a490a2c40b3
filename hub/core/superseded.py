"""NHS numbers that were replaced by others: which one a person has now. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

NATIONAL_DEMOGRAPHICS: Final = "X26"
"""The ODS code of NHS England, which runs the Personal Demographics Service: it alone says that a
number was replaced. A local client that follows its signals reports for it, if the publishers'
registry lets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersession:
    """That one NHS number was replaced by another, each in its ten digits."""

    former: str = field(repr=False)
    now: str = field(repr=False)


def current_numbers(told: Iterable[Supersession]) -> Mapping[str, str]:
    """Answer for each number that was replaced which one stands in its place.

    A chain is followed to its end. Of what contradicts itself nothing is followed, see ``at_odds``:
    the person keeps the number that was told of them. The order does not matter.
    """
    told = frozenset(told)
    following = {one.former: one.now for one in told - at_odds(told)}
    found = {}
    for former in following:
        now = former
        while now in following:
            now = following[now]
        found[former] = now
    return found


def at_odds(told: Iterable[Supersession]) -> frozenset[Supersession]:
    """Answer what cannot be true: one number replaced by two, or a number in the end by itself."""
    told = frozenset(told)
    by_former: dict[str, set[str]] = {}
    for one in told:
        by_former.setdefault(one.former, set()).add(one.now)
    return frozenset(
        one for one in told if len(by_former[one.former]) > 1 or _comes_back(one.former, by_former)
    )


def _comes_back(number: str, by_former: Mapping[str, set[str]]) -> bool:
    reached, left = set[str](), set(by_former[number])
    while left:
        reached |= left
        left = {now for one in left for now in by_former.get(one, ())} - reached
    return number in reached
