"""Every folder in examples/ is a test: HL7 v2 messages, and word for word what becomes of them.

``events.jsonl`` holds the events, one a line, in the order of the messages. ``noticed.json`` holds
each message by name, with how many events it became and what was refused, left out or noted.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext, Reading
from connectors.health import connector
from hub.core import codec
from hub.core.chronology import StoredEvent, fold_attendance
from hub.core.codec_json import event_from_jsonable, event_to_json, to_jsonable
from hub.core.event import EventKind
from hub.core.intake_event import EventContext, ValidEvent, judge_event
from hub.core.report import Feed
from hub.core.seal import EventDigests
from tests.core.a_report import REGISTRY

FOLDER = Path("connectors/health/examples").resolve()
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
def test_messages_become_exactly_these_events(example):
    told = told_by(example)
    expected = {name: (example / name).read_text(encoding="utf-8") for name in told}
    assert told == expected


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_hub_stores_every_event_of_an_example(example):
    context = EventContext(
        feed=Feed.HEALTH,
        agency="RCB",
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


def attendances_of(example):
    """The attendances that stand after all messages of an example, by source key."""
    stored = {}
    for reading in readings_of(example):
        for event in reading.events:
            if event.kind is EventKind.EMERGENCY_ATTENDANCE:
                revision = f"{event.source_key}@{event.revision}".encode()
                stored.setdefault(event.source_key, {})[revision] = StoredEvent(
                    event_id=revision,
                    fact_key=event.source_key.encode(),
                    record_ref=event.subject.local_id.encode(),
                    agency="RCB",
                    kind=event.kind,
                    revision=event.revision,
                    state=event.state,
                    occurred_at=event.occurred_at,
                    recorded_at=event.recorded_at,
                    received_at=CONTEXT.started_at,
                    facts=to_jsonable(event)["facts"],
                    cleared=event.cleared,
                    shielded=event.shielded,
                )
    folded = {key: fold_attendance(tuple(some.values())) for key, some in stored.items()}
    return {key: attendance for key, attendance in folded.items() if attendance is not None}


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("a_visit_from_arrival_to_discharge", 1),
        ("admissions_out_of_order_and_twice", 1),
        ("a_second_a01_with_an_a13_between", 1),
        ("cancelled_then_admitted_again_without_a_birth_date", 1),
        ("a_visit_that_was_cancelled", 0),
        ("admitted_from_the_department", 1),
        ("an_elective_stay", 0),
        ("two_visits_of_one_child", 2),
        ("the_same_control_id_twice", 2),
    ],
)
def test_the_attendances_that_stand_are_counted_once(name, standing):
    assert len(attendances_of(FOLDER / name)) == standing


def test_a_discharge_that_was_taken_back_leaves_no_departure():
    (attendance,) = attendances_of(FOLDER / "a_second_a01_with_an_a13_between").values()
    assert attendance.departed_at is None
    assert not attendance.left_before_seen


def test_the_discharge_from_a_ward_is_not_the_departure_from_the_department():
    (attendance,) = attendances_of(FOLDER / "admitted_from_the_department").values()
    assert attendance.departed_at == datetime(2026, 11, 20, 13, 15, tzinfo=UTC)
    assert attendance.disposition is None
