"""What the use cases need of the outside, as protocols; adapters implement them.

A method marked ``durable`` changes what survives a crash. The crash tests find these marks and
kill the process before and after every one of them, so a new one is covered without being listed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from hub.core.alert import Alert
from hub.core.chronology import RegisterEntry, StoredEvent
from hub.core.identifiers import GssCode, OdsCode, Postcode
from hub.core.person import Ledger

_Method = TypeVar("_Method", bound=Callable[..., object])


def durable(method: _Method) -> _Method:
    """Mark a port's method as one that changes what survives a crash."""
    method.__durable__ = True  # type: ignore[attr-defined]  # read by the crash tests
    return method


class Clock(Protocol):
    """The one clock; made in ``bootstrap.py`` only."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class Places(Protocol):
    """Which authority a postcode or a site belongs to, offline; ``None`` is not known."""

    def authority_of_postcode(self, postcode: Postcode) -> GssCode | None:
        """The upper-tier authority of a postcode."""
        ...

    def authority_of_site(self, site: OdsCode) -> GssCode | None:
        """The upper-tier authority in which a site lies."""
        ...

    def site_name(self, site: OdsCode) -> str | None:
        """The name of a site for people."""
        ...

    def authority_name(self, authority: GssCode) -> str | None:
        """The name of an authority for people."""
        ...


# ---------------------------------------------------------------- rows


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
    message_key: bytes | None = attribute(default=None, repr=False)
    parked_value: bytes | None = attribute(default=None, repr=False)
    parked_signatures: tuple[bytes, ...] = attribute(default=(), repr=False)


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
class RecordRow:
    """What one agency knows of one person; the ledger is sealed in the store."""

    record_ref: bytes
    agency: str
    ledger: Ledger = attribute(repr=False)
    shielded: bool
    authorities: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """To which child a record is linked, how surely, and to whom else it may belong."""

    record_ref: bytes
    child_ref: bytes
    verdict: str
    possible: tuple[bytes, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRecords:
    """One child with every record linked to it; for identity, in memory only."""

    child_ref: bytes
    records: tuple[RecordRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything stored of one child, for its chronology and its answers."""

    child_ref: bytes
    records: tuple[RecordRow, ...]
    events: tuple[StoredEvent, ...]
    register: tuple[RegisterEntry, ...]
    standing: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWrite:
    """An alert as it is to stand after this transaction, and the step that says what happened."""

    alert: Alert
    step: str
    sentence: str
    superseded_by: UUID | None = None


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


# ---------------------------------------------------------------- store


class IdentityTransaction(Protocol):
    """The short transaction that links records to children; harmless if it stands alone."""

    def lock_identity(self) -> None:
        """Take the one identity advisory lock until the transaction ends."""
        ...

    def records(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """The records that exist, locked for change, in order of their reference."""
        ...

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links that exist."""
        ...

    def candidates(
        self, keys: Mapping[bytes, Sequence[tuple[str, str]]]
    ) -> Mapping[bytes, tuple[ChildRecords, ...]]:
        """For each record reference, the children that share one of its keys."""
        ...

    @durable
    def save_records(self, records: Sequence[RecordRow]) -> None:
        """Insert or replace records."""
        ...

    @durable
    def add_keys(self, keys: Mapping[bytes, Sequence[tuple[str, str]]]) -> None:
        """Add identity keys; those that a record ever had stay."""
        ...

    @durable
    def save_links(self, links: Sequence[LinkRow], at: datetime) -> None:
        """Insert or change links, found children, keep history, note whom to look at again."""
        ...


class Transaction(Protocol):
    """The one transaction in which a batch of reports is decided."""

    @durable
    def insert_reports(
        self, rows: Sequence[ReportRow], decided_at: datetime
    ) -> frozenset[Position]:
        """Insert the rows that are not there and answer which were inserted."""
        ...

    def earlier_reports(
        self, rows: Sequence[ReportRow]
    ) -> Mapping[tuple[str, bytes], tuple[tuple[Position, bytes], ...]]:
        """Accepted reports with the same publisher and report id: where, and their digest."""
        ...

    def lock_registers(self, agencies: Sequence[str]) -> None:
        """Lock the registers of these councils, in order, before any child."""
        ...

    def closings(self, slices: Sequence[ExtractSlice]) -> tuple[bytes, ...]:
        """Records whose plans would be closed if these slices complete a full extract."""
        ...

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links of these records."""
        ...

    def lock_children(self, child_refs: Sequence[bytes]) -> None:
        """Lock every child in one statement, in order of reference, FOR NO KEY UPDATE."""
        ...

    @durable
    def insert_events(self, rows: Sequence[EventRow]) -> Mapping[bytes, bytes]:
        """Insert events that are not there; answer the content digest that stands for each id."""
        ...

    @durable
    def insert_problems(self, rows: Sequence[ProblemRow], found_at: datetime) -> None:
        """Keep rejected and conflicting events."""
        ...

    @durable
    def upsert_plans(self, rows: Sequence[PlanRow]) -> None:
        """Let the highest revision of each plan stand, and omission by a newer full extract."""
        ...

    @durable
    def take_extract_slices(
        self, slices: Sequence[ExtractSlice], now: datetime
    ) -> tuple[bytes, ...]:
        """Note slices; apply an extract that is whole, or let it wait; answer records touched."""
        ...

    @durable
    def take_statement_slices(self, slices: Sequence[StatementSlice]) -> None:
        """Note slices of statements and compare a whole one with the register."""
        ...

    @durable
    def touch_feeds(
        self, rows: Sequence[ReportRow], first_occurred: Mapping[tuple[str, str], datetime]
    ) -> None:
        """Note how fresh each feed is and which sequence numbers have come."""
        ...

    @durable
    def count_faults(self, rows: Sequence[FaultRow], at: datetime) -> None:
        """Count faults of feeds."""
        ...

    @durable
    def insert_refusals(self, rows: Sequence[RefusalRow]) -> None:
        """Keep what connectors could not use."""
        ...

    def compare_statements(self, agencies: Sequence[str]) -> None:
        """Compare these registers again with the newest statement of their council."""
        ...

    @durable
    def count_outcomes(self, outcomes: Mapping[Position, tuple[int, int, int]]) -> None:
        """Note stored, rejected and conflicting events of each new report."""
        ...

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children, in a new statement after they are locked."""
        ...

    @durable
    def write_alerts(self, writes: Sequence[AlertWrite], at: datetime) -> None:
        """Raise, revise, withdraw or supersede alerts, each with its step."""
        ...

    def pending_children(self, limit: int) -> tuple[bytes, ...]:
        """Children whose links changed and whose alerts were not looked at since."""
        ...

    @durable
    def settle_pending(self, child_refs: Sequence[bytes]) -> None:
        """These children's alerts have been looked at."""
        ...

    def waiting_closings(self, agency: str, extract_id: str) -> tuple[bytes, ...]:
        """Records whose plans an extract that waits would close."""
        ...

    @durable
    def decide_extract(  # noqa: PLR0913  # a decision names who, what, why and when
        self, agency: str, extract_id: str, *, approve: bool, by: str, reason: str, now: datetime
    ) -> tuple[bytes, ...]:
        """Apply or refuse an extract that waits; answer the records touched."""
        ...


class Store(Protocol):
    """PostgreSQL, or what stands for it."""

    def identity_transaction(self) -> AbstractContextManager[IdentityTransaction]:
        """A transaction for linking; commits on leaving, rolls back on an exception."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """The deciding transaction; commits on leaving, rolls back on an exception."""
        ...

    def stored_positions(self, positions: Iterable[Position]) -> frozenset[Position]:
        """Those of the positions that have a row."""
        ...

    def record_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Records by reference, without a lock."""
        ...

    def link_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """Links by record, without a lock."""
        ...


# ---------------------------------------------------------------- keys


class ColumnSealer(Protocol):
    """Seals a column's value, bound to table, column and row."""

    def seal(self, table: str, column: str, row: bytes, plaintext: bytes) -> bytes:
        """The sealed value."""
        ...

    def unseal(self, table: str, column: str, row: bytes, sealed: bytes) -> bytes:
        """The value; raises ``HubError`` when it was not sealed for this table, column and row."""
        ...


class IdentityDigests(Protocol):
    """Keyed 16-byte digests that the database may hold to search on."""

    def identity_digest(self, kind: str, value: str) -> bytes:
        """The digest of one identity key."""
        ...

    def child_ref(self, record_ref: bytes) -> bytes:
        """The reference of the child that this record founds."""
        ...
