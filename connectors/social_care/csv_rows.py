"""Reads one CSV file of an extract, row by row, so that a broken row costs only itself.

UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252. Any line ending,
headers in any case, commas and line ends inside quotes.
"""

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from connectors.social_care.tables import Row, Table, UnreadableRow
from connectors.text_encoding import text_encoding
from hub.errors import ConfigurationError

LINES_PER_ROW_MAX: Final = 200
"""A quote that is never closed must not swallow the rest of the file."""

_EMPTY: Final = frozenset({"NULL", "PLACEHOLDER_DATA"})
"""What exports write for nothing: SQL Server's tools, and the dataset's own placeholder."""


def read_rows(path: Path, table: Table) -> Iterator[Row | UnreadableRow]:
    """Yield the rows of a table in order; a row that cannot be told apart is yielded as that.

    Raises:
        ConfigurationError: the file has no header, or a column that is needed is missing.
    """
    with path.open(encoding=text_encoding(path), errors="replace", newline="") as opened:
        lines = _Lines(opened)
        reader = csv.reader(lines, strict=True)
        width, columns = _header(reader, table)
        while True:
            lines.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                lines.give_back()
                yield UnreadableRow(table, lines.first)
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < width or any(cells[width:]):
                lines.give_back()
                yield UnreadableRow(table, lines.first)
                continue
            yield Row(table, lines.first, {name: _clean(cells[at]) for name, at in columns.items()})


def _header(reader: Iterator[Sequence[str]], table: Table) -> tuple[int, Mapping[str, int]]:
    """Answer how many columns there are, and where each that is read stands."""
    try:
        names = [name.strip().casefold() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise ConfigurationError(
            f"{table.file_name} has no readable header row; an empty table has only its header."
        ) from None
    while names and not names[-1]:
        names.pop()
    missing = [column for column in table.required if column not in names]
    if missing:
        raise ConfigurationError(
            f"{table.file_name}: column {', '.join(missing)} is missing;"
            " a header row with names separated by commas was expected."
        )
    twice = [column for column in table.columns if names.count(column) > 1]
    if twice:
        raise ConfigurationError(f"{table.file_name}: column {', '.join(twice)} stands twice.")
    return len(names), {column: names.index(column) for column in table.columns if column in names}


def _clean(cell: str) -> str:
    text = cell.strip()
    return "" if text in _EMPTY else text


class _Lines:
    """Feeds lines to the CSV reader, and takes back those that a broken row had swallowed."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._read = 0
        self.first = 0
        """The line, from 1, on which the row at hand begins."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self._taken) >= LINES_PER_ROW_MAX:
            raise csv.Error("a row takes more lines than any row should")
        line = self._again.popleft() if self._again else next(self._lines)
        self._taken.append(line)
        self._read += 1
        return line

    def begin_row(self) -> None:
        """Say that the next line begins a row."""
        self._taken.clear()
        self.first = self._read + 1

    def give_back(self) -> None:
        """Take back every line of the row but its first, to be read again as rows."""
        self._again.extendleft(reversed(self._taken[1:]))
        self._read -= len(self._taken) - 1
