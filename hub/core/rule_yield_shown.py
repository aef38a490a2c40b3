"""A rule's counts as a page may show them: small numbers, that may tell of a child, are hidden."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from hub.core.match_rows import FEW
from hub.core.rule_yield import By, YieldLine

COLUMNS: Final = ("told", "in_time", "decided", "action", "not_useful")
"""What is counted of a line, in the order in which it is shown."""

HIDDEN: Final = f"1 to {FEW - 1}"
"""In place of a small number; nought is shown, for it tells of nobody."""

HIDDEN_BESIDE: Final = "not shown"
"""In place of a number from which, and the whole, a single hidden one could be told."""


def told_number(number: int) -> str:
    """Answer a number as it may be told by itself."""
    return HIDDEN if 0 < number < FEW else f"{number:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One line, each of its numbers as it is shown."""

    rule: str
    by: By
    value: str
    cells: tuple[str, ...]
    """In the order of ``COLUMNS``."""
    share: str
    """Of what was decided, the share that led to action; empty if that is not to be told."""

    @property
    def hides(self) -> bool:
        """Whether any number is hidden."""
        return any(one in {HIDDEN, HIDDEN_BESIDE} for one in self.cells)


def lines_shown(lines: Iterable[YieldLine]) -> tuple[LineShown, ...]:
    """Answer the lines as they are shown, in their order.

    Where one number alone of what adds up to a whole is small, the least beside it is hidden too.
    """
    found: list[LineShown] = []
    for _, some in groupby(lines, key=lambda one: (one.rule, one.by)):
        found += _group(list(some))
    return tuple(found)


def _group(lines: Sequence[YieldLine]) -> list[LineShown]:
    columns = [_column([getattr(one, name) for one in lines]) for name in COLUMNS]
    return [
        LineShown(
            rule=one.rule,
            by=one.by,
            value=one.value,
            cells=(cells := tuple(column[place] for column in columns)),
            share=_share(one, cells),
        )
        for place, one in enumerate(lines)
    ]


def _column(numbers: Sequence[int]) -> list[str]:
    shown = [told_number(one) for one in numbers]
    if shown.count(HIDDEN) == 1:
        others = [(one, place) for place, one in enumerate(numbers) if one >= FEW]
        if others:
            shown[min(others)[1]] = HIDDEN_BESIDE
    return shown


def _share(line: YieldLine, cells: Sequence[str]) -> str:
    """Answer the share, rounded down; it is not told where either of its numbers is hidden."""
    of = (cells[COLUMNS.index("decided")], cells[COLUMNS.index("action")])
    if not line.decided or {HIDDEN, HIDDEN_BESIDE} & set(of):
        return ""
    return f"{line.action * 100 // line.decided}%"
