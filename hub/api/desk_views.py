"""What the surfaces show of the desks of a front door that serves several authorities."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskShown:
    """One authority's desk."""

    authority: str
    name: str
    waiting: int = 0
    """How many contacts wait there, where that was counted."""
    here: bool = False
    """Whether this desk alone is looked at."""
