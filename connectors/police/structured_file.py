"""Reads incidents from JSON, JSON lines and XML, one at a time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from connectors.outcome import Refused
from connectors.police.shape import Plain

FILE_BYTES_MAX: Final = 32 * 1024 * 1024
"""Of a JSON file, which is read whole; more is sent as JSON lines."""

LINE_BYTES_MAX: Final = 1024 * 1024
INCIDENT_BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 12
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """One incident as its file has it, or why it could not be read."""

    number: int
    told: Plain = field(default_factory=dict, repr=False)
    flaw: Refused | None = None


def read_json(path: Path) -> Iterator[Found]:
    """Yield the incidents of a JSON file: one object, a list, or ``{"incidents": [...]}``."""
    if path.stat().st_size > FILE_BYTES_MAX:
        expected = f"at most {FILE_BYTES_MAX} bytes; send more as JSON lines (.jsonl)"
        yield Found(1, flaw=Refused("file", expected))
        return
    told = _parsed(path.read_bytes())
    listed = told.get("incidents", [told]) if isinstance(told, Mapping) else told
    for number, one in enumerate(listed if isinstance(listed, list) else [None], start=1):
        yield _object(number, one)


def read_json_lines(path: Path) -> Iterator[Found]:
    """Yield the incidents of a file with one JSON object a line."""
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(LINE_BYTES_MAX + 1):
            number += 1
            if len(line) > LINE_BYTES_MAX:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(LINE_BYTES_MAX)
                yield Found(number, flaw=Refused("line", f"at most {LINE_BYTES_MAX} bytes"))
            elif line.strip():
                yield _object(number, _parsed(line))


def _parsed(content: bytes) -> Any:  # noqa: ANN401  # any JSON document
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _object(number: int, told: Any) -> Found:  # noqa: ANN401  # any part of a JSON document
    if isinstance(told, Mapping):
        return Found(number, told)
    return Found(number, flaw=Refused("incident", "a JSON object in UTF-8, see the schema"))


def read_xml(path: Path) -> Iterator[Found]:
    """Yield the incidents of an XML file: the elements right inside its root.

    Attributes and prefixes are passed over. A document type is refused: entities are not read.
    """
    reader = _XmlReader()
    number = 0
    with path.open("rb") as stream:
        ended = False
        while not ended:
            chunk = stream.read(_CHUNK)
            ended = not chunk
            flaw = reader.feed(chunk, ended=ended)
            for told in reader.taken():
                number += 1
                yield _object(number, told) if told else _empty(number)
            if flaw is not None:
                yield Found(number + 1, flaw=flaw)
                return


def _empty(number: int) -> Found:
    return Found(number, flaw=Refused("incident", "an element with the fields of the shape"))


class _XmlReader:
    """Builds plain values from XML events: texts, mappings by tag, lists of repeated tags."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.buffer_text = True
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._ready: list[Any] = []
        self._size = 0

    def feed(self, chunk: bytes, *, ended: bool) -> Refused | None:
        """Take some bytes; answer why no more of them can be read."""
        try:
            self._parser.Parse(chunk, ended)
        except expat.ExpatError:
            return Refused("file", "well-formed XML to its end")
        except Refused as flaw:
            return flaw
        return None

    def taken(self) -> list[Any]:
        """Answer the incidents that are whole, once."""
        ready, self._ready = self._ready, []
        return ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        del attributes
        if len(self._open) >= DEPTH_MAX:
            raise Refused("file", f"elements at most {DEPTH_MAX} deep")
        self._open.append((tag.rpartition(":")[2], {}, []))
        self._grow(len(tag))

    def _end(self, tag: str) -> None:
        del tag
        name, inside, texts = self._open.pop()
        value: Any = inside or "".join(texts).strip()
        if len(self._open) == 1:
            self._ready.append(value)
            self._size = 0
        elif self._open:
            _put(self._open[-1][1], name, value)

    def _grow(self, characters: int) -> None:
        self._size += characters
        if self._size > INCIDENT_BYTES_MAX:
            raise Refused("incident", f"at most {INCIDENT_BYTES_MAX} characters")

    def _characters(self, text: str) -> None:
        self._grow(len(text))
        if self._open:
            self._open[-1][2].append(text)

    def _refuse_doctype(self, *_declared: object) -> None:
        raise Refused("file", "XML without a document type declaration")


def _put(inside: dict[str, Any], name: str, value: Any) -> None:  # noqa: ANN401  # text or mapping
    if name not in inside:
        inside[name] = value
    elif isinstance(inside[name], list):
        inside[name].append(value)
    else:
        inside[name] = [inside[name], value]
