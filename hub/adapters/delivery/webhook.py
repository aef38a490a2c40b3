"""Thin signed webhooks in the form of the Standard Webhooks specification, 1.0.0.

The message says that something waits, and where to ask; nothing of what, or about whom. Redirects
are not followed, answers are not read, and every wait has a limit.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

import httpx

from hub.core.delivery import Addresses, Pushed, of_status
from hub.errors import ConfigurationError
from hub.ports import OutboxRow

LIMIT_SECONDS: Final = 3.0
EVENT_TYPE: Final = "safeguarding_hub.something_waits"

Secrets = Callable[[str], Sequence[bytes]]
"""The secrets shared with an agency: one, or two while one takes over from the other."""


class Webhooks:
    """The channel port over HTTP."""

    def __init__(
        self,
        *,
        addresses: Addresses,
        secrets: Secrets,
        to_this_machine: bool = False,
        limit_seconds: float = LIMIT_SECONDS,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        """Take what makes transports where messages are not to go over the network.

        ``to_this_machine`` is for the demonstration alone: elsewhere a policy file could have the
        hub speak to any port of its own machine.
        """
        self._to_this_machine = to_this_machine
        self._addresses = addresses
        self._secrets = secrets
        self._limit = limit_seconds
        trusted = httpx.create_ssl_context(trust_env=False)
        self._transport = transport or partial(httpx.AsyncHTTPTransport, verify=trusted)

    def push(self, row: OutboxRow, at: datetime, ask: str) -> tuple[Pushed, str]:
        """Answer what came of it, and the fault in a word."""
        address = self._addresses.get(row.recipient)
        if address is None:
            return Pushed.UNPUSHED, ""
        if not (self._to_this_machine or address.startswith("https://")):
            return Pushed.DEAD, "address_of_this_machine"
        try:
            secrets = self._secrets(row.recipient)
        except ConfigurationError:
            return Pushed.AGAIN, "secret_unusable"
        if not secrets:
            return Pushed.DEAD, "no_secret"
        body = body_at(at, ask)
        return self._sent(address, body, signed_headers(str(row.outbox_id), at, body, secrets))

    def _sent(self, address: str, body: bytes, headers: Mapping[str, str]) -> tuple[Pushed, str]:
        try:
            status = asyncio.run(self._answered(address, body, headers))
        except (TimeoutError, httpx.TimeoutException):
            return Pushed.AGAIN, "timeout"
        except httpx.HTTPError as error:
            return Pushed.AGAIN, type(error).__name__
        except (httpx.InvalidURL, ValueError, OverflowError):  # no host, or no port, of a name
            return Pushed.DEAD, "address_unusable"
        return of_status(status), f"status_{status}"

    async def _answered(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Answer the status; nothing behind it is read.

        The limit is of the whole: whoever answers a byte at a time, or says "go on" for ever, would
        else keep every other agency waiting, and the timers beside it.
        """
        async with (
            asyncio.timeout(self._limit),
            httpx.AsyncClient(
                timeout=self._limit,
                follow_redirects=False,
                trust_env=False,
                transport=self._transport(),
            ) as client,
            client.stream("POST", address, content=body, headers=headers) as answer,
        ):
            return answer.status_code


def body_at(at: datetime, ask: str) -> bytes:
    """Answer the body: the same for whatever waits there."""
    told = {
        "type": EVENT_TYPE,
        "timestamp": at.astimezone(UTC).isoformat(),
        "data": {"ask": ask},
    }
    return json.dumps(told, separators=(",", ":")).encode()


def signed_headers(
    message_id: str, at: datetime, body: bytes, secrets: Sequence[bytes]
) -> Mapping[str, str]:
    """Answer the headers of a message: its id, when it was sent, and a signature by each secret."""
    sent = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), sent.encode(), body))
    signatures = (
        base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        for secret in secrets
    )
    return {
        "content-type": "application/json",
        "user-agent": "safeguarding-hub",
        "webhook-id": message_id,
        "webhook-timestamp": sent,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }
