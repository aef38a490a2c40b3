"""What became of a batch of reports, in counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.core.intake import OpenedReport
from hub.core.reasons import ReportState
from hub.ports import Position, ReportRow
from hub.service.rows import position_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a batch. ``known`` reports had their row already: a redelivery."""

    accepted: int = 0
    duplicate: int = 0
    parked: int = 0
    known: int = 0
    events: int = 0
    rejected: int = 0
    conflicts: int = 0
    alerts_changed: int = 0
    bisected: int = 0
    children_pending: int = 0
    """Whether children whose links changed wait to be looked at again, seen at each commit."""

    def __add__(self, other: "Received") -> "Received":
        """Both added up."""
        return Received(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__slots__}
        )


def summary(received: Received) -> str:
    """One line for a log: counts only."""
    counts = {name: getattr(received, name) for name in Received.__slots__}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def outcomes(
    reports: Sequence[OpenedReport], conflicting: Mapping[Position, int]
) -> dict[Position, tuple[int, int, int]]:
    """Stored, rejected and conflicting events of the reports that have conflicting ones."""
    found = {}
    for report in reports:
        bad = conflicting.get(position_of(report.raw), 0)
        if bad:
            counts = (len(report.events) - bad, len(report.rejected), bad)
            found[position_of(report.raw)] = counts
    return found


def counted(
    states: Mapping[Position, ReportRow], new: frozenset[Position], reports: int
) -> Received:
    """How the reports of a batch ended, by their rows; those without a new one were known."""
    ended = [states[at].state for at in new]
    return Received(
        accepted=ended.count(ReportState.ACCEPTED),
        duplicate=ended.count(ReportState.DUPLICATE),
        parked=ended.count(ReportState.PARKED),
        known=reports - len(new),
    )
