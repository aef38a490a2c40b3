"""What can come of a record besides events: refused, left out on purpose, or noted in passing."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from connectors.contract import Reading
from hub.core.report import Dropped, FeedFault, Refusal

CONNECTOR_BUG: Final = "connector_bug"
"""The code of a fault: a record was refused because of a bug of ours."""


class Refused(Exception):  # noqa: N818  # named for what was done with the record
    """The record cannot be used: which field, and what was expected in it. Never its content."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")
        self.field = field
        self.expected = expected


class LeftOut(Exception):  # noqa: N818  # named for what was done with the record
    """The record is readable and not for the hub: left out by a coded reason, and counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Notes:
    """What was dropped from a record that stands without it, and what its feed should mend."""

    def __init__(self) -> None:
        self._dropped: Counter[str] = Counter()
        self._faults: dict[FeedFault, None] = {}

    def drop(self, reason: str) -> None:
        """Count a value that is left out."""
        self._dropped[reason] += 1

    def fault(self, code: str, subject: str) -> None:
        """Name something about the feed that a person should mend."""
        self._faults[FeedFault(code=code, subject=subject)] = None

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """The counts by reason, in the order of their names."""
        return tuple(Dropped(reason=r, count=n) for r, n in sorted(self._dropped.items()))

    @property
    def faults(self) -> tuple[FeedFault, ...]:
        """The faults, each once."""
        return tuple(self._faults)


def reading_of(reference: str, at: datetime, mapped: Callable[[], Reading]) -> Reading:
    """Answer what came of one record; whatever a record holds, only itself is lost.

    A bug of ours refuses the record by the kind of the bug, for its message may repeat what stood
    in the record, and the feed shows the fault ``connector_bug``.

    Args:
        reference: where the record stands: file and line.
        at: the time of a refusal.
        mapped: maps the record; raises ``Refused`` or ``LeftOut``.
    """
    try:
        return mapped()
    except LeftOut as choice:
        return Reading(reference=reference, dropped=(Dropped(reason=choice.reason, count=1),))
    except Refused as fault:
        return _refused(reference, at, fault)
    except Exception as bug:  # noqa: BLE001  # whichever it is: it is named, counted and shown
        kind = type(bug).__name__
        unusable = Refused("record", f"nothing else: this is a bug of the connector ({kind})")
        return _refused(reference, at, unusable, FeedFault(code=CONNECTOR_BUG, subject=kind))


def _refused(reference: str, at: datetime, fault: Refused, *faults: FeedFault) -> Reading:
    refusal = Refusal(reference=reference, field=fault.field, expected=fault.expected, at=at)
    return Reading(reference=reference, refusals=(refusal,), faults=faults)
