"""The one transaction in which a batch of reports is decided."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from psycopg import Cursor, errors
from psycopg.rows import TupleRow

from hub.adapters.store import (
    alerts,
    changes_told,
    events,
    freshness,
    households,
    known,
    numbers_told,
    registers,
    related,
    reports,
    school_registers,
    statements,
    waiting,
)
from hub.adapters.store.arrays import bytea
from hub.adapters.store.at_stake import at_stake
from hub.adapters.store.audit import write_audit
from hub.adapters.store.epochs import take_epochs
from hub.adapters.store.extracts_told import extracts_told
from hub.adapters.store.homes import Homes
from hub.adapters.store.links import read_links
from hub.adapters.store.notice_rows import PostgresNoticeRows
from hub.adapters.store.told import tell_again
from hub.adapters.store.unverified import unverified_kept
from hub.errors import TransientFault
from hub.ports import (
    AlertWrite,
    AtStake,
    AuditRow,
    ColumnSealer,
    EventRow,
    ExtractSlice,
    ExtractTold,
    FaultRow,
    HouseholdAsked,
    IdentityDigests,
    Known,
    LinkRow,
    PlanRow,
    Position,
    ProblemRow,
    RefusalRow,
    ReportRow,
    SessionRow,
    SiblingKnown,
    StatementSlice,
    ToldAgain,
    WaitingExtract,
)


class PostgresTransaction(PostgresNoticeRows):
    """The deciding transaction over one connection; see ``hub.ports.Transaction``."""

    def __init__(
        self, cursor: Cursor[TupleRow], sealer: ColumnSealer, digests: IdentityDigests
    ) -> None:
        super().__init__(cursor, sealer)
        self._digests = digests

    def insert_reports(
        self, rows: Sequence[ReportRow], decided_at: datetime
    ) -> frozenset[Position]:
        """Insert the rows that are not there and answer which were inserted."""
        return reports.insert_reports(self._cursor, rows, decided_at)

    def unverified_kept(self, topic: str, partition: int, day: date) -> tuple[int, int]:
        """How much of unknown senders one partition has kept whole on a day: reports, bytes."""
        return unverified_kept(self._cursor, topic, partition, day)

    def release_parked(self, positions: Sequence[Position]) -> frozenset[Position]:
        """Let parked rows make way for what is decided now; answer those that were kept whole."""
        return reports.release_parked(self._cursor, positions)

    def earlier_reports(
        self, rows: Sequence[ReportRow]
    ) -> Mapping[tuple[str, bytes], tuple[tuple[Position, bytes], ...]]:
        """Accepted reports with the same publisher and report id: where, and their digest."""
        return reports.earlier_reports(self._cursor, rows)

    def concerned(
        self, record_refs: Sequence[bytes], fact_keys: Sequence[bytes]
    ) -> Mapping[bytes, bytes]:
        """These records and those that earlier revisions of these facts are about; their child."""
        refs, facts = bytea(record_refs), bytea(fact_keys)
        self._cursor.execute(
            "SELECT record_ref, child_ref FROM link WHERE record_ref = ANY(%s)"
            " UNION SELECT link.record_ref, link.child_ref FROM event JOIN link USING (record_ref)"
            " WHERE event.fact_key = ANY(%s)"
            " UNION SELECT link.record_ref, link.child_ref FROM moved_visit"
            " JOIN link USING (record_ref) WHERE moved_visit.fact_key = ANY(%s)"
            " UNION SELECT link.record_ref, link.child_ref FROM identity_told AS told"
            " JOIN event ON event.fact_key = told.visit_key"
            " JOIN link ON link.record_ref = event.record_ref WHERE told.fact_key = ANY(%s)"
            " UNION SELECT link.record_ref, link.child_ref FROM born_of"
            " JOIN link USING (record_ref) WHERE born_of.former_ref = ANY(%s)",
            (refs, facts, facts, facts, refs),
            binary=True,
        )
        return dict(self._cursor.fetchall())

    def children_of(self, record_refs: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """The child of each of these records."""
        self._cursor.execute(
            "SELECT record_ref, child_ref FROM link WHERE record_ref = ANY(%s)",
            (bytea(record_refs),),
            binary=True,
        )
        return dict(self._cursor.fetchall())

    def lock_registers(self, agencies: Sequence[str]) -> None:
        """Lock the registers of these councils, in order, before any child."""
        registers.lock_registers(self._cursor, agencies)

    def closings(self, slices: Sequence[ExtractSlice]) -> tuple[bytes, ...]:
        """Records whose plans would be closed if these slices complete a full extract."""
        return registers.closings(self._cursor, slices)

    def waiting_extracts(self) -> tuple[WaitingExtract, ...]:
        """The extracts that wait for a decision, the oldest first."""
        return registers.waiting_extracts(self._cursor)

    def waiting_closings(self, agency: str, extract_id: str) -> tuple[bytes, ...]:
        """Records whose plans an extract that waits would close."""
        return registers.waiting_closings(self._cursor, agency, extract_id)

    def take_sessions(self, rows: Sequence[SessionRow]) -> tuple[bytes, ...]:
        """Lock sessions of schools and note which registers were complete; see the port."""
        return school_registers.take_sessions(self._cursor, rows)

    def waiting_among(self, record_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Those of these records that wait for a child."""
        return waiting.waiting_among(self._cursor, record_refs)

    def links(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """The links of these records."""
        return read_links(self._cursor, record_refs)

    def lock_children(self, child_refs: Sequence[bytes]) -> None:
        """Lock every child in one statement, in order of reference, FOR NO KEY UPDATE."""
        self._cursor.execute(
            "SELECT 1 FROM child WHERE child_ref = ANY(%s) ORDER BY child_ref FOR NO KEY UPDATE",
            (bytea(sorted(set(child_refs))),),
        )

    def tell_again(self, told: Sequence[ToldAgain]) -> frozenset[bytes]:
        """Note that these records were told in the same words; answer those of which it is so."""
        return tell_again(self._cursor, told)

    def insert_events(self, rows: Sequence[EventRow]) -> Mapping[bytes, bytes]:
        """Insert events that are not there; answer the content digest that stands for each id."""
        try:
            stands = events.insert_events(self._cursor, self._sealer, rows)
        except errors.ForeignKeyViolation as error:
            raise TransientFault("a record that waited was removed meanwhile") from error
        related.save_shared_incidents(self._cursor, rows)
        kept = [row for row in rows if stands[row.stored.event_id] == row.content_digest]
        changes_told.save_changes(self._cursor, kept)
        numbers_told.save_told(self._cursor, self._sealer, self._digests, kept)
        return stands

    def insert_problems(self, rows: Sequence[ProblemRow], found_at: datetime) -> None:
        """Keep rejected and conflicting events, what they said sealed."""
        sealed = [
            (row, self._sealer.seal("event_problem", "sealed", row.fact_key or b"", row.content))
            if row.content is not None
            else (row, None)
            for row in rows
        ]
        reports.insert_problems(self._cursor, sealed, found_at)

    def upsert_plans(self, rows: Sequence[PlanRow]) -> None:
        """Let the highest revision of each plan stand, and omission by a newer full extract."""
        events.upsert_plans(self._cursor, self._sealer, rows)

    def take_extract_slices(
        self, slices: Sequence[ExtractSlice], now: datetime
    ) -> tuple[bytes, ...]:
        """Note slices; apply an extract that is whole, or let it wait; answer records touched."""
        return registers.take_extract_slices(self._cursor, slices, now)

    def take_statement_slices(self, slices: Sequence[StatementSlice]) -> None:
        """Note slices of statements and compare a whole one with the register."""
        statements.take_statement_slices(self._cursor, slices)

    def compare_statements(self, agencies: Sequence[str]) -> None:
        """Compare these registers again with the newest statement of their council."""
        statements.compare_statements(self._cursor, agencies)

    def touch_feeds(
        self, rows: Sequence[ReportRow], first_occurred: Mapping[tuple[str, str], datetime]
    ) -> None:
        """Note how fresh each feed is and which sequence numbers have come."""
        freshness.touch_feeds(self._cursor, rows, first_occurred)

    def count_faults(self, rows: Sequence[FaultRow], at: datetime) -> None:
        """Count faults of feeds."""
        reports.count_faults(self._cursor, rows, at)

    def insert_refusals(self, rows: Sequence[RefusalRow]) -> None:
        """Keep what connectors could not use."""
        reports.insert_refusals(self._cursor, rows)

    def count_outcomes(self, outcomes: Mapping[Position, tuple[int, int, int]]) -> None:
        """Note stored, rejected and conflicting events of each new report."""
        reports.count_outcomes(self._cursor, outcomes)

    def at_stake(self, child_refs: Sequence[bytes]) -> Mapping[bytes, AtStake]:
        """How many facts there are of each of these children at the most."""
        return at_stake(self._cursor, child_refs)

    def known(self, child_refs: Sequence[bytes]) -> tuple[Known, ...]:
        """Everything stored of these children, in a new statement after they are locked."""
        return known.read_known(self._cursor, self._sealer, child_refs)

    def households(
        self, child_refs: Sequence[bytes], now: datetime
    ) -> Mapping[bytes, tuple[SiblingKnown, ...]]:
        """The other children of the households of these; see the port."""
        return households.read_siblings(self._cursor, self._homes(), child_refs, now)

    def concerned_by_households(self, asked: HouseholdAsked, now: datetime) -> tuple[bytes, ...]:
        """Whom what is told of children may concern by their household; see the port."""
        return households.concerned_by_households(self._cursor, self._homes(), asked, now)

    def _homes(self) -> Homes:
        epochs = take_epochs(self._cursor, self._digests)
        return Homes(self._cursor, self._sealer, self._digests, epochs)

    def write_alerts(self, writes: Sequence[AlertWrite], at: datetime) -> None:
        """Raise, revise, withdraw or supersede alerts, each with its step."""
        alerts.write_alerts(self._cursor, writes, at)

    def pending_children(self, limit: int, now: datetime) -> tuple[bytes, ...]:
        """Children whose links changed, not looked at since, and whose turn it is."""
        self._cursor.execute(
            "SELECT child_ref FROM correlation_pending WHERE since <= %s"
            " ORDER BY since, child_ref LIMIT %s",
            (now, limit),
        )
        return tuple(ref for (ref,) in self._cursor)

    def pending_together(self, child_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """These children and all that must be looked at in one transaction with any of them."""
        self._cursor.execute(
            "SELECT child_ref FROM correlation_pending WHERE together IN"
            " (SELECT together FROM correlation_pending WHERE child_ref = ANY(%s))",
            (bytea(child_refs),),
            binary=True,
        )
        return tuple(sorted({*child_refs, *(ref for (ref,) in self._cursor)}))

    def pending_marks(self, child_refs: Sequence[bytes]) -> Mapping[bytes, int]:
        """The marks of those of these children whose links changed; read before they are known."""
        self._cursor.execute(
            "SELECT child_ref, version FROM correlation_pending WHERE child_ref = ANY(%s)",
            (bytea(child_refs),),
            binary=True,
        )
        return dict(self._cursor.fetchall())

    def settle_pending(self, marks: Mapping[bytes, int]) -> None:
        """These children have been looked at; one whose links changed meanwhile stays marked."""
        for child_ref, version in sorted(marks.items()):
            self._cursor.execute(
                "DELETE FROM correlation_pending WHERE child_ref = %s AND version = %s",
                (child_ref, version),
            )

    def defer_pending(self, child_ref: bytes, until: datetime) -> None:
        """Let a child wait that could not be looked at."""
        self._cursor.execute(
            "UPDATE correlation_pending SET since = %s WHERE child_ref = %s", (until, child_ref)
        )

    def extracts_told(self, agency: str) -> tuple[ExtractTold, ...]:
        """The extracts of one council that wait, the oldest first, then those decided on lately."""
        return extracts_told(self._cursor, agency)

    def write_audit(self, row: AuditRow) -> None:
        """Write the audit row of what somebody looked at or decided, in this same transaction."""
        write_audit(self._cursor, row)

    def decide_extract(  # noqa: PLR0913  # a decision names who, what, why and when
        self, agency: str, extract_id: str, *, approve: bool, by: str, reason: str, now: datetime
    ) -> tuple[bytes, ...]:
        """Apply or refuse an extract that waits; answer the records touched."""
        return registers.decide_extract(
            self._cursor, agency, extract_id, approve=approve, by=by, reason=reason, now=now
        )
