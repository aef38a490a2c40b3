"""Says in words whether each schema can still read, and still means, its last version.

The ``avro`` package decides what can be read; beyond Avro, nothing that was told may be lost: no
field, no enum symbol, no default and no logical type goes or changes from one version to the next.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import ArraySchema, RecordSchema, Schema, UnionSchema, parse

from hub.adapters.schemas import SCHEMAS, schema_sources, shipped_schemas, sources_from
from hub.core.codec_schema import RegisteredSchema, SchemaRegistry
from hub.errors import ConfigurationError, RefusedToStart

_GIT_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one schema, and whether all is well."""

    sentence: str
    well: bool


def check_folder(folder: Path = SCHEMAS) -> tuple[Finding, ...]:
    """Answer for every current schema of a folder how it stands to the last version kept there.

    Raises:
        ConfigurationError: the folder's schemas cannot be read, or two have one fingerprint.
    """
    return tuple(_against_kept(SchemaRegistry.of(schema_sources(folder))))


def check_against(reference: str, folder: Path = SCHEMAS) -> tuple[Finding, ...]:
    """Answer how a folder's schemas stand to those that git has for it at ``reference``.

    Raises:
        ConfigurationError: git does not know the reference or has no schemas there.
    """
    registry = SchemaRegistry.of(schema_sources(folder))
    before = SchemaRegistry.of(sources_from(_files_at(reference, folder)))
    return tuple(
        finding
        for name in sorted(before.current)
        for finding in _against_published(registry, before.current[name], reference)
    )


def check_known(folder: Path) -> tuple[Finding, ...]:
    """Answer whether this version of the hub knows what a vendored folder's schemas write."""
    known = shipped_schemas().by_prefix
    theirs = SchemaRegistry.of(schema_sources(folder)).current
    return tuple(
        Finding(f"{schema.label} is known to this version of the hub.", well=True)
        if schema.prefix in known
        else Finding(
            f"{schema.label} is not known to this version of the hub: reports would wait until it "
            "is.",
            well=False,
        )
        for _, schema in sorted(theirs.items())
    )


def check_shipped_schemas() -> None:
    """Go on only if every shipped schema can read its last version; called when a worker starts.

    Raises:
        RefusedToStart: one cannot; the message names it and the field.
    """
    for finding in check_folder():
        if not finding.well:
            raise RefusedToStart(finding.sentence)


def differences(reader: RegisteredSchema, writer: RegisteredSchema) -> tuple[str, ...]:
    """Answer in words what keeps ``reader`` from reading and meaning all that ``writer`` wrote."""
    unreadable = _unreadable(_parsed(reader), _parsed(writer), "")
    return (*unreadable, *_lost(reader.whole, writer.whole, ""))


# ------------------------------------------------------------------------------------- which ones


def _against_kept(registry: SchemaRegistry) -> Iterator[Finding]:
    versions = {(schema.name, schema.version): schema for schema in registry.by_prefix.values()}
    for name, current in sorted(registry.current.items()):
        last = versions.get((name, current.version - 1))
        if current.version == 1:
            yield Finding(f"{current.label} is the first version: nothing came before.", well=True)
        elif last is None:
            yield Finding(
                f"{name}.v{current.version - 1} is not kept under previous/, so what was written "
                "with it could not be read.",
                well=False,
            )
        else:
            yield from _compare(current, last)


def _against_published(
    registry: SchemaRegistry, before: RegisteredSchema, reference: str
) -> Iterator[Finding]:
    now = registry.current.get(before.name)
    if now is None:
        yield Finding(f"{before.label} of {reference} is no longer there.", well=False)
    elif now.version == before.version:
        changed = (*differences(now, before), *differences(before, now))
        if changed or now.prefix != before.prefix:
            what = "; ".join(dict.fromkeys(changed)) or "its fingerprint differs"
            yield Finding(
                f"{before.label} was changed since {reference} without a new version: {what}.",
                well=False,
            )
        else:
            yield Finding(f"{before.label} is as it was at {reference}.", well=True)
    elif before.prefix not in registry.by_prefix:
        yield Finding(
            f"{before.label} of {reference} is not kept under previous/, so what was written with "
            "it could not be read.",
            well=False,
        )
    else:
        yield from _compare(now, before)


def _compare(current: RegisteredSchema, last: RegisteredSchema) -> Iterator[Finding]:
    words = differences(current, last)
    if not words:
        yield Finding(f"{current.label} can read {last.label}.", well=True)
    for word in words:
        yield Finding(f"{current.label} cannot read {last.label}: {word}.", well=False)


def _files_at(reference: str, folder: Path) -> dict[Path, str]:
    """Answer the schema files of the folder as git has them at a reference."""
    listed = _git(folder, "ls-tree", "-r", "--name-only", "-z", reference, "--", ".")
    names = [name for name in listed.split("\0") if name.endswith(".avsc")]
    if not names:
        raise ConfigurationError(f"Git has no schemas at {reference} in {folder}.")
    return {Path(name): _git(folder, "show", f"{reference}:./{name}") for name in names}


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # a list of arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607  # the git of whoever runs it
            capture_output=True,
            text=True,
            check=True,
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        raise ConfigurationError(
            f"Git could not answer `{arguments[0]}` in {folder}: a git checkout and an existing "
            "reference were expected."
        ) from None
    return done.stdout


# ------------------------------------------------------------------------------- what Avro decides


def _parsed(schema: RegisteredSchema) -> Schema:
    return parse(json.dumps(schema.whole))


def _unreadable(reader: Schema, writer: Schema, path: str) -> list[str]:
    """Answer the deepest fields that the reader cannot read, with Avro's own words."""
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]  # avro is half typed
    result = checker.get_compatibility(reader, writer)
    if result.compatibility is SchemaCompatibilityType.compatible:
        return []
    found: list[str] = []
    if isinstance(reader, RecordSchema) and isinstance(writer, RecordSchema):
        found = _unreadable_fields(reader, writer, path)
    elif isinstance(reader, ArraySchema) and isinstance(writer, ArraySchema):
        found = _unreadable(reader.items, writer.items, path)
    elif isinstance(reader, UnionSchema) and isinstance(writer, UnionSchema):
        for one in writer.schemas:
            twins = [branch for branch in reader.schemas if _name(branch) == _name(one)]
            found += [word for twin in twins for word in _unreadable(twin, one, path)]
    return found or [f"{_where(path)}: {', '.join(sorted(result.messages))}"]


def _unreadable_fields(reader: RecordSchema, writer: RecordSchema, path: str) -> list[str]:
    found = []
    for field in reader.fields:
        there = f"{path}.{field.name}" if path else field.name
        written = writer.fields_dict.get(field.name)
        if written is not None:
            found += _unreadable(field.type, written.type, there)
        elif not field.has_default:
            found.append(f"field {there} is new and has no default")
    return found


def _name(schema: Schema) -> str:
    return str(getattr(schema, "fullname", schema.type))


def _where(path: str) -> str:
    return f"field {path}" if path else "the record itself"


# ------------------------------------------------------------------------ what Avro does not mind


def _lost(reader: Any, writer: Any, path: str) -> list[str]:  # noqa: ANN401  # any part of a JSON document
    """Answer what the writer said that the reader would not hear, or would hear differently."""
    if isinstance(writer, list) and isinstance(reader, list):
        named = {_key(branch): branch for branch in reader}
        return [
            word
            for branch in writer
            if _key(branch) in named
            for word in _lost(named[_key(branch)], branch, path)
        ]
    if isinstance(writer, Mapping) and isinstance(reader, Mapping):
        return [
            *_lost_symbols(reader, writer, path),
            *_lost_fields(reader, writer, path),
            *_lost(reader.get("items"), writer.get("items"), path),
            *_lost(reader.get("type"), writer.get("type"), path),
        ]
    return []


def _lost_symbols(reader: Mapping[str, Any], writer: Mapping[str, Any], path: str) -> list[str]:
    gone = sorted(set(writer.get("symbols", ())) - set(reader.get("symbols", ())))
    words = [f"{_where(path)}: the symbol {symbol} is no longer there" for symbol in gone]
    return words + [
        f"{_where(path)}: its {what} was changed"
        for what in ("logicalType", "default")
        if what in writer and writer[what] != reader.get(what)
    ]


def _lost_fields(reader: Mapping[str, Any], writer: Mapping[str, Any], path: str) -> list[str]:
    fields = {field["name"]: field for field in reader.get("fields", ())}
    words = []
    for field in writer.get("fields", ()):
        there = f"{path}.{field['name']}" if path else field["name"]
        if field["name"] in fields:
            words += _lost(fields[field["name"]], field, there)
        else:
            words.append(f"field {there} is no longer there")
    return words


def _key(branch: Any) -> str:  # noqa: ANN401  # any branch of a union
    if isinstance(branch, Mapping):
        return str(branch.get("name", branch["type"]))
    return str(branch)
