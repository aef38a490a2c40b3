"""What became of a batch of reports, in counts."""

from dataclasses import dataclass


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

    def __add__(self, other: "Received") -> "Received":
        """Both added up."""
        return Received(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__slots__}
        )


def summary(received: Received) -> str:
    """One line for a log: counts only."""
    counts = {name: getattr(received, name) for name in Received.__slots__}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
