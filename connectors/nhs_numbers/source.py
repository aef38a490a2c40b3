"""Reads ``superseded.csv`` and the signals beside it from disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.contract import ConnectorContext, Reading
from connectors.csv_rows import CsvRow, read_csv
from connectors.nhs_numbers.mapping import COLUMNS, map_row
from connectors.nhs_numbers.signal import map_signal
from connectors.outcome import Refused, reading_of
from hub.core.report import Feed
from hub.errors import ConfigurationError

ROWS, SIGNAL = ".csv", ".json"

SIGNAL_BYTES_MAX: Final = 256 * 1024
"""Of one signal; those there are have some 2,000."""


class NhsNumbersConnector:
    """Reads a file, or the files of a folder by name: first the rows, then the signals."""

    feed: Feed = Feed.HEALTH

    def read(self, path: Path, context: ConnectorContext) -> Iterator[Reading]:
        """Yield a reading for each row and each signal.

        Every number in the rows is held until the signals have been read, and nothing else.

        Raises:
            ConfigurationError: the path cannot be used, or a file lacks a column that is needed.
        """
        if context.mapping_path is not None:
            raise ConfigurationError("This connector has no mapping file; leave it out.")
        files = _files(path)
        return _readings(files, context)


def _readings(files: list[Path], context: ConnectorContext) -> Iterator[Reading]:
    looked_up: set[str] = set()
    for file in files:
        if file.suffix.lower() == ROWS:
            for row in read_csv(file, COLUMNS):
                reading = _row(file, row, context)
                for event in reading.events:
                    looked_up.update(event.source_key.split("|"))
                yield reading
    for file in files:
        if file.suffix.lower() == SIGNAL:
            yield _signal(file, looked_up, context)


def _row(file: Path, row: CsvRow, context: ConnectorContext) -> Reading:
    place = f"{file.name}:{row.line}"
    return reading_of(place, context.started_at, lambda: map_row(row, context, reference=place))


def _signal(file: Path, looked_up: set[str], context: ConnectorContext) -> Reading:
    def mapped() -> Reading:
        with file.open("rb") as stream:
            content = stream.read(SIGNAL_BYTES_MAX + 1)
        if len(content) > SIGNAL_BYTES_MAX:
            raise Refused("file", f"at most {SIGNAL_BYTES_MAX} bytes")
        return map_signal(content, looked_up)

    return reading_of(file.name, context.started_at, mapped)


def _files(path: Path) -> list[Path]:
    if path.is_file() and path.suffix.lower() in {ROWS, SIGNAL}:
        return [path]
    if not path.is_dir():
        raise ConfigurationError(
            f"{path.name}: a {ROWS} or {SIGNAL} file or a folder was expected."
        )
    inside = (file for file in path.iterdir() if not file.name.startswith("."))
    return sorted(
        (file for file in inside if file.is_file() and file.suffix.lower() in {ROWS, SIGNAL}),
        key=lambda file: file.name,
    )
