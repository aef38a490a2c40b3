"""A broken row costs only itself, whoever saved the file and however."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.csv_rows import LINE_CHARACTERS_MAX, LINES_PER_ROW_MAX, Columns, read_csv
from hub.errors import ConfigurationError

HEADER = "team_id,team_name"
TEAMS = Columns(required=("team_id", "team_name"), optional=("closed",))


def rows_of(folder, content):
    path = folder / "teams.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_csv(path, TEAMS))


def told(rows):
    return [(row.line, None if row.flaw else row.cells["team_name"]) for row in rows]


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
    text = 'extra, TEAM_NAME ,"Team_Id"\nx,North,1\n'
    (row,) = rows_of(tmp_path, text)
    assert row.cells == {"team_id": "1", "team_name": "North"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no readable header"),
        ("team_id\n1\n", "column team_name is missing"),
        ("team_id;team_name\n", "names separated by commas"),
        (f"{HEADER},team_id\n", "column team_id stands twice"),
    ],
)
def test_a_file_without_its_columns_is_refused_by_name(tmp_path, text, sentence):
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        rows_of(tmp_path, text)
    assert "teams.csv" in str(caught.value)


def test_a_line_of_another_encoding_costs_no_other_line_its_letters(tmp_path):
    content = f"{HEADER}\n1,Équipe\n".encode() + "2,Zoë\n".encode("cp1252")
    assert told(rows_of(tmp_path, content)) == [(2, "Équipe"), (3, "Zoë")]


def test_a_line_without_an_end_costs_one_row_and_little_memory(tmp_path):
    text = f"{HEADER}\n1,{'x' * (LINE_CHARACTERS_MAX * 2 + 10)}\n2,South\n"
    assert told(rows_of(tmp_path, text)) == [(2, None), (3, "South")]


def test_every_column_is_read_under_its_own_name_where_that_is_asked_for(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Key,Name,\n1,North,\n")
    (row,) = read_csv(path, Columns(required=("Key",), optional=None, any_case=False))
    assert row.cells == {"Key": "1", "Name": "North"}
    with pytest.raises(ConfigurationError, match="column key is missing"):
        list(read_csv(path, Columns(required=("key",), optional=None, any_case=False)))


@given(
    good=st.lists(st.text(alphabet='abc,"\n é', min_size=1).map(str.strip).filter(bool), max_size=8)
)
def test_rows_written_by_the_csv_rules_are_read_back(tmp_path_factory, good):
    quoted = ['{},"{}"'.format(n, name.replace('"', '""')) for n, name in enumerate(good)]
    text = "\n".join([HEADER, *quoted]) + "\n"
    read = rows_of(tmp_path_factory.mktemp("rows"), text)
    assert [row.cells["team_name"] for row in read] == good


@pytest.mark.timeout(60)
def test_a_header_of_a_hundred_thousand_columns_is_read_in_a_moment(tmp_path):
    """Each is looked up once: looking through all of them for each would take hours."""
    path = tmp_path / "wide.csv"
    count = 120_000
    path.write_text(",".join(f"{n:x}" for n in range(count)) + "\n" + "," * (count - 1) + "\n")
    columns = Columns(required=("0",), optional=None, any_case=False)
    assert list(read_csv(path, columns)) == []
