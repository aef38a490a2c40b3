"""Keeps the hub's time: fires what is due and delivers what waits, round after round."""

import logging
from collections.abc import Callable

from hub.errors import TransientFault
from hub.service.failing import place_of

IDLE_SECONDS = 1.0
"""How long it rests when nothing was to be done."""

PASSES_LEFT_OUT = 30
"""How often a round that failed is passed over before it is tried again: half an idle minute."""

Round = Callable[[], int]
"""One bounded round of work; answers how much was in hand."""

Rest = Callable[[float], bool]
"""Rests for so many seconds; answers whether it is told to stop."""

log = logging.getLogger(__name__)


def keep_time(rounds: tuple[Round, ...], rest: Rest) -> None:
    """Do each round in turn until told to stop; what passes (a database away) is waited out.

    A round that fails for a fault of ours is told, left out for a while and tried again: notices
    that must go out before a school day do not stop because a question for people cannot be made.
    Several processes may do the same beside each other.
    """
    kept = [_Kept(one) for one in rounds]
    while True:
        pause = 0.0 if sum(one() for one in kept) else IDLE_SECONDS
        if rest(pause):
            return


class _Kept:
    """One round, kept from stopping the others."""

    def __init__(self, round_: Round) -> None:
        self._round = round_
        self._left_out = 0

    def __call__(self) -> int:
        if self._left_out:
            self._left_out -= 1
            return 0
        try:
            return self._round()
        except TransientFault as fault:
            log.warning("%s; trying again", fault)
        except Exception as error:  # noqa: BLE001  # a bug of ours costs this round only, for now
            log.error(  # noqa: TRY400  # the trace may hold content
                "a round failed, and is tried again: %s in %s",
                type(error).__name__,
                place_of(error),
            )
            self._left_out = PASSES_LEFT_OUT
        return 0
