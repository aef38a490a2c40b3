"""Turns frozen dataclasses into plain records and back, compiled once per type from their hints.

Avro and JSON differ only in their leaves (how an instant, a date, an identifier is written), so
both come from here: a table of leaves and a dataclass give a shape.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from hub.errors import InvalidIdentifier

T = TypeVar("T")
Plain = dict[str, Any]
Drop = Callable[[str, str], None]
"""Told the path of each field whose value is left out on reading, and the coded reason."""

Write = Callable[[Any], Any]
Read = Callable[[Any, str, Drop], Any]

_AS_IS: Final = frozenset({str, int, bool, bytes, float})


class Unwritable(Exception):  # noqa: N818  # named for what it says of the value
    """A value cannot be written; the message names the field and what was expected of it."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(f"{path}: {expected}" if path else expected)
        self.path = path
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Leaf:
    """How one kind of value is written and read.

    ``write`` raises ``Unwritable`` for a value it will not write. ``read`` raises
    ``InvalidIdentifier`` for a value that is to be left out and named, ``ValueError`` otherwise.
    """

    write: Write
    read: Callable[[Any], Any]


Leaves = Mapping[type, Leaf]
LeavesFor = Callable[[type], Leaves]
Wrap = Callable[["Shape[Any]"], "Shape[Any]"]


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """How values of one dataclass become plain records, and plain records values.

    ``read`` takes the record, the path it stands at (empty at the top) and whom to tell of dropped
    values. It raises ``InvalidIdentifier``, ``KeyError``, ``TypeError`` or ``ValueError`` where a
    record cannot be that type.
    """

    write: Callable[[T], Plain]
    read: Callable[[Plain, str, Drop], T]


@dataclass(frozen=True, slots=True)
class Shaper:
    """Makes shapes; ``leaves_for`` answers the leaves used directly inside a dataclass.

    Attributes:
        leaves_for: the table of leaves by dataclass.
        wraps: dataclasses whose shape needs one more step than their hints tell.
        bare: leave out on writing what equals its default, and refuse keys that are not known on
            reading (Avro's schemas see to both otherwise).
    """

    leaves_for: LeavesFor
    wraps: Mapping[type, Wrap]
    bare: bool = False

    def shape(self, of: type[T], **members_as: type) -> Shape[T]:
        """Answer the shape of a dataclass; ``members_as`` says what a union is in this shape."""
        leaves = self.leaves_for(of)
        hints = typing.get_type_hints(of) | members_as
        members = tuple(
            (member.name, *self._member(hints[member.name], leaves))
            for member in fields(of)  # type: ignore[arg-type]  # a dataclass, by contract
        )
        writes = tuple((name, write) for name, write, _ in members)
        reads = tuple((name, read) for name, _, read in members)
        defaults = _defaults(of) if self.bare else {}
        known = frozenset(hints) if self.bare else None
        shape = Shape(_record_writer(writes, defaults), _record_reader(of, reads, known))
        return self.wraps[of](shape) if of in self.wraps else shape

    def _member(self, hint: Any, leaves: Leaves) -> tuple[Write, Read]:  # noqa: ANN401  # a type hint
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in {types.UnionType, typing.Union}:
            (inner,) = (argument for argument in arguments if argument is not types.NoneType)
            return _optional(*self._member(inner, leaves))
        if origin is tuple:
            return _listed(*self._member(arguments[0], leaves))
        if hint in leaves:
            leaf = leaves[hint]
            return leaf.write, lambda value, _path, _drop: leaf.read(value)
        if issubclass(hint, StrEnum):
            return str, lambda value, _path, _drop: hint(value)
        if isinstance(hint, type) and is_dataclass(hint):
            nested: Shape[Any] = self.shape(hint)
            return nested.write, nested.read
        if hint in _AS_IS:
            return _same, _typed(hint)
        raise TypeError(f"No leaf writes {hint!r}.")


def _defaults(of: type) -> dict[str, Any]:
    found = {}
    for member in fields(of):
        if member.default is not MISSING:
            found[member.name] = member.default
    return found


def _record_writer(
    members: tuple[tuple[str, Write], ...], defaults: Plain
) -> Callable[[Any], Plain]:
    def write(value: Any) -> Plain:  # noqa: ANN401  # the dataclass the members are of
        plain: Plain = {}
        for name, member in members:
            given = getattr(value, name)
            if name in defaults and defaults[name] == given:
                continue
            try:
                plain[name] = member(given)
            except Unwritable as error:
                path = f"{name}.{error.path}" if error.path else name
                raise Unwritable(path, error.expected) from None
        return plain

    return write


def _record_reader(
    of: type[T], members: tuple[tuple[str, Read], ...], known: frozenset[str] | None
) -> Callable[..., T]:
    def read(plain: Plain, path: str, drop: Drop) -> T:
        if known is not None and not known.issuperset(plain):
            raise ValueError(f"{path or 'event'}: a field is not known")
        given: Plain = {}
        for name, member in members:
            if name in plain:
                where = f"{path}.{name}" if path else name
                given[name] = member(plain[name], where, drop)
        return of(**given)

    return read


def _optional(write: Write, read: Read) -> tuple[Write, Read]:
    def write_optional(value: Any) -> Any:  # noqa: ANN401  # any plain value
        return None if value is None else write(value)

    def read_optional(value: Any, path: str, drop: Drop) -> Any:  # noqa: ANN401  # any plain value
        if value is None:
            return None
        try:
            return read(value, path, drop)
        except InvalidIdentifier as error:
            drop(path, error.reason)
            return None

    return write_optional, read_optional


def _listed(write: Write, read: Read) -> tuple[Write, Read]:
    def write_list(values: Any) -> Any:  # noqa: ANN401  # a tuple of whatever the hint says
        return [write(value) for value in values]

    def read_list(values: Any, path: str, drop: Drop) -> Any:  # noqa: ANN401  # a list of plain values
        return tuple(read(value, path, drop) for value in values)

    return write_list, read_list


def _same(value: Any) -> Any:  # noqa: ANN401  # any plain value
    return value


def _typed(kind: type) -> Read:
    def read(value: Any, path: str, _drop: Drop) -> Any:  # noqa: ANN401  # any plain value
        if type(value) is not kind:
            raise TypeError(f"{path}: {kind.__name__} was expected")
        return value

    return read
