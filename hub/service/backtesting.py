"""Replays what is recorded under another policy and counts what would have been raised.

Nothing is written and nobody is told. What is counted is of authorities, rules and days; a child is
gone from memory as soon as its alerts are compared.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import pairwise

from hub.core.backtest import count
from hub.core.backtest_counts import Counts, Period, RecordedAlert, outcome_of, seen_in
from hub.core.identifiers import GssCode, OdsCode
from hub.core.policy import Policies
from hub.core.replay import Replay
from hub.ports.replaying import RaisedRow, ReplayExtent, Replaying, ReplayPart

CHILDREN_IN_A_PART = 400
PARTS_MIN, PARTS_MAX = 64, 1 << 16


class Backtesting:
    """The use case."""

    def __init__(
        self,
        replaying: Replaying,
        *,
        tried: Policies,
        in_force: Policies,
        authority_of_site: Callable[[OdsCode], GssCode | None],
        now: datetime,
    ) -> None:
        """``tried`` is what is replayed; by what is ``in_force`` alerts were to be seen."""
        self._replaying = replaying
        self._tried, self._in_force = tried, in_force
        self._authority_of_site = authority_of_site
        self._now = now

    def extent(self) -> AbstractContextManager[ReplayExtent]:
        """How much there is; held open until every part is counted."""
        return self._replaying.extent()

    def counted(self, snapshot: str, part: ReplayPart, period: Period) -> Counts:
        """Count one part of the children.

        Raises:
            HubError: it could not be read.
        """
        counts = Counts()
        replay = Replay(self._tried, self._authority_of_site, since=period.since, until=self._now)
        for row in self._replaying.reading(snapshot, part):
            recorded = [self._recorded(one) for one in row.raised]
            count(counts, period, replay(row.history), recorded)
            counts.children += 1
            counts.events += len(row.history.events) + len(row.history.plans)
        counts.looks = replay.looks
        return counts

    def _recorded(self, row: RaisedRow) -> RecordedAlert:
        due_at = self._in_force.of(row.owner).due_at(row.severity, row.counts_from)
        return RecordedAlert(
            alert_id=row.alert_id,
            rule=row.rule,
            severity=row.severity,
            owner=row.owner,
            told=row.told,
            raised_at=row.raised_at,
            triggers=row.triggers,
            seen=seen_in(row.acknowledged_at, due_at),
            outcome=outcome_of(row.outcome),
        )


def parts_of(children: int) -> tuple[ReplayPart, ...]:
    """Answer how so many children are cut into parts; references are spread evenly."""
    wanted = min(max(children // CHILDREN_IN_A_PART, PARTS_MIN), PARTS_MAX)
    bounds = [number * PARTS_MAX // wanted for number in range(wanted + 1)]
    return tuple(ReplayPart(first=first, last=after - 1) for first, after in pairwise(bounds))
