"""The FEBRL sets in our columns, on files of their form."""

import csv

import pytest

from training.febrl import NotFebrl, british, hyphened, main, nhs_number, rows_of
from training.population.files import HEADER
from training.population.numbers import is_valid_nhs_number

TOP = (
    "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state,"
    " date_of_birth, soc_sec_id\n"
)
ORIGINAL = (
    "rec-7-org, lachlan, berry, 69, giblin street, killarney, bittern, 4814, qld, 19990219, 7364009"
    "\n"
)
DUPLICATE = "rec-7-dup-0, lachlan, bery, , giblin street, , bittern, 4841, qld, 19990231, \n"
STRANGER = "rec-12-org, , waller, 6, tullaroop street, willaroo, st james, 4011, wa, , 6988048\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dataset1.csv").write_text(TOP + ORIGINAL + STRANGER + DUPLICATE)
    (tmp_path / "dataset4a.csv").write_text(TOP + ORIGINAL)
    (tmp_path / "dataset4b.csv").write_text(TOP + DUPLICATE)
    return tmp_path


def by_column(rows):
    return [dict(zip(HEADER, row, strict=True)) for row in rows]


def test_a_record_and_its_duplicate_are_one_person_and_no_other(folder):
    original, stranger, duplicate = by_column(rows_of(1, folder))
    assert original["person_id"] == duplicate["person_id"] != stranger["person_id"]
    assert len({row["record_id"] for row in (original, stranger, duplicate)}) == 3
    assert original["address"] == "69 giblin street, killarney, bittern, qld"
    assert duplicate["address"] == "giblin street, bittern, qld"
    assert duplicate["date_of_birth"] == "1999-02-31"
    assert stranger["given_name"] == stranger["date_of_birth"] == ""
    assert {row["nhs_number"] for row in (original, stranger, duplicate)} == {""}


def test_the_ids_of_records_do_not_tell_the_truth(folder):
    assert [row[0] for row in rows_of(1, folder)] == ["f1-00000", "f1-00001", "f1-00002"]


def test_the_two_files_of_set_4_are_two_agencies_one_after_the_other(folder):
    one, other = by_column(rows_of(4, folder))
    assert (one["agency"], other["agency"]) == ("FEBRL4A", "FEBRL4B")
    assert one["recorded_at"] < other["recorded_at"]
    assert one["person_id"] == other["person_id"]


def test_numbers_come_when_they_are_asked_for(folder):
    original, _, duplicate = by_column(rows_of(1, folder, numbers=True))
    assert is_valid_nhs_number(original["nhs_number"])
    assert duplicate["nhs_number"] == ""


def test_every_social_security_number_becomes_another_valid_number():
    numbers = [nhs_number(f"{number:07d}") for number in range(0, 10_000_000, 2_503)]
    assert all(number.startswith("9") and is_valid_nhs_number(number) for number in numbers)
    assert len(numbers) == len(set(numbers))
    assert nhs_number("12345") == ""


def test_postcodes_stay_equal_and_other_ones_stay_other():
    assert british("4011") == "AL40 1BB"
    assert len({british(f"{number:04d}") for number in range(10_000)}) == 10_000
    assert (british("40x1"), british("")) == ("40x1", "")


def test_dates_are_hyphened_as_they_are():
    assert (hyphened("19081209"), hyphened("19330231")) == ("1908-12-09", "1933-02-31")
    assert (hyphened("1908"), hyphened("")) == ("1908", "")


def test_a_row_that_does_not_say_whose_it_is_is_refused(tmp_path):
    (tmp_path / "dataset2.csv").write_text(TOP + ORIGINAL.replace("rec-7-org", "7"))
    with pytest.raises(NotFebrl, match="Row 1 of FEBRL2"):
        list(rows_of(2, tmp_path))


def test_the_command_writes_the_columns_that_were_agreed(folder, tmp_path, capsys):
    out = tmp_path / "set1.csv"
    main(["--set", "1", "--out", str(out), "--folder", str(folder)])
    assert "3 records of 2 people in set1.csv" in capsys.readouterr().out
    with out.open(encoding="utf-8", newline="") as file:
        assert tuple(next(csv.reader(file))) == HEADER


def test_a_folder_without_the_sets_is_said_to_be_so(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--set", "3", "--out", str(tmp_path / "x.csv"), "--folder", str(tmp_path)])
    assert "dataset3.csv cannot be read" in capsys.readouterr().err
