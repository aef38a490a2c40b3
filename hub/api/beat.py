"""When an answer leaves that tells less than was found: at a beat, so that its time tells nothing.

A search that finds somebody takes longer than one that finds nobody, and one among many namesakes
longer still. Whoever is told less than that, or nothing, could read it from a clock. So such an
answer is held until a whole number of beats has passed since it was begun.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from math import ceil

from starlette.requests import Request
from starlette.types import Scope

from hub.api.users import Role, User
from hub.core.answer import CheckQuestion

_BEGAN = "beat_began"


class Beat:
    """Holds answers that have begun on it until the next beat.

    An answer is begun where a worker thread takes its question up: how slowly a request came in, or
    how long it stood in line, moves neither its search nor the beat against the other. It is held
    where it leaves the application, once the thread and its connection are given back, for less
    than one beat. That holds for every outcome: what was found, a refusal, a failure.

    Args:
        seconds: between two beats; 0 holds nothing.
        monotonic: answers seconds that never go back.
        sleep: waits so many seconds and keeps no thread meanwhile.
    """

    def __init__(
        self,
        seconds: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._sleep = sleep

    def begin(self, request: Request) -> None:
        """Have the answer to this request leave on a beat counted from now."""
        setattr(request.state, _BEGAN, self._monotonic())

    async def hold(self, scope: Scope) -> None:
        """Wait until the answer to this request may leave; not at all if it was never begun."""
        began = scope["state"].get(_BEGAN)
        if began is None or not self._seconds:
            return
        left = seconds_left(self._monotonic() - began, self._seconds)
        if left > 0:
            await self._sleep(left)


def seconds_left(passed: float, beat: float) -> float:
    """Answer how long it is to the next beat, of which the first comes after one whole beat."""
    return max(1, ceil(passed / beat)) * beat - passed


def tells_less_than_is_found(question: CheckQuestion, user: User) -> bool:
    """Answer whether the time of an answer could tell what the answer does not.

    Whoever asks with NHS number and birth date, and may read the whole answer, is told by it what
    was found, and waits for nothing. Without either, an answer shows nothing of anybody; reception
    is told one bit, whatever was asked; and whoever is at no site is refused, whatever was found.
    """
    nobody_is_shown = question.nhs_number is None or question.birth_date is None
    return nobody_is_shown or user.role is Role.RECEPTION or user.site is None
