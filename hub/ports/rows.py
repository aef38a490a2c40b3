"""The rows that go into the store and come out of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime
from uuid import UUID

from hub.core.alert import Alert
from hub.core.chronology import RegisterEntry, StoredEvent
from hub.core.event import EventKind
from hub.core.superseded import Supersession
from hub.core.wake import Woken
from hub.ports.households import SiblingKnown
from hub.ports.records import RecordRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a report lies in Kafka."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One received report as it is kept; ``publisher`` and what follows only if verified."""

    position: Position
    state: str
    value_digest: bytes
    received_at: datetime
    reason: str | None = None
    sentence: str | None = None
    publisher: str | None = None
    report_id: bytes | None = None
    agency: str | None = None
    feed: str | None = None
    connector: str | None = None
    epoch: int | None = None
    sequence: int | None = None
    created_at: datetime | None = None
    source_as_of: datetime | None = None
    backfill: bool = False
    events_stored: int = 0
    events_rejected: int = 0
    message_key: bytes | None = attribute(default=None, repr=False)
    parked_value: bytes | None = attribute(default=None, repr=False)
    parked_signatures: tuple[bytes, ...] = attribute(default=(), repr=False)
    left_bytes: int | None = None
    """Length of the value of a parked report whose bytes were not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStake:
    """How much there is of one child: what decides whether it must be looked at."""

    facts: Mapping[EventKind, int]
    """At the most so many attendances, incidents, absences and register entries of each kind."""
    alerts: bool
    """Whether any alert stands for it."""
    said: frozenset[str] = frozenset()
    """Which of the facts that rules name (``Rule.said``) were answered yes of any event of it."""

    @property
    def incident(self) -> bool:
        """Whether it was ever told of in an incident, if only by a former revision."""
        return EventKind.DOMESTIC_ABUSE_INCIDENT in self.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTold:
    """A supersession on its way into the store; without numbers where it is taken back unsaid."""

    fact_key: bytes
    revision: int
    told: Supersession | None = attribute(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One valid event on its way into the store."""

    position: Position
    index: int
    feed: str
    stored: StoredEvent
    content_digest: bytes
    source_key: str = attribute(repr=False)
    contacts: str = attribute(default="[]", repr=False)
    detail: bytes | None = attribute(default=None, repr=False)
    number: NumberTold | None = attribute(default=None, repr=False)
    """What it tells of an NHS number that was replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """One event that was rejected or is in conflict; never dropped, told to the agency."""

    position: Position
    index: int
    outcome: str
    agency: str
    feed: str
    kind: str
    reason: str
    field: str
    expected: str
    event_id: bytes | None = None
    fact_key: bytes | None = None
    content: bytes | None = attribute(default=None, repr=False)
    """What was told, to be sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """A record that a connector could not use, as its heartbeat told."""

    position: Position
    index: int
    agency: str
    feed: str
    refused_at: datetime
    reference: str
    field: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """A fault of a feed and how often it was seen in this report."""

    agency: str
    feed: str
    code: str
    subject: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorFaultRow:
    """A fault of no one agency, for the operator; never about a person."""

    code: str
    feed: str
    subject: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One plan as a register told it in one event."""

    fact_key: bytes
    event_id: bytes
    record_ref: bytes
    agency: str
    kind: str
    revision: int
    state: str
    authority: str | None
    started_on: date | None
    ended_on: date | None
    end_reason: str | None
    due_on: date | None
    born_on: date | None
    category_latest: str | None
    held_for_another: bool
    shielded: bool
    backfill: bool
    as_at: datetime
    contacts: str = attribute(default="[]", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractSlice:
    """One slice of a register extract: which plans it lists, and where it came in its spool."""

    agency: str
    extract_id: str
    as_at: datetime
    full: bool
    slice: int
    slices: int
    publisher: str
    connector: str
    epoch: int
    sequence: int
    received_at: datetime
    fact_keys: tuple[bytes, ...]
    flawed: bool
    """Something that it should list could not be read, so what it leaves out proves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSlice:
    """One slice of a council's daily statement of its open plans."""

    agency: str
    statement_id: str
    as_at: datetime
    slice: int
    slices: int
    fact_keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything stored of one child, for its chronology and its answers."""

    child_ref: bytes
    records: tuple[RecordRow, ...]
    events: tuple[StoredEvent, ...]
    register: tuple[RegisterEntry, ...]
    standing: tuple[Alert, ...]
    registers_read: Mapping[bytes, datetime] = attribute(default_factory=dict)
    """Fact of a mark of absence -> when a complete register of its session was last read."""
    household: tuple[SiblingKnown, ...] = ()
    """Read only where a policy lets rules read of it."""
    unsure: bool = False
    """A record is here only because it could be nobody else's for certain."""
    woken: tuple[Woken, ...] = ()
    """The wakes of rules whose time has come; read only where a policy's rules have wakes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWrite:
    """An alert as it is to stand after this transaction, and the step that says what happened."""

    alert: Alert
    step: str
    sentence: str
    superseded_by: UUID | None = None
    repeat_of: UUID | None = None
    """The alert on which it is counted; it is told by itself only if that stands no more."""
    again: str | None = None
    """Why it is to be seen anew, if it was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFacts:
    """What the store knows of the completeness of one council's register."""

    agency: str
    as_of: datetime | None
    baseline_as_at: datetime | None
    last_extract_whole: bool
    waiting_approval: bool
    sequence_gap: bool
    rejected_plan_events: int
    conflicting_plan_events: int
    parked_reports: int
    refused_rows: int
    statement_as_at: datetime | None
    statement_agrees: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What the store knows of one agency's feed."""

    agency: str
    feed: str
    last_received_at: datetime
    source_as_of: datetime
    first_occurred_at: datetime | None
    sequence_gap: bool
    parked_reports: int
    rejected_events: int
    """Attendances rejected in the last day: one of them may be anybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One question or view, written before the answer leaves; field names, never values."""

    audit_id: UUID
    at: datetime
    actor: str
    role: str
    organisation: str
    action: str
    purpose: str
    subjects: tuple[bytes, ...]
    outcome: str
    fields: tuple[str, ...]
    policy_version: str
    request_id: str
