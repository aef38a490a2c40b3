"""Reports, problems, refusals and faults: what a batch leaves beside its events."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from psycopg import Cursor
from psycopg.rows import TupleRow

from hub.adapters.store.operator_faults import tell_over_quota
from hub.adapters.store.rows import in_columns, insert, with_rows
from hub.core.reasons import ReportState
from hub.ports import FaultRow, Position, ProblemRow, RefusalRow, ReportRow

_REPORT = {
    "topic": "text",
    "partition": "integer",
    "kafka_offset": "bigint",
    "state": "text",
    "reason": "text",
    "sentence": "text",
    "publisher": "text",
    "report_id": "bytea",
    "agency": "text",
    "feed": "text",
    "connector": "text",
    "epoch": "bigint",
    "sequence": "bigint",
    "value_digest": "bytea",
    "created_at": "timestamptz",
    "source_as_of": "timestamptz",
    "received_at": "timestamptz",
    "decided_at": "timestamptz",
    "backfill": "boolean",
    "message_key": "bytea",
    "parked_value": "bytea",
    "parked_signatures": "bytea[]",
    "left_bytes": "bigint",
    "events_stored": "integer",
    "events_rejected": "integer",
}


def _report_values(row: ReportRow, decided_at: datetime) -> tuple[object, ...]:
    at = row.position
    return (
        *(at.topic, at.partition, at.offset, row.state, row.reason, row.sentence),
        *(row.publisher, row.report_id, row.agency, row.feed, row.connector),
        *(row.epoch, row.sequence, row.value_digest, row.created_at, row.source_as_of),
        *(row.received_at, decided_at, row.backfill),
        *(row.message_key, row.parked_value, row.parked_signatures, row.left_bytes),
        *(row.events_stored, row.events_rejected),
    )


def insert_reports(
    cursor: Cursor[TupleRow], rows: Sequence[ReportRow], decided_at: datetime
) -> frozenset[Position]:
    """Insert the rows that are not there, in order, and answer which were inserted as they are.

    An accepted report whose twin another transaction accepted at the same time is not among them:
    it is a duplicate and gets its row as one.
    """
    ordered = sorted(
        rows, key=lambda r: (r.position.topic, r.position.partition, r.position.offset)
    )
    if not ordered:
        return frozenset()
    values = [_report_values(row, decided_at) for row in ordered]
    then = "ON CONFLICT DO NOTHING RETURNING topic, partition, kafka_offset"
    insert(cursor, "report", _REPORT, values, then=then)
    inserted = frozenset(Position(topic=t, partition=p, offset=o) for t, p, o in cursor)
    twins = [
        _report_values(_as_duplicate(row), decided_at)
        for row in ordered
        if row.position not in inserted and row.state == ReportState.ACCEPTED.value
    ]
    insert(cursor, "report", _REPORT, twins)
    tell_over_quota(cursor, [row for row in ordered if row.position in inserted], decided_at)
    return inserted


def _as_duplicate(row: ReportRow) -> ReportRow:
    return replace(row, state=ReportState.DUPLICATE.value, events_stored=0, events_rejected=0)


def release_parked(cursor: Cursor[TupleRow], positions: Sequence[Position]) -> frozenset[Position]:
    """Let parked rows make way for what is decided now; answer those that were kept whole."""
    columns = {"topic": "text", "partition": "integer", "kafka_offset": "bigint"}
    wanted = [(one.topic, one.partition, one.offset) for one in positions]
    cursor.execute(
        with_rows(
            "DELETE FROM report USING {} WHERE report.topic = given.topic"
            " AND report.partition = given.partition"
            " AND report.kafka_offset = given.kafka_offset AND report.state = 'parked'"
            " RETURNING given.topic, given.partition, given.kafka_offset, report.left_bytes",
            columns,
        ),
        in_columns(wanted, columns),
    )
    return frozenset(
        Position(topic=topic, partition=partition, offset=offset)
        for topic, partition, offset, left_bytes in cursor
        if left_bytes is None
    )


def earlier_reports(
    cursor: Cursor[TupleRow], rows: Sequence[ReportRow]
) -> Mapping[tuple[str, bytes], tuple[tuple[Position, bytes], ...]]:
    """Accepted reports with the same publisher and report id: where, and their digest."""
    columns = {"publisher": "text", "report_id": "bytea"}
    wanted = sorted({(r.publisher, r.report_id) for r in rows if r.publisher and r.report_id})
    cursor.execute(
        with_rows(
            "SELECT publisher, report_id, topic, partition, kafka_offset, value_digest"
            " FROM report JOIN {} USING (publisher, report_id) WHERE state = 'accepted'",
            columns,
        ),
        in_columns(wanted, columns),
    )
    found: dict[tuple[str, bytes], list[tuple[Position, bytes]]] = {}
    for publisher, report_id, topic, partition, offset, digest in cursor:
        at = Position(topic=topic, partition=partition, offset=offset)
        found.setdefault((publisher, report_id), []).append((at, digest))
    return {key: tuple(value) for key, value in found.items()}


def count_outcomes(
    cursor: Cursor[TupleRow], outcomes: Mapping[Position, tuple[int, int, int]]
) -> None:
    """Note stored, rejected and conflicting events of reports that had conflicting ones."""
    columns = {
        "topic": "text",
        "partition": "integer",
        "kafka_offset": "bigint",
        "stored": "integer",
        "rejected": "integer",
        "conflict": "integer",
    }
    rows = [(p.topic, p.partition, p.offset, *counts) for p, counts in outcomes.items()]
    cursor.execute(
        with_rows(
            "UPDATE report SET events_stored = given.stored, events_rejected = given.rejected,"
            " events_conflict = given.conflict FROM {} WHERE report.topic = given.topic"
            " AND report.partition = given.partition"
            " AND report.kafka_offset = given.kafka_offset",
            columns,
        ),
        in_columns(rows, columns),
    )


def insert_problems(
    cursor: Cursor[TupleRow],
    rows: Sequence[tuple[ProblemRow, bytes | None]],
    found_at: datetime,
) -> None:
    """Keep rejected and conflicting events, each with its sealed content."""
    columns = {
        "topic": "text",
        "partition": "integer",
        "kafka_offset": "bigint",
        "position": "integer",
        "outcome": "text",
        "agency": "text",
        "feed": "text",
        "kind": "text",
        "reason": "text",
        "field": "text",
        "expected": "text",
        "event_id": "bytea",
        "fact_key": "bytea",
        "sealed": "bytea",
        "found_at": "timestamptz",
    }
    values = [
        (
            *(r.position.topic, r.position.partition, r.position.offset, r.index, r.outcome),
            *(r.agency, r.feed, r.kind, r.reason, r.field, r.expected),
            *(r.event_id, r.fact_key, sealed, found_at),
        )
        for r, sealed in rows
    ]
    insert(cursor, "event_problem", columns, values)


def insert_refusals(cursor: Cursor[TupleRow], rows: Sequence[RefusalRow]) -> None:
    """Keep what connectors could not use."""
    columns = {
        "topic": "text",
        "partition": "integer",
        "kafka_offset": "bigint",
        "position": "integer",
        "agency": "text",
        "feed": "text",
        "refused_at": "timestamptz",
        "reference": "text",
        "field": "text",
        "expected": "text",
    }
    values = [
        (
            *(r.position.topic, r.position.partition, r.position.offset, r.index),
            *(r.agency, r.feed, r.refused_at, r.reference, r.field, r.expected),
        )
        for r in rows
    ]
    insert(cursor, "refusal", columns, values)


def count_faults(cursor: Cursor[TupleRow], rows: Sequence[FaultRow], at: datetime) -> None:
    """Count faults of feeds; rows of the same fault are added up first."""
    totals: dict[tuple[str, str, str, str], int] = {}
    for row in rows:
        key = (row.agency, row.feed, row.code, row.subject)
        totals[key] = totals.get(key, 0) + row.count
    columns = {
        "agency": "text",
        "feed": "text",
        "code": "text",
        "subject": "text",
        "first_at": "timestamptz",
        "last_at": "timestamptz",
        "count": "bigint",
    }
    values = [(*key, at, at, count) for key, count in sorted(totals.items())]
    then = (
        "ON CONFLICT (agency, feed, code, subject) DO UPDATE SET"
        " last_at = greatest(feed_fault.last_at, excluded.last_at),"
        " count = feed_fault.count + excluded.count"
    )
    insert(cursor, "feed_fault", columns, values, then=then)
