"""Reads one CSV file of a delivery, row by row.

UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252; headers in any case.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.schools.tables import Row, Table
from connectors.text_encoding import text_encoding
from hub.errors import ConfigurationError

_NOTHING: Final = "NULL"


def read_rows(path: Path, table: Table) -> Iterator[Row]:
    """Yield the rows of a table in order.

    Raises:
        ConfigurationError: the file is not CSV, has no header or not the columns that are needed.
    """
    with path.open(encoding=text_encoding(path), newline="") as opened:
        reader = csv.reader(opened, strict=True)
        try:
            places = _places(next(reader, []), table)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield Row(table, reader.line_num, _cells(cells, places))
        except csv.Error:
            raise ConfigurationError(
                f"{table.file_name}:{reader.line_num}: a row of CSV was expected; a quote that is"
                " never closed makes the rest of the file unreadable."
            ) from None


def _places(header: list[str], table: Table) -> dict[str, int]:
    names = [name.strip().casefold() for name in header]
    missing = [column for column in table.required if column not in names]
    if missing:
        raise ConfigurationError(
            f"{table.file_name}: column {', '.join(missing)} is missing;"
            " a header row with names separated by commas was expected."
        )
    twice = [column for column in table.columns if names.count(column) > 1]
    if twice:
        raise ConfigurationError(f"{table.file_name}: column {', '.join(twice)} stands twice.")
    return {column: names.index(column) for column in table.columns if column in names}


def _cells(cells: list[str], places: dict[str, int]) -> dict[str, str]:
    told = {name: cells[at].strip() for name, at in places.items() if at < len(cells)}
    return {name: "" if text == _NOTHING else text for name, text in told.items()}
