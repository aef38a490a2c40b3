"""Seals what an agency tells in words, so that no worker of the hub can read it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from connectors.contract import Reading
from hub.core.event import Event
from hub.core.report import Dropped

SealDetail = Callable[[bytes, str], bytes]
"""Seals a narrative to the hub's disclosure key; the second argument is the event's source key."""

NARRATIVE_NOT_SEALED: Final = "narrative_without_disclosure_key"


def with_sealed_details(reading: Reading, seal_detail: SealDetail | None) -> Reading:
    """Answer the reading with each narrative sealed; left out and counted where none can be.

    A mapping puts a narrative into ``detail`` as it is; nothing but its sealed form leaves here.
    """
    told = sum(event.detail is not None for event in reading.events)
    if not told:
        return reading
    events = tuple(_sealed(event, seal_detail) for event in reading.events)
    if seal_detail is not None:
        return replace(reading, events=events)
    left_out = Dropped(reason=NARRATIVE_NOT_SEALED, count=told)
    return replace(reading, events=events, dropped=(*reading.dropped, left_out))


def _sealed(event: Event, seal_detail: SealDetail | None) -> Event:
    if event.detail is None:
        return event
    sealed = None if seal_detail is None else seal_detail(event.detail, event.source_key)
    return replace(event, detail=sealed)
