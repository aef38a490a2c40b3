"""Slices, statements, files that are missing or cut off, and folders of several extracts."""

import dataclasses
import random
import re
from pathlib import Path

import pytest

from connectors.outcome import CONNECTOR_BUG
from connectors.social_care import connector, mapping
from connectors.social_care.slices import OPEN_PLANS_PER_SLICE_MAX
from connectors.social_care.tables import (
    DELETIONS,
    EPISODES,
    IDENTIFIERS,
    OPEN_PLANS,
    PERSON,
    PLANS,
    TABLES,
)
from hub.core.event import EventKind, EventState
from hub.core.report import REFUSALS_PER_REPORT_MAX, REGISTER_ROW_REFUSED, Feed
from hub.errors import ConfigurationError


def slices_of(readings):
    return [reading for reading in readings if reading.extract is not None]


def events_of(readings):
    return [event for reading in readings for event in reading.events]


def open_keys(readings):
    stated = [reading.statement for reading in readings if reading.statement is not None]
    return [plan.source_key for statement in stated for plan in statement.open_plans]


def refused(extract, context):
    with pytest.raises(ConfigurationError) as caught:
        extract.read(context)
    return str(caught.value)


def test_the_connector_is_for_the_social_care_feed():
    assert connector.feed is Feed.SOCIAL_CARE


def test_a_large_extract_is_cut_into_slices_that_each_say_how_many_there_are(extract, context):
    extract.children_on_plans(1203)
    slices = slices_of(extract.read(context))
    assert [len(reading.events) for reading in slices] == [500, 500, 203]
    assert [(r.extract.slice, r.extract.slices) for r in slices] == [(0, 3), (1, 3), (2, 3)]
    assert len({reading.extract.extract_id for reading in slices}) == 1
    assert all(reading.extract.full for reading in slices)
    assert len({event.source_key for event in events_of(slices)}) == 1203
    assert sum(reading.read_count for reading in slices) == 1203


def test_a_full_extract_without_a_plan_is_one_slice_and_states_that_nothing_is_open(
    extract, context
):
    readings = extract.read(context)
    assert [len(reading.events) for reading in slices_of(readings)] == [0]
    (statement,) = [r.statement for r in readings if r.statement is not None]
    assert (statement.slices, statement.open_plans) == (1, ())


def test_a_long_statement_is_cut_into_slices(extract, context):
    count = OPEN_PLANS_PER_SLICE_MAX + 1
    extract.says(full=False)
    rows = [f"child_protection_plan,p{n},c{n}" for n in range(count)]
    extract.table(OPEN_PLANS, rows)
    statements = [r.statement for r in extract.read(context) if r.statement is not None]
    assert [len(s.open_plans) for s in statements] == [OPEN_PLANS_PER_SLICE_MAX, 1]
    assert [(s.slice, s.slices) for s in statements] == [(0, 2), (1, 2)]


def test_the_statement_of_a_full_extract_lists_exactly_the_plans_without_an_end(extract, context):
    extract.children_on_plans(3)
    extract.table(PLANS, ["p1,c00001,2026-01-01,", "p2,c00002,2026-01-01,2026-11-20"])
    readings = extract.read(context)
    still = [event.source_key for event in events_of(readings) if event.facts.ended_on is None]
    assert open_keys(readings) == still == ["child_protection_plan|c00001|p1"]


def test_more_refusals_than_a_report_holds_are_spread_over_more_slices(extract, context):
    count = REFUSALS_PER_REPORT_MAX + 10
    extract.table(PLANS, [f"p{n},c{n},never," for n in range(count)])
    slices = slices_of(extract.read(context))
    assert [len(reading.refusals) for reading in slices] == [REFUSALS_PER_REPORT_MAX, 10]
    for reading in slices:
        assert [(f.code, f.subject) for f in reading.faults] == [
            ("register_row_refused", "ssd_cp_plans")
        ]


def test_beyond_the_limit_refusals_are_counted_and_the_plans_still_stated(extract, context):
    extract.table(PLANS, [f"p{n:05},c{n},never," for n in range(1500)])
    readings = extract.read(context)
    listed = sum(len(reading.refusals) for reading in readings)
    dropped = {d.reason: d.count for reading in readings for d in reading.dropped}
    assert (listed, dropped["refusal_not_listed"]) == (1000, 500)
    assert len(open_keys(readings)) == 1500


def test_the_fault_of_a_refusal_that_is_not_listed_is_told_all_the_same(extract, context):
    columns = (*PLANS.required, "cppl_cp_plan_initial_category")
    unlisted = ["z1,z1,never,,NEG"]
    rows = [f"p{n:05},c{n:05},2026-01-01,,odd" for n in range(1000)] + unlisted
    extract.table(PERSON, [f"c{n:05},Given,Madeup,2015-01-01," for n in range(1000)])
    extract.table(PLANS, rows, columns)
    readings = extract.read(context)
    assert not any(r.field == "cppl_cp_plan_start_date" for s in readings for r in s.refusals)
    assert ("register_row_refused", "ssd_cp_plans") in {
        (fault.code, fault.subject) for reading in readings for fault in reading.faults
    }


def test_reading_twice_tells_the_same_to_the_byte(extract, context):
    extract.children_on_plans(30)
    assert extract.read(context) == extract.read(context)


def test_the_order_of_rows_in_the_files_changes_no_event(extract, context):
    rows = {
        PERSON: [f"c{n},Given,Madeup,2015-01-01," for n in range(9)],
        PLANS: [f"p{n},c{n},2026-01-01," for n in range(9)],
        EPISODES: [f"e{n},c{n % 3},2026-0{n + 1}-01,," for n in range(9)],
        IDENTIFIERS: [f"c{n},NHS Number,9990100004" for n in range(9)],
    }
    for table, lines in rows.items():
        extract.table(table, lines)
    first = events_of(extract.read(context))
    chance = random.Random(7)  # noqa: S311  # shuffles rows
    for table, lines in rows.items():
        extract.table(table, chance.sample(lines, len(lines)))
    assert events_of(extract.read(context)) == first


@pytest.mark.parametrize("table", [PERSON, PLANS, EPISODES], ids=lambda table: table.name)
def test_a_full_extract_without_a_table_is_refused_for_it_would_end_every_plan_in_it(
    extract, context, table
):
    extract.without(table)
    sentence = refused(extract, context)
    assert f"{table.file_name} is missing" in sentence


def test_changes_with_plans_need_the_people(extract, context):
    extract.says(full=False)
    extract.without(PERSON)
    assert "ssd_person.csv is missing" in refused(extract, context)


def test_changes_may_be_deletions_alone(extract, context):
    extract.says(full=False)
    for table in (PERSON, PLANS, EPISODES):
        extract.without(table)
    extract.table(DELETIONS, ["ssd_cp_plans,p1,c1"])
    events = events_of(extract.read(context))
    assert {event.state for event in events} == {EventState.WITHDRAWN}
    assert {event.kind for event in events} == {
        EventKind.CHILD_PROTECTION_PLAN,
        EventKind.UNBORN_CHILD_PROTECTION_PLAN,
    }


def test_changes_alone_state_nothing(extract, context):
    extract.says(full=False)
    extract.children_on_plans(2)
    assert [reading.statement for reading in extract.read(context)] == [None]


def test_an_announced_statement_needs_its_file(extract, context):
    extract.says(full=False, statement=True)
    assert "open_plans.csv is missing" in refused(extract, context)


def test_a_statement_file_stands_before_what_the_tables_say(extract, context):
    extract.children_on_plans(2)
    extract.table(OPEN_PLANS, ["child_protection_plan,p00000,c00000"])
    assert open_keys(extract.read(context)) == ["child_protection_plan|c00000|p00000"]


def test_a_file_that_is_cut_off_is_refused(extract, context):
    extract.children_on_plans(5)
    extract.says(full=True, rows={"ssd_cp_plans": 6})
    assert "ssd_cp_plans.csv has 5 rows and extract.json says 6" in refused(extract, context)


def test_a_csv_file_whose_name_is_mistyped_is_refused(extract, context):
    (extract.folder / "deletion.csv").write_text("table,id,person_id\n", encoding="utf-8")
    assert "deletion.csv is not a file that an extract has" in refused(extract, context)


def test_other_tables_of_the_dataset_are_not_opened(extract, context):
    (extract.folder / "ssd_contacts.csv").write_bytes(b"\xff\x00 not a table")
    assert len(slices_of(extract.read(context))) == 1


def test_file_names_are_read_in_any_case(extract, context):
    extract.children_on_plans(1)
    (extract.folder / "ssd_cp_plans.csv").rename(extract.folder / "SSD_CP_PLANS.CSV")
    assert len(events_of(extract.read(context))) == 1


def test_several_extracts_are_read_in_the_order_of_their_as_at(extract_in, context, tmp_path):
    extract_in("a").says(full=True, as_at="2026-11-20T02:00:00Z")
    extract_in("b").says(full=True, as_at="2026-11-19T02:00:00Z")
    read = [r.source_as_of.day for r in connector.read(tmp_path, context) if r.extract]
    assert read == [19, 20]


def test_two_extracts_of_one_instant_are_refused(extract_in, context, tmp_path):
    extract_in("a")
    extract_in("b")
    with pytest.raises(ConfigurationError, match="a and b have the same as_at"):
        connector.read(tmp_path, context)


def test_a_wrong_extract_among_several_stops_all_before_the_first(extract_in, context, tmp_path):
    extract_in("a").says(full=True, as_at="2026-11-19T02:00:00Z")
    extract_in("b").says(full="perhaps")
    with pytest.raises(ConfigurationError, match=r"b/extract\.json: full must be true or false"):
        connector.read(tmp_path, context)


def test_a_path_without_an_extract_is_refused(tmp_path, context):
    with pytest.raises(ConfigurationError, match=r"has no extract\.json"):
        connector.read(tmp_path, context)
    with pytest.raises(ConfigurationError, match="is not a folder"):
        connector.read(tmp_path / "nothing", context)


def test_a_mapping_file_is_refused_for_there_is_none(extract, context):
    with_mapping = dataclasses.replace(context, mapping_path=Path("mapping.toml"))
    assert "has no mapping file" in refused(extract, with_mapping)


def test_a_test_number_is_left_out_on_a_live_feed(extract, context):
    extract.children_on_plans(1)
    extract.table(IDENTIFIERS, ["c00000,NHS Number,9990100004"])
    live = dataclasses.replace(context, test_numbers=False)
    readings = extract.read(live)
    assert events_of(readings)[0].subject.nhs_number is None
    assert readings[0].dropped[0].reason == "nhs_number_test_number"


def test_no_value_from_a_cell_stands_in_a_refusal_or_a_repr(extract, context):
    cell = "Zzsecret"
    extract.table(PERSON, [f"c1,{cell},{cell},{cell},{cell}", f"{cell}|,x,x,,"])
    extract.table(PLANS, [f"p1,c1,2026-01-01,{cell}", f"{cell}|,c1,2026-01-01,"])
    extract.table(EPISODES, [f"e1,c1,{cell},,{cell}"])
    extract.table(IDENTIFIERS, [f"c1,NHS Number,{cell}", f"c1,UPN,{cell}"])
    extract.table(DELETIONS, [f"{cell},{cell},c1"])
    readings = extract.read(context)
    assert sum(len(reading.refusals) for reading in readings) >= 6
    said = repr([(r.reference, r.refusals, r.faults, r.dropped, r.events) for r in readings])
    assert cell not in said


def test_the_template_has_every_column_that_is_read(context):
    template = Path("connectors/social_care/template")
    for table in TABLES:
        if table is not OPEN_PLANS:
            header = (template / table.file_name).read_text(encoding="utf-8").strip()
            assert header == ",".join(table.columns)
    readings = list(connector.read(template, context))
    assert [len(reading.events) for reading in readings] == [0, 0]


def test_the_readme_names_every_column_that_is_read():
    readme = Path("connectors/social_care/README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", readme))
    missing = {c for table in TABLES for c in table.columns} - named
    assert missing == set()


def test_a_bug_of_ours_costs_one_person_and_flaws_the_register(extract, context, monkeypatch):
    read_person = mapping.read_person

    def failing(rows, *more):
        if rows.person_id == "c00001":
            raise ValueError("a bug that repeats a cell: Given1")
        return read_person(rows, *more)

    monkeypatch.setattr(mapping, "read_person", failing)
    extract.children_on_plans(3)
    (told, *_) = slices_of(extract.read(context))
    assert len(told.events) == 2
    assert {fault.code for fault in told.faults} == {REGISTER_ROW_REFUSED, CONNECTOR_BUG}
    assert [refusal.reference for refusal in told.refusals] == ["ssd_cp_plans.csv:3"]
    assert "Given1" not in repr(told.refusals) + repr(told.faults)


@pytest.mark.parametrize(
    ("written", "told"), [("E4A", "E4A"), ("x1", "X1"), ("Home to his aunt Jo Madeup", None)]
)
def test_why_a_period_ended_is_told_by_its_code_and_never_in_words(extract, context, written, told):
    """It is stored as it is told: words could name somebody."""
    extract.table(PERSON, ["c1,Mira,Madeup,2015-01-01,"])
    row = f"e1,c1,2026-01-01,2026-06-01,{written}"
    last = "e2,c1,2026-08-01,2026-09-01,E8"
    extract.table(EPISODES, [row, last] if told == "X1" else [row])
    ended = events_of(extract.read(context))
    expected = "E8" if told == "X1" else told
    assert [event.facts.end_reason for event in ended] == [expected]
