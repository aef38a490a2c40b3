"""Reads the CSV files that identity is measured on: records with their truth, and their groups."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from hub.core.identity_given import COLUMNS, NEEDED, CellReader, GivenRecord
from hub.core.identity_groups import MISTAKE, GivenGroups
from hub.errors import ConfigurationError

RECORDS_MAX: Final = 1_000_000
"""They are held in memory: at about 5 kB a record more would not fit a usual machine."""

GROUP_COLUMNS: Final = ("record_id", "groups")
_ESCAPED: Final = re.compile("[\udc80-\udcff]")
"""What Python makes of bytes that are no UTF-8 (``surrogateescape``)."""

_NOT_TEXT: Final = ("pk\x03\x04", "ÿþ", "þÿ")
"""How a workbook begins (ZIP), and text in UTF-16, as a header is read: in lower case."""

_OTHER_MARKS: Final = {";": "semicolons", "\t": "tabs"}
"""What spreadsheets put between columns in other countries, and in text that is no CSV."""

BETWEEN: Final = "|"
"""Between two groups of a record."""


def read_records(path: Path, reader: CellReader) -> tuple[GivenRecord, ...]:
    """Answer the records of a file, in the order in which it has them.

    UTF-8, with or without a byte order mark, and what is not is read as Windows-1252; any line
    ending; commas, quotes and line ends inside double quotes; columns in any order, others passed
    over.

    Raises:
        ConfigurationError: the file cannot be read as such records; says the line and the column.
    """
    found: list[GivenRecord] = []
    lines: dict[str, int] = {}
    for line, cells in _rows(path, COLUMNS):
        _refuse_empty(path, line, cells)
        first = lines.setdefault(cells["record_id"], line)
        if first != line:
            raise _unusable(path, line, "record_id", f"is the same as on line {first}")
        if len(found) == RECORDS_MAX:
            raise ConfigurationError(f"{path.name}: at most {RECORDS_MAX:,} records are taken.")
        found.append(reader.record(cells, line))
    if not found:
        raise ConfigurationError(f"{path.name}: there is no record below the header.")
    return tuple(found)


def read_groups(path: Path) -> Mapping[str, GivenGroups]:
    """Answer the groups of each record of a file of groups.

    Its columns are ``record_id`` and ``groups``, with ``|`` between groups; ``told_as`` and
    ``mistakes`` are read where it has them, and others passed over.

    Raises:
        ConfigurationError: the file cannot be read as such; says the line and the column.
    """
    found: dict[str, GivenGroups] = {}
    kept: dict[str, str] = {}
    for line, cells in _rows(path, GROUP_COLUMNS):
        record_id = cells["record_id"]
        if not record_id:
            raise _unusable(path, line, "record_id", "is empty")
        if record_id in found:
            raise _unusable(path, line, "record_id", "stands on an earlier line too")
        mistakes = (f"{MISTAKE}{one}" for one in _split(cells.get("mistakes", "")))
        names = [*_split(cells["groups"]), *mistakes]
        found[record_id] = GivenGroups(
            groups=tuple(kept.setdefault(name, name) for name in names),
            told_as=cells.get("told_as") or None,
        )
    return found


def _split(cell: str) -> Iterator[str]:
    return (part.strip() for part in cell.split(BETWEEN) if part.strip())


def _refuse_empty(path: Path, line: int, cells: Mapping[str, str]) -> None:
    for column in NEEDED:
        if not cells[column]:
            raise _unusable(path, line, column, "is empty")


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each row's first line, from 1, and its cells by column; empty lines are passed over."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True)
        header: list[str] | None = None
        line = 1
        while (cells := _next(reader, path, line)) is not None:
            if header is None:
                header = _header(path, cells, needed)
            elif any(cells):
                if len(cells) != len(header):
                    raise ConfigurationError(
                        f"{path.name}, line {line}: {len(cells)} cells; {len(header)} were"
                        " expected, as many as the header has."
                    )
                yield line, dict(zip(header, cells, strict=True))
            line = reader.line_num + 1
        if header is None:
            raise ConfigurationError(f"{path.name}, line 1: a header row was expected.")


def _next(reader: Iterator[list[str]], path: Path, line: int) -> list[str] | None:
    try:
        return [_readable(cell).strip() for cell in next(reader)]
    except StopIteration:
        return None
    except csv.Error:
        raise ConfigurationError(
            f"{path.name}, line {line}: a row of CSV with its quotes closed was expected, and no"
            f" cell longer than {csv.field_size_limit():,} characters."
        ) from None


def _readable(cell: str) -> str:
    """Answer a cell in which bytes that were no UTF-8 are read as Windows-1252."""
    return cell if cell.isascii() else _ESCAPED.sub(_as_windows, cell)


def _as_windows(escaped: re.Match[str]) -> str:
    byte = bytes([ord(escaped[0]) - 0xDC00])
    try:
        return byte.decode("cp1252")
    except UnicodeDecodeError:
        return byte.decode("latin-1")  # five bytes that Windows-1252 leaves open


def _header(path: Path, cells: Sequence[str], needed: Sequence[str]) -> list[str]:
    header = [cell.casefold() for cell in cells]
    _refuse_other_forms(path, header)
    for column in needed:
        if header.count(column) != 1:
            wrong = "is missing" if column not in header else "stands twice"
            raise ConfigurationError(
                f"{path.name}, line 1: column {column} {wrong}; a header with"
                f" {', '.join(needed)} was expected."
            )
    return header


def _refuse_other_forms(path: Path, header: Sequence[str]) -> None:
    """Refuse by its own name what a spreadsheet writes when it is asked for something near."""
    first = header[0] if header else ""
    if "\0" in first or first.startswith(_NOT_TEXT):
        raise ConfigurationError(
            f"{path.name}: it is a workbook, or text of an encoding other than UTF-8; a file saved"
            " as CSV in UTF-8 was expected."
        )
    other = next((name for mark, name in _OTHER_MARKS.items() if mark in first), None)
    if len(header) == 1 and other:
        raise ConfigurationError(
            f"{path.name}, line 1: {other} stand between the columns; commas were expected."
        )


def _unusable(path: Path, line: int, column: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"{path.name}, line {line}, column {column}: it {why}.")
