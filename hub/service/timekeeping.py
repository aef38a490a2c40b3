"""Keeps the hub's time: fires what is due and delivers what waits, round after round."""

import logging
from collections.abc import Callable

from hub.errors import TransientFault

IDLE_SECONDS = 1.0
"""How long it rests when nothing was to be done."""


Round = Callable[[], int]
"""One bounded round of work; answers how much was in hand."""

Rest = Callable[[float], bool]
"""Rests for so many seconds; answers whether it is told to stop."""

log = logging.getLogger(__name__)


def keep_time(rounds: tuple[Round, ...], rest: Rest) -> None:
    """Do each round in turn until told to stop; what passes (a database away) is waited out.

    Several processes may do the same beside each other.
    """
    while True:
        pause = 0.0 if sum(_once(one) for one in rounds) else IDLE_SECONDS
        if rest(pause):
            return


def _once(one: Round) -> int:
    try:
        return one()
    except TransientFault as fault:
        log.warning("%s; trying again", fault)
        return 0
