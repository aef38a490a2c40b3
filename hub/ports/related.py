"""Children related to one child, as the store holds their relations."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFound:
    """Who is told to live at the address at which a child is told to live."""

    children: tuple[tuple[bytes, datetime], ...] = ()
    """Each other child, and since when the hub knows of both there."""
    withheld: bool = False
    """A shielded record has had this address: it makes no household."""
    too_many: bool = False
    """More children than a household has: none of them is told."""


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
