"""What counting the yield of rules asks of the store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from hub.core.alert import Severity
from hub.core.event import Sex
from hub.core.identifiers import GssCode
from hub.ports.marks import durable


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldRow:
    """One alert, what people did about it, and of whom it is as far as is counted."""

    rule: str
    owner: GssCode | None
    severity: Severity
    told: bool
    news: bool
    """Whether anything that raised it is newer than its source's ``live_from``, and no backfill."""
    raised_at: datetime
    counts_from: datetime
    """From when its clock counts."""
    acknowledged_at: datetime | None
    outcome: str | None
    sources: tuple[str, ...]
    """Agencies whose reports raised it, by their codes."""
    born: date | None = field(repr=False)
    """``None`` where it is not known, or agencies differ."""
    sex: Sex
    """Unknown as well where agencies differ."""


class RuleYields(Protocol):
    """The store of alerts as their yield is counted."""

    def raised(self, since: datetime, authority: str | None, *, people: bool) -> Iterator[YieldRow]:
        """Yield alerts raised since an instant, of one authority or of all, some at a time.

        With ``people`` birth dates and sex are unsealed, and held no longer than an alert is
        counted; else nothing is, and of nobody anything is known.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptYield:
    """What was counted of an authority's alerts over so many days."""

    days: int
    since: datetime
    made_at: datetime
    counted: Mapping[str, object]


class KeptYields(Protocol):
    """The store of what was counted."""

    def told(self, authority: str, days: int) -> KeptYield | None:
        """The last count over so many days; ``None`` if there is none."""
        ...

    @durable
    def keep(self, authority: str, rows: Sequence[KeptYield]) -> None:
        """Keep counts in place of earlier ones of as many days."""
        ...
