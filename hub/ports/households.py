"""What is asked and known of the other children of a child's household, for rules that read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.chronology import StoredEvent
from hub.core.event import EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdAsked:
    """Of whom something was told, and who else may be concerned by what is told of their home."""

    told_of: Sequence[bytes]
    """Children of whom an event of these kinds was ever told."""
    others: Sequence[bytes]
    """Others, of whom an address may have been told."""
    kinds: frozenset[EventKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingKnown:
    """Another child of a household, and what has happened to it that rules may read."""

    child_ref: bytes
    since: datetime
    events: tuple[StoredEvent, ...]
