"""Bytes of an HL7 v2 message to text, by the character set it declares in MSH-18.

Feeds declare one set and send another (health intakes see UTF-8 under ``ASCII`` and Windows bytes
under ``UNICODE``), so decoding never fails: what the declared set cannot read is read as Latin-1,
one segment at a time, so that a wrong byte in a free-text note does not spoil a name.
"""

from dataclasses import dataclass
from typing import Final

HEADER_BYTES_MAX: Final = 4_096
"""How far into a message its first segment is looked for: MSH is some 200 characters long."""

_MSH_18: Final = 17
"""Where MSH-18 stands when MSH is split at its separator (MSH-1 is the separator itself)."""

_SETS: Final = {
    "UNICODE": "utf-8",  # the national examples say UNICODE and hold single bytes
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    "UNICODE UTF-16": "utf-16",
    "UTF-16": "utf-16",
    "UNICODE UTF-32": "utf-32",
    "ASCII": "utf-8",  # ASCII is part of it; what is more than ASCII is UTF-8 more often than not
    "": "utf-8",
    "8859/1": "latin-1",
    **{f"8859/{part}": f"iso8859_{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 15)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A message as text.

    Attributes:
        text: never with a byte order mark.
        as_declared: whether every byte was of the declared set.
        codec: the codec that was tried first, in which an answer is written too.
    """

    text: str
    as_declared: bool
    codec: str


def decode(content: bytes) -> Decoded:
    """Answer the text of a message, whatever its bytes are."""
    wide = wide_codec(content)
    if wide is not None:
        text = content.decode(wide, errors="replace")
        return Decoded(text=text.lstrip("\ufeff"), as_declared="\ufffd" not in text, codec=wide)
    content = content.removeprefix(b"\xef\xbb\xbf")
    codec, known = _declared(content)
    if codec in {"utf-16", "utf-32"}:  # declared, but the bytes are not: as some engines do
        codec, known = "utf-8", False
    try:
        return Decoded(text=content.decode(codec), as_declared=known, codec=codec)
    except UnicodeDecodeError:
        pass  # what follows reads it a segment at a time
    segments = content.replace(b"\r\n", b"\r").replace(b"\n", b"\r").split(b"\r")
    text = "\r".join(_segment(segment, codec) for segment in segments)
    return Decoded(text=text, as_declared=False, codec=codec)


def wide_codec(content: bytes) -> str | None:
    """Answer which UTF-16 the bytes are in, or ``None``: by its mark or a zero byte."""
    if content.startswith((b"\xff\xfe", b"M\x00", b"\x0b\x00")):
        return "utf-16-le"
    if content.startswith((b"\xfe\xff", b"\x00M", b"\x00\x0b")):
        return "utf-16-be"
    return None


def _declared(content: bytes) -> tuple[str, bool]:
    head = content[:HEADER_BYTES_MAX].replace(b"\n", b"\r").split(b"\r", 1)[0].decode("latin-1")
    fields = head.split(head[3]) if len(head) > len("MSH") else []
    if len(fields) <= _MSH_18:
        return "utf-8", True
    first = fields[_MSH_18].split("~")[0].strip().upper()
    return _SETS.get(first, "utf-8"), first in _SETS


def _segment(segment: bytes, codec: str) -> str:
    try:
        return segment.decode(codec)
    except UnicodeDecodeError:
        return segment.decode("latin-1")
