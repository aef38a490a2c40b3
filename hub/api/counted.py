"""How many alerts of an inbox there are, by what a page asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.core.alert import Severity
from hub.ports import Held, InboxCount, InboxShows


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of an inbox, of one severity or of all."""

    counts: Sequence[InboxCount]
    severity: Severity | None = None

    def of(self, shows: InboxShows, held: Held) -> int:
        """Answer how many alerts these filters stand for."""
        return sum(self.tiers(shows, held).values())

    def tiers(self, shows: InboxShows, held: Held) -> dict[Severity, int]:
        """Answer how many of them each severity has."""
        asked_for = Severity if self.severity is None else (self.severity,)
        return {
            severity: sum(
                one.count
                for one in self.counts
                if one.severity is severity
                and held.includes(one.held)
                and shows.includes(
                    one.state,
                    acknowledged=one.acknowledged,
                    decided=one.decided,
                    closed=one.closed,
                )
            )
            for severity in asked_for
        }
