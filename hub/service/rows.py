"""From judged reports to the rows that one transaction writes; pure, and without a decision."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from hub.core.chronology import StoredEvent
from hub.core.codec_json import canonical_bytes
from hub.core.event import REGISTER_KINDS, Contact, PlanFacts, UnbornChildProtectionPlanFacts
from hub.core.intake import SIGNATURE_HEADER, OpenedReport, ParkedReport, RawReport
from hub.core.intake_event import ValidEvent
from hub.core.reasons import EventOutcome, ParkReason, ReportState
from hub.core.report import ReportHeader
from hub.ports import (
    EventRow,
    FaultRow,
    PlanRow,
    Position,
    ProblemRow,
    RefusalRow,
    ReportRow,
)
from hub.service import register_slices
from hub.service.number_rows import number_told


def position_of(raw: RawReport) -> Position:
    """Where the report lies in Kafka."""
    return Position(topic=raw.topic, partition=raw.partition, offset=raw.offset)


def accepted_row(report: OpenedReport, state: ReportState) -> ReportRow:
    """The row of a report that could be opened; its events count where it is accepted.

    Which of them are in conflict shows when they are written: the store counts those then.
    """
    header = report.header
    counts = state is ReportState.ACCEPTED
    return ReportRow(
        position=position_of(report.raw),
        state=state.value,
        value_digest=report.value_digest,
        received_at=report.raw.received_at,
        publisher=header.publisher,
        report_id=header.report_id,
        agency=header.agency,
        feed=report.feed.value,
        connector=header.connector,
        epoch=header.epoch,
        sequence=header.sequence,
        created_at=header.created_at,
        source_as_of=header.source_as_of,
        backfill=header.backfill,
        events_stored=len(report.events) if counts else 0,
        events_rejected=len(report.rejected) if counts else 0,
    )


def parked_row(report: ParkedReport) -> ReportRow:
    """The row of a report that waits: its bytes are kept; who sent it only if that is known."""
    raw, header = report.raw, report.header if report.verified else None
    entitled = header if report.reason not in _OF_NOBODY else None
    return ReportRow(
        position=position_of(raw),
        state=ReportState.PARKED.value,
        reason=report.reason.value,
        sentence=report.sentence,
        value_digest=report.value_digest,
        received_at=raw.received_at,
        publisher=header.publisher if header else None,
        report_id=header.report_id if header else None,
        agency=entitled.agency if entitled else None,
        feed=entitled.feed if entitled else None,
        connector=header.connector if header else None,
        epoch=header.epoch if header else None,
        sequence=header.sequence if header else None,
        created_at=header.created_at if header else None,
        source_as_of=header.source_as_of if header else None,
        backfill=header.backfill if header else False,
        message_key=raw.key,
        parked_value=raw.value or b"",
        parked_signatures=tuple(v for name, v in raw.headers if name == SIGNATURE_HEADER),
    )


_OF_NOBODY = frozenset({ParkReason.AGENCY_NOT_ALLOWED, ParkReason.FEED_WRONG})
"""Reports whose publisher is known but may not speak for the agency: they touch no agency."""


def parked_by_us(
    raw: RawReport,
    reason: ParkReason,
    sentence: str,
    digest: bytes,
    header: ReportHeader | None = None,
) -> ParkedReport:
    """A report that is parked for a fault of the hub's own; ``header`` if its sender is known."""
    return ParkedReport(
        raw=raw,
        reason=reason,
        sentence=sentence,
        verified=header is not None,
        value_digest=digest,
        header=header,
    )


def stored_event(report: OpenedReport, valid: ValidEvent) -> StoredEvent:
    """One valid event as the store holds it."""
    event = valid.event
    return StoredEvent(
        event_id=valid.event_id,
        fact_key=valid.fact_key,
        record_ref=valid.record_ref,
        agency=report.header.agency,
        kind=event.kind,
        revision=event.revision,
        state=event.state,
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at,
        received_at=report.raw.received_at,
        facts=valid.facts,
        cleared=event.cleared,
        handling=event.handling,
        shielded=event.shielded,
        backfill=report.header.backfill,
    )


def event_row(report: OpenedReport, valid: ValidEvent) -> EventRow:
    """One valid event on its way into the store."""
    return EventRow(
        position=position_of(report.raw),
        index=valid.index,
        feed=report.feed.value,
        stored=stored_event(report, valid),
        content_digest=valid.content_digest,
        source_key=valid.event.source_key,
        contacts=contacts_text(valid.event.contacts),
        detail=valid.event.detail,
        number=number_told(valid),
    )


def contacts_text(contacts: Iterable[Contact]) -> str:
    """Contacts as JSON, to be sealed."""
    return json.dumps(
        [
            {
                "role": one.role,
                "name": one.name,
                "team": one.team,
                "since": one.since.isoformat() if one.since else None,
            }
            for one in contacts
        ],
        ensure_ascii=False,
    )


def plan_row(report: OpenedReport, valid: ValidEvent) -> PlanRow | None:
    """The register's row, if the event is of a plan, a period of care or one in need."""
    event, facts = valid.event, valid.event.facts
    if event.kind not in REGISTER_KINDS or not isinstance(facts, PlanFacts):
        return None
    unborn = facts if isinstance(facts, UnbornChildProtectionPlanFacts) else None
    return PlanRow(
        fact_key=valid.fact_key,
        event_id=valid.event_id,
        record_ref=valid.record_ref,
        agency=report.header.agency,
        kind=event.kind.value,
        revision=event.revision,
        state=event.state.value,
        authority=facts.authority,
        started_on=facts.started_on,
        ended_on=facts.ended_on,
        end_reason=facts.end_reason,
        due_on=unborn.due_on if unborn else event.subject.due_on,
        born_on=unborn.born_on if unborn else None,
        category_latest=getattr(facts, "category_latest", None),
        held_for_another=facts.held_for_another_authority,
        shielded=event.shielded,
        backfill=report.header.backfill,
        as_at=event.recorded_at,
        contacts=contacts_text(event.contacts),
    )


def conflict_row(report: OpenedReport, valid: ValidEvent) -> ProblemRow:
    """An event whose id is already taken by other content; what it said is kept, sealed."""
    return ProblemRow(
        position=position_of(report.raw),
        index=valid.index,
        outcome=EventOutcome.CONFLICT.value,
        agency=report.header.agency,
        feed=report.feed.value,
        kind=valid.event.kind.value,
        reason="other_content",
        field="revision",
        expected=(
            "The same content as the event that this source key and revision already have,"
            " or a higher revision, was expected."
        ),
        event_id=valid.event_id,
        fact_key=valid.fact_key,
        content=canonical_bytes(valid.event),
    )


def problem_rows(report: OpenedReport) -> list[ProblemRow]:
    """The rejected events of a report."""
    return [
        ProblemRow(
            position=position_of(report.raw),
            index=one.index,
            outcome=EventOutcome.REJECTED.value,
            agency=report.header.agency,
            feed=report.feed.value,
            kind=one.kind.value if one.kind else "unknown",
            reason=one.reason.value,
            field=one.field,
            expected=one.expected,
            event_id=one.event_id,
        )
        for one in report.rejected
    ]


def refusal_rows(report: OpenedReport) -> list[RefusalRow]:
    """What the connector could not use, as its heartbeat told."""
    refusals = report.status.refusals if report.status else ()
    return [
        RefusalRow(
            position=position_of(report.raw),
            index=index,
            agency=report.header.agency,
            feed=report.feed.value,
            refused_at=one.at,
            reference=one.reference,
            field=one.field,
            expected=one.expected,
        )
        for index, one in enumerate(refusals)
    ]


def fault_rows(report: OpenedReport) -> list[FaultRow]:
    """Faults of the feed: told by the connector, or seen in its events; never about a person."""
    agency, feed = report.header.agency, report.feed.value
    seen: list[tuple[str, str, int]] = []
    if report.status:
        seen += [(fault.code, fault.subject, 1) for fault in report.status.faults]
        seen += [("left_out", one.reason, one.count) for one in report.status.dropped]
        seen += [("refused", one.field, 1) for one in report.status.refusals]
    for valid in report.events:
        seen += [
            ("identifier_dropped", f"{one.field}: {one.reason}", 1)
            for one in valid.dropped_identifiers
        ]
        seen += [(flag.value, valid.event.kind.value, 1) for flag in valid.flags]
    return [
        FaultRow(agency=agency, feed=feed, code=code, subject=subject, count=count)
        for code, subject, count in seen
    ]


def fork_row(report: OpenedReport) -> FaultRow:
    """The fault of a report whose id another one has, with other bytes."""
    header = report.header
    return FaultRow(
        agency=header.agency,
        feed=report.feed.value,
        code="sequence_fork",
        subject=f"{header.publisher}/{header.connector} sequence {header.sequence}",
    )


extract_slice = register_slices.extract_slice
statement_slice = register_slices.statement_slice


def first_occurred(reports: Sequence[OpenedReport]) -> dict[tuple[str, str], datetime]:
    """The earliest occurrence in these reports, by agency and feed."""
    found: dict[tuple[str, str], datetime] = {}
    for report in reports:
        key = (report.header.agency, report.feed.value)
        for valid in report.events:
            at = valid.event.occurred_at
            found[key] = min(found.get(key, at), at)
    return found
