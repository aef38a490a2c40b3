"""Loads the Avro schemas that this version of the hub was shipped with."""

import json
import re
from collections.abc import Mapping
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
    return sources_from(
        {path.relative_to(folder): path.read_text(encoding="utf-8") for path in paths}
    )


def sources_from(files: Mapping[Path, str]) -> tuple[SchemaSource, ...]:
    """Answer the schema versions in these files, by their path inside the folder.

    Raises:
        ConfigurationError: a file cannot be a schema; its name is said.
    """
    return tuple(_source(path, text) for path, text in files.items())


@cache
def shipped_schemas() -> SchemaRegistry:
    """Answer the registry of the schemas that came with this version, loaded once.

    Raises:
        ConfigurationError: the schemas are missing or contradict each other.
    """
    return SchemaRegistry.of(schema_sources())


def _source(path: Path, text: str) -> SchemaSource:
    matched = _NAME.fullmatch(path.name)
    if matched is None:
        raise ConfigurationError(f"Schema file {path}: a name as thing.v1.avsc was expected.")
    try:
        schema = json.loads(text)
    except ValueError:
        schema = None
    if not isinstance(schema, dict) or not isinstance(schema.get("name"), str):
        raise ConfigurationError(f"Schema file {path}: a named Avro schema in JSON was expected.")
    return SchemaSource(
        name=matched["name"],
        version=int(matched["version"]),
        current=path.parts[0] != PREVIOUS,
        schema=schema,
    )
