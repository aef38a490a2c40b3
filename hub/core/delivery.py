"""When what must go out is tried again, and when a person must look at it.

An agency's system is told only that something waits for it. The page and the JSON are what counts:
a push that fails for days costs time and loses nothing.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

_MINUTE: Final = timedelta(minutes=1)
PAUSES: Final = (
    *(_MINUTE / 2, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE),
    *(timedelta(hours=hours) for hours in (2, 6, 12, 24)),
)
"""Between one attempt and the next: about two days in all. This project's own figures, in the shape
that the Standard Webhooks specification recommends."""

_JITTER: Final = 0.2
_TRY_AGAIN: Final = frozenset({408, 425, 429})
_SERVER_FAULT: Final = 500
_SUCCESS: Final = range(200, 300)


class Pushed(StrEnum):
    """What came of one attempt."""

    SENT = "sent"
    UNPUSHED = "unpushed"
    """The recipient wants no push: it asks by itself for what waits."""
    AGAIN = "again"
    DEAD = "dead"
    """It will not go out by itself: a fault for the operator."""


def of_status(status: int) -> Pushed:
    """Answer what an HTTP status means: a redirect is never followed, and so is a fault."""
    if status in _SUCCESS:
        return Pushed.SENT
    return Pushed.AGAIN if status in _TRY_AGAIN or status >= _SERVER_FAULT else Pushed.DEAD


def next_attempt(outbox_id: UUID, attempts: int, at: datetime) -> datetime | None:
    """Answer when to try again after so many attempts; ``None`` if that was the last.

    The pause is spread by up to a fifth, by the row's own id: so what failed together does not come
    back together, and a replay comes to the same times.
    """
    if attempts > len(PAUSES):
        return None
    digest = hashlib.sha256(f"{outbox_id}|{attempts}".encode()).digest()
    spread = int.from_bytes(digest[:4], "big") / 2**32
    return at + PAUSES[attempts - 1] * (1 + _JITTER * spread)


Addresses = Mapping[str, str]
"""Where each agency that wants to be told is told."""
