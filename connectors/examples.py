"""The examples of a connector: records, and word for word what they become; they are its tests.

``examples/examples.toml`` says whose the records are and when they are read. Each folder beside it
with an ``input`` is an example: ``events.jsonl`` holds the events, one a line, in the order of the
records; ``noticed.json`` holds what else came of each record. A ``mapping.toml`` in the example, or
else beside ``examples.toml``, is the agency's own.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from connectors.contract import Connector, ConnectorContext, Reading
from hub.core.codec_json import event_to_json
from hub.errors import ConfigurationError

DESCRIPTION: Final = "examples.toml"
MAPPING: Final = "mapping.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example: its folder, whose records they are, and the run in which they are read."""

    folder: Path
    agency: str
    context: ConnectorContext

    @property
    def input(self) -> Path:
        """The file or folder of records."""
        return self.folder / "input"


def examples_in(folder: Path) -> tuple[Example, ...]:
    """Answer the examples of a connector's folder, by name.

    Raises:
        ConfigurationError: ``examples.toml`` is not there, or does not say what it should.
    """
    agency, started_at = _description(folder / "examples" / DESCRIPTION)
    common = folder / "examples" / MAPPING
    found = []
    for example in sorted(path.parent for path in (folder / "examples").glob("*/input")):
        own = example / MAPPING
        mapping = own if own.exists() else common
        context = ConnectorContext(
            started_at=started_at,
            mapping_path=mapping if mapping.exists() else None,
            test_numbers=True,
        )
        found.append(Example(folder=example, agency=agency, context=context))
    return tuple(found)


def told_by(connector: Connector, example: Example) -> Mapping[str, str]:
    """Answer what an example becomes, as the texts of its files by their names."""
    readings = list(connector.read(example.input, example.context))
    events = [event_to_json(event) + "\n" for reading in readings for event in reading.events]
    noticed = [noticed_of(reading) for reading in readings]
    return {
        "events.jsonl": "".join(events),
        "noticed.json": json.dumps(noticed, indent=2, ensure_ascii=False) + "\n",
    }


def differing(connector: Connector, example: Example) -> tuple[str, ...]:
    """Answer the files of an example that are not what its records become, by name."""
    return tuple(
        name
        for name, told in told_by(connector, example).items()
        if not (example.folder / name).is_file()
        or (example.folder / name).read_text(encoding="utf-8") != told
    )


def write(connector: Connector, example: Example) -> None:
    """Write down what an example becomes, to be read by a person before it is kept."""
    for name, told in told_by(connector, example).items():
        (example.folder / name).write_text(told, encoding="utf-8")


def noticed_of(reading: Reading) -> Mapping[str, Any]:
    """Answer what a reading says beside its events; what is not said is left out."""
    extract, register = reading.extract, reading.attendance_register
    told = {
        "reference": reading.reference,
        "agency": reading.agency,
        "read_count": None if reading.read_count == 1 else reading.read_count,
        "events": len(reading.events),
        "full": extract.full if extract else None,
        "register_complete": register.complete if register else None,
        "open_plans": [plan.source_key for plan in reading.statement.open_plans]
        if reading.statement
        else None,
        "refusals": [f"{r.reference}: {r.field}: {r.expected}" for r in reading.refusals] or None,
        "dropped": {dropped.reason: dropped.count for dropped in reading.dropped} or None,
        "faults": [f"{fault.code}: {fault.subject}" for fault in reading.faults] or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _description(path: Path) -> tuple[str, datetime]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        said = {}
    agency, started_at = said.get("agency"), said.get("started_at")
    if not isinstance(agency, str) or not (
        isinstance(started_at, datetime) and started_at.tzinfo is not None
    ):
        raise ConfigurationError(
            f"{path.parent.parent.name}/examples/{DESCRIPTION}: agency, as a text, and started_at,"
            " as a time with its offset, were expected."
        )
    return agency, started_at
