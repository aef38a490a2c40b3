"""The benchmark as a whole, with tiny numbers: each measure gives its rows and loses nothing."""

from pathlib import Path

import pytest

from tests.benchmark.a_run import rows_of_a_run

pytestmark = [pytest.mark.stack, pytest.mark.timeout(850)]


def _command_lines():
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().decode(errors="replace")
        except OSError:
            continue


@pytest.fixture(scope="module")
def place(reachable_directory):
    place = reachable_directory / "benchmark"
    place.mkdir()
    return place


@pytest.fixture(scope="module")
def rows(place):
    tiny = {
        "--seconds": "1",
        "--events": "20",
        "--preload": "40",
        "--index": "60",
        "--day-share": "0.0001",
        "--reports-a-second": "10",
        "--checks-a-second": "20",
    }
    arguments = [word for option in tiny.items() for word in option]
    return rows_of_a_run(place, *arguments)


def _of(rows, what):
    found = [row for row in rows if row["what"].startswith(what)]
    assert found
    return found


def test_single_reports_are_counted_for_known_and_new_children(rows):
    assert len(_of(rows, "Kafka -> committed")) == 2


def test_every_alert_is_seen_by_both_clients_alone_and_beside_a_bulk_load(rows):
    found = _of(rows, "report -> inbox")

    assert len(found) == 5
    assert all("0 not seen" in row["remark"] and row["latencies"]["count"] == 10 for row in found)
    assert sum("backfill events/s" in row["load"] for row in found) == 2
    assert sum("marks/s in school registers" in row["load"] for row in found) == 1


def test_every_check_is_answered_truly_and_audited(rows):
    steady, at_once = _of(rows, "check, at the client")

    assert "0 of 20 failed" in steady["remark"]
    assert "60 audit rows for 60 answers" in steady["remark"]
    assert "NO_PLAN_FOUND" in steady["remark"]
    assert "ON_PLAN" in steady["remark"]
    assert "CANNOT_SAY" not in steady["remark"]
    assert at_once["remark"].startswith("0 of 20 failed")


def test_a_history_is_imported_once_and_known_the_second_time(rows):
    first, again = _of(rows, "hub import health")

    visits = first["load"].split("load: ")[1].split()[0]
    assert int(visits) > 0
    assert f"; {visits} new, 0 known before; 0 in conflict, 0 reasons of refusal" in first["remark"]
    assert f"; 0 new, {visits} known before; 0 in conflict" in again["remark"]


def test_receive_alone_stores_every_event(rows):
    found = _of(rows, "receive alone")

    assert [row["remark"].split(" stored")[0] for row in found] == ["20", "20", "20", "3"]


def test_records_are_resolved_against_an_index_with_and_without_writing(rows):
    (resolved,) = _of(rows, "resolve: whose record it is")
    (linked,) = _of(rows, "link: whose record it is")
    (hard,) = _of(rows, "link: one hard record")

    assert "candidates each" in resolved["remark"]
    assert "everything written" in linked["load"]
    assert hard["latencies"]["count"] == 20


def test_two_school_days_are_played(rows):
    first, following = _of(rows, "a school day")

    assert "45 marks stored" in first["remark"]
    assert "90 marks stored" in following["remark"]


def test_nothing_of_it_is_left(rows, place):
    assert rows
    assert not list(place.glob("hub-benchmark-*"))
    assert not [line for line in _command_lines() if f"{place}/hub-benchmark" in line]


def test_a_search_by_name_is_answered_by_whom_it_is_of_and_each_council_has_its_report(rows):
    said = {row["what"]: row["remark"] for row in _of(rows, "search by name")}

    assert said["search by name, miss"] == "20 NONE"
    assert said["search by name, shielded"].endswith(" NONE")
    assert "ONE" in said["search by name, hit"]
    assert len(_of(rows, "report on matching")) == 4


def test_searches_are_timed_at_once_and_on_the_beat_and_held_against_misses(rows):
    said = {row["what"]: row["remark"] for row in _of(rows, "search over HTTP")}

    assert len(said) == 14
    for server in ("at once", "on the beat"):
        assert said[f"search over HTTP, {server}: miss"].endswith(" NONE")
        assert " ONE; told from miss by time: " in said[f"search over HTTP, {server}: hit"]
        assert " NARROW_IT; told" in said[f"search over HTTP, {server}: no given name"]
        assert "20 NOT_SEARCHED" in said[f"search over HTTP, {server}: number and birth date, hit"]


def test_a_backtest_replays_the_made_up_facts_beside_the_town(rows):
    (row,) = _of(rows, "hub backtest")

    events = int(row["load"].split()[0].replace(",", ""))
    assert events >= 25
    assert "looks of the rules" in row["remark"]
