"""How long and how much is measured."""

from dataclasses import dataclass

WARM_UP_SECONDS = 2.0
"""At the beginning of each open loop: sent and answered, but not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What the command line asks for."""

    seconds: float
    """Of each open loop, without its warm-up."""
    events: int
    """Of each closed loop."""
    reports_a_second: int
    checks_a_second: int
    day_share: float = 0.01
    """How much of England's school day."""
    index: int = 2_000
    """How many children an index of its own holds, for resolving."""
    warm_up: int = 0
    """How many records are resolved before those that are measured, as after a day's running."""
    profile: bool = False

    @property
    def reports_in_a_loop(self) -> int:
        """How many reports one open loop sends, warm-up included."""
        return int((self.seconds + WARM_UP_SECONDS) * self.reports_a_second)
