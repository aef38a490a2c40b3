"""A small HTTP/1.1 client over asyncio: keep-alive connections, requests that are bytes already.

It costs the machine a tenth of what a full client does, which matters where client and server share
two cores.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection as Conversation

from benchmark.partner import READY
from benchmark.stage import Stage
from hub.settings import LOOPBACK

FAILED = 0
"""The status of a request that got no answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: when it was to be sent, and what came of it after how long from then."""

    place: int
    intended: float
    seconds: float
    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one client process asks."""

    port: int
    requests: Sequence[bytes]
    count: int
    a_second: float
    connections: int
    give_up_seconds: float


class Connection:
    """One keep-alive connection; one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Answer status and body.

        Raises:
            OSError: the connection broke; the next request opens another.
            ValueError: what came is not an answer with a stated length.
        """
        if self._streams is None or self._streams[0].at_eof():
            self.close()  # a server hangs up on a connection that nobody used for seconds
            self._streams = await asyncio.open_connection(LOOPBACK, self._port, limit=2**22)
        reader, writer = self._streams
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
        except BaseException:
            self.close()
            raise
        return int(head[9:12]), body

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def request(  # what a request is made of
    method: str,
    path: str,
    stage: Stage,
    user_id: str,
    body: Mapping[str, str | None] | None = None,
) -> bytes:
    """Answer the bytes of one request by a demo role, by its token."""
    content = json.dumps(body).encode() if body is not None else b""
    who = f"Authorization: Bearer {stage.token(user_id)}"
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {LOOPBACK}",
        who,
        "Accept: application/json",
    ]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def ask_in_time(exchange: Exchange, conversation: Conversation) -> None:
    """Ask each request at its time, whether or not those before are answered: a partner's body.

    It hears the instant of ``time.monotonic`` of the first request and says every ``Asked``.
    """
    conversation.send(READY)
    conversation.send(asyncio.run(_ask_in_time(exchange, conversation.recv())))


async def _ask_in_time(exchange: Exchange, begin: float) -> list[Asked]:
    free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
    for _ in range(exchange.connections):
        free.put_nowait(Connection(exchange.port))
    tasks = []
    for place in range(exchange.count):
        intended = begin + place / exchange.a_second
        pause = intended - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(_ask_one(exchange, free, place, intended)))
    found = await asyncio.gather(*tasks)
    while not free.empty():
        free.get_nowait().close()
    return found


async def _ask_one(
    exchange: Exchange, free: asyncio.LifoQueue[Connection], place: int, intended: float
) -> Asked:
    status, body = FAILED, b""
    try:
        async with asyncio.timeout_at(asyncio.get_running_loop().time() + exchange.give_up_seconds):
            connection = await free.get()
            try:
                status, body = await connection.ask(
                    exchange.requests[place % len(exchange.requests)]
                )
            finally:
                free.put_nowait(connection)
    except (OSError, ValueError, EOFError, TimeoutError):
        status = FAILED
    return Asked(
        place=place,
        intended=intended,
        seconds=time.monotonic() - intended,
        status=status,
        body=body,
    )


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("The answer does not say how long it is.")
