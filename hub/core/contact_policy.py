"""What an authority decides about front-door work: what is one contact, what a repeat, and when."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.errors import ConfigurationError

_DAYS_MAX: Final = 366
_HOURS_MAX: Final = 24 * 28


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPolicy:
    """The numbers; all are local choice, and but for the dispute's clock have no source.

    Attributes:
        same_child_hours: alerts of one child that were raised so many hours apart or less are one
            contact, whatever they rest on; 0: only those that share a trigger.
        repeat_days: for how long after an alert was acknowledged another of the same rule about the
            same child is counted on it instead of told as new; 0: never. Nothing immediate is.
        dispute_within_days: for how long after a decision one may disagree with it.
        dispute_working_days: by when what is disputed should be looked at: a working week, as the
            London Child Protection Procedures have it for professional disagreement.
    """

    same_child_hours: int = 24
    repeat_days: int = 14
    dispute_within_days: int = 28
    dispute_working_days: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.same_child_hours <= _HOURS_MAX:
            raise ConfigurationError(f"same_child_hours must be between 0 and {_HOURS_MAX}.")
        for name in ("repeat_days", "dispute_within_days", "dispute_working_days"):
            if not 0 <= getattr(self, name) <= _DAYS_MAX:
                raise ConfigurationError(f"{name} must be between 0 and {_DAYS_MAX} days.")

    @property
    def repeat_window(self) -> timedelta:
        """For how long after an alert was seen its repeats are counted on it."""
        return timedelta(days=self.repeat_days)

    @property
    def dispute_within(self) -> timedelta:
        """For how long after a decision one may disagree with it."""
        return timedelta(days=self.dispute_within_days)
