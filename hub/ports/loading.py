"""A first load under way: what the hub asks of the connectors' side, and what came of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hub.core.report import Feed
from hub.errors import HubError


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadWanted:
    """What is to be loaded, for whom, and how it is to be read.

    Attributes:
        connector: which connector reads it.
        path: the file or folder.
        mapping: the agency's own mapping file, or ``None`` for the connector's default.
        publisher: who signs.
        agency: whose records these are; empty where the source says it of each.
        test_numbers: whether NHS numbers of the never-issued 999 range are taken.
        training: whether HL7 messages are taken whose processing id is not P.
    """

    connector: str
    path: Path
    publisher: str
    agency: str = ""
    mapping: Path | None = None
    test_numbers: bool = False
    training: bool = False


@dataclass(slots=True, kw_only=True)
class LoadCounts:
    """What has been read of a source since its load was begun, interruptions included."""

    read: int = 0
    events: int = 0
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By the field of the record, and what was expected in it."""
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPart:
    """Which reports a load is made of: numbers of one connector's spool, from first to last."""

    feed: Feed
    publisher: str
    connector: str
    epoch: int
    first: int
    last: int
    begun_at: datetime

    @property
    def reports(self) -> int:
        """How many reports these are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOutcome:
    """What the hub made of a load.

    Attributes:
        stored: events that stand, those that were known before included.
        new_by_verdict: of the events that this load brought, how many are of a record with each
            verdict of its link; ``waiting`` of those without one.
        conflicts: events whose id stood for other content.
        rejected: events that the hub could not use, by field and what was expected in it.
        parked: reports that wait, by why.
    """

    stored: int
    new_by_verdict: Mapping[str, int]
    conflicts: int
    rejected: Mapping[tuple[str, str], int]
    parked: Mapping[str, int]

    @property
    def new(self) -> int:
        """Events that the hub did not have before."""
        return sum(self.new_by_verdict.values())


class FirstLoad(Protocol):
    """One load, used by one thread; what it has read is in reports on disk before it is sent."""

    counts: LoadCounts
    continued: bool
    """Whether it goes on where an earlier run of the same load was interrupted."""

    @property
    def part(self) -> LoadedPart:
        """The reports that have been made so far."""
        ...

    @property
    def waiting(self) -> int:
        """How many reports Kafka has not acknowledged."""
        ...

    @property
    def fault(self) -> HubError | None:
        """Why Kafka takes nothing at present; ``None`` while it does."""
        ...

    def read_some(self) -> bool:
        """Read the next record; ``False`` once everything is read and in reports on disk.

        Raises:
            HubError: the source, its mapping or the disk cannot be used.
        """
        ...

    def send(self, up_to: int) -> None:
        """Hand reports to Kafka, no number above this, and note what it has taken.

        Raises:
            HubError: Kafka has no such topic, or the disk is full.
        """
        ...

    def done(self) -> None:
        """Note that everything was loaded: the same path is read from its beginning next time."""
        ...

    def close(self) -> None:
        """Hang up; harmless to repeat."""
        ...


class Loads(Protocol):
    """What the database says of a load."""

    def decided(self, part: LoadedPart) -> int:
        """Answer how many of the reports have their row."""
        ...

    def outcome(self, part: LoadedPart) -> LoadOutcome:
        """Answer what came of it; reads everything that came since it was begun."""
        ...
