"""How long is kept what agencies told of a child without anything resting on it, as policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from hub.core.event import EventKind
from hub.core.rules import RULES
from hub.core.school_marks import AbsenceReason
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from hub.core.policy import LocalAuthorityPolicy


class Kept(StrEnum):
    """What is kept for a time of its own: a kind of event, but for what school marks tell."""

    ATTENDANCES = EventKind.EMERGENCY_ATTENDANCE.value
    ABSENCES = EventKind.SCHOOL_ABSENCE.value
    SICKNESS = AbsenceReason.SICKNESS.value
    """Marks of long sickness: of a child's health, and read by one rule (decision 54)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days since something happened and was told. Local choice: twelve months, and a month more.

    Of sickness two months, for its rule reads it only of children whom a register names.

    What an alert or a notice rests on, and whatever is told of a child with an open entry in a
    register or one that ended within this time, is kept longer.
    """

    attendances_days: int = 400
    absences_days: int = 400
    sickness_days: int = 60

    @property
    def days(self) -> Mapping[Kept, int]:
        """By what is kept."""
        return {
            Kept.ATTENDANCES: self.attendances_days,
            Kept.ABSENCES: self.absences_days,
            Kept.SICKNESS: self.sickness_days,
        }

    def before(self, now: datetime) -> Mapping[Kept, datetime]:
        """Answer from before when nothing needs to be kept, of each."""
        return {kept: now - timedelta(days=days) for kept, days in self.days.items()}


def longest(every: Iterable[Retention]) -> Retention:
    """Answer what holds where authorities differ: no one's ground is deleted by another's choice.

    Raises:
        ValueError: there is none.
    """
    known = tuple(every)
    return Retention(
        attendances_days=max(one.attendances_days for one in known),
        absences_days=max(one.absences_days for one in known),
        sickness_days=max(one.sickness_days for one in known),
    )


def refuse_too_short(policy: "LocalAuthorityPolicy") -> None:
    """Refuse a policy by which is deleted what its own windows or rules still read.

    Raises:
        ConfigurationError: there is one; the sentence names the kind and what needs it.
    """
    days_of = {kept.value: days for kept, days in policy.retention.days.items()}
    needs = [("windows.seen_days", EventKind.EMERGENCY_ATTENDANCE, policy.seen_days)]
    for rule in RULES:
        if policy.reads(rule):
            window = rule.window(policy.parameters_of(rule.name)).days
            needs += [(f"rules.{rule.name}", kind, window) for kind in sorted(rule.kinds)]
    for what, kind, days in needs:
        kept = days_of.get(kind.value)
        if kept is not None and kept <= days:
            raise ConfigurationError(
                f"retention: more than {days} days were expected of {kind.value}, which {what}"
                " looks back."
            )
