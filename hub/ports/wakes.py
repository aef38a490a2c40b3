"""The rows of wakes: the instants at which rules look at a child again, each with its cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

WAKE: Final = "wake"
"""The kind of the timer of a wake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeTerms:
    """For what a wake's timer waits, and since when it is late."""

    rule: str
    cause: bytes
    needs: tuple[tuple[str, str], ...]
    """Agency and feed, in order: each must have told of the time up to the wake."""
    waits_until: datetime
    """Until when they are waited for."""
    late_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeKept:
    """A wake as it is stored."""

    timer_id: UUID
    child_ref: bytes
    due_at: datetime
    terms: WakeTerms
    state: str
    """``waiting``, ``fired``, ``cancelled`` or ``parked``."""
    silent: tuple[str, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WokenRow:
    """A wake whose time has come, and for which kinds of feeds it was waited in vain."""

    timer_id: UUID
    silent: tuple[str, ...]
    late: bool


class WakeRows(Protocol):
    """What the deciding transaction reads of wakes; they are written as timers are."""

    def wakes_kept(self, child_refs: Sequence[bytes]) -> tuple[WakeKept, ...]:
        """Every wake that is stored of these children, who are locked, whatever its state."""
        ...

    def silent_needs(self, timer_id: UUID) -> tuple[str, ...]:
        """The kinds of feeds that a wake needs and that have not told of the time up to it.

        Not told is also a feed of which a report is missing or set aside.
        """
        ...
