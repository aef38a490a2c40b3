"""Reads one CSV file of an extract as rows of its table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.csv_rows import Columns, read_csv
from connectors.social_care.tables import Row, Table, UnreadableRow

_EMPTY: Final = frozenset({"NULL", "PLACEHOLDER_DATA"})
"""What exports write for nothing: SQL Server's tools, and the dataset's own placeholder."""


def read_rows(path: Path, table: Table) -> Iterator[Row | UnreadableRow]:
    """Yield the rows of a table in order; a row that cannot be told apart is yielded as that.

    Raises:
        ConfigurationError: the file has no header, or a column that is needed is missing.
    """
    for row in read_csv(path, Columns(required=table.required, optional=table.optional)):
        if row.flaw:
            yield UnreadableRow(table, row.line)
        else:
            yield Row(table, row.line, {name: _clean(cell) for name, cell in row.cells.items()})


def _clean(cell: str) -> str:
    return "" if cell in _EMPTY else cell
