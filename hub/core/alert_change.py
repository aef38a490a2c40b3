"""What may become of an alert when the rules are asked anew."""

from dataclasses import dataclass
from uuid import UUID

from hub.core.alert import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """An alert that did not stand. Its id may be that of one withdrawn or superseded before."""

    alert: Alert
    sentence: str
    repeat_of: UUID | None = None
    """The alert on which it is counted instead of being told; see ``repeats.py``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise:
    """An alert that stands on with other grounds, severity, words or people."""

    alert: Alert
    sentence: str
    again: str | None = None
    """Why it is to be seen anew by who has seen it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """An alert that no finding supports any more."""

    alert: Alert
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersede:
    """An alert whose grounds another one has taken over."""

    alert: Alert
    by: UUID
    sentence: str


AlertChange = Raise | Revise | Withdraw | Supersede
"""Each holds the alert as it is to stand, and one sentence for its history."""
