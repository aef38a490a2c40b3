"""Children related to one child, as the store holds their relations."""

from dataclasses import dataclass
from datetime import datetime

from hub.core.household_members import HouseholdFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIncidentFound:
    """Another child whom a force lists in the same occurrence."""

    child_ref: bytes
    same_incident: tuple[str, bytes]
    began_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedFound:
    """Every relation of one child; whoever may be the very same child is left out."""

    household: HouseholdFound
    incidents: tuple[SharedIncidentFound, ...] = ()
