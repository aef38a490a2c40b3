"""How many streams of server-sent events are open in this process, and whether one more may be."""

from collections import Counter
from collections.abc import Callable

STREAMS_MAX = 500
"""In one process; each costs a socket and some kilobytes."""

STREAMS_OF_USER_MAX = 20
"""A desk's people may share the sign-in of a system; more than this is a client gone wrong."""


class Streams:
    """The places of this process. Used from its event loop only.

    Args:
        closing: answers whether the server is told to stop.
    """

    def __init__(self, closing: Callable[[], bool]) -> None:
        self.closing = closing
        self._open: Counter[str] = Counter()

    def take(self, user_id: str) -> bool:
        """Take a place if there is one; who takes one gives it back."""
        if self._open.total() >= STREAMS_MAX or self._open[user_id] >= STREAMS_OF_USER_MAX:
            return False
        self._open[user_id] += 1
        return True

    def give_back(self, user_id: str) -> None:
        """Give a place back."""
        self._open[user_id] -= 1
        if not self._open[user_id]:
            del self._open[user_id]
