"""Writes a reading's events out as bytes; what cannot be written is refused, and is a fault."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from connectors.contract import Reading
from hub.core.codec import encode_event
from hub.core.codec_schema import SchemaRegistry
from hub.core.event import PLAN_KINDS, Event
from hub.core.report import REGISTER_ROW_REFUSED, FeedFault, Refusal
from hub.errors import EventFault

EVENT_BYTES_MAX: Final = 64 * 1024
"""The largest encoded event; a larger one is refused to the agency."""

EVENT_REFUSED: Final = "event_refused"
"""The code of a fault: an event was mapped and could not be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOut:
    """A reading beside the bytes of its events.

    ``reading`` holds the events that could be written, and a refusal and a fault for each of the
    others, so that nothing is lost silently and the loss counts against the sender.
    """

    reading: Reading
    encoded: tuple[bytes, ...]
    schemas: frozenset[str]


def write_out(reading: Reading, registry: SchemaRegistry, as_of: datetime) -> WrittenOut:
    """Answer the reading with its events written out.

    Args:
        reading: what came of one source record.
        registry: the schemas that are written.
        as_of: the time of a refusal where the reading's source tells none.
    """
    written: list[tuple[Event, bytes]] = []
    refusals: list[Refusal] = []
    faults: dict[FeedFault, None] = {}
    for event in reading.events:
        try:
            written.append((event, _encoded(event, registry)))
        except EventFault as fault:
            at = reading.source_as_of or as_of
            refusals.append(untold(reading.reference, str(fault), at))
            faults[fault_of(event)] = None
    if refusals:
        reading = replace(
            reading,
            events=tuple(event for event, _ in written),
            refusals=(*reading.refusals, *refusals),
            faults=(*reading.faults, *faults),
        )
    return WrittenOut(
        reading=reading,
        encoded=tuple(data for _, data in written),
        schemas=frozenset(registry.current[event.kind.value].label for event, _ in written),
    )


def untold(reference: str, expected: str, at: datetime) -> Refusal:
    """Answer the refusal of what was mapped and could not be told; it names no field."""
    return Refusal(reference=reference, field="", expected=expected, at=at)


def fault_of(event: Event) -> FeedFault:
    """Answer the fault of an event that is not told; of a plan, that the register lacks one."""
    code = REGISTER_ROW_REFUSED if event.kind in PLAN_KINDS else EVENT_REFUSED
    return FeedFault(code=code, subject=event.kind.value)


def _encoded(event: Event, registry: SchemaRegistry) -> bytes:
    data = encode_event(event, registry)
    if len(data) > EVENT_BYTES_MAX:
        raise EventFault(
            f"The event has {len(data)} bytes; at most {EVENT_BYTES_MAX} were expected."
        )
    return data
