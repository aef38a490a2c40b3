"""Every folder in examples/ is a test: an extract, and word for word what is made of it.

``events.jsonl`` holds the events, one a line. ``noticed.json`` holds what else the readings say:
slices, refusals, faults, what was left out, and which plans are stated as open.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext, Reading
from connectors.social_care import connector
from hub.adapters.schemas import shipped_schemas
from hub.core.codec import decode_event, encode_event
from hub.core.codec_json import event_to_json
from hub.core.intake_event import EventContext, ValidEvent, judge_event
from hub.core.report import Feed
from hub.core.seal import EventDigests

EXAMPLES = sorted(
    folder.parent for folder in Path("connectors/social_care/examples").resolve().glob("*/input")
)
CONTEXT = ConnectorContext(started_at=datetime(2026, 11, 22, 12, tzinfo=UTC), test_numbers=True)


def told_by(example):
    readings = list(connector.read(example / "input", CONTEXT))
    events = [event_to_json(event) + "\n" for reading in readings for event in reading.events]
    noticed = [_noticed(reading) for reading in readings]
    return {
        "events.jsonl": "".join(events),
        "noticed.json": json.dumps(noticed, indent=2, ensure_ascii=False) + "\n",
    }


def _noticed(reading: Reading):
    told = {"reference": reading.reference, "read_count": reading.read_count}
    if reading.extract is not None:
        told["events"] = len(reading.events)
        told["full"] = reading.extract.full
        told["refusals"] = [f"{r.reference} {r.field}: {r.expected}" for r in reading.refusals]
        told["faults"] = [f"{fault.code} {fault.subject}" for fault in reading.faults]
        told["dropped"] = {dropped.reason: dropped.count for dropped in reading.dropped}
    if reading.statement is not None:
        told["open_plans"] = [plan.source_key for plan in reading.statement.open_plans]
    return told


def test_there_are_examples():
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_extract_becomes_exactly_these_events(example):
    told = told_by(example)
    expected = {name: (example / name).read_text(encoding="utf-8") for name in told}
    assert told == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_hub_reads_back_and_stores_every_event_that_names_its_authority(example):
    registry = shipped_schemas()
    judging = EventContext(
        feed=Feed.SOCIAL_CARE,
        agency="E08000035",
        received_at=CONTEXT.started_at,
        schemas=registry,
        digests=EventDigests(bytes(32)),
        test_numbers=True,
    )
    for reading in connector.read(example / "input", CONTEXT):
        for place, event in enumerate(reading.events):
            encoded = encode_event(event, registry)
            assert decode_event(encoded, registry, test_numbers=True).event == event
            if event.facts.authority is not None:
                judged = judge_event(place, encoded, judging)
                assert isinstance(judged, ValidEvent)
                assert judged.flags == ()
