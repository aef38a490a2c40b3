"""Stand-ins for Kafka and for an agency, for the connector loop's tests."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from connectors.contract import Reading
from connectors.line import Line
from connectors.packing import Packer
from connectors.publish import Outlet
from connectors.spool import Spool
from connectors.writer import ReportWriter
from hub.adapters.schemas import shipped_schemas
from hub.core import codec, seal
from hub.core.codec_padding import unpad
from hub.core.event import EmergencyAttendanceFacts, Event, EventState, Subject
from hub.core.report import Feed, Refusal
from hub.errors import TransientFault
from hub.topics import report_topic

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
REGISTRY = shipped_schemas()
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HUB_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
EPOCH = 1_763_800_000_000
SINCE = NOW - timedelta(days=365)


@dataclass
class FakeSending:
    """A message whose fate the test decides."""

    kafka: "FakeKafka"
    message: tuple
    settled: bool = False
    taken: bool = False

    def wait(self, seconds):
        del seconds
        if not self.taken:
            raise TransientFault("Kafka is away.")
        return 0, self.kafka.messages.index(self.message)


@dataclass
class FakeKafka:
    """A broker that can be away, or take messages without saying so; a producer of itself."""

    messages: list = field(default_factory=list)
    away: bool = False
    silent: bool = False
    deaf_to: set = field(default_factory=set)
    connected: int = 0
    pending: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def connect(self):
        if self.away:
            raise TransientFault("Kafka is away.")
        self.connected += 1
        return self

    def send(self, topic, *, key, value, headers):
        if self.away:
            raise TransientFault("Kafka is away.")
        sending = FakeSending(self, (topic, key, value, tuple(headers)))
        if len(self.messages) + len(self.pending) in self.deaf_to:
            self.deaf_to.clear()
            sending.settled = True
            return sending
        with self.lock:
            self.pending.append(sending)
        if not self.silent:
            self.take()
        return sending

    def take(self):
        """Take every message that was sent."""
        with self.lock:
            for sending in self.pending:
                sending.settled = sending.taken = True
                self.messages.append(sending.message)
            self.pending.clear()

    def close(self, seconds=0):
        del seconds

    @property
    def values(self):
        return [message[2] for message in self.messages]


def open_spool(folder, **changes):
    options = {"publisher": "leeds-teaching", "connector": "adt", "epoch": EPOCH} | changes
    return Spool.open(folder / "spool" / "adt.sqlite", **options)


def a_writer(spool, **changes):
    options = {
        "publisher": "leeds-teaching",
        "connector": "adt",
        "agency": "RR8",
        "feed": Feed.HEALTH,
        "topic": report_topic(Feed.HEALTH),
        "epoch": spool.epoch,
        "backfill": False,
        "key_id": "ingest-1",
        "public_key": HUB_KEY.public_key(),
        "signing_key": SIGNER,
        "schemas": REGISTRY,
    }
    return ReportWriter(**(options | changes))


def open_line(folder, kafka):
    spool = open_spool(folder)
    outlet = Outlet(spool, kafka.connect)
    return Line(Packer(REGISTRY, SINCE), a_writer(spool), spool, outlet, lambda: NOW)


def an_event(number=1, **subject):
    return Event(
        source_key=f"RR801|V{number}",
        revision=1,
        state=EventState.REPORTED,
        occurred_at=NOW - timedelta(minutes=10),
        recorded_at=NOW - timedelta(minutes=9),
        subject=Subject(local_id=f"RR8|H{number}", **subject),
        facts=EmergencyAttendanceFacts(site_code="RR801"),
    )


def a_reading(number=1, **changes):
    options = {
        "reference": f"message {number}",
        "events": (an_event(number),),
        "source_as_of": NOW,
    }
    return Reading(**(options | changes))


def a_refusal(number=1):
    return Refusal(reference=f"message {number}", field="PID-3", expected="A number.", at=NOW)


def opened(value):
    """The header and the body of a message's value, as the hub would read them."""
    envelope = codec.decode_value(value, REGISTRY)
    padded = seal.open_body(envelope.sealed, private_key=HUB_KEY, header=envelope.header)
    body = codec.decode_body(unpad(padded), REGISTRY, test_numbers=True)
    return codec.decode_header(envelope.header, REGISTRY), body
