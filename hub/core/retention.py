"""How long is kept what agencies told of a child without anything resting on it, as policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.core.event import EventKind
from hub.core.rules import RULES
from hub.errors import ConfigurationError

if TYPE_CHECKING:
    from hub.core.policy import LocalAuthorityPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days since something happened and was told. Local choice: twelve months, and a month more.

    What an alert or a notice rests on, and whatever is told of a child with an open entry in a
    register or one that ended within this time, is kept longer.
    """

    attendances_days: int = 400
    absences_days: int = 400

    @property
    def days(self) -> Mapping[EventKind, int]:
        """By the kind of event."""
        return {
            EventKind.EMERGENCY_ATTENDANCE: self.attendances_days,
            EventKind.SCHOOL_ABSENCE: self.absences_days,
        }

    def before(self, now: datetime) -> Mapping[EventKind, datetime]:
        """Answer, by kind, from before when nothing needs to be kept."""
        return {kind: now - timedelta(days=days) for kind, days in self.days.items()}


def longest(every: Iterable[Retention]) -> Retention:
    """Answer what holds where authorities differ: no one's ground is deleted by another's choice.

    Raises:
        ValueError: there is none.
    """
    known = tuple(every)
    return Retention(
        attendances_days=max(one.attendances_days for one in known),
        absences_days=max(one.absences_days for one in known),
    )


def refuse_too_short(policy: "LocalAuthorityPolicy") -> None:
    """Refuse a policy by which is deleted what its own windows or rules still read.

    Raises:
        ConfigurationError: there is one; the sentence names the kind and what needs it.
    """
    needs = [("windows.seen_days", EventKind.EMERGENCY_ATTENDANCE, policy.seen_days)]
    for rule in RULES:
        if policy.reads(rule):
            window = rule.window(policy.parameters_of(rule.name)).days
            needs += [(f"rules.{rule.name}", kind, window) for kind in sorted(rule.kinds)]
    for what, kind, days in needs:
        kept = policy.retention.days.get(kind)
        if kept is not None and kept <= days:
            raise ConfigurationError(
                f"retention: more than {days} days were expected of {kind.value}, which {what}"
                " looks back."
            )
