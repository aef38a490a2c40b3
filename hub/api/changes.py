"""Server-sent events that say "changed" when an inbox did, and nothing else.

A stream says "changed" once when it begins, since anything may have changed before; then each time
the inbox does, several changes as one. It holds no thread and no database connection. It ends when
its asker may no longer see the inbox, when the hub itself cannot hear and when the hub stops: a
client that is told nothing must never believe that nothing changed.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from http import HTTPStatus

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from hub.api.problems import Problem
from hub.api.services import Services
from hub.api.streams import Streams
from hub.api.users import User
from hub.ports import Notice

LOOK_SECONDS = 2.0
"""How often a stream looks whether it must end."""

HEARTBEAT_SECONDS = 15.0
"""A line that says nothing, so that nobody between takes the connection for dead."""

_BEGIN = b"retry: 2000\n\n"
_CHANGED = b"data: changed\n\n"
_HEARTBEAT = b": still here\n\n"


class ChangeStream(StreamingResponse):
    """The response of one stream.

    Args:
        streams: what holds its place.
        services: what tells when the inbox changes.
        user: whose inbox it is.
        may_go_on: whether the session or token by which it was opened is still good.
    """

    def __init__(
        self, streams: Streams, services: Services, user: User, may_go_on: Callable[[], bool]
    ) -> None:
        super().__init__(self._lines(), media_type="text/event-stream")
        self.headers["X-Accel-Buffering"] = "no"  # a proxy that collects lines would delay them
        self._streams = streams
        self._services = services
        self._user = user
        self._may_go_on = may_go_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until it must end or the client has gone.

        Raises:
            Problem: there is no place for it.
        """
        if not self._streams.take(self._user.user_id):
            detail = "Too many streams are open. Ask for changes from time to time instead."
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_streams", detail)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.give_back(self._user.user_id)

    async def _lines(self) -> AsyncIterator[bytes]:
        ear = _Ear(asyncio.get_running_loop())
        end = self._services.listen_to_inbox(self._user, ear.told)
        last = time.monotonic()
        try:
            yield _BEGIN + _CHANGED
            while not self._must_end(ear):
                if await ear.changed(LOOK_SECONDS):
                    last = time.monotonic()
                    yield _CHANGED
                elif time.monotonic() - last >= HEARTBEAT_SECONDS:
                    last = time.monotonic()
                    yield _HEARTBEAT
        finally:
            end()

    def _must_end(self, ear: "_Ear") -> bool:
        return ear.deaf or self._streams.closing() or not self._may_go_on()


class _Ear:
    """Takes notices from any thread to the event loop of its stream."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._event = asyncio.Event()
        self.deaf = False

    def told(self, notice: Notice) -> None:
        """Take one notice."""
        with suppress(RuntimeError):  # the loop has ended, and its streams with it
            self._loop.call_soon_threadsafe(self._take, notice)

    def _take(self, notice: Notice) -> None:
        self.deaf = self.deaf or notice is Notice.DEAF
        self._event.set()

    async def changed(self, seconds: float) -> bool:
        """Answer whether something was told within this time."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return False
        self._event.clear()
        return not self.deaf
