"""How a plan or period in a register stands on one day: current, moved, ended or long ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hub.core.chronology import Listing, RegisterEntry
from hub.core.clock import london_date
from hub.core.event import PLAN_KINDS, EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayWindows:
    """For how long what has ended is still shown; local policy.

    364 days for plans and care is what Child Protection Alerts show by Medicus' account; others
    write 12 months or 365 days. Unborn: 28 days after the end (Medicus) or after the due date (NHS
    SCRa user guide), so the later of the two. Which is the official one is not established.
    """

    ended_plan_days: int = 364
    unborn_days: int = 28


class PlanStanding(StrEnum):
    """How a register entry stands on one day."""

    CURRENT = "current"
    TRANSFERRED = "transferred"
    """Closed here because another authority holds it: that is not an end."""
    ENDED = "ended"
    """Ended within its display window."""
    CLOSED = "closed"
    """Ended so long ago that it is no longer shown."""


_TRANSFER_REASONS = frozenset({"transferred", "e3"})
"""``E3`` is SSDA903's "care taken over by another local authority in the UK"."""


def plan_standing(entry: RegisterEntry, on: date, windows: DisplayWindows) -> PlanStanding:
    """Answer how the entry stands on a day; on its last day a plan is still current.

    A start in the future does not make it less current: whether it had begun on a day in the past
    is :func:`had_begun`.
    """
    last_day = last_day_of(entry)
    if last_day is None or on <= last_day:
        return PlanStanding.CURRENT
    if on > _shown_until(entry, last_day, windows):
        return PlanStanding.CLOSED
    return PlanStanding.TRANSFERRED if _left_for_another(entry) else PlanStanding.ENDED


def register_on(
    register: Iterable[RegisterEntry], on: date, windows: DisplayWindows
) -> tuple[tuple[RegisterEntry, PlanStanding], ...]:
    """Answer every plan and period of care that is shown on a day, and how it stands.

    A child in need is none: it never stands where a plan is asked for (``in_need_on``).
    A plan that moved stays TRANSFERRED until another authority's register has taken it up: until
    then nobody can say that it has ended. Then it reads ENDED, and the other entry says the rest.
    """
    entries = tuple(entry for entry in register if entry.kind in PLAN_KINDS)
    shown = []
    for entry in entries:
        standing = plan_standing(entry, on, windows)
        if standing is PlanStanding.TRANSFERRED and any(_takes_up(o, entry) for o in entries):
            standing = PlanStanding.ENDED
        if standing is not PlanStanding.CLOSED:
            shown.append((entry, standing))
    return tuple(shown)


def in_need_on(register: Iterable[RegisterEntry], on: date) -> tuple[RegisterEntry, ...]:
    """Answer the periods in need that had begun and had not ended on a day, the latest first.

    One that has ended is not shown: support under section 17 is given by agreement.
    """
    current = (
        entry
        for entry in register
        if entry.kind is EventKind.CHILD_IN_NEED_PERIOD
        and had_begun(entry, on)
        and ((last := last_day_of(entry)) is None or on <= last)
    )
    return tuple(
        sorted(current, key=lambda one: (one.started_on or date.min, one.fact_key), reverse=True)
    )


def _takes_up(other: RegisterEntry, entry: RegisterEntry) -> bool:
    if other.agency == entry.agency or other.kind is not entry.kind:
        return False
    if entry.held_for_another_authority:
        return not other.held_for_another_authority
    started, before = other.started_on, entry.started_on
    return started is not None and before is not None and started > before


def had_begun(entry: RegisterEntry, on: date) -> bool:
    """Answer whether the plan or period had begun; one without a start is taken to have begun."""
    return entry.started_on is None or entry.started_on <= on


def last_day_of(entry: RegisterEntry) -> date | None:
    """Answer the last day: as told, or the day since which it is no longer listed."""
    if entry.ended_on is not None or entry.listing is Listing.LISTED:
        return entry.ended_on
    return entry.not_listed_since or london_date(entry.as_at)


def _shown_until(entry: RegisterEntry, last_day: date, windows: DisplayWindows) -> date:
    if entry.kind is EventKind.UNBORN_CHILD_PROTECTION_PLAN:
        later = max(last_day, entry.due_on or last_day)
        return later + timedelta(days=windows.unborn_days)
    return last_day + timedelta(days=windows.ended_plan_days)


def _left_for_another(entry: RegisterEntry) -> bool:
    reason = (entry.end_reason or "").strip().lower()
    return entry.held_for_another_authority or reason in _TRANSFER_REASONS
