"""When whoever answers for a rule is to look at it: its review, its floor and its ceiling."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from hub.core.match_rows import FEW
from hub.core.rule import Rule
from hub.core.rule_yield import By, Floor, YieldLine
from hub.core.rule_yield_shown import told_number

CEILING_DAYS: Final = 28
"""Over how many days a rule is held against its ceiling: a flood is to be seen within weeks."""

_WEEK_DAYS: Final = 7
_PER_CHILDREN: Final = 1000


class FlagKind(StrEnum):
    """Why a rule is to be looked at."""

    REVIEW = "review_overdue"
    FLOOR = "below_floor"
    CEILING = "above_ceiling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One reason to look at one rule."""

    rule: str
    kind: FlagKind
    sentence: str
    """Without a subject and a full stop: ``its review was due by 2026-11-22``. It stands beside the
    counts, so a small number is hidden in it as it is there."""


def flags_of(
    rules: Iterable[Rule[Any]],
    lines: Iterable[YieldLine],
    floor: Floor,
    *,
    days: float,
    today: date,
) -> tuple[Flag, ...]:
    """Answer why rules are to be looked at, rule by rule.

    Args:
        rules: those that are asked about.
        lines: what was counted.
        floor: of the authority whose alerts were counted.
        days: over how many they were.
        today: the day in London.
    """
    whole = {one.rule: one for one in lines if one.by is By.ALL}
    found: list[Flag] = []
    for rule in rules:
        line = whole.get(rule.name)
        said = (
            (FlagKind.REVIEW, _overdue(rule, today)),
            (FlagKind.FLOOR, _too_little(line, floor)),
            (FlagKind.CEILING, _too_much(rule, line, floor, days)),
        )
        found += [Flag(rule=rule.name, kind=kind, sentence=why) for kind, why in said if why]
    return tuple(found)


def weekly(told: int, days: float, children: int) -> float:
    """Answer alerts a week for every 1,000 children."""
    return told / days * _WEEK_DAYS / children * _PER_CHILDREN


def _overdue(rule: Rule[Any], today: date) -> str:
    if rule.review_on >= today:
        return ""
    return f"its review was due by {rule.review_on.isoformat()}"


def _too_little(line: YieldLine | None, floor: Floor) -> str:
    share = line.action_share if line else None
    if line is None or share is None or line.decided < floor.decided_min:
        return ""
    if share >= floor.action_share:
        return ""
    return (
        f"{told_number(line.action)} of {told_number(line.decided)} decided alerts led to action,"
        f" less than {floor.action_share:.0%}"
    )


def _too_much(rule: Rule[Any], line: YieldLine | None, floor: Floor, days: float) -> str:
    if line is None or not floor.children or days <= 0:
        return ""
    each = weekly(line.told, days, floor.children)
    if each <= rule.ceiling:
        return ""
    over = f"more than its ceiling of {rule.ceiling:g}"
    if line.told < FEW:
        return f"its few alerts are {over} a week for every 1,000 children"
    return f"it told {each:.2g} alerts a week for every 1,000 children, {over}"
