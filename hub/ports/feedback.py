"""What the store keeps of reports that alerts rest on, as those who reported are told of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.core.alert import Severity
from hub.core.alert_life import Life
from hub.core.event import EventKind
from hub.core.identifiers import GssCode


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRow:
    """One report among the live triggers of one alert, and what became of that."""

    feedback_id: UUID
    agency: str
    """Whose report it is."""
    kind: EventKind
    occurred_at: datetime
    received_at: datetime
    reference: str = field(repr=False)
    """The agency's own key of what it reported."""
    alert_id: UUID
    acted_on: UUID
    """The alert itself, or the one on which it is counted."""
    child_ref: bytes
    owner: GssCode | None
    severity: Severity
    part_since: datetime
    """When the hub made it part of the alert."""
    counts_from: datetime
    """From when the clock of the front door counts."""
    life: Life
    """What people did with ``acted_on``; whether it stands is of the alert itself."""
    counted: bool
    told: str | None = field(default=None, repr=False)
    """What was written with the last decision for those who reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackWanted:
    """Which page of the reports of an agency."""

    agency: str
    reader: str
    """Who reads; what concerns a child whose family they said that they know is left out."""
    occurred_after: datetime
    changed_after: datetime | None = None
    """Only of what something became since then."""
    most: int
    passed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFound:
    """A page of reports, the latest first, and how many there are in all."""

    rows: tuple[FeedbackRow, ...]
    total: int


class ReporterRows(Protocol):
    """Who is to hear of alerts."""

    def reporters(self, alert_ids: Sequence[UUID]) -> tuple[tuple[UUID, str], ...]:
        """Whose reports are live triggers of these alerts: each alert with each agency.

        Of what is counted on one of them, as that one. A report that was withdrawn has none.
        """
        ...


class FeedbackRows(ReporterRows, Protocol):
    """What agencies ask of what became of their reports."""

    def feedback_of(self, wanted: FeedbackWanted) -> FeedbackFound:
        """A page of the reports of an agency on which delivered alerts rest."""
        ...

    def feedback(self, feedback_id: UUID, reader: str) -> FeedbackRow | None:
        """One of them, whoever's it is; ``None`` if there is none that this reader may see."""
        ...
