"""A hospital's sender: HL7 v2 messages over MLLP, one at a time, each until it is accepted."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from hub.errors import HubError

START: Final = b"\x0b"
END: Final = b"\x1c\r"
ACCEPTED: Final = frozenset({"AA", "CA"})
REJECTED: Final = frozenset({"AR", "CR"})
ACKNOWLEDGEMENT_BYTES_MAX: Final = 65_536
CONNECT_SECONDS_MAX: Final = 5.0
ANSWER_SECONDS_MAX: Final = 20.0
PAUSE_SECONDS: Final = 0.5
PERSIST_SECONDS_MAX: Final = 120.0


class NotAccepted(HubError):  # noqa: N818  # named for what became of the message
    """A message was not accepted: rejected, or not taken within the limit. Names no content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of one message: the listener's code, and how often it had to be sent."""

    code: str
    attempts: int


class MllpSender:
    """A connection to an MLLP listener that is made again whenever it breaks.

    Like a hospital's interface engine it sends in order and never goes on before the message in
    hand is accepted: ``AE``, silence and a broken connection are tried again.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        persist_seconds_max: float = PERSIST_SECONDS_MAX,
        go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Connect when the first message is sent.

        Args:
            host: of the listener.
            port: of the listener.
            persist_seconds_max: for how long one message is tried.
            go_on: asked between attempts; False gives up at once.
        """
        self._address = (host, port)
        self._persist_seconds_max = persist_seconds_max
        self._go_on = go_on
        self._connection: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, content: bytes) -> Sent:
        """Send a message until it is accepted.

        Raises:
            NotAccepted: it was rejected, or not accepted within the limit.
        """
        limit = time.monotonic() + self._persist_seconds_max
        attempts = 0
        while True:
            attempts += 1
            code = self._attempt(content)
            if code in ACCEPTED:
                return Sent(code=code, attempts=attempts)
            if code in REJECTED:
                raise NotAccepted(f"The listener rejected a message ({code}).")
            if time.monotonic() > limit or not self._go_on():
                raise NotAccepted(
                    f"The listener on port {self._address[1]} did not accept a message in "
                    f"{attempts} attempts (last answer: {code or 'none'})."
                )
            time.sleep(PAUSE_SECONDS)

    def close(self) -> None:
        """Close the connection; the next message makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _attempt(self, content: bytes) -> str:
        """Answer the code of the acknowledgement; empty if none came."""
        try:
            if self._connection is None:
                self._connection = socket.create_connection(self._address, CONNECT_SECONDS_MAX)
                self._connection.settimeout(ANSWER_SECONDS_MAX)
            self._connection.sendall(START + content + END)
            return acknowledgement_code(self._receive(self._connection))
        except OSError:
            self.close()
            return ""

    def _receive(self, connection: socket.socket) -> bytes:
        received = bytearray()
        while not received.endswith(END):
            chunk = connection.recv(4096)
            if not chunk or len(received) > ACKNOWLEDGEMENT_BYTES_MAX:
                raise ConnectionResetError
            received += chunk
        return bytes(received)


def acknowledgement_code(received: bytes) -> str:
    """Answer MSA-1 of an acknowledgement, such as ``AA``; empty if it has none."""
    for segment in received.strip(START + END).split(b"\r"):
        fields = segment.split(b"|")
        if fields[0] == b"MSA" and len(fields) > 1:
            return fields[1].decode("ascii", errors="replace")
    return ""
