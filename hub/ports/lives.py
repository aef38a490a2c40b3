"""Signs of life of the hub's processes: nothing is decided by them, and people are told of them."""

from datetime import datetime
from typing import Protocol


class Lives(Protocol):
    """Where processes note that they are at work."""

    def note(self, process: str, worker: str, at: datetime) -> None:
        """Note that a process of this kind was at work at an instant.

        Args:
            process: a feed, for whoever takes in its reports, or the timekeeper.
            worker: which process it was.
            at: now.

        Raises:
            TransientFault: the database was away or busy.
        """
        ...
