"""Files and folders of a force, in every format, and what cannot be read of them."""

import json
from pathlib import Path

import pytest

from connectors.csv_rows import LINES_PER_ROW_MAX
from connectors.police.records import TEXT_CHARACTERS_MAX
from connectors.police.shape import CHILDREN_MAX
from connectors.police.structured_file import DEPTH_MAX, INCIDENT_BYTES_MAX, LINE_BYTES_MAX
from hub.core.codec_json import event_to_json
from hub.errors import ConfigurationError
from tests.connectors.police.conftest import MIRA, an_incident

EXAMPLES = Path("connectors/police/examples").resolve()


def lines_of(example):
    return (EXAMPLES / example / "events.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("form", ["csv", "xml"])
def test_the_same_incident_becomes_the_same_events_from_every_format(form):
    from_json = lines_of("an_incident_with_one_child_there_and_one_away")
    assert lines_of(f"the_same_incident_as_{form}") == from_json


def test_the_files_of_a_folder_are_read_by_name_and_others_passed_over(exports):
    exports.file("b.json", json.dumps(an_incident(occurrence_number="2")))
    exports.file("a.jsonl", json.dumps(an_incident(occurrence_number="1")) + "\n")
    exports.file("notes.txt", "not an export")
    exports.file(".hidden.json", "{")
    references = [reading.reference for reading in exports.read()]
    assert references == ["a.jsonl incident 1", "b.json incident 1"]


def test_one_file_can_be_read(exports):
    exports.file("a.json", json.dumps(an_incident()))
    (reading,) = exports.read(exports.inside / "a.json")
    assert len(reading.events) == 1


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_what_is_no_export_is_refused_by_name(exports, name):
    exports.file("notes.txt", "not an export")
    with pytest.raises(ConfigurationError, match=name):
        exports.read(exports.inside / name)


def test_a_mapping_file_is_needed_and_must_be_of_the_force_that_reports(exports):
    with pytest.raises(ConfigurationError, match="mapping file"):
        exports.read(mapping_path=None)
    with pytest.raises(ConfigurationError, match="POL14"):
        exports.read(agency="POL14")
    assert exports.read(agency="POL13") == []


def test_a_line_that_is_too_long_costs_only_itself(exports):
    good = json.dumps(an_incident())
    exports.file("a.jsonl", f"{'x' * (LINE_BYTES_MAX + 10)}\n{good}\n")
    first, second = exports.read()
    assert first.refusals[0].field == "line"
    assert len(second.events) == 1


def test_a_quote_that_is_never_closed_costs_a_bounded_number_of_lines(exports):
    header = "occurrence_number,updated_at,circumstances,child_person_id\r\n"
    good = "2,2026-11-21T02:15:00Z,x,N1\r\n"
    exports.file("a.csv", header + '1,"' + "\r\n" * (LINES_PER_ROW_MAX + 5) + good)
    *refused, last = exports.read()
    assert all(reading.refusals for reading in refused)
    assert len(last.events) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no readable header"),
        ("occurrence_number,x\r\n", "updated_at is missing"),
        ("occurrence_number,updated_at,x,x\r\n", "x stands twice"),
    ],
)
def test_a_csv_whose_header_cannot_be_used_is_refused_whole(exports, content, told):
    exports.file("a.csv", content)
    with pytest.raises(ConfigurationError, match=told):
        exports.read()


def test_xml_nested_too_deep_is_not_read_on(exports):
    deep = DEPTH_MAX + 2
    exports.file("a.xml", "<a>" * deep + "</a>" * deep)
    (reading,) = exports.read()
    assert reading.refusals[0].expected == f"elements at most {DEPTH_MAX} deep"


def test_xml_of_elements_without_end_is_not_gathered_in_memory(exports):
    """Not one character of text: the elements themselves count."""
    exports.file("a.xml", "<all><one>" + "<a/>" * (INCIDENT_BYTES_MAX + 1))
    (reading,) = exports.read()
    assert reading.refusals[0].expected == f"at most {INCIDENT_BYTES_MAX} characters"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"children": [MIRA] * (CHILDREN_MAX + 1)}, "children"),
        ({"circumstances": "x" * (TEXT_CHARACTERS_MAX + 1)}, "circumstances"),
        ({"children": [{**MIRA, "relationships": 7}]}, "child_relationships"),
    ],
)
def test_an_incident_beyond_every_limit_is_refused_and_the_next_is_read(exports, changes, field):
    refused, good = exports.told(an_incident(**changes), an_incident(occurrence_number="2"))
    assert refused.refusals[0].field == field
    assert len(good.events) == 1


def test_a_refusal_never_repeats_what_stood_there(exports):
    stood = "Ashworth of 4 Made Up Row"
    readings = exports.told(an_incident(updated_at=stood, force=stood, status=stood))
    assert stood not in str(readings)


def test_a_bug_of_ours_costs_one_incident_and_is_shown(exports, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr("connectors.police.mapping.read_case", broken)
    (reading,) = exports.told(an_incident())
    assert reading.events == ()
    assert [fault.code for fault in reading.faults] == ["connector_bug"]
    assert "ZeroDivisionError" in reading.refusals[0].expected


def test_reading_again_tells_the_same(exports):
    told = [event_to_json(event) for event in exports.events(an_incident())]
    assert told == [event_to_json(event) for event in exports.events(an_incident())]


def test_a_folder_with_one_csv_that_cannot_be_used_is_refused_before_anything_is_told(exports):
    exports.file("1.json", json.dumps(an_incident()))
    exports.file("2.csv", "")
    with pytest.raises(ConfigurationError, match=r"2\.csv has no readable header"):
        exports.read()


def test_a_column_that_the_mapping_names_and_the_file_lacks_is_a_fault_of_the_feed(exports):
    exports.says(
        'version = 1\nforce = "13"\n[names]\nofficer_grade = "Risk"\nended_at = "Times.End"\n'
        'adult_role = "Role"\n'
    )
    header = "occurrence_number,updated_at,child_person_id"
    exports.file("a.csv", f"{header}\n1,2026-11-21T02:15:00Z,N1\n2,2026-11-21T02:15:00Z,N1\n")
    exports.file("b.csv", f"{header},Risk\n3,2026-11-21T02:15:00Z,N1,high\n")
    told = [[(one.code, one.subject) for one in reading.faults] for reading in exports.read()]
    assert told == [[("mapped_column_missing", "officer_grade")], [], []]
