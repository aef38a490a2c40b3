"""What deleting past its time asks of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.core.retention import Kept
from hub.ports.marks import durable


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One batch of events that was gone through."""

    last: bytes | None
    """The last event of it; ``None`` after the last of all."""
    seen: int
    deleted: Mapping[Kept, int]
    """Of each how many were, or in a trial would have been, deleted."""


class Retaining(Protocol):
    """The store of events as what is past its time is deleted from it."""

    def events_estimated(self) -> int:
        """About how many events there are."""
        ...

    @durable
    def sweep(
        self, after: bytes, most: int, before: Mapping[Kept, datetime], *, trial: bool
    ) -> Swept:
        """Delete of the next events, in order of their ids, what nothing keeps, in a transaction.

        A fact goes whole, with all of its revisions, or not at all; the children concerned are
        locked. ``trial`` deletes nothing.
        """
        ...
