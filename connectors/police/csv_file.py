"""Reads rows of CSV and puts together those of one version of one incident."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connectors.csv_rows import Columns, CsvRow, columns_in, read_csv
from connectors.outcome import Refused
from connectors.police.mapping_file import LISTS
from connectors.police.records import Names, row_key

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one version of one incident, or why a row could not be read."""

    line: int
    rows: Sequence[Row] = field(default=(), repr=False)
    flaw: Refused | None = None


def read_incidents(path: Path, names: Names) -> Iterator[Rows]:
    """Yield the rows of each version of each incident; such rows stand one after the other.

    Raises:
        ConfigurationError: there is no header, or it lacks the occurrence number or the update.
    """
    yield from _grouped(map(_read, read_csv(path, _columns(names))), names)


def missing_columns(path: Path, names: Names) -> tuple[str, ...]:
    """Answer the published names of columns that the mapping names and the file does not have.

    Without such a column every incident of the file would say that its field is blank. Names of
    fields that only JSON and XML have, and paths with dots, are of no column.

    Raises:
        ConfigurationError: as ``read_incidents``.
    """
    there = columns_in(path, _columns(names))
    return tuple(
        name
        for name, own in sorted(names.items())
        if own not in there and "." not in own and not _is_structured(name)
    )


def _is_structured(name: str) -> bool:
    return name in LISTS or name.startswith(("adult_", "relationship_"))


def _columns(names: Names) -> Columns:
    own = tuple(names.get(name, name) for name in ("occurrence_number", "updated_at"))
    return Columns(required=own, optional=None, any_case=False)


def _read(row: CsvRow) -> Rows:
    if row.flaw:
        return Rows(row.line, flaw=Refused("row", row.flaw))
    return Rows(row.line, [row.cells])


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
