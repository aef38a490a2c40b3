"""What a child's history asks of the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.core.history import HistoryFacts
from hub.ports.rows import Known

POSSIBLE_MAX = 5
"""Of how many other children, who are possibly this one, a history is read at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildHistory:
    """One child as it is stored, and what its history is made of."""

    known: Known
    facts: HistoryFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFound:
    """The history of a child, and of others who are possibly the same."""

    child: ChildHistory
    possible: tuple[ChildHistory, ...] = ()
    possible_total: int = 0
    """How many others there are; no more than ``POSSIBLE_MAX`` are read."""
    parked_since: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    """Agency and feed -> when the first came of the reports that wait, parked."""
