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
from hub.core.codec_json import event_to_json

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
