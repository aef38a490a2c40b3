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
from typing import Final, Self

from connectors.contract import ConnectorContext, Reading
from connectors.health.acknowledgement import Answer, acknowledge
from connectors.health.framing import END, MESSAGE_BYTES_MAX, START, FrameSplitter, Piece
from connectors.health.mapping import control_id, map_or_refuse, refused
from connectors.health.message import read_header
from connectors.health.outcome import Refused
from connectors.health.sites import HospitalMapping
from connectors.health.source import EXPECTED

CHUNK_BYTES: Final = 65_536

Handle = Callable[[Reading], Awaitable[bool]]
"""Takes what came of a message and answers whether it is safe (spooled and on Kafka)."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a connection may ask of the listener.

    Attributes:
        message_bytes_max: a larger message is refused without being held.
        connections_max: one more is closed at once.
        idle_seconds_max: how long a connection may say nothing between messages.
        frame_seconds_max: how long it may say nothing inside a message.
        answer_seconds_max: how long ``handle`` is waited for; it gives up after 10 by itself.
        stop_seconds_max: how long a message in hand may take when the listener stops.
    """

    message_bytes_max: int = MESSAGE_BYTES_MAX
    connections_max: int = 64
    idle_seconds_max: float = 3_600
    frame_seconds_max: float = 60
    answer_seconds_max: float = 15
    stop_seconds_max: float = 20


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
        self._connections: dict[asyncio.Task[None], bool] = {}
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
        for task, busy in tuple(self._connections.items()):
            if not busy:
                task.cancel()
        waiting = {*self._connections, *self._handling}
        if waiting:
            await asyncio.wait(waiting, timeout=self._limits.stop_seconds_max)
        left = {*self._connections, *self._handling}
        for late in left:
            late.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._stopping:
            writer.close()
            return
        if len(self._connections) >= self._limits.connections_max:
            _log.warning("A connection was closed: %d are open already", len(self._connections))
            writer.close()
            return
        self._connections[task] = False
        try:
            await self._converse(task, reader, writer)
        except (ConnectionError, TimeoutError) as fault:
            _log.info("A connection ended: %s", type(fault).__name__)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            del self._connections[task]
            writer.close()

    async def _converse(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        splitter = FrameSplitter(self._limits.message_bytes_max)
        while not self._stopping:
            chunk = await self._next(reader, splitter)
            if not chunk:
                self._end(splitter)
                return
            for piece in splitter.feed(chunk):
                self._connections[task] = True
                writer.write(START + await self._answer(piece) + END)
                await asyncio.wait_for(writer.drain(), self._limits.frame_seconds_max)
                self._connections[task] = False
                if self._stopping:
                    return

    async def _next(self, reader: asyncio.StreamReader, splitter: FrameSplitter) -> bytes:
        limits = self._limits
        seconds = limits.frame_seconds_max if splitter.inside else limits.idle_seconds_max
        return await asyncio.wait_for(reader.read(CHUNK_BYTES), seconds)

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
