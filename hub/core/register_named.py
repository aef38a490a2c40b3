"""Which plans and periods named a child on days of school, and what that makes of the child."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from hub.core.chronology import RegisterEntry
from hub.core.event import EventKind
from hub.core.plan_standing import (
    DisplayWindows,
    PlanStanding,
    had_begun,
    in_need_on,
    register_on,
)

_NAMED: Final = frozenset({EventKind.CHILD_PROTECTION_PLAN, EventKind.LOOKED_AFTER_PERIOD})


def entries_on(
    register: Iterable[RegisterEntry], dates: Iterable[date], windows: DisplayWindows
) -> tuple[RegisterEntry, ...]:
    """Answer the plans and periods, in need included, that named the child on one of the days."""
    entries = tuple(register)
    held: dict[bytes, RegisterEntry] = {}
    for on in dates:
        begun = (one for one in entries if one.kind in _NAMED and had_begun(one, on))
        standing = register_on(begun, on, windows)
        named = [entry for entry, how in standing if how is not PlanStanding.ENDED]
        held |= {one.fact_key: one for one in (*named, *in_need_on(entries, on))}
    return tuple(held[key] for key in sorted(held))


def named_in_words(entries: Iterable[RegisterEntry]) -> str:
    """Answer what the child is by these, such as ``on a Child Protection Plan``."""
    kinds = {entry.kind for entry in entries}
    if EventKind.CHILD_PROTECTION_PLAN in kinds:
        return "on a Child Protection Plan"
    if EventKind.LOOKED_AFTER_PERIOD in kinds:
        return "looked after by a local authority"
    return "a child in need"
