"""Reads HL7 v2 messages from a file or a folder of files, one at a time."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from connectors.contract import ConnectorContext, Reading
from connectors.health.characters import wide_codec
from connectors.health.framing import (
    MESSAGE_BYTES_MAX,
    START,
    Flaw,
    FrameSplitter,
    LineSplitter,
    Piece,
    Splitter,
)
from connectors.health.mapping import map_or_refuse, refused
from connectors.health.mapping_file import load_mapping
from connectors.health.sites import HospitalMapping
from connectors.outcome import Refused
from hub.errors import ConfigurationError

CHUNK_BYTES: Final = 65_536

EXPECTED: Final = {
    Flaw.TOO_LARGE: f"a message of at most {MESSAGE_BYTES_MAX} bytes",
    Flaw.CUT_SHORT: "a frame that ends with 0x1C 0x0D; this one is cut short",
    Flaw.NOT_A_MESSAGE: "a message that begins with MSH",
}
"""What was expected where a piece of a file or stream is no whole message."""


def read(path: Path, context: ConnectorContext) -> Iterator[Reading]:
    """Read a file, or the files of a folder by name, and yield what came of each message.

    A file holds one or many messages with CR, LF or CRLF, bare or in MLLP frames, in any character
    set that MSH-18 or a byte order mark names. Hidden files and subfolders are passed over. Never
    more than one message (at most ``MESSAGE_BYTES_MAX``) and one chunk are held.

    Raises:
        ConfigurationError: the path or the mapping file cannot be used.
    """
    mapping = load_mapping(context.mapping_path)
    for file in _files(path):
        yield from _read_file(file, mapping, context)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise ConfigurationError(f"{path.name}: a file or a folder of HL7 v2 messages is expected.")
    inside = (file for file in path.iterdir() if not file.name.startswith("."))
    return sorted((file for file in inside if file.is_file()), key=lambda file: file.name)


def _read_file(
    file: Path, mapping: HospitalMapping, context: ConnectorContext
) -> Iterator[Reading]:
    for number, (piece, wide) in enumerate(_pieces(file), start=1):
        place = f"{file.name} message {number}"
        if piece.flaw is not None:
            yield refused(place, Refused("MSH", EXPECTED[piece.flaw]), context)
            continue
        content = piece.content.decode("utf-8", errors="replace") if wide else piece.content
        yield map_or_refuse(content, mapping, context, reference=place)


def _pieces(file: Path) -> Iterator[tuple[Piece, bool]]:
    """Yield each message of a file, and whether it was re-written from UTF-16 to UTF-8."""
    splitter: Splitter | None = None
    codec: str | None = None
    for chunk in _chunks(file):
        content = chunk
        if splitter is None:
            codec = wide_codec(chunk)
            decoder = codecs.getincrementaldecoder(codec or "utf-8")(errors="replace")
        if codec is not None:
            content = decoder.decode(chunk).lstrip("\ufeff").encode("utf-8", errors="replace")
        if splitter is None:
            framed = content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(START)
            splitter = FrameSplitter() if framed else LineSplitter()
        for piece in splitter.feed(content):
            yield piece, codec is not None
    for piece in splitter.finish() if splitter else ():
        yield piece, codec is not None


def _chunks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except OSError as fault:
        raise ConfigurationError(f"{file.name} cannot be read: {fault.strerror}.") from fault
