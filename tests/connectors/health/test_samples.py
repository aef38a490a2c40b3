"""The national example messages, read where they lie: their licence is unclear."""

from pathlib import Path

import pytest

from connectors.health import connector
from hub.core.identity_change import Change
from tests.connectors.health.messages import CONTEXT, dropped

SAMPLES = Path(__file__).resolve().parents[4] / "shared/samples/health/hl7v2/itk-uk"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the national example messages are not beside this project"
)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("A01_example.txt", "not_emergency"),
        ("A03_example.txt", "not_emergency"),
        ("A04_example.txt", "not_emergency"),
        ("A08_example.txt", "not_emergency"),
        ("A05_Example.txt", "trigger_A05_not_handled"),
        ("A40_Example.txt", "adult"),
    ],
)
def test_ward_and_clinic_messages_are_left_out_by_name(name, reason):
    (reading,) = connector.read(SAMPLES / name, CONTEXT)
    assert dropped(reading) == {reason: 1}


@pytest.mark.parametrize("name", ["A28_Example.txt", "A31_example.txt"])
def test_demographics_with_a_placeholder_for_a_number_are_refused(name):
    (reading,) = connector.read(SAMPLES / name, CONTEXT)
    assert [refusal.field for refusal in reading.refusals] == ["PID-3"]


def test_the_example_of_a_merge_made_a_childs_is_a_merge(tmp_path):
    text = (SAMPLES / "A40_Example.txt").read_text(encoding="utf-8")
    child = text.replace("196512131515", "201501131515").replace("3333333333", "9990000018")
    (tmp_path / "adt.hl7").write_text(child, encoding="utf-8")
    (reading,) = connector.read(tmp_path, CONTEXT)
    (event,) = reading.events
    assert event.facts.change is Change.RECORDS_MERGED
    assert event.facts.former_local_id == "LOCALID|22789"
    assert event.subject.local_id == "NHS|9990000018"


def test_the_example_of_an_arrival_made_a_childs_is_an_attendance(tmp_path):
    text = (SAMPLES / "A04_example.txt").read_text(encoding="utf-8")
    child = text.replace("196512131515", "200501131515").replace("|O|West Wing", "|E|West Wing")
    (tmp_path / "adt.hl7").write_text(child, encoding="utf-8")
    (reading,) = connector.read(tmp_path, CONTEXT)
    (event,) = reading.events
    assert event.source_key == "RCB|VISITID|2141"
    assert event.facts.site_code == "RCB55"
    assert dropped(reading) == {"nhs_number_repeated_digit": 1}
