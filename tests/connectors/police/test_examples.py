"""Every folder in examples/ is a test: exports of a force, and word for word what becomes of them.

``events.jsonl`` holds the events, one a line, in the order of the records. ``noticed.json`` holds
each record by its place, with how many events it became and what was refused, left out or noted.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext, Reading
from connectors.police import connector
from hub.core import codec
from hub.core.codec_json import event_from_jsonable, event_to_json
from hub.core.intake_event import EventContext, ValidEvent, judge_event
from hub.core.report import Feed
from hub.core.seal import EventDigests
from tests.core.a_report import REGISTRY

FOLDER = Path("connectors/police/examples").resolve()
EXAMPLES = sorted(folder.parent for folder in FOLDER.glob("*/input"))
CONTEXT = ConnectorContext(started_at=datetime(2026, 11, 22, 12, tzinfo=UTC), test_numbers=True)


def readings_of(example):
    own = example / "mapping.toml"
    mapping = own if own.exists() else FOLDER / "mapping.toml"
    return list(connector.read(example / "input", replace(CONTEXT, mapping_path=mapping)))


def told_by(example):
    readings = readings_of(example)
    events = [event_to_json(event) + "\n" for reading in readings for event in reading.events]
    noticed = [_noticed(reading) for reading in readings]
    return {
        "events.jsonl": "".join(events),
        "noticed.json": json.dumps(noticed, indent=2, ensure_ascii=False) + "\n",
    }


def _noticed(reading: Reading):
    told = {
        "reference": reading.reference,
        "events": len(reading.events),
        "refusals": [f"{refusal.field}: {refusal.expected}" for refusal in reading.refusals],
        "dropped": {dropped.reason: dropped.count for dropped in reading.dropped},
        "faults": [f"{fault.code}: {fault.subject}" for fault in reading.faults],
    }
    return {name: value for name, value in told.items() if value not in ([], {})}


def test_there_are_examples():
    assert len(EXAMPLES) >= 30


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_records_become_exactly_these_events(example):
    told = told_by(example)
    expected = {name: (example / name).read_text(encoding="utf-8") for name in told}
    assert told == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_hub_stores_every_event_of_an_example(example):
    context = EventContext(
        feed=Feed.POLICE,
        agency="POL13",
        received_at=CONTEXT.started_at + timedelta(minutes=1),
        schemas=REGISTRY,
        digests=EventDigests(b"k" * 32),
        test_numbers=True,
    )
    for reading in readings_of(example):
        for event in reading.events:
            judged = judge_event(0, codec.encode_event(event, REGISTRY), context)
            assert isinstance(judged, ValidEvent), judged
            assert judged.event == event
            plain = json.loads(event_to_json(event))
            assert event_from_jsonable(plain, test_numbers=True) == event
