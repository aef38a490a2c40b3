"""Turns frozen dataclasses into plain records and back, compiled once per type from their hints.

Avro and JSON differ only in their leaves (how an instant, a date, an identifier is written), so
both come from here: a table of leaves and a dataclass give a shape.
"""

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar

from hub.errors import InvalidIdentifier

T = TypeVar("T")
Plain = dict[str, Any]
Drop = Callable[[str, str], None]
"""Told the path of each field whose value is left out on reading, and the coded reason."""

Write = Callable[[Any], Any]
Read = Callable[[Any, Drop], Any]

_AS_IS: Final = frozenset({str, int, bool, bytes, float})
_NO_DEFAULT: Final = object()
_ABSENT: Final = object()


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

    ``read`` takes the record and whom to tell of dropped values; the paths it tells are settled
    when the shape is made, so that reading puts none together. It raises ``InvalidIdentifier``,
    ``KeyError``, ``TypeError`` or ``ValueError`` where a record cannot be that type.
    """

    write: Callable[[T], Plain]
    read: Callable[[Plain, Drop], T]


@dataclass(frozen=True, slots=True)
class _Member:
    """How one field is written and read. ``as_is``: written as it stands, ``None`` as well."""

    write: Write
    read: Read
    as_is: bool = False
    may_be_none: bool = False


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

    def shape(self, of: type[T], path: str = "", **members_as: type) -> Shape[T]:
        """Answer the shape of a dataclass that stands at a path (empty at the top).

        ``members_as`` says what a union is in this shape.
        """
        leaves = self.leaves_for(of)
        hints = typing.get_type_hints(of) | members_as
        members = {
            member.name: self._member(
                hints[member.name], leaves, f"{path}.{member.name}" if path else member.name
            )
            for member in fields(of)  # type: ignore[arg-type]  # a dataclass, by contract
        }
        defaults = _defaults(of) if self.bare else {}
        known = frozenset(hints) if self.bare else None
        shape = Shape(_record_writer(members, defaults), _record_reader(of, members, known, path))
        return self.wraps[of](shape) if of in self.wraps else shape

    def _member(self, hint: Any, leaves: Leaves, path: str) -> _Member:  # noqa: ANN401  # a type hint
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in {types.UnionType, typing.Union}:
            (inner,) = (argument for argument in arguments if argument is not types.NoneType)
            return _optional(self._member(inner, leaves, path), path)
        if origin is tuple:
            return _listed(self._member(arguments[0], leaves, path), path)
        if hint in leaves:
            return _leaf_member(leaves[hint])
        if issubclass(hint, StrEnum):
            return _Member(write=str, read=_symbol(hint))
        if isinstance(hint, type) and is_dataclass(hint):
            nested: Shape[Any] = self.shape(hint, path)
            return _Member(write=nested.write, read=nested.read)
        if hint in _AS_IS:
            return _Member(write=_same, read=_typed(hint, path), as_is=True)
        raise TypeError(f"No leaf writes {hint!r}.")


def _defaults(of: type) -> dict[str, Any]:
    found = {}
    for member in fields(of):
        if member.default is not MISSING:
            found[member.name] = member.default
    return found


def _values_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Answer what takes these attributes of a value, all at once."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _record_writer(members: Mapping[str, _Member], defaults: Plain) -> Callable[[Any], Plain]:
    values_of = _values_of(tuple(members))
    steps = tuple(
        (name, defaults.get(name, _NO_DEFAULT), None if member.as_is else member.write)
        for name, member in members.items()
    )

    def write(value: Any) -> Plain:  # noqa: ANN401  # the dataclass the members are of
        plain: Plain = {}
        for (name, default, member), given in zip(steps, values_of(value), strict=True):
            if given is default or (default is not _NO_DEFAULT and given == default):
                continue
            if member is None:
                plain[name] = given
                continue
            try:
                plain[name] = member(given)
            except Unwritable as error:
                path = f"{name}.{error.path}" if error.path else name
                raise Unwritable(path, error.expected) from None
        return plain

    return write


def _record_reader(
    of: type[T], members: Mapping[str, _Member], known: frozenset[str] | None, path: str
) -> Callable[[Plain, Drop], T]:
    steps = tuple((name, one.may_be_none, one.read) for name, one in members.items())

    def read(plain: Plain, drop: Drop) -> T:
        if known is not None and not known.issuperset(plain):
            raise ValueError(f"{path or 'event'}: a field is not known")
        given: Plain = {}
        for name, may_be_none, member in steps:
            value = plain.get(name, _ABSENT)
            if value is None and may_be_none:
                given[name] = None
            elif value is not _ABSENT:
                given[name] = member(value, drop)
        return of(**given)

    return read


def _optional(inner: _Member, path: str) -> _Member:
    write, read = inner.write, inner.read

    def write_optional(value: Any) -> Any:  # noqa: ANN401  # any plain value
        return None if value is None else write(value)

    def read_optional(value: Any, drop: Drop) -> Any:  # noqa: ANN401  # any plain value
        if value is None:
            return None
        try:
            return read(value, drop)
        except InvalidIdentifier as error:
            drop(path, error.reason)
            return None

    return _Member(write=write_optional, read=read_optional, as_is=inner.as_is, may_be_none=True)


def _listed(inner: _Member, path: str) -> _Member:
    """Answer a list of members; an identifier in it that is not valid costs only itself."""
    write, read = inner.write, inner.read

    def write_list(values: Any) -> Any:  # noqa: ANN401  # a tuple of whatever the hint says
        return list(values) if inner.as_is else [write(value) for value in values]

    def read_list(values: Any, drop: Drop) -> Any:  # noqa: ANN401  # a list of plain values
        kept = []
        for value in values:
            try:
                kept.append(read(value, drop))
            except InvalidIdentifier as error:
                drop(path, error.reason)
        return tuple(kept)

    return _Member(write=write_list, read=read_list)


def _leaf_member(leaf: Leaf) -> _Member:
    take = leaf.read
    return _Member(write=leaf.write, read=lambda value, _drop: take(value))


def _symbol(kind: type[StrEnum]) -> Read:
    """Read a symbol: looking a known one up takes a fifth of the time of making it."""
    symbols = {symbol.value: symbol for symbol in kind}

    def read(value: Any, _drop: Drop) -> StrEnum:  # noqa: ANN401  # any plain value
        known = symbols.get(value)
        return kind(value) if known is None else known

    return read


def _same(value: Any) -> Any:  # noqa: ANN401  # any plain value
    return value


def _typed(kind: type, path: str) -> Read:
    def read(value: Any, _drop: Drop) -> Any:  # noqa: ANN401  # any plain value
        if type(value) is not kind:
            raise TypeError(f"{path}: {kind.__name__} was expected")
        return value

    return read
