"""The registry of every Avro schema the hub can read, found by fingerprint; pure, loaded elsewhere.

An encoded thing starts with C3 01 and the little-endian CRC-64-AVRO fingerprint of its writer's
schema (Avro specification, single-object encoding), so a reader needs no other word about it.
"""

import copy
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from fastavro import schemaless_reader, schemaless_writer
from fastavro.read import SchemaResolutionError
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

from hub.core.reasons import ParkReason
from hub.errors import ConfigurationError, ReportFault

MARKER: Final = b"\xc3\x01"
PREFIX_BYTES: Final = 10

AvroValue = dict[str, Any]
"""A record as ``fastavro`` takes and gives it: plain values, exact types stated by the schema."""

_MALFORMED = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RecursionError,
    SchemaResolutionError,
    TypeError,
    ValueError,
)
"""What ``fastavro`` raises over bytes that are not what their schema says."""


class Malformed(Exception):  # noqa: N818  # named for what it says of the bytes
    """Bytes are not what their schema says; the caller decides whose fault that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaSource:
    """One version of one schema as it is kept in ``schemas/``, named types not yet filled in.

    Attributes:
        name: what it describes, such as ``emergency_attendance``.
        version: its number, from 1.
        current: whether events are written with it today.
        schema: the parsed JSON.
    """

    name: str
    version: int
    current: bool
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredSchema:
    """One version of one schema, whole: every named type is written out inside it."""

    name: str
    version: int
    current: bool
    whole: Mapping[str, Any] = field(repr=False, compare=False)
    parsed: Any = field(repr=False, compare=False)
    prefix: bytes

    @property
    def label(self) -> str:
        """Name and version as headers and messages write them: ``emergency_attendance.v1``."""
        return f"{self.name}.v{self.version}"


@dataclass(frozen=True, slots=True)
class SchemaRegistry:
    """Every schema version that can be read, and the one of each name that is written."""

    by_prefix: Mapping[bytes, RegisteredSchema] = field(repr=False)
    current: Mapping[str, RegisteredSchema] = field(repr=False)

    @classmethod
    def of(cls, sources: Iterable[SchemaSource]) -> "SchemaRegistry":
        """Answer the registry of these schemas.

        Raises:
            ConfigurationError: a schema is not valid Avro, two have the same fingerprint, or a
                name has no current version or two.
        """
        sources = tuple(sources)
        shared = {
            _full_name(source.schema): source.schema
            for source in sources
            if source.current and _full_name(source.schema)
        }
        by_prefix: dict[bytes, RegisteredSchema] = {}
        current: dict[str, RegisteredSchema] = {}
        for source in sources:
            registered = _register(source, shared)
            twin = by_prefix.setdefault(registered.prefix, registered)
            if twin is not registered:
                raise ConfigurationError(
                    f"Schemas {twin.label} and {registered.label} have the same fingerprint; "
                    "it ignores defaults and logical types, so a new version must differ otherwise."
                )
            if source.current and current.setdefault(source.name, registered) is not registered:
                raise ConfigurationError(
                    f"Schema {source.name} has two current versions; one was expected, the others "
                    "under previous/."
                )
        for name in {source.name for source in sources} - set(current):
            raise ConfigurationError(f"Schema {name} has no current version; one was expected.")
        return cls(by_prefix, current)

    def write(self, name: str, value: AvroValue) -> bytes:
        """Answer ``value`` in single-object encoding under the current schema of that name.

        Raises:
            Malformed: the value does not fit the schema; the message holds no values.
        """
        schema = self.current[name]
        out = io.BytesIO()
        out.write(schema.prefix)
        try:
            schemaless_writer(out, schema.parsed, value)
        except _MALFORMED as error:
            raise Malformed(f"it does not fit {schema.label} ({type(error).__name__})") from None
        return out.getvalue()

    def find(self, data: bytes) -> RegisteredSchema:
        """Answer the schema that ``data`` was written with.

        Raises:
            Malformed: the bytes are not in single-object encoding.
            ReportFault: the fingerprint is not known; the message names what is.
        """
        if len(data) < PREFIX_BYTES or not data.startswith(MARKER):
            raise Malformed("it is not in Avro single-object encoding")
        schema = self.by_prefix.get(data[:PREFIX_BYTES])
        if schema is None:
            known = ", ".join(sorted(known.label for known in self.by_prefix.values()))
            raise ReportFault(
                f"The schema with fingerprint {data[2:PREFIX_BYTES].hex()} is not known; "
                f"known: {known}.",
                code=ParkReason.SCHEMA_NOT_KNOWN,
            )
        return schema

    def read(self, data: bytes, *names: str) -> tuple[RegisteredSchema, AvroValue]:
        """Answer the writer's schema and the value, read into the current schema of its name.

        Args:
            data: one whole thing in single-object encoding.
            names: which schemas are expected here; none means any.

        Raises:
            Malformed: the bytes are not what their schema says, or it is not one of ``names``.
            ReportFault: the fingerprint is not known.
        """
        schema = self.find(data)
        if names and schema.name not in names:
            raise Malformed(f"it is a {schema.name}, where {' or '.join(names)} was expected")
        reader = None if schema.current else self.current[schema.name].parsed
        stream = io.BytesIO(data)
        stream.seek(PREFIX_BYTES)
        try:
            value = cast("AvroValue", schemaless_reader(stream, schema.parsed, reader))
        except _MALFORMED as error:
            raise Malformed(f"it does not fit {schema.label} ({type(error).__name__})") from None
        if stream.tell() != len(data):
            raise Malformed(f"it is longer than {schema.label} says")
        return schema, value


def fingerprint_of(schema: Mapping[str, Any]) -> bytes:
    """Answer the 8 bytes of the CRC-64-AVRO fingerprint of a whole schema, little-endian."""
    canonical = to_parsing_canonical_form(dict(schema))
    return bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO"))


def _register(source: SchemaSource, shared: Mapping[str, Mapping[str, Any]]) -> RegisteredSchema:
    whole: dict[str, Any] = copy.deepcopy(dict(source.schema))
    if source.current:  # an earlier version is kept whole, with the types of its own time
        own = _full_name(source.schema)
        others = {name: body for name, body in shared.items() if name != own}
        whole = _written_out(whole, others, set())
    try:
        parsed = parse_schema(copy.deepcopy(whole))
        prefix = MARKER + fingerprint_of(cast("Mapping[str, Any]", parsed))
    except Exception as error:
        raise ConfigurationError(
            f"Schema {source.name}.v{source.version} is not valid Avro ({type(error).__name__})."
        ) from error
    return RegisteredSchema(
        name=source.name,
        version=source.version,
        current=source.current,
        whole=whole,
        parsed=parsed,
        prefix=prefix,
    )


def _full_name(schema: Mapping[str, Any]) -> str:
    return f"{schema.get('namespace', '')}.{schema['name']}"


def _written_out(part: Any, shared: Mapping[str, Mapping[str, Any]], done: set[str]) -> Any:  # noqa: ANN401  # any part of a JSON document
    """Answer the schema with the first mention of each shared type replaced by the type itself."""
    if isinstance(part, str):
        if part in shared and part not in done:
            done.add(part)
            return _written_out(copy.deepcopy(dict(shared[part])), shared, done)
        return part
    if isinstance(part, list):
        return [_written_out(item, shared, done) for item in part]
    if isinstance(part, dict):
        return {
            key: _written_out(value, shared, done) if key in {"type", "items", "fields"} else value
            for key, value in part.items()
        }
    return part
