"""What the surfaces show of feeds, and of the hub itself; nothing of any person.

Like ``hub.api.views``: already cut down to what the asker may see. All instants are aware UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceGap:
    """Reports that a connector numbered and the hub has not received."""

    first_missing: int
    last_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One event or record that could not be used, told to the agency that sent it."""

    outcome: str = "Refused by the connector"
    """What became of it, in words."""
    reference: str = field(repr=False)
    """The agency's own reference, by which it finds the record."""
    field_name: str
    expected: str
    refused_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultShown:
    """Something about a feed that a person should mend or may want to know; never a person."""

    sentence: str
    """What it is, in words."""
    subject: str
    """What it is about: a place code, a field, a reason."""
    count: int
    to_mend: bool
    """False for what was left out on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedShown:
    """A report of the agency's own that waits; ``number`` is its place in the connector's spool."""

    number: int | None
    sentence: str
    received_at: datetime
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """One feed of one agency, as that agency sees it."""

    feed: str
    agency: str
    agency_name: str
    last_heard_at: datetime | None
    source_as_of: datetime | None
    fresh: bool
    accepted: int = 0
    """Events taken in the last seven days."""
    parked: int = 0
    """Reports kept aside that the hub cannot use yet."""
    parked_overdue: bool = False
    """One of them has waited longer than the operator allows."""
    parked_reports: tuple[ParkedShown, ...] = ()
    """The oldest first, at most 50."""
    conflicts: int = 0
    """Events that say something else than an earlier one of the same key and revision."""
    gaps: tuple[SequenceGap, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    """The latest first, at most 50."""
    refusals_total: int = 0
    faults: tuple[FaultShown, ...] = ()

    @property
    def troubled(self) -> bool:
        """Whether it is out of date, or something of it is missing or waits too long."""
        return not self.fresh or bool(self.gaps) or self.parked_overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that a person who runs the hub must look at; never of a person or an agency."""

    name: str
    count: int
    since: datetime | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFault:
    """A fault of the hub's own; without a reference to settle it by, it goes when it is mended."""

    reference: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsView:
    """The feeds that somebody may see; alarms and faults are the operator's alone."""

    feeds: tuple[FeedView, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    faults: tuple[HubFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessPart:
    """One thing the hub needs in order to answer."""

    name: str
    ready: bool
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether checks can be answered now; Kafka being away does not forbid it."""

    ready: bool
    parts: tuple[ReadinessPart, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    """What must be looked at; checks are answered all the same."""
