"""Where one message ends and the next begins: MLLP frames, and files without frames.

Both splitters are fed bytes as they come, in any cuts, and hold at most one message of
``MESSAGE_BYTES_MAX`` and one chunk. Neither reads a socket or a file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from connectors.health.characters import HEADER_BYTES_MAX

MESSAGE_BYTES_MAX: Final = 1_048_576
"""Largest message that is read: an ADT message is a few kilobytes, a picture in one is not ours."""

START: Final = b"\x0b"
END: Final = b"\x1c\r"


class Flaw(StrEnum):
    """Why a piece is no whole message."""

    TOO_LARGE = "too_large"
    CUT_SHORT = "cut_short"
    NOT_A_MESSAGE = "not_a_message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One message as bytes, or what stood where one was expected.

    Attributes:
        content: the message; of one that is flawed, at most its beginning.
        flaw: ``None`` for a whole message.
    """

    content: bytes
    flaw: Flaw | None = None


class Splitter(Protocol):
    """What both splitters offer."""

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """Take the next bytes and answer the messages that they complete."""
        ...

    def finish(self) -> Iterator[Piece]:
        """Answer what is left once no more bytes will come."""
        ...


class FrameSplitter:
    """Splits MLLP: ``0x0B`` message ``0x1C 0x0D``; what stands between frames is passed over."""

    def __init__(self, message_bytes_max: int = MESSAGE_BYTES_MAX) -> None:
        self._bytes_max = message_bytes_max
        self._buffer = bytearray()
        self._head: bytes | None = None
        self._inside = False
        self._searched = 0
        self.stray_bytes = 0
        """How many bytes, other than line ends and spaces, stood outside of any frame."""

    @property
    def inside(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._inside

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """Take the next bytes and answer the messages that they complete."""
        self._buffer += chunk
        while self._begin():
            end = self._buffer.find(END, self._searched)
            if end < 0:
                self._wait()
                return
            content = bytes(self._buffer[:end])
            del self._buffer[: end + len(END)]
            yield self._piece(content)

    def finish(self) -> Iterator[Piece]:
        """Answer the frame that has no end, if there is one."""
        if self._inside:
            yield Piece(content=self._beginning(), flaw=Flaw.CUT_SHORT)
        self._inside = False

    def _begin(self) -> bool:
        if self._inside:
            return True
        start = self._buffer.find(START)
        outside = self._buffer if start < 0 else self._buffer[:start]
        self.stray_bytes += len(outside.strip())
        del self._buffer[: len(outside) + len(START)]
        self._inside = start >= 0
        self._searched = 0
        return self._inside

    def _wait(self) -> None:
        if len(self._buffer) > self._bytes_max:
            self._head = self._beginning()
            del self._buffer[:-1]  # the last byte may be the first of the frame's end
        self._searched = max(0, len(self._buffer) - 1)

    def _beginning(self) -> bytes:
        return self._head if self._head is not None else bytes(self._buffer[:HEADER_BYTES_MAX])

    def _piece(self, content: bytes) -> Piece:
        head, self._head = self._head, None
        self._inside = False
        if head is None and len(content) <= self._bytes_max:
            return Piece(content=content)
        return Piece(content=head or content[:HEADER_BYTES_MAX], flaw=Flaw.TOO_LARGE)


class LineSplitter:
    """Splits a file without frames: a message begins at each line that begins with MSH.

    Batch and file headers and trailers (FHS, BHS, BTS, FTS) are passed over.
    """

    _NEXT = re.compile(rb"[\r\n](?=MSH[^A-Za-z0-9\s])")
    _NEXT_BYTES = 5
    _AROUND = re.compile(rb"(?:[FB][HT]S[^A-Za-z0-9\s][^\r\n]*[\r\n]*)+")

    def __init__(self, message_bytes_max: int = MESSAGE_BYTES_MAX) -> None:
        self._bytes_max = message_bytes_max
        self._buffer = bytearray()
        self._head: bytes | None = None
        self._searched = 0

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """Take the next bytes and answer the messages that they complete."""
        self._buffer += chunk
        while found := self._NEXT.search(self._buffer, self._searched):
            content = bytes(self._buffer[: found.start()])
            del self._buffer[: found.end()]
            yield from self._pieces(content)
            self._searched = 0
        if len(self._buffer) > self._bytes_max:
            self._head = self._beginning()
            del self._buffer[: -self._NEXT_BYTES]
        self._searched = max(0, len(self._buffer) - self._NEXT_BYTES)

    def finish(self) -> Iterator[Piece]:
        """Answer the last message."""
        yield from self._pieces(bytes(self._buffer))
        self._buffer.clear()

    def _beginning(self) -> bytes:
        return self._head if self._head is not None else bytes(self._buffer[:HEADER_BYTES_MAX])

    def _pieces(self, content: bytes) -> Iterator[Piece]:
        head, self._head = self._head, None
        if head is not None or len(content) > self._bytes_max:
            yield Piece(content=(head or content)[:HEADER_BYTES_MAX], flaw=Flaw.TOO_LARGE)
            return
        kept = content.removeprefix(b"\xef\xbb\xbf").strip()
        if kept.startswith(b"MSH"):
            yield Piece(content=kept)
        elif kept and not self._AROUND.fullmatch(kept):
            yield Piece(content=kept[:HEADER_BYTES_MAX], flaw=Flaw.NOT_A_MESSAGE)
