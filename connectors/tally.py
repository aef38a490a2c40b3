"""What a connector has read, left out and refused since it last told the hub."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from connectors.contract import Reading
from hub.core.report import (
    REFUSALS_PER_REPORT_MAX,
    ConnectorStatus,
    Dropped,
    FeedFault,
    Refusal,
)

FAULTS_MAX: Final = 500
"""How many different faults are told at once; more are the same fault over and over."""

TEXT_MAX: Final = 200
"""Characters of a code as it was sent: the hub takes no report that holds a text beyond 300."""


@dataclass(slots=True)
class Tally:
    """Counts since the last status; bounded, whatever is read."""

    read_count: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)
    faults: dict[FeedFault, None] = field(default_factory=dict)

    def add(self, reading: Reading) -> None:
        """Count one reading; its refusals must fit (see ``has_room``)."""
        self.read_count += reading.read_count
        for dropped in reading.dropped:
            self.dropped[dropped.reason[:TEXT_MAX]] += dropped.count
        self.refusals.extend(reading.refusals)
        for fault in reading.faults:
            if len(self.faults) < FAULTS_MAX:
                subject = fault.subject[:TEXT_MAX].replace("\0", "")
                self.faults[FeedFault(code=fault.code, subject=subject)] = None

    def has_room(self, refusals: int) -> bool:
        """Whether so many more refusals fit into one status."""
        return len(self.refusals) + refusals <= REFUSALS_PER_REPORT_MAX

    @property
    def urgent(self) -> bool:
        """Whether there is something a person should hear of with the next report."""
        return bool(self.refusals or self.faults)

    def take(self) -> ConnectorStatus:
        """Answer the status and begin again from nothing."""
        status = ConnectorStatus(
            read_count=self.read_count,
            dropped=tuple(
                Dropped(reason=reason, count=count)
                for reason, count in sorted(self.dropped.items())
            ),
            refusals=tuple(self.refusals),
            faults=tuple(self.faults),
        )
        self.read_count = 0
        self.dropped.clear()
        self.refusals.clear()
        self.faults.clear()
        return status
