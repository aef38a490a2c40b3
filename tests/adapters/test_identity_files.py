"""Files of strangers: what can be read is read, what cannot is named by line and column alone."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.identity_files import read_groups, read_records
from hub.core.identity_given import COLUMNS, CellReader
from hub.errors import ConfigurationError

HEADER = ",".join(COLUMNS)
ANN = "r1,p1,RAE,Ann,Ashworth,2020-01-01,F,BD1 1AA,10 Park Road,9990000018,,2026-11-22"


def a_file(tmp_path, content, *, encoding="utf-8"):
    path = tmp_path / "people.csv"
    path.write_bytes(content.encode(encoding))
    return path


def read(path):
    return read_records(path, CellReader())


def refusal(path, reading=read):
    with pytest.raises(ConfigurationError) as refused:
        reading(path)
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_of_another_encoding_is_refused_as_such(tmp_path, encoding):
    path = a_file(tmp_path, f"{HEADER}\n{ANN}\n", encoding=encoding)
    assert "CSV in UTF-8 was expected" in refusal(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ending_and_a_byte_order_mark_are_read(tmp_path, end):
    path = a_file(tmp_path, end.join(["\ufeff" + HEADER, ANN, "", ANN.replace("r1", "r2"), ""]))
    assert [one.record_id for one in read(path)] == ["r1", "r2"]


def test_columns_may_stand_in_any_order_and_case_with_others_between(tmp_path):
    header = [*reversed(COLUMNS), "note"]
    row = [*reversed(ANN.split(",")), "x"]
    path = a_file(tmp_path, ",".join(header).upper() + "\n" + ",".join(row) + "\n")
    (record,) = read(path)
    assert (record.person, record.subject.family_name) == ("p1", "Ashworth")


def test_line_ends_and_commas_inside_quotes_belong_to_the_cell(tmp_path):
    quoted = ANN.replace("10 Park Road", '"Flat 2, 10 Park Road\r\nBradford"')
    path = a_file(tmp_path, f"{HEADER}\n{quoted}\n{ANN.replace('r1', 'r2')}\n")
    first, second = read(path)
    assert first.subject.address_lines == ("Flat 2", "10 Park Road", "Bradford")
    assert second.record_id == "r2"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_an_accent_and_an_apostrophe_are_read_in_either_encoding(tmp_path, encoding):
    row = ANN.replace("Ann", "Zoë").replace("Ashworth", "O’Brien")  # noqa: RUF001  # as Word types it
    (record,) = read(a_file(tmp_path, f"{HEADER}\n{row}\n", encoding=encoding))
    told = record.subject
    assert (told.given_names, told.family_name) == (("Zoë",), "O’Brien")  # noqa: RUF001  # as above


@given(st.binary(max_size=200))
def test_any_bytes_below_a_header_are_records_or_refused_in_words(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "people.csv"
    path.write_bytes(f"{HEADER}\n{ANN}\n".encode() + content)
    with suppress(ConfigurationError):
        assert read(path)[0].record_id == "r1"


def test_a_record_id_that_comes_twice_is_refused_by_both_lines(tmp_path):
    quoted = ANN.replace("10 Park Road", '"10 Park Road\nBradford"')
    said = refusal(a_file(tmp_path, f"{HEADER}\n{quoted}\n{ANN}\n"))
    assert said == "people.csv, line 4, column record_id: it is the same as on line 2."


@pytest.mark.parametrize(("column", "cell"), [("record_id", "r1"), ("person_id", "p1")])
def test_a_row_without_an_id_is_refused_by_line_and_column(tmp_path, column, cell):
    said = refusal(a_file(tmp_path, f"{HEADER}\n{ANN.replace(cell, ' ')}\n"))
    assert said == f"people.csv, line 2, column {column}: it is empty."


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_that_is_missing_is_named(tmp_path, column):
    header = HEADER.replace(column, "other")
    assert f"line 1: column {column} is missing" in refusal(a_file(tmp_path, header + "\n"))


def test_a_column_that_stands_twice_is_named(tmp_path):
    said = refusal(a_file(tmp_path, HEADER + ",upn\n"))
    assert "column upn stands twice" in said


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "line 1: a header row was expected"),
        (f"{HEADER}\n", "no record below the header"),
        (f"{HEADER}\n{ANN},more\n", "line 2: 13 cells; 12 were expected"),
        (f"{HEADER}\n{ANN}\nr2,p2\n", "line 3: 2 cells; 12 were expected"),
        (f'{HEADER}\n{ANN}\nr2,"p2\n', "line 3: a row of CSV with its quotes closed"),
        (f"{HEADER}\n{ANN}\nr2,{'p' * 200_000}\n", "no cell longer than 131,072 characters"),
        (f"{HEADER}\n{ANN}\n".replace(",", ";"), "line 1: semicolons stand between the columns"),
        (f"{HEADER}\n{ANN}\n".replace(",", "\t"), "line 1: tabs stand between the columns"),
        ("PK\x03\x04\x14\0", "saved as CSV in UTF-8 was expected"),
    ],
)
def test_what_is_no_table_is_refused_by_its_line(tmp_path, content, expected):
    said = refusal(a_file(tmp_path, content))
    assert expected in said
    assert "Ashworth" not in said


def test_groups_are_read_with_labels_and_mistakes_where_they_are(tmp_path):
    path = a_file(tmp_path, "record_id,told_as,groups,mistakes\nr1,p1/0,twin|by: gp,typo\nr2,,,\n")
    found = read_groups(path)
    assert found["r1"].groups == ("twin", "by: gp", "mistake: typo")
    assert (found["r1"].told_as, found["r2"].told_as, found["r2"].groups) == ("p1/0", None, ())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("record_id\nr1\n", "line 1: column groups is missing"),
        ("record_id,groups\nr1,a\nr1,b\n", "line 3, column record_id: it stands on an earlier"),
        ("record_id,groups\n,a\n", "line 2, column record_id: it is empty"),
    ],
)
def test_groups_that_cannot_be_read_are_refused_by_line_and_column(tmp_path, content, expected):
    assert expected in refusal(a_file(tmp_path, content), read_groups)
