r"""An HL7 v2 message taken apart: header, segments, fields, repetitions, components.

Only what is asked for is taken apart, and once: of sixty fields the mapping reads some twenty.

- CR, LF and CRLF end a segment alike, and a line that is no segment is joined to the segment before
  it (a line break inside a free-text field);
- separators that repeat or are letters make a message unreadable, so they are checked first;
- a field is read through one shape, ``Value``, whichever of the separators occur in it;
- escape sequences are replaced here: an unknown one is dropped and never logged, and none can ask
  for more text than it is (``\.sp999999999\``).

What this module reads is held against the ``hl7`` package in ``tests/connectors/health``.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from connectors.health.characters import Decoded, decode
from connectors.health.escapes import Escapes, clean

REPETITIONS_MAX: Final = 50
"""Most repetitions of a field, and most segments of a kind, that are looked at."""

NULL: Final = '""'
"""HL7's order to delete the stored value; an empty field means unchanged."""

_SEGMENTS_READ: Final = frozenset(
    {"MSH", "EVN", "PID", "MRG", "NK1", "PV1", "DG1", "OBX", "ZU3", "ZU8"}
)
_ENCODING_CHARACTERS_MAX: Final = 5
_HEADER_FIELDS_MIN: Final = 3
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
"""Never echoed in an answer: ``0x1C`` before its CR would end the answer's frame."""
_LINE_END = re.compile(r"[\r\n]")
_FEEDS_MAX: Final = 64
"""For how many different sets of separators what follows from them is kept: a feed has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """MSH as it came: what an acknowledgement echoes.

    Attributes:
        separator: MSH-1.
        encoding: MSH-2: component, repetition, escape and subcomponent characters.
        fields: MSH split at its separator; ``field(n)`` reads MSH-n.
        codec: the codec the message was read in.
    """

    separator: str
    encoding: str
    fields: tuple[str, ...]
    codec: str

    def field(self, number: int) -> str:
        """Answer MSH-``number`` (3 or higher), without control characters; empty if absent."""
        return self.fields[number - 1] if len(self.fields) >= number else ""

    def first(self, number: int) -> str:
        """Answer the first component of MSH-``number``, cleaned."""
        return clean(self.field(number).split(self.encoding[0])[0])


@dataclass(frozen=True, slots=True)
class Value:
    """One repetition of a field: its components, each of one or more subcomponents."""

    components: tuple[tuple[str, ...], ...] = ()

    def part(self, number: int, sub: int = 1) -> str:
        """Answer component ``number``; empty when absent or when HL7's ``""`` deletes it."""
        if len(self.components) < number or len(self.components[number - 1]) < sub:
            return ""
        text = self.components[number - 1][sub - 1]
        return "" if text == NULL else text

    def subs(self, number: int) -> tuple[str, ...]:
        """Answer every subcomponent of component ``number``."""
        return self.components[number - 1] if len(self.components) >= number else ()

    def deletes(self, number: int) -> bool:
        """Say whether component ``number``, or the field as a whole, is HL7's ``""``."""
        whole = self.subs(1)[:1] == (NULL,) and not any(map(any, self.components[1:]))
        return whole or self.subs(number)[:1] == (NULL,)


_NOTHING_SAID: Final = Value()


@dataclass(frozen=True, slots=True)
class _Marks:
    """What separates the parts of one message, and how its escape sequences are replaced."""

    field: str
    repetition: str
    component: str
    subcomponent: str
    escapes: Escapes

    def row(self, segment: str) -> "Row":
        """Answer a segment by its fields."""
        may_delete = '"' in segment or self.escapes.mark in segment
        return Row(tuple(segment.split(self.field)), self, may_delete)

    def value(self, repetition: str) -> Value:
        """Answer one repetition of a field, its texts clean and without escape sequences."""
        components = repetition.split(self.component)
        if self.escapes.are_plain(repetition):
            if self.subcomponent not in repetition:
                return Value(tuple([(one,) for one in components]))
            return Value(tuple([tuple(one.split(self.subcomponent)) for one in components]))
        replace = self.escapes.replace
        return Value(
            tuple([tuple(map(replace, one.split(self.subcomponent))) for one in components])
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One segment; an absent one has no fields, so that nothing needs asking first."""

    fields: tuple[str, ...]
    marks: _Marks
    may_delete: bool = False
    """Whether HL7's ``""`` can stand in it at all, as it is or in escape sequences."""
    _read: dict[int, tuple[Value, ...]] = field(default_factory=dict, repr=False, compare=False)
    """The fields that have been asked for: many are asked for several times."""

    def values(self, number: int) -> tuple[Value, ...]:
        """Answer the repetitions of a field that say anything."""
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = self._values(number)
        return found

    def _values(self, number: int) -> tuple[Value, ...]:
        text = self.fields[number] if len(self.fields) > number else ""
        if not text:
            return ()
        repetitions = text.split(self.marks.repetition, REPETITIONS_MAX)[:REPETITIONS_MAX]
        values = map(self.marks.value, repetitions)
        return tuple([value for value in values if any(map(any, value.components))])

    def value(self, number: int) -> Value:
        """Answer the first repetition of a field."""
        values = self.values(number)
        return values[0] if values else _NOTHING_SAID

    def text(self, number: int, part: int = 1) -> str:
        """Answer one component of the first repetition of a field, empty when absent."""
        return self.value(number).part(part)

    def deletes(self, number: int, part: int = 1) -> bool:
        """Say whether the field (or that component of it) is HL7's ``""``."""
        return self.may_delete and self.value(number).deletes(part)


@dataclass(frozen=True, slots=True)
class Message:
    """A message that could be taken apart.

    Attributes:
        header: its MSH.
        headers: how many MSH segments it has; one message has one.
        as_declared: whether every byte was of the declared character set.
    """

    header: Header
    headers: int
    as_declared: bool
    _rows: dict[str, tuple[Row, ...]] = field(repr=False)
    _absent: Row = field(repr=False)

    def row(self, name: str) -> Row:
        """Answer the first segment of that name, or one without fields."""
        rows = self._rows.get(name)
        return rows[0] if rows else self._absent

    def rows(self, name: str) -> tuple[Row, ...]:
        """Answer the segments of that name in order, at most ``REPETITIONS_MAX``."""
        return self._rows.get(name, ())

    def has(self, name: str) -> bool:
        """Say whether the message has such a segment."""
        return name in self._rows


def read_header(content: bytes | str) -> Header | None:
    """Answer the MSH of a message, or ``None`` when it has none that can be read.

    It can be read when it begins with ``MSH``, a separator, and one to five encoding characters
    that are all different and neither letters, digits nor spaces.
    """
    decoded = _as_text(content)
    return _header(decoded.text.lstrip(), decoded.codec)


def read_message(content: bytes | str) -> Message | None:
    """Take a message apart, or answer ``None`` when its MSH cannot be read."""
    return _message(_as_text(content))


def take_apart(content: bytes | str) -> tuple[Header | None, Message | None]:
    """Answer what ``read_header`` and ``read_message`` answer, from one decoding."""
    decoded = _as_text(content)
    message = _message(decoded)
    if message is not None and decoded.text.startswith("MSH"):
        return message.header, message
    return _header(decoded.text.lstrip(), decoded.codec), message


def _message(decoded: Decoded) -> Message | None:
    text = decoded.text.strip("\r\n \x0b\x1c\x00")
    header = _header(text, decoded.codec)
    if header is None:
        return None
    named: dict[str, list[str]] = {}
    for segment in _segments(text, header.separator):
        name = segment[:3]
        if name in _SEGMENTS_READ and segment[3:4] == header.separator:
            named.setdefault(name, []).append(segment)
    if next(iter(named), "") != "MSH":
        return None  # its first line holds control characters, or is no segment
    heads = named.pop("MSH")
    given = heads[0][4 : heads[0].find(header.separator, 4)]
    marks = _marks(header.separator, given, header.encoding)
    if marks is None:
        return None
    rows = {
        name: tuple([marks.row(segment) for segment in segments[:REPETITIONS_MAX]])
        for name, segments in named.items()
    }
    return Message(header, len(heads), decoded.as_declared, rows, Row((), marks))


def _as_text(content: bytes | str) -> Decoded:
    if isinstance(content, bytes):
        return decode(content)
    return Decoded(text=content.lstrip("\ufeff"), as_declared=True, codec="utf-8")


def _header(text: str, codec: str) -> Header | None:
    end = _LINE_END.search(text)
    first = text[: end.start()] if end else text
    if not first.isprintable():
        first = _CONTROLS.sub("", first)
    if not first.startswith("MSH") or first == "MSH":
        return None
    separator = first[3]
    fields = tuple(first.split(separator))
    if len(fields) < _HEADER_FIELDS_MIN or not _can_separate(separator, fields[1]):
        return None
    return Header(separator=separator, encoding=fields[1], fields=fields, codec=codec)


@lru_cache(_FEEDS_MAX)
def _can_separate(separator: str, encoding: str) -> bool:
    """Whether MSH-1 and MSH-2 can be told apart from each other and from text."""
    marks = [separator, *encoding]
    return (
        1 <= len(encoding) <= _ENCODING_CHARACTERS_MAX
        and len(set(marks)) == len(marks)
        and all(map(_separates, marks))
    )


def _separates(character: str) -> bool:
    return (
        character.isascii()
        and character.isprintable()
        and not (character.isalnum() or character.isspace() or character == '"')
    )


@lru_cache(_FEEDS_MAX)
def _marks(separator: str, given: str, encoding: str) -> _Marks | None:
    """Answer the separators, HL7's own for those not given; ``None`` where two are the same."""
    component, repetition, subcomponent = given[:1] or "^", given[1:2] or "~", given[3:4] or "&"
    if len({separator, component, repetition, subcomponent}) < len("|^~&"):
        return None
    return _Marks(separator, repetition, component, subcomponent, Escapes(separator, encoding))


def _segments(text: str, separator: str) -> list[str]:
    begins = _beginning(separator)
    segments: list[list[str]] = []
    for line in text.replace("\r\n", "\r").replace("\n", "\r").split("\r"):
        if begins.match(line) or not segments:
            segments.append([line])
        elif line:
            segments[-1].append(line)
    return [" ".join(lines) for lines in segments]


@lru_cache(_FEEDS_MAX)
def _beginning(separator: str) -> re.Pattern[str]:
    """Answer what the line of a segment begins with."""
    return re.compile(rf"[A-Z][A-Z0-9]{{2}}(?:{re.escape(separator)}|$)")
