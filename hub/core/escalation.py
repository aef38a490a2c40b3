"""Whose turn it is to see an alert that nobody has acknowledged by its time, as policy.

When the clock of an alert runs out, the turn goes to the first contact of the authority that acts,
and from each to the next when its own time has passed. Everything follows from the clock, so two
processes, or one that stood still, come to the same turns. For *immediate* alerts the clock never
pauses: a contact who is not there at that hour is passed over. Others wait until the contact's
office opens.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.core.alert import Severity
from hub.core.clock import Hours, is_open, next_opening
from hub.core.working_time import working_minutes_after
from hub.errors import ConfigurationError

STEPS_MAX: Final = 12


class Available(StrEnum):
    """When a contact can be reached."""

    OFFICE = "office"
    OUT_OF_HOURS = "out_of_hours"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """One contact, and how long it has before the turn passes on."""

    label: str
    """Who, in words: ``Team manager, front door``."""
    severities: frozenset[Severity]
    available: Available = Available.ALWAYS
    minutes: int | None = None
    """How long it has, at any hour; for immediate alerts this alone."""
    working_minutes: int | None = None
    """How long it has while the office is open, for alerts that are not immediate."""
    phone: str = ""
    desk: str = ""
    """By which code its system is told that something waits; empty: it has none."""
    webhook: str = ""

    def __post_init__(self) -> None:
        if not self.severities:
            raise ConfigurationError("one severity at least was expected.")
        if self.minutes is None and self.working_minutes is None:
            raise ConfigurationError("minutes or working_minutes was expected.")
        if bool(self.desk) != bool(self.webhook):
            raise ConfigurationError("desk and webhook were expected together, or neither.")
        if Severity.IMMEDIATE in self.severities and self.minutes is None:
            raise ConfigurationError("minutes was expected: the immediate clock never pauses.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """From when it is whose turn; ``step`` is ``None`` where nobody is left."""

    at: datetime
    step: EscalationStep | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    """The contacts of an authority, in their order; none for a severity: it is not passed on."""

    steps: tuple[EscalationStep, ...] = ()

    def __post_init__(self) -> None:
        urgent = {one.available for one in self.steps if Severity.IMMEDIATE in one.severities}
        both = {Available.OFFICE, Available.OUT_OF_HOURS} <= urgent
        if urgent and not both and Available.ALWAYS not in urgent:
            raise ConfigurationError(
                "contacts for immediate alerts must cover every hour: one always, or office and"
                " out_of_hours."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """How far an alert that waits has been passed on at an instant."""

    since: datetime
    """Since when it waits unacknowledged beyond its clock."""
    with_whom: EscalationStep | None
    """``None``: nobody is left, and the hub's operator is told."""
    next_at: datetime | None = None
    next_whom: EscalationStep | None = None
    """Whose turn is next; ``None`` with a time: the operator's."""


def turns(
    policy: EscalationPolicy,
    severity: Severity,
    due: datetime | None,
    hours: Hours,
    bank_holidays: Collection[date],
) -> tuple[Turn, ...]:
    """Answer every turn of an alert whose clock runs out at ``due``, in order.

    None where the policy passes alerts of this severity on to nobody, or there is no clock; but an
    immediate one always comes to the operator in the end.

    Raises:
        ValueError: ``due`` is naive.
    """
    steps = [one for one in policy.steps if severity in one.severities]
    urgent = severity is Severity.IMMEDIATE
    if due is None or not (steps or urgent):
        return ()
    return tuple(_turns(steps, due.astimezone(UTC), hours, bank_holidays, urgent=urgent))


def passed(found: tuple[Turn, ...], now: datetime) -> Passed | None:
    """Answer whose turn it is at an instant; ``None`` while the clock has not run out."""
    come = [one for one in found if one.at <= now]
    if not come:
        return None
    later = found[len(come) : len(come) + 1]
    return Passed(
        since=found[0].at,
        with_whom=come[-1].step,
        next_at=later[0].at if later else None,
        next_whom=later[0].step if later else None,
    )


def _turns(
    steps: list[EscalationStep],
    due: datetime,
    hours: Hours,
    bank_holidays: Collection[date],
    *,
    urgent: bool,
) -> Iterator[Turn]:
    at = due
    for step in steps:
        begins = at if urgent else _reachable(step, at, hours, bank_holidays)
        if begins is None or (urgent and not _is_there(step, at, hours, bank_holidays)):
            continue
        yield Turn(at=begins, step=step)
        if step.working_minutes is None or urgent:
            at = begins + timedelta(minutes=step.minutes or 0)
        else:
            ends = working_minutes_after(hours, bank_holidays, begins, step.working_minutes)
            at = ends or begins
    yield Turn(at=at, step=None)


def _is_there(
    step: EscalationStep, at: datetime, hours: Hours, bank_holidays: Collection[date]
) -> bool:
    if step.available is Available.ALWAYS:
        return True
    return is_open(hours, bank_holidays, at) is (step.available is Available.OFFICE)


def _reachable(
    step: EscalationStep, at: datetime, hours: Hours, bank_holidays: Collection[date]
) -> datetime | None:
    """Answer from when a contact can be reached: an office when it opens, others when they are."""
    if step.available is Available.OFFICE:
        opens = next_opening(hours, bank_holidays, at)
        return opens.astimezone(UTC) if opens else None
    return at if _is_there(step, at, hours, bank_holidays) else None
