"""What stands of a visit once all its messages are read, however they came."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.examples import examples_in
from connectors.health import connector
from hub.core.chronology import StoredEvent, fold_attendance
from hub.core.codec_json import to_jsonable
from hub.core.event import EventKind

EXAMPLES = {
    example.folder.name: example for example in examples_in(Path("connectors/health").resolve())
}


def attendances_of(example):
    """The attendances that stand after all messages of an example, by source key."""
    stored = {}
    for reading in connector.read(example.input, example.context):
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
                    received_at=example.context.started_at,
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
    assert len(attendances_of(EXAMPLES[name])) == standing


def test_a_discharge_that_was_taken_back_leaves_no_departure():
    (attendance,) = attendances_of(EXAMPLES["a_second_a01_with_an_a13_between"]).values()
    assert attendance.departed_at is None
    assert not attendance.left_before_seen


def test_the_discharge_from_a_ward_is_not_the_departure_from_the_department():
    (attendance,) = attendances_of(EXAMPLES["admitted_from_the_department"]).values()
    assert attendance.departed_at == datetime(2026, 11, 20, 13, 15, tzinfo=UTC)
    assert attendance.disposition is None
