"""How the ``hl7`` package reads a message: what the connector's own reading is held against."""

import re

import hl7

from connectors.health.characters import decode
from connectors.health.escapes import Escapes
from connectors.health.message import REPETITIONS_MAX, read_header

READ = {"MSH", "EVN", "PID", "NK1", "PV1", "DG1", "ZU8"}


class Unreadable(Exception):  # noqa: N818  # named for what it says of the message
    """The package has no answer, or the message has no header by which it could be asked."""


def read_by_the_package(content):
    """The segments that are read, each a name and its fields: components in repetitions."""
    text = decode(content).text if isinstance(content, bytes) else content.lstrip("\ufeff")
    text = text.strip("\r\n \x0b\x1c\x00")
    header = read_header(text)
    if header is None:
        raise Unreadable
    kept = [
        segment
        for segment in _segments(text, header.separator)
        if segment[:3] in READ and segment[3:4] == header.separator
    ]
    try:
        parsed = hl7.parse("\r".join(kept))
    except (AssertionError, LookupError, hl7.exceptions.HL7Exception):
        raise Unreadable from None
    escapes = Escapes(header.separator, header.encoding)
    return [
        (str(segment[0]), [_values(field, escapes) for field in segment[1:]]) for segment in parsed
    ]


def _segments(text, separator):
    begins = re.compile(rf"[A-Z][A-Z0-9]{{2}}(?:{re.escape(separator)}|$)")
    segments = []
    for line in text.replace("\r\n", "\r").replace("\n", "\r").split("\r"):
        if begins.match(line) or not segments:
            segments.append([line])
        elif line:
            segments[-1].append(line)
    return [" ".join(lines) for lines in segments]


def _values(field, escapes):
    """Its repetitions that say anything: components of subcomponents."""
    found = []
    for repetition in list(field)[:REPETITIONS_MAX]:
        components = [repetition] if isinstance(repetition, str) else list(repetition)
        parts = tuple(
            tuple(
                escapes.replace(sub)
                for sub in ([component] if isinstance(component, str) else component)
            )
            for component in components
        )
        if any(map(any, parts)):
            found.append(parts)
    return found
