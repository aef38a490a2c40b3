"""Counts of what rules' alerts came to, as they are kept until they are shown."""

from collections.abc import Iterable, Mapping
from typing import Final

from hub.core.rule_yield import By, YieldLine

_NOT_KNOWN: Final = "Counts of rules' alerts were kept in a form that is not known."
_NUMBERS: Final = ("told", "in_time", "decided", "action", "not_useful")


def plain_lines(lines: Iterable[YieldLine], untold: Mapping[str, int]) -> Mapping[str, object]:
    """Answer counts as they are kept: names and numbers alone."""
    return {
        "lines": [
            [one.rule, one.by.value, one.value, *(getattr(one, name) for name in _NUMBERS)]
            for one in lines
        ],
        "untold": dict(untold),
    }


def lines_of(counted: Mapping[str, object]) -> tuple[tuple[YieldLine, ...], Mapping[str, int]]:
    """Answer what was kept.

    Raises:
        ValueError: another version of the hub kept it in another way.
    """
    lines, untold = counted.get("lines"), counted.get("untold")
    if not (isinstance(lines, list) and isinstance(untold, dict)):
        raise ValueError(_NOT_KNOWN)  # noqa: TRY004  # it was written so, not called so
    try:
        return tuple(_line(*one) for one in lines), {str(k): int(v) for k, v in untold.items()}
    except TypeError:
        raise ValueError(_NOT_KNOWN) from None


def _line(rule: str, by: str, value: str, *numbers: int) -> YieldLine:
    if len(numbers) != len(_NUMBERS):
        raise ValueError(_NOT_KNOWN)
    told, in_time, decided, action, not_useful = map(int, numbers)
    return YieldLine(
        rule=str(rule),
        by=By(by),
        value=str(value),
        told=told,
        in_time=in_time,
        decided=decided,
        action=action,
        not_useful=not_useful,
    )
