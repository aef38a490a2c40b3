"""Pads a report's body to one of few sizes, so that the length of a message tells little."""

from typing import Final

from hub.core.reasons import ParkReason
from hub.errors import ReportFault

KIB: Final = 1024
SIZE_CLASSES: Final = (KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB)
BODY_BYTES_MAX: Final = 768 * KIB
"""The largest padded body: with seal and header it stays under Kafka's 1 MiB a message."""

_LENGTH_BYTES: Final = 4
BODY_CONTENT_MAX: Final = BODY_BYTES_MAX - _LENGTH_BYTES
"""The largest encoded body that can be padded."""


def pad(content: bytes) -> bytes:
    """Answer ``content`` padded to its size class, so that its length tells little.

    Classes: 1, 4, 16, 64 and 256 KiB, then multiples of 256 KiB up to 768 KiB. Four bytes of
    length, big-endian, come first; zeros follow.

    Raises:
        ReportFault: the content is larger than the largest class holds.
    """
    length = len(content)
    if length > BODY_CONTENT_MAX:
        raise ReportFault(
            f"The report's body has {length} bytes; at most {BODY_CONTENT_MAX} were expected.",
            code=ParkReason.TOO_LARGE,
        )
    needed = length + _LENGTH_BYTES
    last = SIZE_CLASSES[-1]
    size = next((size for size in SIZE_CLASSES if size >= needed), -(-needed // last) * last)
    return length.to_bytes(_LENGTH_BYTES, "big") + content + bytes(size - needed)


def unpad(padded: bytes) -> bytes:
    """Answer what was padded.

    Raises:
        ReportFault: the padding is not as ``pad`` makes it.
    """
    end = int.from_bytes(padded[:_LENGTH_BYTES], "big") + _LENGTH_BYTES
    if (
        len(padded) < _LENGTH_BYTES
        or end > len(padded)
        or padded.count(0, end) != len(padded) - end
    ):
        raise ReportFault(
            "The report's body is not padded as expected.", code=ParkReason.BODY_UNREADABLE
        )
    return padded[_LENGTH_BYTES:end]
