"""`hub identity evaluate`: what it prints, and that nothing of anybody is in it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.commands.identity import app
from hub.commands.identity_shown import percent
from hub.core.identity_given import COLUMNS
from hub.errors import ConfigurationError

DEPLOYED = Path(__file__).parents[2] / "deploy" / "policies"
ROWS = (
    "r1,p1,RAE,Ann,Ashworth,2020-01-01,F,BD1 1AA,10 Park Road,9990000018,,2026-01-01",
    "r2,p1,E08000032,Ann,Ashworth,2020-01-01,F,BD1 1AA,,999 000 0018,,2026-01-02",
    "r3,p1,POL13,,Ashworth,2020-01-01,F,BD1 1AA,,,,2026-01-03",
    "r4,p2,POL13,Ben,Barnes,2018-05-05,M,,,1111111111,,2026-01-04",
    "r5,p2,URN107442,Benedict,Hill,,M,BD2 1AA,,,,2026-01-05",
)
GROUPS = (
    *("r1,p1/0,twin|origin: British,", "r2,p1/0,twin|origin: British,"),
    *("r3,p1/1,twin,typo", "r4,p2/0,,", "r5,p2/0,,"),
)


@pytest.fixture
def files(tmp_path):
    people, groups = tmp_path / "people.csv", tmp_path / "people.groups.csv"
    people.write_text("\n".join([",".join(COLUMNS), *ROWS]) + "\n")
    groups.write_text("\n".join(["record_id,told_as,groups,mistakes", *GROUPS]) + "\n")
    return people, groups


def run(*arguments):
    done = CliRunner().invoke(app, ["evaluate", *map(str, arguments)])
    if isinstance(done.exception, ConfigurationError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def in_json(*arguments):
    return json.loads(run(*arguments, "--json"))


def test_the_counts_are_those_of_the_file(files):
    told = in_json(files[0])
    assert (told["records"], told["people"], told["clusters"], told["clusters_right"]) == (
        *(5, 2, 4),
        0,
    )
    pairs = told["pairs"]
    assert (pairs["true"], pairs["linked"], pairs["right"]) == (4, 1, 1)
    assert (pairs["precision"], pairs["recall"], pairs["f1"]) == (1.0, 0.25, 0.4)
    assert (pairs["missed"], pairs["in_review"], pairs["missed_in_review"]) == (3, 2, 2 / 3)
    assert told["no_strong_identifier_shared"]["true"] == 3
    assert told["verdicts"] == {
        "matched": {"records": 1, "right": 1},
        "new": {"records": 2, "right": 2},
        "possible": {"records": 1, "right": 1},
        "waiting": {"records": 1, "right": 0},
    }
    assert [one["records"] for one in told["by_evidence"]] == [1, 2, 1, 1]
    assert told["by_evidence"][0] == {
        "verdict": "matched",
        "evidence": [
            *("NHS number equal", "birth date equal", "surname sound equal"),
            *("given name equal", "postcode equal"),
        ],
        "records": 1,
        "right": 1,
    }
    assert told["review"] == {"records": 1, "questions": 1, "questions_right": 1}
    assert told["agencies"] == {"council": 1, "health": 1, "police": 2, "school": 1}
    assert told["left_out"] == [["nhs_number", "repeated_digit", 1]]
    assert (told["wide_keys"], told["missed_pairs_known_to_schools_only"]) == ({}, 0)
    assert told["by_group"]["missing fields"]["records"] == 3
    assert "tellable" not in pairs


def test_groups_of_a_file_stand_in_place_of_those_found_and_say_what_could_be_told(files):
    told = in_json(files[0], "--groups", files[1])
    assert set(told["by_group"]) == {"twin", "origin: British"}
    assert told["by_group"]["twin"]["records"] == 3
    assert (told["pairs"]["tellable"], told["pairs"]["tellable_recall"]) == (2, 0.5)
    assert told["by_mistake"]["typo"]["missed"] == 2


def test_two_runs_give_the_same_but_for_the_time(files):
    first, second = in_json(files[0]), in_json(files[0])
    for told in (first, second):
        assert told.pop("seconds") >= 0
        assert told.pop("records_per_second") >= 0
    assert first == second


def test_the_table_says_the_same_and_nothing_of_anybody(files):
    shown = run(*files[:1], "--groups", files[1])
    assert "5 records of 2 people" in shown
    row = next(line for line in shown.splitlines() if line.startswith("all "))
    assert " ".join(row.split()) == (
        "all 5 4 1 1 100.00 % 25.00 % 40.00 % 3 66.67 % 2 50.00 % 0.00 %"
    )
    for word in ("Ann", "Ashworth", "9990000018", "BD1", "r1", "p1", "typo"):
        assert word not in shown


def test_what_each_kind_of_key_finds_is_told_in_pairs_and_nothing_of_anybody(files):
    told = in_json(files[0])["keys"]
    assert (told["true"], told["found"]) == (4, 3)
    assert told["by_kind"]["nhs"] == {
        "records": 2,
        "keys": 1,
        "largest": 2,
        "pairs": 1,
        "alone": 0,
    }
    shown = run(files[0], "--keys")
    assert "Of 4 true pairs 75.00 % share a key" in shown
    assert "names_birth" in shown
    assert "Ashworth" not in shown


def test_schools_found_children_only_if_asked_to(files):
    verdicts = in_json(files[0], "--schools-found")["verdicts"]
    assert verdicts["new"]["records"] == 3
    assert "waiting" not in verdicts


def test_the_bands_of_a_directory_of_policies_can_be_tried(tmp_path):
    rows = (
        "r1,p1,RAE,Ann,Ashworth,2020-01-01,F,BD1 1AA,10 Park Road,,,2026-01-01",
        "r2,p1,POL13,Ann,Ashwerth,2020-01-01,F,BD1 1AA,,,,2026-01-02",
    )
    people = tmp_path / "people.csv"
    people.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    policies = tmp_path / "policies"
    policies.mkdir()
    bands = "[matching]\nlink = 0.99999999\nlink_unnamed = 0.99999999\nreview = 0.02\n"
    (policies / "hub.toml").write_text((DEPLOYED / "hub.toml").read_text() + bands)

    assert set(in_json(people)["verdicts"]) == {"new", "matched"}
    assert set(in_json(people, "--policies", policies)["verdicts"]) == {"new", "possible"}


def test_a_file_of_groups_without_a_record_is_refused(files):
    files[1].write_text("record_id,groups\nr1,twin\n")
    with pytest.raises(ConfigurationError, match="4 of 5 records have no row"):
        run(files[0], "--groups", files[1])


def test_cells_that_want_a_look_are_named_by_line_and_column_and_not_by_what_they_hold(files):
    odd = (
        "r6,p3,RAE,Cy,Quill,2999-01-30,X,BD1 1AA,,,,2026-01-06",
        "r7,p4,RAE,Di,Quill,30/02/2019,banana,ZZ99 3VZ,,,,yesterday",
    )
    files[0].write_text(files[0].read_text() + "\n".join(odd) + "\n")

    flawed = in_json(files[0])["flawed_cells"]
    told = sorted((line, column, flaw) for line, column, flaw, _ in flawed)
    said = run(files[0])

    assert told == [
        (5, "nhs_number", "left out"),
        (7, "date_of_birth", "taken as written"),
        (7, "sex", "taken as not specified"),
        (8, "date_of_birth", "left out"),
        (8, "postcode", "left out"),
        (8, "recorded_at", "left out"),
        (8, "sex", "left out"),
    ]
    assert (
        "line 7, column date_of_birth: taken as written; a day from 1900 to today, such as"
        " 2020-03-04 or 04/03/2020, was expected"
    ) in said
    for held in ("2999", "banana", "ZZ99", "yesterday", "Quill"):
        assert held not in said


@pytest.mark.parametrize(
    ("right", "of", "shown"),
    [
        (1, 1, "100.00 %"),
        (999_999, 1_000_000, "> 99.99 %"),
        (9_999, 10_000, "99.99 %"),
        (1, 1_000_000, "< 0.01 %"),
        (0, 7, "0.00 %"),
        (0, 0, "-"),
    ],
)
def test_a_share_is_never_shown_as_all_or_none_unless_it_is(right, of, shown):
    assert percent(right / of if of else None) == shown
