"""Keying the index of people anew, some records at a time, while the hub runs."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeyed:
    """What one step came to."""

    rows: int
    """Records, or withheld addresses, that now lie under the newest key and the newest scheme."""
    kept: int = 0
    """Keys left under an older epoch, since nobody holds their value any more."""


class KeyIndex(Protocol):
    """The keys of stored records; each step is a short transaction, and two may run at once."""

    def remaining(self) -> int:
        """How many records, withheld addresses and replaced numbers lie under an older key."""
        ...

    def rekey(self, most: int) -> Rekeyed:
        """Key up to ``most`` records anew that nobody holds just now."""
        ...

    def rekey_numbers(self, most: int) -> int:
        """The same for NHS numbers that were replaced; answers how many."""
        ...

    def rekey_withheld(self, most: int) -> int:
        """The same for addresses of shielded records; answers how many."""
        ...
