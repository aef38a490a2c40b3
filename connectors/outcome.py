"""What can come of a record besides events: refused, left out on purpose, or noted in passing."""

from collections import Counter

from hub.core.report import Dropped, FeedFault


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
