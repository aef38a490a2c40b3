"""Turns reports and events into the bytes that agencies send, and back; pure.

Everything is in Avro single-object encoding under the schemas of ``schemas/``. Instants are kept to
the millisecond, in UTC; a time without a zone is refused. An invalid identifier never costs the
event: it is left out and named, and the record stands without it.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, TypeVar

from hub.core.codec_leaves import (
    DAY_AS_TEXT,
    NUMERIC,
    SHORT_TEXT,
    TEXT_DATES,
    identifier_leaves,
    wrap_subject,
)
from hub.core.codec_schema import Malformed, SchemaRegistry
from hub.core.codec_shape import Leaves, Shape, Shaper, Unwritable
from hub.core.event import FACTS_BY_KIND, Event, EventKind, Subject
from hub.core.reasons import ParkReason, RejectReason
from hub.core.report import (
    EVENTS_PER_REPORT_MAX,
    AttendanceRegister,
    ConnectorStatus,
    RegisterStatement,
    ReportBody,
    ReportHeader,
)
from hub.errors import EventFault, InvalidIdentifier, ReportFault

T = TypeVar("T")
_UNREADABLE: Final = (InvalidIdentifier, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedIdentifier:
    """A value that was left out because it is not valid; the record stands without it."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedEvent:
    """An event, and what of it had to be left out."""

    event: Event
    dropped_identifiers: tuple[DroppedIdentifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedBody:
    """A report's body with its events still encoded, so that one bad event costs only itself."""

    events: tuple[bytes, ...] = ()
    statement: RegisterStatement | None = None
    status: ConnectorStatus | None = None
    attendance_register: AttendanceRegister | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportValue:
    """The value of one Kafka message: the header's exact bytes and the sealed body."""

    header: bytes
    sealed: bytes


# ---------------------------------------------------------------------------------------- events


def encode_event(event: Event, registry: SchemaRegistry) -> bytes:
    """Answer the event in single-object encoding under the current schema of its kind.

    Raises:
        EventFault: a value cannot be written, such as a time without a zone; the field is named.
    """
    try:
        plain = _event_shape(event.kind, test_numbers=True).write(event)
        return registry.write(event.kind.value, plain)
    except (Unwritable, Malformed) as error:
        raise EventFault(
            f"The {event.kind} event cannot be written: {error}.", code=RejectReason.UNREADABLE
        ) from None


def decode_event(data: bytes, registry: SchemaRegistry, *, test_numbers: bool) -> DecodedEvent:
    """Answer the event in ``data``, read into the current schema of its kind.

    Args:
        data: one event in single-object encoding, of any registered version.
        registry: the schemas that can be read.
        test_numbers: whether NHS numbers that are never issued are taken; else they are dropped.

    Raises:
        EventFault: the bytes are not what their schema says.
        ReportFault: their schema is not known; the message names those that are.
    """
    dropped: list[DroppedIdentifier] = []

    def drop(path: str, reason: str) -> None:
        dropped.append(DroppedIdentifier(field=path, reason=reason))

    try:
        schema, plain = registry.read(data, *_KINDS)
        shape = _event_shape(EventKind(schema.name), test_numbers=test_numbers)
        event = shape.read(plain, drop)
    except (Malformed, *_UNREADABLE) as error:
        what = str(error) if isinstance(error, Malformed) else type(error).__name__
        raise EventFault(
            f"The event cannot be read: {what}.", code=RejectReason.UNREADABLE
        ) from None
    return DecodedEvent(event=event, dropped_identifiers=tuple(dropped))


# --------------------------------------------------------------------------------------- reports


def encode_header(header: ReportHeader, registry: SchemaRegistry) -> bytes:
    """Answer the header's bytes; exactly these are bound to the sealed body.

    Raises:
        ReportFault: a value cannot be written.
    """
    return _write_part("report_header", _HEADER, header, registry, ParkReason.HEADER_UNREADABLE)


def decode_header(data: bytes, registry: SchemaRegistry) -> ReportHeader:
    """Answer the header in ``data``.

    Raises:
        ReportFault: it cannot be read, or its schema is not known.
    """
    return _read_part("report_header", _HEADER, data, registry, ParkReason.HEADER_UNREADABLE)


def encode_value(value: ReportValue, registry: SchemaRegistry) -> bytes:
    """Answer the value of the Kafka message.

    Raises:
        ReportFault: it cannot be written.
    """
    return _write_part("report", _VALUE, value, registry, ParkReason.VALUE_UNREADABLE)


def decode_value(data: bytes, registry: SchemaRegistry) -> ReportValue:
    """Answer what the value of a Kafka message holds.

    Raises:
        ReportFault: it cannot be read, or its schema is not known.
    """
    return _read_part("report", _VALUE, data, registry, ParkReason.VALUE_UNREADABLE)


def encode_body(body: ReportBody, registry: SchemaRegistry) -> bytes:
    """Answer the body, not yet padded.

    Raises:
        EventFault: an event cannot be written.
        ReportFault: there are more than 500 events, or another part cannot be written.
    """
    events = tuple(encode_event(event, registry) for event in body.events)
    return encode_encoded_body(
        EncodedBody(
            events=events,
            statement=body.statement,
            status=body.status,
            attendance_register=body.attendance_register,
        ),
        registry,
    )


def encode_encoded_body(body: EncodedBody, registry: SchemaRegistry) -> bytes:
    """Answer the body whose events are encoded already, not yet padded.

    Raises:
        ReportFault: there are more than 500 events, or a part cannot be written.
    """
    _refuse_too_many(len(body.events))
    return _write_part("report_body", _BODY, body, registry, ParkReason.BODY_UNREADABLE)


def decode_encoded_body(data: bytes, registry: SchemaRegistry) -> EncodedBody:
    """Answer the body without its padding, its events still encoded.

    Raises:
        ReportFault: it cannot be read, or it holds more than 500 events.
    """
    body = _read_part("report_body", _BODY, data, registry, ParkReason.BODY_UNREADABLE)
    _refuse_too_many(len(body.events))
    return body


def decode_body(data: bytes, registry: SchemaRegistry, *, test_numbers: bool) -> ReportBody:
    """Answer the body with all of its events; intake reads them one at a time instead.

    Raises:
        EventFault: an event cannot be read.
        ReportFault: the body cannot be read, or a schema is not known.
    """
    body = decode_encoded_body(data, registry)
    events = (decode_event(event, registry, test_numbers=test_numbers) for event in body.events)
    return ReportBody(
        events=tuple(decoded.event for decoded in events),
        statement=body.statement,
        status=body.status,
        attendance_register=body.attendance_register,
    )


# ------------------------------------------------------------------------------- leaves and shapes


@cache
def _event_shape(kind: EventKind, *, test_numbers: bool) -> Shape[Event]:
    leaves = {**NUMERIC, **identifier_leaves(test_numbers=test_numbers)}
    with_text_dates = {**leaves, date: DAY_AS_TEXT}

    def leaves_for(of: type) -> Leaves:
        return with_text_dates if of in TEXT_DATES else leaves

    return Shaper(leaves_for, {Subject: wrap_subject}).shape(Event, facts=FACTS_BY_KIND[kind])


_PLAIN: Final = {**NUMERIC, str: SHORT_TEXT}
_plain_shaper: Final = Shaper(lambda _of: _PLAIN, {})
_HEADER: Final = _plain_shaper.shape(ReportHeader)
_VALUE: Final = _plain_shaper.shape(ReportValue)
_BODY: Final = _plain_shaper.shape(EncodedBody)
_KINDS: Final = tuple(kind.value for kind in EventKind)


def _write_part(
    name: str, shape: Shape[T], value: T, registry: SchemaRegistry, code: ParkReason
) -> bytes:
    try:
        return registry.write(name, shape.write(value))
    except (Unwritable, Malformed) as error:
        raise ReportFault(f"The {name} cannot be written: {error}.", code=code) from None


def _read_part(
    name: str, shape: Shape[T], data: bytes, registry: SchemaRegistry, code: ParkReason
) -> T:
    try:
        _, plain = registry.read(data, name)
        return shape.read(plain, _drop_nothing)
    except (Malformed, *_UNREADABLE) as error:
        what = str(error) if isinstance(error, Malformed) else type(error).__name__
        raise ReportFault(f"The {name} cannot be read: {what}.", code=code) from None


def _drop_nothing(path: str, _reason: str) -> None:
    raise ValueError(f"{path}: no identifier stands here")


def _refuse_too_many(count: int) -> None:
    if count > EVENTS_PER_REPORT_MAX:
        raise ReportFault(
            f"The report holds {count} events; at most {EVENTS_PER_REPORT_MAX} were expected.",
            code=ParkReason.TOO_MANY_EVENTS,
        )
