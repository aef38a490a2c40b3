"""Judges one event of an opened report: stored, or rejected with a reason the agency can act on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from hub.core import codec
from hub.core.codec_json import as_said, canonical_bytes_of
from hub.core.codec_leaves import YEAR_MAX, YEAR_MIN
from hub.core.codec_schema import SchemaRegistry
from hub.core.event import (
    FACTS_BY_KIND,
    REGISTER_KINDS,
    DomesticAbuseIncidentFacts,
    EmergencyAttendanceFacts,
    Event,
    EventKind,
    EventState,
    IdentityChangeFacts,
    PlanFacts,
    SchoolAbsenceFacts,
    SubjectRole,
)
from hub.core.handling import WITHHELD_MAX
from hub.core.identifiers import LocalId
from hub.core.intake_attendance import attendance_faults, attendance_flags
from hub.core.intake_identity import identity_faults
from hub.core.intake_incident import incident_faults, incident_flags, stored_facts
from hub.core.intake_marks import mark_faults
from hub.core.intake_plans import plan_faults
from hub.core.reasons import EventFlag, Fault, RejectReason
from hub.core.report import Feed
from hub.core.seal import EventDigests
from hub.errors import EventFault, InvalidIdentifier

KINDS_BY_FEED: Final = {
    Feed.HEALTH: frozenset(
        {EventKind.EMERGENCY_ATTENDANCE, EventKind.PERSON_DETAILS, EventKind.IDENTITY_CHANGE}
    ),
    Feed.SOCIAL_CARE: REGISTER_KINDS | {EventKind.PERSON_DETAILS, EventKind.IDENTITY_CHANGE},
    Feed.POLICE: frozenset({EventKind.DOMESTIC_ABUSE_INCIDENT, EventKind.PERSON_DETAILS}),
    Feed.SCHOOLS: frozenset({EventKind.SCHOOL_ABSENCE}),
}
ROLES: Final = frozenset({SubjectRole.CHILD, SubjectRole.UNBORN})
"""Whose record an event may be about; an adult is told of only inside a child's event."""

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
SOURCE_KEY_CHARACTERS_MAX: Final = 255
REVISION_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventContext:
    """What is known of the report that an event came in."""

    feed: Feed
    agency: str
    received_at: datetime
    schemas: SchemaRegistry
    digests: EventDigests
    test_numbers: bool
    sickness_asked: bool = False
    """Whether some authority's policy has a rule on that reads marks of long sickness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidEvent:
    """An event that may be stored, with everything that is derived from it.

    Attributes:
        index: its place in the report, from 0.
        event: the event itself.
        event_id: 16 bytes; follows from agency, source key and revision.
        fact_key: 16 bytes; shared by all revisions of the fact.
        record_ref: 16 bytes; the agency's record of the person.
        content_digest: 16 bytes; the same id with another digest is a conflict.
        facts: the coded facts as ``json`` takes them, defaults left out; an agency's references of
            incidents and adults stand there as keyed digests.
        dropped_identifiers: what was left out as not valid.
        flags: what is odd about it.
    """

    index: int
    event: Event
    event_id: bytes
    fact_key: bytes
    record_ref: bytes
    content_digest: bytes
    facts: Mapping[str, object] = field(repr=False)
    dropped_identifiers: tuple[codec.DroppedIdentifier, ...] = ()
    flags: tuple[EventFlag, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedEvent:
    """An event that is not stored: which, why, which field, and what was expected (no values).

    ``event_id`` and ``kind`` are there where the event could be read; ``fact_key`` where its source
    key can be used too, so that a plan which is listed is never taken for one that is left out.
    """

    index: int
    reason: RejectReason
    field: str
    expected: str
    kind: EventKind | None = None
    event_id: bytes | None = None
    fact_key: bytes | None = None


def judge_event(index: int, data: bytes, context: EventContext) -> ValidEvent | RejectedEvent:
    """Answer the event with its ids, or why it is rejected.

    Raises:
        ReportFault: the event's schema is not known; the whole report then waits for it.
    """
    try:
        decoded = codec.decode_event(data, context.schemas, test_numbers=context.test_numbers)
    except EventFault as error:
        return RejectedEvent(
            index=index, reason=RejectReason.UNREADABLE, field="", expected=str(error)
        )
    event, agency, digests = decoded.event, context.agency, context.digests
    event_id = digests.event_id(agency, event.source_key, event.revision)
    fact_key = digests.fact_key(agency, event.source_key)
    said = as_said(event)
    canonical = canonical_bytes_of(said)
    fault = next(_faults(event, canonical, context), None)
    if fault is not None:
        return RejectedEvent(
            index=index,
            reason=fault.reason,
            field=fault.field,
            expected=fault.expected,
            kind=event.kind,
            event_id=event_id,
            fact_key=None if _key_is_unusable(event) else fact_key,
        )
    return ValidEvent(
        index=index,
        event=event,
        event_id=event_id,
        fact_key=fact_key,
        record_ref=digests.record_ref(agency, LocalId.parse(event.subject.local_id).reveal()),
        content_digest=digests.content(canonical),
        facts=stored_facts(event.facts, said.get("facts", {}), agency, digests),
        dropped_identifiers=decoded.dropped_identifiers,
        flags=_flags(event, context.received_at),
    )


def _faults(event: Event, canonical: bytes, context: EventContext) -> Iterator[Fault]:
    """Yield what keeps an event from being stored, the most basic first."""
    feed = context.feed
    if event.kind not in KINDS_BY_FEED[feed]:
        allowed = ", ".join(sorted(KINDS_BY_FEED[feed]))
        yield Fault(
            reason=RejectReason.KIND_NOT_ON_FEED,
            field="kind",
            expected=f"On feed {feed} one of these kinds was expected: {allowed}.",
        )
    if event.state is EventState.UNKNOWN:
        yield Fault(
            reason=RejectReason.STATE_NOT_KNOWN,
            field="state",
            expected="One of reported, corrected and withdrawn was expected.",
        )
    yield from _key_faults(event)
    if b"\\u0000" in canonical:
        yield Fault(
            reason=RejectReason.TEXT_UNUSABLE,
            field="",
            expected="Text without the character U+0000 was expected.",
        )
    yield from _time_faults(event)
    if event.state is not EventState.WITHDRAWN:
        yield from _handling_faults(event)
        yield from _fact_faults(event, context)


def _key_faults(event: Event) -> Iterator[Fault]:
    if _key_is_unusable(event):
        yield Fault(
            reason=RejectReason.SOURCE_KEY_UNUSABLE,
            field="source_key",
            expected=f"A key of 1 to {SOURCE_KEY_CHARACTERS_MAX} characters was expected.",
        )
    if not 0 <= event.revision <= REVISION_MAX:
        yield Fault(
            reason=RejectReason.REVISION_OUT_OF_RANGE,
            field="revision",
            expected="The source's own time or number, 0 or more, was expected.",
        )
    try:
        LocalId.parse(event.subject.local_id)
    except InvalidIdentifier as error:
        yield Fault(
            reason=RejectReason.LOCAL_ID_UNUSABLE, field="subject.local_id", expected=str(error)
        )
    if event.subject.role not in ROLES:
        yield Fault(
            reason=RejectReason.ROLE_NOT_ACCEPTED,
            field="subject.role",
            expected="A child or an unborn child was expected; adults stand inside their event.",
        )


def _key_is_unusable(event: Event) -> bool:
    return not event.source_key.strip() or len(event.source_key) > SOURCE_KEY_CHARACTERS_MAX


def _time_faults(event: Event) -> Iterator[Fault]:
    """Yield times that cannot be counted with; one would silence everybody who tells of the child.

    The last day of a plan may lie beyond all counting: systems write 31 December 9999 for "none".
    """
    times: list[tuple[str, object]] = [
        ("occurred_at", event.occurred_at),
        ("recorded_at", event.recorded_at),
        ("handling.not_before", event.handling.not_before),
    ]
    times += [(f"facts.{name}", getattr(event.facts, name)) for name in _fact_names(event.kind)]
    for name, value in times:
        if not isinstance(value, date):  # an instant is one too
            continue
        if value.year < YEAR_MIN or (value.year > YEAR_MAX and name != "facts.ended_on"):
            yield Fault(
                reason=RejectReason.TIME_ABSURD,
                field=name,
                expected=f"A time in the years {YEAR_MIN} to {YEAR_MAX} was expected.",
            )


@cache
def _fact_names(kind: EventKind) -> tuple[str, ...]:
    return tuple(member.name for member in fields(FACTS_BY_KIND[kind]))


def _handling_faults(event: Event) -> Iterator[Fault]:
    """Yield that a register's entry is kept back: "no plan found" would then be a lie."""
    if event.kind in REGISTER_KINDS and event.handling.not_before is not None:
        yield Fault(
            reason=RejectReason.REGISTER_KEPT_BACK,
            field="handling.not_before",
            expected=(
                "An entry of a register without a time before which it is not to be told was"
                " expected: until it is told, the register counts as not complete."
            ),
        )


def _fact_faults(event: Event, context: EventContext) -> Iterator[Fault]:
    match event.facts:
        case EmergencyAttendanceFacts() as facts:
            yield from attendance_faults(facts)
        case PlanFacts() as facts:
            yield from plan_faults(facts)
        case DomesticAbuseIncidentFacts() as facts:
            yield from incident_faults(facts)
        case SchoolAbsenceFacts() as facts:
            asked = context.sickness_asked
            yield from mark_faults(facts, context.agency, sickness_asked=asked)
        case IdentityChangeFacts() as facts:
            yield from identity_faults(event, facts, context.feed, context.agency)
        case _:
            return


def _flags(event: Event, received_at: datetime) -> tuple[EventFlag, ...]:
    latest = received_at + CLOCK_TOLERANCE
    flags = []
    wish = event.handling.not_before
    if wish is not None and wish > received_at + WITHHELD_MAX:
        flags.append(EventFlag.KEPT_BACK_TOO_LONG)
    if event.occurred_at > latest:
        flags.append(EventFlag.OCCURRED_IN_FUTURE)
    if event.recorded_at > latest:
        flags.append(EventFlag.RECORDED_IN_FUTURE)
    match event.facts:
        case EmergencyAttendanceFacts() as attendance:
            flags += attendance_flags(attendance)
        case DomesticAbuseIncidentFacts() as incident:
            flags += incident_flags(incident)
        case _:
            pass
    return tuple(flags)
