"""Builds a signed and sealed report, valid by default, and the intake that opens it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.adapters.schemas import shipped_schemas
from hub.core import codec, seal
from hub.core.codec_padding import pad
from hub.core.event import EmergencyAttendanceFacts, Event, EventState, Subject
from hub.core.intake import SIGNATURE_HEADER, Intake, Publisher, RawReport, SigningKey
from hub.core.reasons import ParkReason
from hub.core.report import SUITE, Extract, Feed, ReportBody, ReportHeader
from hub.errors import ReportFault

TOPIC = "safeguarding.reports.health.v1"
OTHER_TOPIC = "safeguarding.reports.social_care.v1"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
DIGESTS = seal.EventDigests(bytes(range(64, 96)))
REGISTRY = shipped_schemas()


def an_event(**changes):
    """An attendance that intake stores."""
    event = Event(
        source_key="RR801|V1",
        revision=1,
        state=EventState.REPORTED,
        occurred_at=NOW - timedelta(minutes=10),
        recorded_at=NOW - timedelta(minutes=9),
        subject=Subject(local_id="RR8|H1", birth_date=date(2019, 5, 4)),
        facts=EmergencyAttendanceFacts(site_code="RR801", arrived_at=NOW - timedelta(minutes=10)),
    )
    return replace(event, **changes)


ONE_EVENT = ReportBody(events=(an_event(),))


@dataclass(frozen=True)
class Report:
    """What goes into a report, before it is sealed; every part can be made wrong."""

    body: ReportBody = ONE_EVENT
    feed: str = Feed.HEALTH
    publisher: str = "leeds-teaching"
    agency: str = "RR8"
    connector: str = "adt"
    epoch: int = 1_763_800_000_000
    sequence: int = 1
    key_id: str = "ingest-1"
    suite: str = SUITE
    report_id: bytes | None = None
    extract: Extract | None = None
    encoded_body: bytes | None = None
    signer: Ed25519PrivateKey = SIGNER
    signed_topic: str = TOPIC

    def header(self):
        """The header that follows from it."""
        derived = seal.report_id(self.publisher, self.connector, self.epoch, self.sequence)
        return ReportHeader(
            report_id=self.report_id or derived,
            feed=self.feed,
            publisher=self.publisher,
            agency=self.agency,
            connector=self.connector,
            epoch=self.epoch,
            sequence=self.sequence,
            created_at=NOW,
            source_as_of=NOW,
            event_schemas=("emergency_attendance.v1",),
            suite=self.suite,
            key_id=self.key_id,
            extract=self.extract,
        )

    def value(self):
        """The sealed bytes of the Kafka message."""
        header = codec.encode_header(self.header(), REGISTRY)
        body = self.encoded_body
        padded = pad(codec.encode_body(self.body, REGISTRY) if body is None else body)
        sealed = seal.seal_body(padded, public_key=HUB_KEY.public_key(), header=header)
        return codec.encode_value(codec.ReportValue(header=header, sealed=sealed), REGISTRY)

    def raw(self, value=None, **changes):
        """The Kafka message, signed."""
        value = value or self.value()
        signature = seal.sign(self.signed_topic, value, self.signer)
        raw = RawReport(
            topic=TOPIC,
            partition=0,
            offset=7,
            key=b"leeds-teaching/adt",
            value=value,
            headers=((SIGNATURE_HEADER, signature),),
            received_at=NOW,
        )
        return replace(raw, **changes)


def an_intake(**changes):
    """An intake that knows one publisher and one sealing key."""
    publisher = Publisher(
        name="leeds-teaching",
        keys=(SigningKey(key=SIGNER.public_key(), valid_from=NOW - timedelta(days=30)),),
        reports_for=frozenset({("RR8", Feed.HEALTH)}),
    )
    intake = Intake(
        publishers={publisher.name: publisher},
        topics={TOPIC: Feed.HEALTH, OTHER_TOPIC: Feed.SOCIAL_CARE},
        open_body=_open_body,
        schemas=REGISTRY,
        digests=DIGESTS,
        test_numbers=True,
    )
    return replace(intake, **changes)


def _open_body(key_id, sealed, header):
    if key_id != "ingest-1":
        raise ReportFault(f"No key {key_id}.", code=ParkReason.SEALING_KEY_NOT_KNOWN)
    return seal.open_body(sealed, private_key=HUB_KEY, header=header)
