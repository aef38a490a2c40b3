"""Reads rows of CSV and puts together those of one version of one incident."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from connectors.outcome import Refused
from connectors.police.records import Names, row_key
from hub.errors import ConfigurationError

LINES_PER_ROW_MAX: Final = 500
"""A narrative may hold line ends; a quote that is never closed must not swallow the file."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one version of one incident, or why a row could not be read."""

    line: int
    rows: Sequence[Row] = field(default=(), repr=False)
    flaw: Refused | None = None


def read_csv(path: Path, names: Names) -> Iterator[Rows]:
    """Yield the rows of each version of each incident; such rows stand one after the other.

    UTF-8, with or without a byte order mark; a line that is not is read as Windows-1252.

    Raises:
        ConfigurationError: there is no header, or it lacks the occurrence number or the update.
    """
    with path.open("rb") as stream:
        lines = _Lines(stream)
        reader = csv.reader(lines, strict=True)
        header = _header(reader, path, names)
        yield from _grouped(_rows(reader, lines, header), names)


def _grouped(rows: Iterator[Rows], names: Names) -> Iterator[Rows]:
    held: list[Row] = []
    first, key = 0, ("", "")
    for one in rows:
        if one.flaw is not None:
            if held:
                yield Rows(first, held)
            held = []
            yield one
            continue
        (row,) = one.rows
        if held and row_key(row, names) == key:
            held.append(row)
            continue
        if held:
            yield Rows(first, held)
        held, first, key = [row], one.line, row_key(row, names)
    if held:
        yield Rows(first, held)


def _rows(reader: Iterator[list[str]], lines: "_Lines", header: Sequence[str]) -> Iterator[Rows]:
    while True:
        first = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Rows(first, flaw=Refused("row", "a row of CSV with its quotes closed"))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(header) or any(cells[len(header) :]):
            expected = f"{len(header)} cells, as many as the header has"
            yield Rows(first, flaw=Refused("row", expected))
            continue
        told = zip(header, (cell.strip() for cell in cells), strict=False)
        yield Rows(first, [{name: cell for name, cell in told if name}])


def _header(reader: Iterator[list[str]], path: Path, names: Names) -> list[str]:
    try:
        header = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        raise ConfigurationError(f"{path.name} has no readable header row.") from None
    while header and not header[-1]:
        header.pop()
    own = {name: names.get(name, name) for name in ("occurrence_number", "updated_at")}
    missing = [column for column in own.values() if column not in header]
    if missing:
        raise ConfigurationError(f"{path.name}: column {', '.join(missing)} is missing.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise ConfigurationError(f"{path.name}: column {', '.join(twice)} stands twice.")
    return header


class _Lines:
    """Feeds lines to the CSV reader, decoded one by one, and counts them."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._read = 0
        self._begun = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._read - self._begun >= LINES_PER_ROW_MAX:
            raise csv.Error("a row takes more lines than any row should")
        line = next(self._lines)
        self._read += 1
        try:
            return line.decode("utf-8-sig" if self._read == 1 else "utf-8")
        except UnicodeDecodeError:
            return line.decode("cp1252", errors="replace")

    def begin_row(self) -> int:
        """Answer the line, from 1, on which the next row begins."""
        self._begun = self._read
        return self._read + 1
