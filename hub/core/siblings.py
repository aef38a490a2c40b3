"""Children of one household, as a rule may see them: what has happened to whom beside the child."""

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from hub.core.event import EventKind
from hub.core.incident import Incident

if TYPE_CHECKING:  # a chronology holds siblings, who hold what a chronology holds
    from hub.core.chronology import Attendance

HOUSEHOLD_KINDS: Final = frozenset(
    {EventKind.DOMESTIC_ABUSE_INCIDENT, EventKind.EMERGENCY_ATTENDANCE}
)
"""The kinds of events of a household that a policy may let rules read."""

HOUSEHOLD_INFERRED: Final = (
    "That they are one household is inferred from the address that agencies tell."
)
"""What whoever reads of siblings has to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another child whom agencies tell at the child's own address; that is inferred, not told.

    Nobody who is shielded is one, nor is anybody of an address that is no household's
    (``household.py``), nor who may be this very child.
    """

    child_ref: bytes
    since: datetime
    """Since when the hub knows of both at that address."""
    incidents: tuple[Incident, ...] = ()
    """Domestic-abuse incidents that list it and may be told of now, by when they began."""
    attendances: "tuple[Attendance, ...]" = ()
    """Its visits to emergency departments that may be told of now, by arrival."""

    def without(self, fact_keys: Container[bytes]) -> Self:
        """Answer the same child but for these incidents and attendances."""
        return replace(
            self,
            incidents=tuple(one for one in self.incidents if one.fact_key not in fact_keys),
            attendances=tuple(one for one in self.attendances if one.fact_key not in fact_keys),
        )


def siblings_in_words(count: int) -> str:
    """Answer so many brothers or sisters, in words."""
    return "a brother or sister" if count == 1 else f"{count} brothers or sisters"
