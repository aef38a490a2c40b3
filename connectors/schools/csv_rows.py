"""Reads one CSV file of a delivery as rows of its table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.csv_rows import Columns, read_csv
from connectors.schools.tables import Row, Table

_NOTHING: Final = "NULL"


def read_rows(path: Path, table: Table) -> Iterator[Row]:
    """Yield the rows of a table in order; one whose cells cannot be told apart has only a flaw.

    Raises:
        ConfigurationError: the file has no header or not the columns that are needed.
    """
    for row in read_csv(path, Columns(required=table.required, optional=table.optional)):
        cells = {name: "" if cell == _NOTHING else cell for name, cell in row.cells.items()}
        yield Row(table, row.line, cells, row.flaw)
