"""The store: deciding, and what is kept; how records are linked is in ``identity``."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from hub.ports.extracts import ExtractTold, WaitingExtract
from hub.ports.households import HouseholdAsked, SiblingKnown
from hub.ports.identity import IdentityStore
from hub.ports.marks import durable
from hub.ports.notices import NoticeRows
from hub.ports.records import LinkRow, ToldAgain
from hub.ports.rows import (
    AlertWrite,
    AtStake,
    AuditRow,
    EventRow,
    ExtractSlice,
    FaultRow,
    Known,
    PlanRow,
    Position,
    ProblemRow,
    RefusalRow,
    ReportRow,
    StatementSlice,
)
from hub.ports.school_rows import Expired, SessionRow


class Transaction(NoticeRows, Protocol):
    """The one transaction in which a batch of reports is decided."""

    @durable
    def insert_reports(
        self, rows: Sequence[ReportRow], decided_at: datetime
    ) -> frozenset[Position]:
        """Insert the rows that are not there and answer which were inserted."""
        ...

    def unverified_kept(self, topic: str, partition: int, day: date) -> tuple[int, int]:
        """How many reports of unknown senders one partition has kept whole on a day, and bytes.

        Holds others that would keep more there until this transaction ends.
        """
        ...

    @durable
    def release_parked(self, positions: Sequence[Position]) -> frozenset[Position]:
        """Let parked rows make way for what is decided now; answer those that were kept whole."""
        ...

    def earlier_reports(
        self, rows: Sequence[ReportRow]
    ) -> Mapping[tuple[str, bytes], tuple[tuple[Position, bytes], ...]]:
        """Accepted reports with the same publisher and report id: where, and their digest."""
        ...

    def concerned(
        self, record_refs: Sequence[bytes], fact_keys: Sequence[bytes]
    ) -> Mapping[bytes, bytes]:
        """These records and those that earlier revisions of these facts are about; their child."""
        ...

    def children_of(self, record_refs: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """The child of each of these records that is linked."""
        ...

    def lock_registers(self, agencies: Sequence[str]) -> None:
        """Lock the registers of these councils, in order, before any child."""
        ...

    def closings(self, slices: Sequence[ExtractSlice]) -> tuple[bytes, ...]:
        """Records whose plans would be closed if these slices complete a full extract."""
        ...

    @durable
    def take_sessions(self, rows: Sequence[SessionRow]) -> tuple[bytes, ...]:
        """Lock sessions of schools, before any child, and note which registers were complete.

        Answers the linked records with a mark that a complete register may end.
        """
        ...

    def waiting_among(self, record_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these records that wait for a child."""
        ...

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links of these records."""
        ...

    def lock_children(self, child_refs: Sequence[bytes]) -> None:
        """Lock every child in one statement, in order of reference, FOR NO KEY UPDATE."""
        ...

    @durable
    def tell_again(self, told: Sequence[ToldAgain]) -> frozenset[bytes]:
        """Note that these records were told in the same words at a newer revision.

        Answers those of which it is so; of the others other words have been said meanwhile.
        """
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
        """Note stored, rejected and conflicting events of reports that had conflicting ones."""
        ...

    def at_stake(self, child_refs: Sequence[bytes]) -> Mapping[bytes, AtStake]:
        """How many facts there are of each of these children at the most, read without them."""
        ...

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children, in a new statement after they are locked."""
        ...

    def households(
        self, child_refs: Sequence[bytes], now: datetime
    ) -> Mapping[bytes, tuple[SiblingKnown, ...]]:
        """The other children of the households of these, with their incidents and attendances.

        None where any child of the address is shielded, where more live than a household has, or
        who may be the very child; see ``core/household.py``.
        """
        ...

    def concerned_by_households(self, asked: HouseholdAsked, now: datetime) -> tuple[bytes, ...]:
        """Whom what is told of children may concern by their household.

        Those who live where one of ``told_of`` lives, those of whom an alert stands that rests on
        what is told of one of them, and those of ``others`` who live with somebody of whom an event
        of ``kinds`` was told.
        """
        ...

    @durable
    def write_alerts(self, writes: Sequence[AlertWrite], at: datetime) -> None:
        """Raise, revise, withdraw or supersede alerts, each with its step."""
        ...

    def pending_children(self, limit: int, now: datetime) -> tuple[bytes, ...]:
        """Children whose links changed, not looked at since, and whose turn it is."""
        ...

    def pending_together(self, child_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """These children and all that must be looked at in one transaction with any of them."""
        ...

    def pending_marks(self, child_refs: Sequence[bytes]) -> Mapping[bytes, int]:
        """The marks of those of these children whose links changed; read before they are known."""
        ...

    @durable
    def settle_pending(self, marks: Mapping[bytes, int]) -> None:
        """These children have been looked at; one whose links changed meanwhile stays marked."""
        ...

    @durable
    def defer_pending(self, child_ref: bytes, until: datetime) -> None:
        """Let a child wait that could not be looked at."""
        ...

    def waiting_extracts(self) -> tuple[WaitingExtract, ...]:
        """The extracts that wait for a decision, the oldest first."""
        ...

    def extracts_told(self, agency: str) -> tuple[ExtractTold, ...]:
        """The extracts of one council that wait, the oldest first, then those decided on lately."""
        ...

    @durable
    def write_audit(self, row: AuditRow) -> None:
        """Write the audit row of what somebody looked at or decided, in this same transaction."""
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


class Store(IdentityStore, Protocol):
    """PostgreSQL, or what stands for it."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """The deciding transaction; commits on leaving, rolls back on an exception."""
        ...

    def stored_positions(self, positions: Iterable[Position]) -> frozenset[Position]:
        """Those of the positions that have a row."""
        ...

    @durable
    def expire_waiting(
        self, after: bytes, before: date, before_at: Sequence[tuple[str, date]], most: int
    ) -> tuple[bytes | None, Expired]:
        """Remove marks of waiting records from before a day, in a transaction of its own.

        Looks at up to ``most`` records after ``after``; ``before_at`` are the days of schools that
        have their own. Answers the last record looked at, or ``None`` at the end.
        """
        ...

    @durable
    def expire_registers(self, before: date) -> int:
        """Remove what is noted of sessions before a day of which no mark is kept."""
        ...
