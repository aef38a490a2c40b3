"""Reads a force's files from disk and yields what came of each version of each incident."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from connectors.contract import ConnectorContext, Reading
from connectors.outcome import Refused
from connectors.police.csv_file import missing_columns, read_incidents
from connectors.police.mapping import map_or_refuse, refused
from connectors.police.mapping_file import ForceMapping, load_mapping
from connectors.police.records import row_record, structured_record
from connectors.police.shape import IncidentRecord
from connectors.police.structured_file import Found, read_json, read_json_lines, read_xml
from hub.core.report import Feed, FeedFault
from hub.errors import ConfigurationError

_STRUCTURED: Final[dict[str, Callable[[Path], Iterator[Found]]]] = {
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".xml": read_xml,
}
COLUMN_MISSING: Final = "mapped_column_missing"
SUFFIXES: Final = (".csv", *_STRUCTURED)


class PoliceConnector:
    """Reads a file, or the files of a folder by name; a version of an incident is a reading."""

    feed: Feed = Feed.POLICE

    def read(self, path: Path, context: ConnectorContext) -> Iterator[Reading]:
        """Yield the readings, one incident in memory at a time (of JSON, one file).

        The header of every file of CSV is read before the first reading: if one cannot be used,
        nothing is sent.

        Raises:
            ConfigurationError: the path or the mapping file cannot be used, or the mapping file
                is of another force than the one whose reports these are to be.
        """
        mapping = load_mapping(context.mapping_path)
        _check_force(mapping, context)
        files = {file: _faults(file, mapping) for file in _files(path)}
        return (
            reading
            for file, faults in files.items()
            for reading in _with_faults(_read_file(file, mapping, context), faults)
        )


def _check_force(mapping: ForceMapping, context: ConnectorContext) -> None:
    force = mapping.force.reveal()
    if context.agency is not None and context.agency != force:
        raise ConfigurationError(
            f"The mapping file is of force {force}; {context.agency} was expected, whose reports"
            " these are to be."
        )


def _files(path: Path) -> list[Path]:
    expected = f"a file, or a folder of files, that end in {', '.join(SUFFIXES)}"
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise ConfigurationError(f"{path.name}: {expected} was expected.")
        return [path]
    if not path.is_dir():
        raise ConfigurationError(f"{path.name}: {expected} was expected.")
    inside = (file for file in path.iterdir() if not file.name.startswith("."))
    found = [one for one in inside if one.is_file() and one.suffix.lower() in SUFFIXES]
    return sorted(found, key=lambda file: file.name)


def _faults(file: Path, mapping: ForceMapping) -> tuple[FeedFault, ...]:
    """Answer which columns a file lacks though the mapping names them."""
    if file.suffix.lower() != ".csv":
        return ()
    try:
        missing = missing_columns(file, mapping.names)
    except OSError as fault:
        raise ConfigurationError(f"{file.name} cannot be read: {fault.strerror}.") from fault
    return tuple(FeedFault(code=COLUMN_MISSING, subject=name) for name in missing)


def _with_faults(readings: Iterator[Reading], faults: tuple[FeedFault, ...]) -> Iterator[Reading]:
    """Yield the readings of a file, its faults with the first."""
    for reading in readings:
        yield replace(reading, faults=(*faults, *reading.faults)) if faults else reading
        faults = ()


def _read_file(file: Path, mapping: ForceMapping, context: ConnectorContext) -> Iterator[Reading]:
    suffix = file.suffix.lower()
    try:
        if suffix == ".csv":
            yield from _read_rows(file, mapping, context)
            return
        for found in _STRUCTURED[suffix](file):
            place = f"{file.name} incident {found.number}"
            yield _reading(
                found.flaw,
                lambda found=found: structured_record(found.told, mapping.names),  # type: ignore[misc]  # bound now
                place,
                mapping,
                context,
            )
    except OSError as fault:
        raise ConfigurationError(f"{file.name} cannot be read: {fault.strerror}.") from fault


def _read_rows(file: Path, mapping: ForceMapping, context: ConnectorContext) -> Iterator[Reading]:
    for group in read_incidents(file, mapping.names):
        yield _reading(
            group.flaw,
            lambda group=group: row_record(group.rows, mapping.names),  # type: ignore[misc]  # bound now
            f"{file.name}:{group.line}",
            mapping,
            context,
        )


def _reading(
    flaw: Refused | None,
    record: Callable[[], IncidentRecord],
    place: str,
    mapping: ForceMapping,
    context: ConnectorContext,
) -> Reading:
    if flaw is not None:
        return refused(place, flaw, context)
    try:
        told = record()
    except Refused as fault:
        return refused(place, fault, context)
    return map_or_refuse(told, mapping, context, reference=place)
