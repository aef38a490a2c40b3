"""Loads the Avro schemas that this version of the hub was shipped with."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import hub
from hub.core.codec_schema import SchemaRegistry, SchemaSource
from hub.errors import ConfigurationError

SCHEMAS: Final = Path(hub.__file__).resolve().parents[1] / "schemas"
"""Beside the package: at the top of a checkout, and so too where a wheel is installed."""

PREVIOUS: Final = "previous"
_NAME: Final = re.compile(r"(?P<name>[a-z0-9_]+)\.v(?P<version>[1-9][0-9]*)\.avsc")


def schema_sources(folder: Path = SCHEMAS) -> tuple[SchemaSource, ...]:
    """Answer every schema version in ``folder``; those under ``previous/`` are no longer written.

    Raises:
        ConfigurationError: the folder holds no schema, or a file in it cannot be one.
    """
    paths = sorted(folder.rglob("*.avsc"))
    if not paths:
        raise ConfigurationError(f"No schema (*.avsc) was found in {folder}.")
    return tuple(_sources(folder, paths))


@cache
def shipped_schemas() -> SchemaRegistry:
    """Answer the registry of the schemas that came with this version, loaded once.

    Raises:
        ConfigurationError: the schemas are missing or contradict each other.
    """
    return SchemaRegistry.of(schema_sources())


def _sources(folder: Path, paths: list[Path]) -> Iterator[SchemaSource]:
    for path in paths:
        inside = path.relative_to(folder)
        matched = _NAME.fullmatch(path.name)
        if matched is None:
            raise ConfigurationError(f"Schema file {inside}: a name as thing.v1.avsc was expected.")
        try:
            schema = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise ConfigurationError(f"Schema file {inside}: JSON was expected.") from None
        yield SchemaSource(
            name=matched["name"],
            version=int(matched["version"]),
            current=inside.parts[0] != PREVIOUS,
            schema=schema,
        )
