"""The outermost layer of every response: request id, size, security headers, the last resort.

Plain ASGI, since it runs on every request: no body is read or copied here.
"""

import logging
import re
import secrets
import uuid
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.beat import Beat

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER_KEPT = "no-store"
STATIC_KEPT = "public, max-age=86400"
"""Vendored files hold nothing of anybody, and a hospital PC should fetch them once a day."""
STATIC_PATHS = ("/static/", "/assets/")
HSTS = "max-age=31536000; includeSubDomains"

_FOUND = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})
_REQUEST_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)
"""A UUID (RFC 9562) and nothing else: a shorter text could be an NHS number or a name."""
_LENGTH_DIGITS_MAX = 20
_log = logging.getLogger(__name__)

Resort = Callable[[Request, HTTPStatus], Awaitable[Response]]


class Rim:
    """Gives every response its headers and turns what nobody caught into a plain answer.

    Args:
        app: what is inside.
        last_resort: makes the response to an exception that left the application, and to a
            request that says that it is larger than may be.
        body_bytes_max: a request that declares more is not passed on. One that declares nothing
            is counted inside, by ``RequestBodyLimitMiddleware``.
        beat: holds an answer that has begun on it, whatever it became.
    """

    def __init__(self, app: ASGIApp, last_resort: Resort, body_bytes_max: int, beat: Beat) -> None:
        self._app = app
        self._last_resort = last_resort
        self._body_bytes_max = body_bytes_max
        self._beat = beat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        headers = Headers(scope=scope)
        state["request_id"] = _request_id(headers.get("x-request-id"))
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                await self._beat.hold(scope)
                started = True
                _add_headers(scope, message)
            await send(message)

        async def give_up(status: HTTPStatus) -> None:
            response = await self._last_resort(Request(scope, receive), status)
            await response(scope, receive, send_with_headers)

        if self._is_too_large(headers.get("content-length", "")):
            await give_up(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            # Its text may hold what somebody typed, so only its type and place are written down.
            _log.error(
                "Request %s failed with %s at %s.",
                state["request_id"],
                type(error).__name__,
                _place_of(error),
            )
            if started:
                raise
            await give_up(HTTPStatus.INTERNAL_SERVER_ERROR)

    def _is_too_large(self, declared: str) -> bool:
        if not (declared.isascii() and declared.isdecimal()):
            return False
        return len(declared) > _LENGTH_DIGITS_MAX or int(declared) > self._body_bytes_max


def _request_id(given: str | None) -> str:
    """Answer the caller's own id if it is a UUID, else one of ours: it is logged and repeated."""
    if given and _REQUEST_ID.fullmatch(given):
        return given
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


def _add_headers(scope: Scope, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in ALWAYS.items():
        headers[name] = value
    is_static = scope["path"].startswith(STATIC_PATHS) and message["status"] in _FOUND
    headers["Cache-Control"] = STATIC_KEPT if is_static else NEVER_KEPT
    headers["X-Request-ID"] = scope["state"]["request_id"]
    if scope["scheme"] == "https":
        headers["Strict-Transport-Security"] = HSTS
    cookie = scope["state"].get("session_cookie")
    if cookie:
        headers.append("Set-Cookie", cookie)


def _place_of(error: Exception) -> str:
    """Answer the module and line where it was raised: what a developer needs, and nobody's name."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
