"""Opens a report and judges its events, before any transaction: who sent it, and what is usable.

Who sent a report is known only from a verified signature, so the order of the checks matters: what
has not been verified names no publisher and changes no agency's state.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hub.core import codec, seal
from hub.core.codec_padding import BODY_BYTES_MAX, unpad
from hub.core.codec_schema import SchemaRegistry
from hub.core.intake_event import EventContext, RejectedEvent, ValidEvent, judge_event
from hub.core.intake_order import (
    check_attendance_register,
    check_extract,
    check_place,
    check_statement,
    check_status,
)
from hub.core.reasons import ParkReason
from hub.core.report import (
    SUITE,
    AttendanceRegister,
    ConnectorStatus,
    Feed,
    RegisterStatement,
    ReportHeader,
)
from hub.errors import ReportFault

SIGNATURE_HEADER: Final = "signature"
SIGNING_KEYS_MAX: Final = 4
"""How many keys one publisher may have valid at once: enough to rotate, few enough to try all."""

VALUE_BYTES_MAX: Final = BODY_BYTES_MAX + 16 * 1024
"""The largest value of a report: a sealed body, its header and their frame."""

OpenBody = Callable[[str, bytes, bytes], bytes]
"""Opens a body: sealing key id, sealed body, header bytes. Raises ``ReportFault`` if it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReport:
    """One Kafka message as it came. ``received_at`` is the broker's append time."""

    topic: str
    partition: int
    offset: int
    key: bytes | None = field(repr=False)
    value: bytes | None = field(repr=False)
    headers: tuple[tuple[str, bytes], ...] = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A publisher's public key; it counts from ``valid_from`` until just before ``valid_until``."""

    key: Ed25519PublicKey
    valid_from: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who may sign, and for which agencies on which feeds."""

    name: str
    keys: tuple[SigningKey, ...]
    reports_for: frozenset[tuple[str, Feed]]


PublisherRegistry = Mapping[str, Publisher]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What is needed to open reports: who may send, how to open, what can be read.

    Attributes:
        publishers: the publishers' registry by name.
        topics: the feed of each topic.
        open_body: opens a body by key id, sealed bytes and header bytes.
        schemas: the schemas that can be read.
        digests: makes ids under the hub's event key.
        test_numbers: whether NHS numbers that are never issued are taken.
        sickness_asked: whether some policy asks for marks of long sickness (decision 54).
    """

    publishers: PublisherRegistry
    topics: Mapping[str, Feed]
    open_body: OpenBody
    schemas: SchemaRegistry
    digests: seal.EventDigests
    test_numbers: bool = False
    sickness_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedReport:
    """A report whose sender is known and whose body could be read; its events are judged.

    ``value_digest`` is the SHA-256 of the value: the same publisher, report id and digest again is
    a duplicate.
    """

    raw: RawReport
    feed: Feed
    header: ReportHeader
    value_digest: bytes
    events: tuple[ValidEvent, ...]
    rejected: tuple[RejectedEvent, ...]
    statement: RegisterStatement | None
    status: ConnectorStatus | None
    attendance_register: AttendanceRegister | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedReport:
    """A report that cannot be used now, and why.

    ``verified`` says whether the signature was; only then is ``header`` there, and only then may
    anything of the publisher's or the agency's be touched.
    """

    raw: RawReport
    reason: ParkReason
    sentence: str
    verified: bool
    value_digest: bytes
    header: ReportHeader | None = None


def open_report(raw: RawReport, intake: Intake) -> OpenedReport | ParkedReport:
    """Answer the report opened and its events judged, or parked with the first reason why.

    The order: size, value, header, publisher, signature; then, sender known, feed and topic,
    agency, place, report id, extract, suite, key, body, statement. One unreadable event never parks
    its report.
    """
    value = raw.value or b""
    digest = hashlib.sha256(value).digest()
    header: ReportHeader | None = None
    try:
        envelope, claimed = _read_outside(value, intake)
        _verify_sender(raw, value, claimed, intake)
        header = claimed
        feed = _check_entitled(raw, header, intake)
        check_extract(header, feed, raw.received_at)
        _check_suite(header)
        padded = intake.open_body(header.key_id, envelope.sealed, envelope.header)
        body = codec.decode_encoded_body(unpad(padded), intake.schemas)
        check_statement(body.statement, feed, raw.received_at)
        check_attendance_register(body.attendance_register, feed, header.agency, raw.received_at)
        check_status(body.status)
        valid, rejected = _judge(body.events, raw, feed, header, intake)
    except ReportFault as fault:
        return ParkedReport(
            raw=raw,
            reason=ParkReason(fault.code),
            sentence=str(fault),
            verified=header is not None,
            value_digest=digest,
            header=header,
        )
    return OpenedReport(
        raw=raw,
        feed=feed,
        header=header,
        value_digest=digest,
        events=valid,
        rejected=rejected,
        statement=body.statement,
        status=body.status,
        attendance_register=body.attendance_register,
    )


def _read_outside(value: bytes, intake: Intake) -> tuple[codec.ReportValue, ReportHeader]:
    if len(value) > VALUE_BYTES_MAX:
        raise ReportFault(
            f"The report has {len(value)} bytes; at most {VALUE_BYTES_MAX} were expected.",
            code=ParkReason.TOO_LARGE,
        )
    envelope = codec.decode_value(value, intake.schemas)
    return envelope, codec.decode_header(envelope.header, intake.schemas)


def _verify_sender(raw: RawReport, value: bytes, claimed: ReportHeader, intake: Intake) -> None:
    """Refuse unless one of the claimed publisher's keys, valid on arrival, signed this value."""
    publisher = intake.publishers.get(claimed.publisher)
    if publisher is None:
        raise ReportFault(
            "The publisher that the report names is not in the registry.",
            code=ParkReason.PUBLISHER_NOT_KNOWN,
        )
    signatures = [given for name, given in raw.headers if name == SIGNATURE_HEADER]
    if len(signatures) != 1:
        raise ReportFault(
            f"The report has {len(signatures)} signatures; one was expected.",
            code=ParkReason.SIGNATURE_MISSING,
        )
    keys = _valid_keys(publisher.keys, raw.received_at)
    if not any(seal.verify(raw.topic, value, signatures[0], key) for key in keys):
        raise ReportFault(
            f"The signature is by none of the {len(keys)} keys that publisher {publisher.name} "
            "had when the report arrived.",
            code=ParkReason.SIGNATURE_WRONG,
        )


def _valid_keys(keys: Iterable[SigningKey], at: datetime) -> list[Ed25519PublicKey]:
    """Answer the keys that count at an instant, the newest four."""
    newest_first = sorted(keys, key=lambda key: key.valid_from, reverse=True)
    valid = [
        key.key
        for key in newest_first
        if key.valid_from <= at and (key.valid_until is None or at < key.valid_until)
    ]
    return valid[:SIGNING_KEYS_MAX]


def _check_entitled(raw: RawReport, header: ReportHeader, intake: Intake) -> Feed:
    feed = intake.topics.get(raw.topic)
    if feed is None or header.feed != feed:
        raise ReportFault(
            f"The report says feed {header.feed} and came on topic {raw.topic}.",
            code=ParkReason.FEED_WRONG,
        )
    if (header.agency, feed) not in intake.publishers[header.publisher].reports_for:
        raise ReportFault(
            f"Publisher {header.publisher} may not report for agency {header.agency} on feed "
            f"{feed}; its entry in the registry says for whom it may.",
            code=ParkReason.AGENCY_NOT_ALLOWED,
        )
    check_place(header)
    derived = seal.report_id(header.publisher, header.connector, header.epoch, header.sequence)
    if header.report_id != derived:
        raise ReportFault(
            "The report's id does not follow from its publisher, connector, epoch and sequence.",
            code=ParkReason.REPORT_ID_WRONG,
        )
    return feed


def _check_suite(header: ReportHeader) -> None:
    if header.suite != SUITE:
        raise ReportFault(
            f"The report is sealed with a suite that is not known; known: {SUITE}.",
            code=ParkReason.SUITE_NOT_KNOWN,
        )


def _judge(
    events: tuple[bytes, ...], raw: RawReport, feed: Feed, header: ReportHeader, intake: Intake
) -> tuple[tuple[ValidEvent, ...], tuple[RejectedEvent, ...]]:
    context = EventContext(
        feed=feed,
        agency=header.agency,
        received_at=raw.received_at,
        schemas=intake.schemas,
        digests=intake.digests,
        test_numbers=intake.test_numbers,
        sickness_asked=intake.sickness_asked,
    )
    judged = [judge_event(index, data, context) for index, data in enumerate(events)]
    valid = tuple(event for event in judged if isinstance(event, ValidEvent))
    rejected = tuple(event for event in judged if isinstance(event, RejectedEvent))
    return valid, rejected


def verified_header(raw: RawReport, intake: Intake) -> ReportHeader | None:
    """Answer the header of a report whose sender is certain and entitled, without its body.

    ``None`` when that is not so, or when looking fails: then nothing may be laid at anyone's door.
    """
    value = raw.value or b""
    try:
        _, claimed = _read_outside(value, intake)
        _verify_sender(raw, value, claimed, intake)
        _check_entitled(raw, claimed, intake)
    except Exception:  # noqa: BLE001  # asked only of reports that have already failed once
        return None
    return claimed
