r"""An HL7 v2 message taken apart: header, segments, fields, repetitions, components.

The ``hl7`` package splits; this module gives it only what it can split and hides its quirks:

- it splits at CR alone, so LF and CRLF become CR, and a line that is no segment is joined to the
  segment before it (a line break inside a free-text field);
- separators that repeat or are letters make it fail in ways of its own, so they are checked first;
- its nesting depends on which separators occur, so a field is read through one shape, ``Value``;
- its ``unescape`` logs the field when a sequence is unknown, which would put names into a log, and
  multiplies what ``\.sp999999999\`` asks for: sequences are replaced here.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import hl7

from connectors.health.characters import Decoded, decode

TEXT_CHARACTERS_MAX: Final = 200
"""Longest component that is kept; an HL7 name, street or code is far shorter."""

REPETITIONS_MAX: Final = 50
"""Most repetitions of a field, and most segments of a kind, that are looked at."""

NULL: Final = '""'
"""HL7's order to delete the stored value; an empty field means unchanged."""

_SEGMENTS_READ: Final = frozenset({"MSH", "EVN", "PID", "NK1", "PV1", "DG1", "ZU8"})
_ENCODING_CHARACTERS_MAX: Final = 5
_HEADER_FIELDS_MIN: Final = 3
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
"""Never echoed in an answer: ``0x1C`` before its CR would end the answer's frame."""


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
        text = self._raw(number, sub)
        return "" if text == NULL else text

    def subs(self, number: int) -> tuple[str, ...]:
        """Answer every subcomponent of component ``number``."""
        return self.components[number - 1] if len(self.components) >= number else ()

    def deletes(self, number: int) -> bool:
        """Say whether component ``number``, or the field as a whole, is HL7's ``""``."""
        whole = self._raw(1, 1) == NULL and not any(map(any, self.components[1:]))
        return whole or self._raw(number, 1) == NULL

    def _raw(self, number: int, sub: int) -> str:
        subs = self.subs(number)
        return subs[sub - 1] if len(subs) >= sub else ""


_NOTHING_SAID: Final = Value()


@dataclass(frozen=True, slots=True)
class Row:
    """One segment; an absent one has no fields, so that nothing needs asking first."""

    segment: Any
    escapes: "_Escapes"
    _read: dict[int, tuple[Value, ...]] = field(default_factory=dict, repr=False, compare=False)
    """The fields that have been asked for: many are asked for several times."""

    def values(self, number: int) -> tuple[Value, ...]:
        """Answer the repetitions of a field that say anything."""
        found = self._read.get(number)
        if found is None:
            found = self._read[number] = self._values(number)
        return found

    def _values(self, number: int) -> tuple[Value, ...]:
        if self.segment is None or len(self.segment) <= number:
            return ()
        repetitions = (self._value(repetition) for repetition in self.segment[number])
        found = (value for value, _ in zip(repetitions, range(REPETITIONS_MAX), strict=False))
        return tuple(value for value in found if any(map(any, value.components)))

    def value(self, number: int) -> Value:
        """Answer the first repetition of a field."""
        return next(iter(self.values(number)), _NOTHING_SAID)

    def text(self, number: int, part: int = 1) -> str:
        """Answer one component of the first repetition of a field, empty when absent."""
        return self.value(number).part(part)

    def deletes(self, number: int, part: int = 1) -> bool:
        """Say whether the field (or that component of it) is HL7's ``""``."""
        return self.value(number).deletes(part)

    def _value(self, repetition: Any) -> Value:  # noqa: ANN401  # the package has no types
        components = [repetition] if isinstance(repetition, str) else list(repetition)
        return Value(
            tuple(
                tuple(
                    self.escapes.replace(sub)
                    for sub in ([component] if isinstance(component, str) else component)
                )
                for component in components
            )
        )


@dataclass(frozen=True, slots=True)
class Message:
    """A message that could be taken apart."""

    header: Header
    as_declared: bool
    parsed: Any
    escapes: "_Escapes"
    _read: dict[str, tuple[Row, ...]] = field(default_factory=dict, repr=False, compare=False)

    def row(self, name: str) -> Row:
        """Answer the first segment of that name, or one without fields."""
        return next(self.rows(name), Row(None, self.escapes))

    def rows(self, name: str) -> Iterator[Row]:
        """Answer the segments of that name in order, at most ``REPETITIONS_MAX``."""
        found = self._read.get(name)
        if found is None:
            named = (Row(s, self.escapes) for s in self.parsed if str(s[0]) == name)
            found = self._read[name] = tuple(itertools.islice(named, REPETITIONS_MAX))
        return iter(found)

    def has(self, name: str) -> bool:
        """Say whether the message has such a segment."""
        return self.row(name).segment is not None


class _Escapes:
    """HL7 escape sequences of one message's separators."""

    __slots__ = ("_mark", "_pattern", "_replacements")

    def __init__(self, header: Header) -> None:
        defaults = "^~\\&"
        chosen = header.encoding + defaults[len(header.encoding) :]
        self._mark = chosen[2]
        mark = re.escape(self._mark)
        self._pattern = re.compile(f"{mark}([^{mark}]{{1,40}}){mark}")
        self._replacements = {
            "F": header.separator,
            "S": chosen[0],
            "R": chosen[1],
            "E": chosen[2],
            "T": chosen[3],
        }

    def replace(self, text: str) -> str:
        """Answer the text with its sequences replaced, without control characters, bounded."""
        return clean(self._pattern.sub(self._one, text) if self._mark in text else text)

    def _one(self, match: re.Match[str]) -> str:
        sequence = match[1]
        if sequence.startswith("X"):
            try:
                return bytes.fromhex(sequence[1:]).decode("latin-1")
            except ValueError:
                return ""
        if sequence.startswith("."):
            return " "
        return self._replacements.get(sequence, "")


def clean(text: str) -> str:
    """Answer a text without control characters and doubled spaces, cut at the longest kept."""
    if not text:
        return text
    spaced = " ".join(text.split())
    if not spaced.isprintable():
        spaced = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    return spaced[:TEXT_CHARACTERS_MAX].strip()


def read_header(content: bytes | str) -> Header | None:
    """Answer the MSH of a message, or ``None`` when it has none that can be read.

    It can be read when it begins with ``MSH``, a separator, and one to five encoding characters
    that are all different and neither letters, digits nor spaces.
    """
    decoded = _as_text(content)
    return _header(decoded.text.lstrip(), decoded.codec)


def read_message(content: bytes | str) -> Message | None:
    """Take a message apart, or answer ``None`` when its MSH cannot be read."""
    decoded = _as_text(content)
    text = decoded.text.strip("\r\n \x0b\x1c\x00")
    header = _header(text, decoded.codec)
    if header is None:
        return None
    kept = [
        segment
        for segment in _segments(text, header.separator)
        if segment[:3] in _SEGMENTS_READ and segment[3:4] == header.separator
    ]
    try:
        parsed = hl7.parse("\r".join(kept))
    except (AssertionError, LookupError, RecursionError, hl7.exceptions.HL7Exception):
        return None  # its header deceived the checks above: the package's own ways of saying so
    return Message(header, decoded.as_declared, parsed, _Escapes(header))


def _as_text(content: bytes | str) -> Decoded:
    if isinstance(content, bytes):
        return decode(content)
    return Decoded(text=content.lstrip("\ufeff"), as_declared=True, codec="utf-8")


def _header(text: str, codec: str) -> Header | None:
    first = _CONTROLS.sub("", re.split(r"[\r\n]", text, maxsplit=1)[0])
    if not first.startswith("MSH") or not _separates(first[3:4]):
        return None
    separator = first[3]
    fields = tuple(first.split(separator))
    if len(fields) < _HEADER_FIELDS_MIN:
        return None
    encoding = fields[1]
    marks = [separator, *encoding]
    if not 1 <= len(encoding) <= _ENCODING_CHARACTERS_MAX or len(set(marks)) != len(marks):
        return None
    if not all(map(_separates, marks)):
        return None
    return Header(separator=separator, encoding=encoding, fields=fields, codec=codec)


def _separates(character: str) -> bool:
    return (
        character.isascii()
        and character.isprintable()
        and not (character.isalnum() or character.isspace() or character in {"", '"'})
    )


def _segments(text: str, separator: str) -> list[str]:
    begins = re.compile(rf"[A-Z][A-Z0-9]{{2}}(?:{re.escape(separator)}|$)")
    segments: list[list[str]] = []
    for line in text.replace("\r\n", "\r").replace("\n", "\r").split("\r"):
        if begins.match(line) or not segments:
            segments.append([line])
        elif line:
            segments[-1].append(line)
    return [" ".join(lines) for lines in segments]
