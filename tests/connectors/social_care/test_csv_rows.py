"""A broken row costs only itself, whoever saved the file and however."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.social_care.csv_rows import LINES_PER_ROW_MAX, read_rows
from connectors.social_care.tables import DEPARTMENTS, Row
from hub.errors import ConfigurationError

HEADER = "dept_team_id,dept_team_name"


def rows_of(folder, content):
    path = folder / "ssd_department.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path, DEPARTMENTS))


def told(rows):
    return [
        (row.line, row.text("dept_team_name") if isinstance(row, Row) else None) for row in rows
    ]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    text = f'{HEADER}\n1,"North\n2,South\n3,East'
    assert told(rows_of(tmp_path, text)) == [(2, None), (3, "South"), (4, "East")]


def test_an_unclosed_quote_far_from_the_end_costs_one_row(tmp_path):
    after = [f"{n},Team {n}" for n in range(LINES_PER_ROW_MAX * 2)]
    read = told(rows_of(tmp_path, "\n".join([HEADER, '1,"North', *after])))
    assert read[0] == (2, None)
    assert [name for _, name in read[1:]] == [f"Team {n}" for n in range(LINES_PER_ROW_MAX * 2)]


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(tmp_path):
    text = f'{HEADER}\n1,"North\n2,South\n3,"East\n4,West'
    assert told(rows_of(tmp_path, text)) == [(2, None), (3, "South"), (4, None), (5, "West")]


def test_a_row_with_too_few_or_too_many_cells_is_refused(tmp_path):
    text = f"{HEADER}\n1\n2,South,,\n3,East,more\n4,West"
    assert told(rows_of(tmp_path, text)) == [(2, None), (3, "South"), (4, None), (5, "West")]


def test_a_line_end_inside_quotes_belongs_to_its_cell_and_counts_as_a_line(tmp_path):
    text = f'{HEADER}\r\n1,"North, and\r\nEast"\r\n2,South\r\n'
    assert told(rows_of(tmp_path, text)) == [(2, "North, and\r\nEast"), (4, "South")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_encoding_that_councils_save_in_is_read(tmp_path, encoding):
    content = f"{HEADER}\n1,Équipe Zoë\n".encode(encoding)
    assert told(rows_of(tmp_path, content)) == [(2, "Équipe Zoë")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(tmp_path, line_end):
    assert told(rows_of(tmp_path, line_end.join([HEADER, "1,North", ""]))) == [(2, "North")]


def test_headers_are_read_in_any_case_and_order_and_other_columns_ignored(tmp_path):
    text = 'extra, DEPT_TEAM_NAME ,"Dept_Team_Id"\nx,North,1\n'
    (row,) = rows_of(tmp_path, text)
    assert (row.text("dept_team_id"), row.text("dept_team_name")) == ("1", "North")
    assert row.text("extra") == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no readable header"),
        ("dept_team_id\n1\n", "column dept_team_name is missing"),
        ("dept_team_id;dept_team_name\n", "names separated by commas"),
        (f"{HEADER},dept_team_id\n", "column dept_team_id stands twice"),
    ],
)
def test_a_file_without_its_columns_is_refused_by_name(tmp_path, text, sentence):
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        rows_of(tmp_path, text)
    assert "ssd_department.csv" in str(caught.value)


def test_what_exports_write_for_nothing_is_read_as_nothing(tmp_path):
    text = f"{HEADER}\n1,NULL\n2,PLACEHOLDER_DATA\n3,Null\n"
    assert [name for _, name in told(rows_of(tmp_path, text))] == ["", "", "Null"]


@given(
    good=st.lists(st.text(alphabet='abc,"\n é', min_size=1).map(str.strip).filter(bool), max_size=8)
)
def test_rows_written_by_the_csv_rules_are_read_back(tmp_path_factory, good):
    quoted = ['{},"{}"'.format(n, name.replace('"', '""')) for n, name in enumerate(good)]
    text = "\n".join([HEADER, *quoted]) + "\n"
    read = rows_of(tmp_path_factory.mktemp("rows"), text)
    assert [row.text("dept_team_name") for row in read] == good
