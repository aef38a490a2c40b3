"""What replaying recorded events asks of the store: read once, at one instant, nothing written."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.core.alert import Severity
from hub.core.identifiers import GssCode
from hub.core.replay_history import ReplayHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedRow:
    """One alert as it was recorded, with what people did about it; no word of it."""

    alert_id: str
    rule: str
    severity: Severity
    owner: GssCode | None
    told: bool
    raised_at: datetime
    counts_from: datetime
    """From when its clock counts."""
    triggers: frozenset[bytes]
    acknowledged_at: datetime | None
    outcome: str | None
    """The code of the outcome that was decided; ``None`` where none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """A child to replay, and what was raised for it."""

    history: ReplayHistory
    raised: tuple[RaisedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayPart:
    """Some of the children: those whose reference begins with one of these two-byte numbers."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayExtent:
    """What there is to replay, and the instant at which it is read."""

    children: int
    """As the database last estimated."""
    snapshot: str
    """Names the instant to other connections, as long as this one stays open."""


class Replaying(Protocol):
    """The store of what is replayed."""

    def extent(self) -> AbstractContextManager[ReplayExtent]:
        """How much there is; while it is lent, every reading sees the same instant."""
        ...

    def reading(self, snapshot: str, part: ReplayPart) -> Iterator[ReplayRow]:
        """Yield every child of a part of whom anything was told that a rule may read.

        Not many are held at a time. Nothing is written and nothing locked.
        """
        ...
