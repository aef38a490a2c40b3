"""What becomes of numbers that were replaced, and of signals that name one alone."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext
from connectors.csv_rows import CsvRow
from connectors.nhs_numbers import connector
from connectors.nhs_numbers.mapping import map_row
from connectors.nhs_numbers.signal import map_signal
from connectors.outcome import LeftOut, Refused
from hub.core.event import EventState
from hub.core.identity_change import Change

CONTEXT = ConnectorContext(started_at=datetime(2026, 11, 22, 12, tzinfo=UTC), test_numbers=True)
CELLS = {"old": "9990000018", "new": "9990000026", "changed_at": "2026-11-21T10:00:00Z"}
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "health" / "events" / "mns"


def told(**cells):
    (event,) = map_row(CsvRow(2, CELLS | cells), CONTEXT, reference="superseded.csv:2").events
    return event


def test_the_new_number_is_the_subjects_and_the_old_one_the_former():
    event = told()
    assert event.facts.change is Change.NUMBER_SUPERSEDED
    assert event.facts.former_nhs_number.reveal() == "9990000018"
    assert event.subject.nhs_number.reveal() == "9990000026"


def test_taken_back_it_is_the_same_change_later():
    back = told(withdrawn="Y", changed_at="2026-11-21T11:00:00Z")
    assert back.state is EventState.WITHDRAWN
    assert back.source_key == told().source_key
    assert back.revision > told().revision


@pytest.mark.parametrize(
    ("column", "cell"),
    [("old", "9990000017"), ("new", ""), ("new", "9990000018"), ("changed_at", "2026-11-21")],
)
def test_a_row_that_does_not_say_both_numbers_and_when_is_refused_by_its_column(column, cell):
    with pytest.raises(Refused) as refused:
        told(**{column: cell})
    assert refused.value.field == column
    assert "999" not in refused.value.expected


def signal(**fields):
    return json.dumps({"type": "nhs-number-change-2", "subject": "9990000018"} | fields).encode()


def test_a_signal_alone_tells_no_change_and_is_refused_by_name():
    with pytest.raises(Refused) as refused:
        map_signal(signal(), frozenset())
    assert refused.value.field == "dataref"
    assert "looked up" in refused.value.expected
    assert "999" not in str(refused.value)


def test_a_signal_whose_number_has_been_looked_up_is_counted_and_passed_over():
    with pytest.raises(LeftOut) as left_out:
        map_signal(signal(), frozenset({"9990000018"}))
    assert left_out.value.reason == "signal_looked_up"


@pytest.mark.parametrize("subject", [None, [], 7, {"nhsNumber": None}, {}])
def test_a_signal_of_nobody_is_refused_as_well(subject):
    with pytest.raises(Refused):
        map_signal(signal(subject=subject), frozenset({"9990000018"}))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b'{"entry": 1}', b"[" * 9000])
def test_what_is_no_signal_is_refused(content):
    with pytest.raises(Refused):
        map_signal(content, frozenset())


def test_rows_are_read_before_the_signals_whatever_the_files_are_called(tmp_path):
    (tmp_path / "a.json").write_bytes(signal())
    header, cells = ",".join(CELLS), ",".join(CELLS.values())
    (tmp_path / "superseded.csv").write_text(f"{header}\n{cells}\n")
    readings = list(connector.read(tmp_path, CONTEXT))
    assert [one.reference for one in readings] == ["superseded.csv:2", "a.json"]
    assert not any(one.refusals for one in readings)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of public samples is not here")
def test_every_published_signal_is_read_and_none_tells_a_change_by_itself():
    readings = list(connector.read(SAMPLES, CONTEXT))
    assert readings
    assert not any(one.events or one.faults for one in readings)
    changes = {one.reference for one in readings if one.refusals}
    assert changes == {
        "nhs-number-change-2-signal.json",
        "cloudevent-nhsNumberChange2Signal.json",
        "cloudevent-nhsNumberChangeSignal.json",
    }
