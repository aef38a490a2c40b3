"""Children of one household, as a rule may see them: what has happened to whom beside the child."""

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from hub.core.incident import Incident


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

    def without(self, fact_keys: Container[bytes]) -> Self:
        """Answer the same child but for these incidents."""
        kept = tuple(one for one in self.incidents if one.fact_key not in fact_keys)
        return replace(self, incidents=kept)
