"""Agencies as publishers: what they say becomes sealed and signed reports, as in connectors."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from hub.adapters.keys import load_publisher_key, load_sealing_key
from hub.adapters.schemas import shipped_schemas
from hub.core import codec, seal
from hub.core.codec_padding import pad
from hub.core.event import Event
from hub.core.identifiers import Urn
from hub.core.intake import SIGNATURE_HEADER
from hub.core.report import (
    EVENTS_PER_REPORT_MAX,
    SUITE,
    AttendanceRegister,
    Extract,
    Feed,
    OpenPlan,
    RegisterStatement,
    ReportBody,
    ReportHeader,
)
from hub.settings import Settings
from hub.topics import report_topic

T = TypeVar("T")

STATEMENT_PLANS_MAX: Final = 5_000
"""How many open plans one slice of a statement lists: it stays below the largest body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One Kafka message, ready to be sent."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """Who signs on which feed, and whose reports they are unless one says so."""

    code: str
    feed: Feed
    publisher: str


class Agency:
    """One agency with one connector; its reports are numbered without a gap from 1."""

    def __init__(
        self, settings: Settings, known: Publishing, connector: str, now: datetime
    ) -> None:
        """Read the publisher's key and the hub's public one; the epoch is ``now``."""
        self.code, self.feed, self.publisher = known.code, known.feed, known.publisher
        self.connector = connector
        self.epoch = int(now.timestamp() * 1000)
        self._signer = load_publisher_key(settings.keys, known.publisher)
        self._sealing = load_sealing_key(settings.keys)
        self._schemas = shipped_schemas()
        self._numbers = itertools.count(1)

    def report(  # noqa: PLR0913  # what a report is made of, all by name
        self,
        events: Sequence[Event] = (),
        *,
        at: datetime,
        backfill: bool = False,
        extract: Extract | None = None,
        statement: RegisterStatement | None = None,
        register: AttendanceRegister | None = None,
    ) -> Message:
        """Answer one report of at most 500 events, sealed, signed; a register is its school's."""
        number = next(self._numbers)
        header = ReportHeader(
            report_id=seal.report_id(self.publisher, self.connector, self.epoch, number),
            feed=self.feed.value,
            publisher=self.publisher,
            agency=self.code if register is None else Urn(register.school).agency,
            connector=self.connector,
            epoch=self.epoch,
            sequence=number,
            created_at=at,
            source_as_of=at,
            event_schemas=tuple(sorted({f"{event.kind.value}.v1" for event in events})),
            suite=SUITE,
            key_id=self._sealing.key_id,
            extract=extract,
            backfill=backfill,
        )
        encoded = codec.encode_header(header, self._schemas)
        body = ReportBody(events=tuple(events), statement=statement, attendance_register=register)
        sealed = seal.seal_body(
            pad(codec.encode_body(body, self._schemas)),
            public_key=self._sealing.public_key,
            header=encoded,
        )
        value = codec.encode_value(codec.ReportValue(header=encoded, sealed=sealed), self._schemas)
        topic = report_topic(self.feed)
        return Message(
            topic=topic,
            key=f"{self.publisher}/{self.connector}".encode(),
            value=value,
            headers=((SIGNATURE_HEADER, seal.sign(topic, value, self._signer)),),
        )

    def reports(
        self, events: Sequence[Event], *, at: datetime, backfill: bool = False
    ) -> list[Message]:
        """Answer these events in reports of 500."""
        return [
            self.report(some, at=at, backfill=backfill)
            for some in cut_in(events, EVENTS_PER_REPORT_MAX)
        ]

    def register(self, plans: Sequence[Event], *, at: datetime) -> list[Message]:
        """Answer a whole register as a full extract in slices, and the statement of open plans."""
        slices = list(cut_in(plans, EVENTS_PER_REPORT_MAX)) or [()]
        told = [
            self.report(
                some,
                at=at,
                extract=Extract(
                    extract_id=f"extract-{self.epoch}",
                    slice=number,
                    slices=len(slices),
                    as_at=at,
                    full=True,
                ),
            )
            for number, some in enumerate(slices)
        ]
        return [*told, *self._statement(plans, at)]

    def _statement(self, plans: Sequence[Event], at: datetime) -> list[Message]:
        opened = [OpenPlan(kind=plan.kind, source_key=plan.source_key) for plan in plans]
        parts = list(cut_in(opened, STATEMENT_PLANS_MAX)) or [()]
        return [
            self.report(
                at=at,
                statement=RegisterStatement(
                    statement_id=f"statement-{self.epoch}",
                    as_at=at,
                    slice=number,
                    slices=len(parts),
                    open_plans=tuple(part),
                ),
            )
            for number, part in enumerate(parts)
        ]


def cut_in(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Answer the things, so many at a time."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
