"""Every folder in examples/ is a test: a delivery, and word for word what is made of it.

``events.jsonl`` holds the events, one a line. ``noticed.json`` holds what else the readings say:
whose register, whether it is complete, refusals, faults, and what was left out.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext
from connectors.schools import connector
from hub.adapters.schemas import shipped_schemas
from hub.core.codec import decode_event, encode_event
from hub.core.codec_json import event_to_json
from hub.core.intake_event import EventContext, ValidEvent, judge_event
from hub.core.intake_order import check_attendance_register
from hub.core.report import Feed
from hub.core.seal import EventDigests

EXAMPLES = sorted(
    folder.parent for folder in Path("connectors/schools/examples").resolve().glob("*/input")
)
CONTEXT = ConnectorContext(started_at=datetime(2026, 11, 20, 15, tzinfo=UTC), test_numbers=True)


def told_by(example):
    readings = list(connector.read(example / "input", CONTEXT))
    events = [event_to_json(event) + "\n" for reading in readings for event in reading.events]
    noticed = [_noticed(reading) for reading in readings]
    return {
        "events.jsonl": "".join(events),
        "noticed.json": json.dumps(noticed, indent=2, ensure_ascii=False) + "\n",
    }


def _noticed(reading):
    register = reading.attendance_register
    return {
        "reference": reading.reference,
        "agency": reading.agency,
        "complete": register.complete if register else None,
        "read_count": reading.read_count,
        "events": len(reading.events),
        "refusals": [f"{r.reference} {r.field}: {r.expected}" for r in reading.refusals],
        "faults": [f"{fault.code} {fault.subject}" for fault in reading.faults],
        "dropped": {dropped.reason: dropped.count for dropped in reading.dropped},
    }


def test_there_are_examples():
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_delivery_becomes_exactly_these_events(example):
    told = told_by(example)
    expected = {name: (example / name).read_text(encoding="utf-8") for name in told}
    assert told == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_hub_reads_back_and_stores_every_event(example):
    registry = shipped_schemas()
    for reading in connector.read(example / "input", CONTEXT):
        judging = EventContext(
            feed=Feed.SCHOOLS,
            agency=reading.agency,
            received_at=CONTEXT.started_at,
            schemas=registry,
            digests=EventDigests(bytes(32)),
            test_numbers=True,
        )
        register = reading.attendance_register
        check_attendance_register(register, Feed.SCHOOLS, reading.agency, CONTEXT.started_at)
        for place, event in enumerate(reading.events):
            encoded = encode_event(event, registry)
            assert decode_event(encoded, registry, test_numbers=True).event == event
            judged = judge_event(place, encoded, judging)
            assert isinstance(judged, ValidEvent)
            assert judged.flags == ()
