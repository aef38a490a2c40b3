"""What a rule's alerts came to: seen in time, led to action, of no use; by source, age and sex.

Counts alone. An alert counts for every source whose report raised it, so sources add up to more
than all. Whoever was not decided about is no evidence for or against a rule.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from hub.core.backtest_counts import Outcome, Seen
from hub.core.clock import age_in_years
from hub.core.event import Sex

PERIODS_DAYS: Final = (28, 91, 364)
"""Over how many days alerts are counted for people to choose from: 4, 13 and 52 whole weeks."""

USUAL_DAYS: Final = 91
"""What is counted where nobody chooses, and by which a rule is held against its floor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """From when a rule yields too little or tells too much. Local choice; there is no source."""

    action_share: float = 0.05
    """Of decided alerts, the least share that leads to action."""
    decided_min: int = 20
    """Of fewer decided alerts nothing is concluded."""
    children: int | None = None
    """How many children live in the area, against which a rule's ceiling is held; ``None``: nobody
    says, and whether a rule is above its ceiling is not known."""


class By(StrEnum):
    """By what alerts are counted."""

    ALL = "all"
    SOURCE = "source"
    AGE = "age"
    SEX = "sex"


class AgeBand(StrEnum):
    """Age on the day of the alert, in years. The bands are local choice; there is no source."""

    UNDER_1 = "under 1"
    FROM_1 = "1 to 4"
    FROM_5 = "5 to 9"
    FROM_10 = "10 to 15"
    FROM_16 = "16 and over"
    NOT_KNOWN = "age not known"


def band_of(born: date | None, on: date) -> AgeBand:
    """Answer the band of a child on a day; of one not born yet it is not known."""
    if born is None or born > on:
        return AgeBand.NOT_KNOWN
    years = age_in_years(born, on)
    return next(band for below, band in _BELOW if below is None or years < below)


_BELOW: Final = (
    (1, AgeBand.UNDER_1),
    (5, AgeBand.FROM_1),
    (10, AgeBand.FROM_5),
    (16, AgeBand.FROM_10),
    (None, AgeBand.FROM_16),
)


class Counted(NamedTuple):
    """What is counted: one told alert under each."""

    rule: str
    by: By
    value: str
    seen: Seen
    outcome: Outcome


@dataclass(slots=True, kw_only=True)
class YieldCounts:
    """Counts of any number of alerts."""

    told: Counter[Counted] = field(default_factory=Counter)
    untold: Counter[str] = field(default_factory=Counter)
    """By rule, alerts that were recorded and told to nobody."""

    def add(  # noqa: PLR0913  # one alert: of which rule, from whom, of whom, what came of it
        self,
        *,
        rule: str,
        sources: Iterable[str],
        band: AgeBand,
        sex: Sex,
        seen: Seen,
        outcome: Outcome,
    ) -> None:
        """Count one alert that was told."""
        values = [(By.ALL, ""), (By.AGE, band.value), (By.SEX, sex.value)]
        values += [(By.SOURCE, source) for source in sources]
        for by, value in values:
            self.told[Counted(rule, by, value, seen, outcome)] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldLine:
    """Alerts of one rule: all of them, or those of one source, age band or sex."""

    rule: str
    by: By
    value: str
    told: int
    in_time: int
    decided: int
    action: int
    not_useful: int

    @property
    def action_share(self) -> float | None:
        """The share of decided alerts that led to action; ``None`` where none was decided."""
        return self.action / self.decided if self.decided else None


_BANDS: Final = {band.value: place for place, band in enumerate(AgeBand)}


def yield_lines(counts: YieldCounts) -> tuple[YieldLine, ...]:
    """Answer the lines by rule, all of it first."""
    order = {by: place for place, by in enumerate(By)}
    keys = {(one.rule, one.by, one.value) for one in counts.told}
    ordered = sorted(keys, key=lambda one: (one[0], order[one[1]], _BANDS.get(one[2], 0), one[2]))
    return tuple(_line(counts, *key) for key in ordered)


def _line(counts: YieldCounts, rule: str, by: By, value: str) -> YieldLine:
    some = {o: n for o, n in counts.told.items() if (o.rule, o.by, o.value) == (rule, by, value)}
    decided = sum(n for one, n in some.items() if one.outcome is not Outcome.UNDECIDED)
    return YieldLine(
        rule=rule,
        by=by,
        value=value,
        told=sum(some.values()),
        in_time=sum(n for one, n in some.items() if one.seen is Seen.IN_TIME),
        decided=decided,
        action=sum(n for one, n in some.items() if one.outcome is Outcome.ACTION),
        not_useful=sum(n for one, n in some.items() if one.outcome is Outcome.NOT_USEFUL),
    )
