"""A front door that several authorities share: one team, its telephones, hours and contacts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

OWN_DESK: Final = "HUB"
"""The desk of the hub itself: of alerts and questions that no authority could be found for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFrontDoor:
    """Which front door an authority says is its own; see page 53 of docs/decisions."""

    code: str
    """By what authorities name it: ``west-mash``."""
    name: str
    """For people."""


def seen_at(owner: str | None, informed: Collection[str], desks: Sequence[str]) -> str | None:
    """Answer at which of these desks an alert is seen, once, by whoever reads them as one list.

    At that of the authority which acts on it, else at the first that is informed; ``None`` where it
    is in none of these inboxes.
    """
    acts = owner or OWN_DESK
    if acts in desks:
        return acts
    return next((desk for desk in desks if desk in informed), None)
