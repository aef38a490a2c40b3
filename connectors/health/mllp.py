"""Listens for HL7 v2 messages over MLLP, and answers each one once it is safe.

One task for each connection takes its messages one after the other, so answers come in the order
of the messages. What "safe" means is the caller's: ``handle`` answers whether Kafka has it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from connectors.contract import ConnectorContext, Reading
from connectors.health.acknowledgement import Answer, acknowledge
from connectors.health.framing import END, MESSAGE_BYTES_MAX, START, FrameSplitter, Piece
from connectors.health.mapping import control_id, map_or_refuse, refused
from connectors.health.message import read_header
from connectors.health.sites import HospitalMapping
from connectors.health.source import EXPECTED
from connectors.outcome import Refused

CHUNK_BYTES: Final = 65_536

CONNECTIONS_MAX: Final = 64

CONNECTIONS_PER_PEER_MAX: Final = 16
"""Of one address, so that no one sender can take all; a hospital's engine opens a few."""

FRAME_SECONDS_MAX: Final = 60.0
"""From a message's first byte to its last: a megabyte is through a slow line (1 Mbit/s) in 9 s."""

Handle = Callable[[Reading], Awaitable[bool]]
"""Takes what came of a message and answers whether it is safe (spooled and on Kafka)."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a connection may ask of the listener.

    Attributes:
        message_bytes_max: a larger message is refused without being held.
        connections_max: for one more, the one that has been idle longest is closed.
        connections_per_peer_max: the same among the connections of one address.
        idle_seconds_max: how long a connection may say nothing between messages.
        frame_seconds_max: how long one message may take from its first byte to its last, and its
            answer to be read; bytes that drip in do not prolong it.
        answer_seconds_max: how long ``handle`` is waited for; it gives up after 10 by itself.
        stop_seconds_max: how long a message in hand may take when the listener stops.
    """

    message_bytes_max: int = MESSAGE_BYTES_MAX
    connections_max: int = CONNECTIONS_MAX
    connections_per_peer_max: int = CONNECTIONS_PER_PEER_MAX
    idle_seconds_max: float = 3_600
    frame_seconds_max: float = FRAME_SECONDS_MAX
    answer_seconds_max: float = 15
    stop_seconds_max: float = 20


@dataclass(slots=True, kw_only=True, eq=False)
class _Connection:
    """One connection: whose, since when it is idle (no message finished), and what it is at."""

    task: asyncio.Task[None]
    peer: str
    idle_since: float
    frame_began: float | None = None
    busy: bool = False
    closing: bool = False


class Listener:
    """An MLLP listener that is running; made by :meth:`start`."""

    def __init__(
        self, mapping: HospitalMapping, context: ConnectorContext, handle: Handle, limits: Limits
    ) -> None:
        self._mapping = mapping
        self._context = context
        self._handle = handle
        self._limits = limits
        self._began = time.monotonic()
        self._connections: set[_Connection] = set()
        self._handling: set[asyncio.Task[bool]] = set()
        self._stopping = False
        self._server: asyncio.Server | None = None
        self.port = 0

    @classmethod
    async def start(  # noqa: PLR0913  # a composition root's plain arguments, all by name
        cls,
        *,
        host: str,
        port: int,
        mapping: HospitalMapping,
        context: ConnectorContext,
        handle: Handle,
        limits: Limits | None = None,
    ) -> Self:
        """Begin to listen; port 0 takes a free one, which ``port`` then names.

        Raises:
            OSError: the address cannot be listened on.
        """
        listener = cls(mapping, context, handle, limits or Limits())
        server = await asyncio.start_server(listener._serve, host, port)
        listener._server = server
        listener.port = server.sockets[0].getsockname()[1]
        return listener

    async def stop(self) -> None:
        """Take no more connections or messages, answer those in hand, and end.

        What has arrived and not been answered the sender sends again.
        """
        self._stopping = True
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            if not connection.busy:
                connection.task.cancel()
        waiting = self._running()
        if waiting:
            await asyncio.wait(waiting, timeout=self._limits.stop_seconds_max)
        left = self._running()
        for late in left:
            late.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _running(self) -> set[asyncio.Task[Any]]:
        return {*(connection.task for connection in self._connections), *self._handling}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        peer = str((writer.get_extra_info("peername") or ("",))[0])
        if task is None or self._stopping or not self._make_room(peer):
            writer.close()
            return
        connection = _Connection(task=task, peer=peer, idle_since=time.monotonic())
        self._connections.add(connection)
        try:
            await self._converse(connection, reader, writer)
        except (ConnectionError, TimeoutError) as fault:
            _log.info("A connection ended: %s", type(fault).__name__)
        except asyncio.CancelledError:
            if not (self._stopping or connection.closing):
                raise
        finally:
            self._connections.discard(connection)
            writer.close()

    def _make_room(self, peer: str) -> bool:
        """Answer whether one more may be served, closing the longest idle if there are too many."""
        limits = self._limits
        everyone = [one for one in self._connections if not one.closing]
        own = [one for one in everyone if one.peer == peer]
        if len(own) >= limits.connections_per_peer_max:
            return self._close_longest_idle(own, "from one address")
        if len(everyone) >= limits.connections_max:
            return self._close_longest_idle(everyone, "in all")
        return True

    def _close_longest_idle(self, among: list[_Connection], which: str) -> bool:
        idle = [one for one in among if not one.busy]
        if not idle:
            _log.warning("A connection was closed: %d are busy %s", len(among), which)
            return False
        longest = min(idle, key=lambda one: one.idle_since)
        longest.closing = True
        longest.task.cancel()
        _log.warning("The longest idle connection was closed: %d are open %s", len(among), which)
        return True

    async def _converse(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        splitter = FrameSplitter(self._limits.message_bytes_max)
        while not self._stopping:
            chunk = await self._next(connection, reader)
            if not chunk:
                self._end(splitter)
                return
            for piece in splitter.feed(chunk):
                connection.busy = True
                writer.write(START + await self._answer(piece) + END)
                await asyncio.wait_for(writer.drain(), self._limits.frame_seconds_max)
                connection.busy = False
                connection.idle_since = time.monotonic()
                connection.frame_began = None
                if self._stopping:
                    return
            if splitter.inside and connection.frame_began is None:
                connection.frame_began = time.monotonic()

    async def _next(self, connection: _Connection, reader: asyncio.StreamReader) -> bytes:
        """Read on, until a limit that no byte outside of a whole message prolongs."""
        began, limits = connection.frame_began, self._limits
        until = connection.idle_since + limits.idle_seconds_max
        if began is not None:
            until = began + limits.frame_seconds_max
        # Not wait_for: it would lose a cancellation that comes together with the bytes.
        async with asyncio.timeout(until - time.monotonic()):
            return await reader.read(CHUNK_BYTES)

    def _end(self, splitter: FrameSplitter) -> None:
        if any(splitter.finish()):
            _log.warning("A connection ended inside a message; the sender will send it again")
        if splitter.stray_bytes:
            _log.warning("A connection sent %d bytes outside of frames", splitter.stray_bytes)

    async def _answer(self, piece: Piece) -> bytes:
        """Answer the acknowledgement of one message, after what came of it has been handed on."""
        header = read_header(piece.content)
        context = replace(self._context, started_at=self._now())
        enhanced = self._mapping.enhanced_acknowledgements
        if piece.flaw is not None:
            named = control_id(header)
            place = f"control id {named}" if named else "a message without a control id"
            reading = refused(place, Refused("MSH", EXPECTED[piece.flaw]), context)
        else:
            reading = map_or_refuse(piece.content, self._mapping, context)
        safe = await self._is_safe(reading)
        verdict = Answer.ACCEPTED if safe else Answer.FAILED
        if header is None:
            verdict = Answer.REJECTED
        return acknowledge(header, verdict, context.started_at, enhanced=enhanced)

    async def _is_safe(self, reading: Reading) -> bool:
        """Hand a reading on; a handler that fails or does not come back has not made it safe."""
        task = asyncio.ensure_future(self._handle(reading))
        self._handling.add(task)
        task.add_done_callback(self._handled)
        try:
            return await asyncio.wait_for(asyncio.shield(task), self._limits.answer_seconds_max)
        except TimeoutError:
            _log.warning("%s: it was not safe in time", reading.reference)
            return False
        except Exception as fault:  # noqa: BLE001  # whatever failed, the sender must send it again
            kind = type(fault).__name__  # a traceback can hold what the message said
            _log.error("%s: handing it on failed: %s", reading.reference, kind)
            return False

    def _handled(self, task: "asyncio.Task[bool]") -> None:
        self._handling.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not print it with its content

    def _now(self) -> datetime:
        """Answer the present: the run's beginning and the time since, by the monotonic clock."""
        return self._context.started_at + timedelta(seconds=time.monotonic() - self._began)
