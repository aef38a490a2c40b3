"""What a check finds in the store."""

from dataclasses import dataclass
from dataclasses import field as attribute

from hub.core.chronology import RegisterEntry, StoredEvent
from hub.core.superseded import Supersession
from hub.ports.records import RecordRow
from hub.ports.rows import FeedFacts, RegisterFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFound:
    """What is stored of one child that bears on a check: all but its alerts."""

    child_ref: bytes
    records: tuple[RecordRow, ...]
    events: tuple[StoredEvent, ...]
    register: tuple[RegisterEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one search of a check has found."""

    children: tuple[ChildFound, ...] = ()
    registers: tuple[RegisterFacts, ...] = ()
    feeds: tuple[FeedFacts, ...] = ()
    numbers: tuple[Supersession, ...] = attribute(default=(), repr=False)
    """What was told of NHS numbers that were replaced, as far as those asked for go."""
