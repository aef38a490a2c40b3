"""Packs readings into the bodies of reports: at most 500 events, never too large to be sealed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from connectors.contract import Reading
from connectors.narratives import SealDetail, with_sealed_details
from connectors.tally import Tally
from connectors.writing_out import WrittenOut, write_out
from hub.core.codec import EncodedBody
from hub.core.codec_padding import BODY_CONTENT_MAX
from hub.core.codec_schema import SchemaRegistry
from hub.core.report import (
    EVENTS_PER_REPORT_MAX,
    REFUSALS_PER_REPORT_MAX,
    ConnectorStatus,
    Extract,
    Refusal,
    RegisterStatement,
)
from hub.errors import ConfigurationError

STATUS_BYTES_MAX: Final = 256 * 1024
"""Kept free in a body for its status: 500 refusals whose texts are cut to 480 characters."""

EVENTS_BYTES_MAX: Final = BODY_CONTENT_MAX - STATUS_BYTES_MAX

_REFERENCE_MAX: Final = 140
_FIELD_MAX: Final = 80
_EXPECTED_MAX: Final = 260
_EVENT_OVERHEAD: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A report that is ready to be sealed."""

    body: EncodedBody
    event_schemas: tuple[str, ...]
    source_as_of: datetime
    extract: Extract | None = None
    agency: str | None = None
    """Whose report it is, if not that of the run."""


class Packer:
    """Turns readings into drafts; holds at most one report's worth of events.

    No report claims a source to be more current than what has been read from it says: a heartbeat
    of a quiet feed says as-of its last message, so that a line that is cut is not taken for quiet.
    """

    def __init__(
        self, registry: SchemaRegistry, since: datetime, seal_detail: SealDetail | None = None
    ) -> None:
        """Begin with a source that is known to be as current as ``since`` and no more.

        Narratives are sealed by ``seal_detail``, and left out where there is none.
        """
        self._registry = registry
        self._seal_detail = seal_detail
        self._as_of = since
        self._events: list[bytes] = []
        self._schemas: set[str] = set()
        self._size = 0
        self.tally = Tally()

    @property
    def held(self) -> int:
        """How many events are held that are in no draft yet."""
        return len(self._events)

    def write_out(self, reading: Reading) -> WrittenOut:
        """Answer a reading as it can be told; the events that cannot be written are refusals."""
        if reading.source_as_of is not None:
            self._as_of = max(self._as_of, reading.source_as_of)
        sealed = with_sealed_details(reading, self._seal_detail)
        return write_out(sealed, self._registry, self._as_of)

    def add(self, reading: Reading) -> Iterator[Draft]:
        """Write a reading out and add it (``add_written``).

        Raises:
            ConfigurationError: a slice is larger than a report can be.
        """
        return self.add_written(self.write_out(reading))

    def add_written(self, written: WrittenOut) -> Iterator[Draft]:
        """Yield the drafts that are full because of this reading, and what it must stand alone in.

        A slice of an extract or a statement is always a report of its own, and so is what names its
        agency: that takes its own counts with it.

        Raises:
            ConfigurationError: a slice is larger than a report can be.
        """
        reading = written.reading
        alone = any((reading.extract, reading.statement, reading.agency))
        if alone:
            yield from self.flush()
        yield from self._count(reading, alone=alone)
        if alone:
            yield self._alone(written)
            return
        for event in written.encoded:
            size = len(event) + _EVENT_OVERHEAD
            if not _holds(self._size + size, len(self._events) + 1, None):
                yield from self.flush()
            self._events.append(event)
            self._size += size
            self._schemas |= written.schemas

    def flush(self) -> Iterator[Draft]:
        """Yield what is held as a draft; its status goes with it if a person should hear of it."""
        if self._events or self.tally.urgent:
            yield self._draft(status=self.tally.take() if self.tally.urgent else None)

    def heartbeat(self) -> Iterator[Draft]:
        """Yield what is held, and a status even if there is nothing to say."""
        if self._events:
            yield self._draft(status=None)
        yield self._draft(status=self.tally.take())

    def _draft(self, status: ConnectorStatus | None) -> Draft:
        draft = Draft(
            body=EncodedBody(events=tuple(self._events), status=status),
            event_schemas=tuple(sorted(self._schemas)),
            source_as_of=self._as_of,
        )
        self._events, self._schemas, self._size = [], set(), 0
        return draft

    def _alone(self, written: WrittenOut) -> Draft:
        reading, count = written.reading, len(written.encoded)
        size = sum(len(event) + _EVENT_OVERHEAD for event in written.encoded)
        if not _holds(size, count, reading.statement):
            raise ConfigurationError(
                f"{reading.reference}: {count} events of {size} bytes are "
                f"more than one report holds ({EVENTS_PER_REPORT_MAX} and {EVENTS_BYTES_MAX}); "
                "smaller slices were expected."
            )
        tells = self.tally.urgent or reading.agency is not None
        status = self.tally.take() if tells else None
        return Draft(
            body=EncodedBody(
                events=written.encoded,
                statement=reading.statement,
                status=status,
                attendance_register=reading.attendance_register,
            ),
            event_schemas=tuple(sorted(written.schemas)),
            source_as_of=reading.source_as_of or self._as_of,
            extract=reading.extract,
            agency=reading.agency,
        )

    def _count(self, reading: Reading, *, alone: bool) -> Iterator[Draft]:
        """Count a reading; yield a status first where its refusals do not fit beside the others."""
        if not reading.refusals:
            self.tally.add(reading)
            return
        refusals = [_shortened(refusal) for refusal in reading.refusals]
        rest = replace(reading, refusals=())
        while refusals:
            room = REFUSALS_PER_REPORT_MAX - len(self.tally.refusals)
            part, refusals = refusals[:room], refusals[room:]
            self.tally.add(replace(rest, refusals=tuple(part)))
            rest = Reading(reference=reading.reference, read_count=0)
            if refusals or (not alone and not self.tally.has_room(1)):
                yield from self.flush()
        self.tally.add(rest)


def _holds(size: int, count: int, statement: RegisterStatement | None) -> bool:
    plans = () if statement is None else statement.open_plans
    size += sum(len(plan.kind) + len(plan.source_key.encode()) + _EVENT_OVERHEAD for plan in plans)
    return count <= EVENTS_PER_REPORT_MAX and size <= EVENTS_BYTES_MAX


def _shortened(refusal: Refusal) -> Refusal:
    return replace(
        refusal,
        reference=refusal.reference[:_REFERENCE_MAX],
        field=refusal.field[:_FIELD_MAX],
        expected=refusal.expected[:_EXPECTED_MAX],
    )
