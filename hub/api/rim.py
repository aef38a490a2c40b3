"""The outermost layer of every response: request id, security headers, the last resort.

Plain ASGI, since it runs on every request: no body is read or copied here.
"""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger(__name__)

Resort = Callable[[Request, HTTPStatus], Awaitable[Response]]


class Rim:
    """Gives every response its headers and turns what nobody caught into a plain answer.

    Args:
        app: what is inside.
        last_resort: makes the response to an exception that left the application.
    """

    def __init__(self, app: ASGIApp, last_resort: Resort) -> None:
        self._app = app
        self._last_resort = last_resort

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = _request_id(Headers(scope=scope).get("x-request-id"))
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(scope, message)
            await send(message)

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
            request = Request(scope, receive)
            response = await self._last_resort(request, HTTPStatus.INTERNAL_SERVER_ERROR)
            await response(scope, receive, send_with_headers)


def _request_id(given: str | None) -> str:
    """Answer the caller's own id where it is harmless to repeat, else one of ours."""
    return given if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


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
