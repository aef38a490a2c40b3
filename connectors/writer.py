"""Seals and signs drafts into the reports that the spool keeps."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from connectors.packing import Draft
from connectors.spool import SpooledReport
from hub.core import codec, seal
from hub.core.codec_padding import pad
from hub.core.codec_schema import SchemaRegistry
from hub.core.report import SUITE, Feed, ReportHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWriter:
    """Who reports, for whom, to which topic and key; one for each spool.

    Attributes:
        publisher: who signs.
        connector: which connector of the publisher.
        agency: whose reports these are, unless a draft says so; empty where each does.
        feed: the feed, whose topic is ``topic``.
        topic: the Kafka topic, bound into the signature.
        epoch: the spool's epoch.
        backfill: whether history is being loaded.
        key_id: the id of the hub's sealing key ``public_key``.
        public_key: what bodies are sealed to.
        signing_key: what reports are signed with.
        schemas: the schemas that are written.
    """

    publisher: str
    connector: str
    agency: str
    feed: Feed
    topic: str
    epoch: int
    backfill: bool
    key_id: str
    public_key: X25519PublicKey
    signing_key: Ed25519PrivateKey = field(repr=False)
    schemas: SchemaRegistry = field(repr=False)

    def write(self, draft: Draft, sequence: int, created_at: datetime) -> SpooledReport:
        """Answer the report that has this place in the spool.

        Raises:
            ReportFault: the draft is larger than a report can be.
        """
        header = codec.encode_header(self._header(draft, sequence, created_at), self.schemas)
        padded = pad(codec.encode_encoded_body(draft.body, self.schemas))
        sealed = seal.seal_body(padded, public_key=self.public_key, header=header)
        value = codec.encode_value(codec.ReportValue(header=header, sealed=sealed), self.schemas)
        return SpooledReport(
            sequence=sequence,
            topic=self.topic,
            key=f"{self.publisher}/{self.connector}".encode(),
            value=value,
            signature=seal.sign(self.topic, value, self.signing_key),
        )

    def _header(self, draft: Draft, sequence: int, created_at: datetime) -> ReportHeader:
        return ReportHeader(
            report_id=seal.report_id(self.publisher, self.connector, self.epoch, sequence),
            feed=self.feed.value,
            publisher=self.publisher,
            agency=draft.agency or self.agency,
            connector=self.connector,
            epoch=self.epoch,
            sequence=sequence,
            created_at=created_at,
            source_as_of=min(draft.source_as_of, created_at),  # a source's clock may be ahead
            event_schemas=draft.event_schemas,
            suite=SUITE,
            key_id=self.key_id,
            extract=draft.extract,
            backfill=self.backfill,
        )
