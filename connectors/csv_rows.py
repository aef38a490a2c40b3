"""Reads one CSV file row by row, so that a broken row costs only itself.

UTF-16 with a byte order mark; else UTF-8, and a line that is not is read as Windows-1252. Any line
ending, commas and line ends inside double quotes.
"""

import codecs
import csv
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from hub.errors import ConfigurationError

LINES_PER_ROW_MAX: Final = 500
"""A narrative may hold line ends; a quote that is never closed must not swallow the file."""

LINE_CHARACTERS_MAX: Final = 1 << 20
"""Of one line in memory: what is longer is no row of an export."""

ROW_EXPECTED: Final = "a row of CSV with its quotes closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns a file must have, and which are read where it has them; others never.

    Attributes:
        required: the columns without which the file cannot be used.
        optional: those that may be left out; ``None`` reads every column under its own name.
        any_case: whether a header's letters may stand in either case.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] | None = ()
    any_case: bool = True

    def places(self, header: Sequence[str], file_name: str) -> Mapping[str, int]:
        """Answer where each column that is read stands.

        Raises:
            ConfigurationError: one that is needed is missing, or one that is read stands twice.
        """
        names = [name.casefold() for name in header] if self.any_case else list(header)
        count = Counter(names)
        first = {name: at for at, name in reversed(tuple(enumerate(names)))}
        missing = [column for column in self.required if column not in count]
        if missing:
            raise ConfigurationError(
                f"{file_name}: column {', '.join(missing)} is missing;"
                " a header row with names separated by commas was expected."
            )
        own = names if self.optional is None else (*self.required, *self.optional)
        wanted = [name for name in dict.fromkeys(own) if name]
        twice = [column for column in wanted if count[column] > 1]
        if twice:
            raise ConfigurationError(f"{file_name}: column {', '.join(twice)} stands twice.")
        return {column: first[column] for column in wanted if column in first}


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: the line it begins on, from 1, and its cells by column, without outer spaces.

    ``flaw`` says what was expected of a row whose cells cannot be told apart; it has none then.
    """

    line: int
    cells: Mapping[str, str] = field(default_factory=dict, repr=False)
    flaw: str = ""


def read_csv(path: Path, columns: Columns) -> Iterator[CsvRow]:
    """Yield the rows of a file in order; empty lines are passed over.

    Raises:
        ConfigurationError: the file has no header, lacks a column that is needed, or has one twice.
    """
    with _opened(path) as lines:
        reader = csv.reader(lines, strict=True)
        header = _header(reader, path)
        places = columns.places(header, path.name)
        while (row := _next_row(reader, lines, len(header), places)) is not None:
            if row.flaw or row.cells:
                yield row


def columns_in(path: Path, columns: Columns) -> frozenset[str]:
    """Answer which of the columns that would be read a file has, by its header alone.

    Raises:
        ConfigurationError: as ``read_csv``.
    """
    with _opened(path) as lines:
        return frozenset(columns.places(_header(csv.reader(lines, strict=True), path), path.name))


@contextmanager
def _opened(path: Path) -> Iterator["_Lines"]:
    wide = _is_utf_16(path)
    # Latin-1 gives every byte back as it was, so that each line can be decoded by itself.
    encoding = "utf-16" if wide else "latin-1"
    with path.open(encoding=encoding, errors="replace", newline="") as opened:
        yield _Lines(opened, decode=not wide)


def _next_row(
    reader: Iterator[list[str]], lines: "_Lines", width: int, places: Mapping[str, int]
) -> CsvRow | None:
    lines.begin_row()
    try:
        cells = next(reader)
    except StopIteration:
        return None
    except csv.Error:
        lines.give_back()
        return CsvRow(lines.first, flaw=ROW_EXPECTED)
    if not any(cell.strip() for cell in cells):
        return CsvRow(lines.first)
    if len(cells) < width or any(cells[width:]):
        lines.give_back()
        return CsvRow(lines.first, flaw=f"{width} cells, as many as the header has")
    return CsvRow(lines.first, {name: cells[at].strip() for name, at in places.items()})


def _header(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        names = [name.strip() for name in next(reader)]
    except (StopIteration, csv.Error):
        names = []
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ConfigurationError(
            f"{path.name} has no readable header row; an empty table has only its header."
        )
    return names


class _Lines:
    """Feeds lines to the CSV reader, and takes back those that a broken row had swallowed."""

    def __init__(self, opened: TextIO, *, decode: bool) -> None:
        self._opened = opened
        self._decode = decode
        self._again: deque[str | None] = deque()
        self._taken: list[str | None] = []
        self._read = 0
        self.first = 0
        """The line, from 1, on which the row at hand begins."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self._taken) >= LINES_PER_ROW_MAX:
            raise csv.Error("a row takes more lines than any row should")
        line = self._again.popleft() if self._again else self._next_line()
        self._taken.append(line)
        self._read += 1
        if line is None:
            raise csv.Error("a line is longer than any line should be")
        return line

    def begin_row(self) -> None:
        """Say that the next line begins a row."""
        self._taken.clear()
        self.first = self._read + 1

    def give_back(self) -> None:
        """Take back every line of the row but its first, to be read again as rows."""
        self._again.extendleft(reversed(self._taken[1:]))
        self._read -= max(0, len(self._taken) - 1)

    def _next_line(self) -> str | None:
        """Answer the next line of the file; ``None`` for one that is too long, which is skipped."""
        line = self._opened.readline(LINE_CHARACTERS_MAX)
        if not line:
            raise StopIteration
        if len(line) == LINE_CHARACTERS_MAX and not line.endswith(("\n", "\r")):
            while line and not line.endswith(("\n", "\r")):
                line = self._opened.readline(LINE_CHARACTERS_MAX)
            return None
        return _decoded(line, first=not self._read) if self._decode else line


def _decoded(line: str, *, first: bool) -> str:
    if line.isascii():
        return line
    data = line.encode("latin-1")
    try:
        return data.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _is_utf_16(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
