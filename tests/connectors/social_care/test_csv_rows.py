"""What a council's own files write for nothing."""

from connectors.social_care.csv_rows import read_rows
from connectors.social_care.tables import DEPARTMENTS


def test_what_exports_write_for_nothing_is_read_as_nothing(tmp_path):
    path = tmp_path / DEPARTMENTS.file_name
    header = "dept_team_id,dept_team_name"
    path.write_text(f"{header}\n1,NULL\n2,PLACEHOLDER_DATA\n3,Null\n")
    assert [row.text("dept_team_name") for row in read_rows(path, DEPARTMENTS)] == ["", "", "Null"]
