"""A front door that several authorities share: one team, its telephones, hours and contacts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFrontDoor:
    """Which front door an authority says is its own; see page 53 of docs/decisions."""

    code: str
    """By what authorities name it: ``west-mash``."""
    name: str
    """For people."""
