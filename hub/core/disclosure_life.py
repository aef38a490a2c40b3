"""What of an alert's life each viewer sees: what was done is shown to all, who and why to few.

The team that acts sees everything. Who is only informed sees what was decided and when, and the
reasons that its own people gave. Where the child is shielded, whoever is only informed is not told
who did anything: that would tell which authority acts, and so where the child is.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from hub.core.disclosure import Standing

TEAM_STEPS: Final = frozenset({"claimed", "released", "taken over", "escalated"})
"""In whose hands an alert is, and whose turn it is, is told to the team alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """One step as one viewer sees it."""

    kind: str
    at: datetime
    sentence: str
    by: str | None = None
    organisation: str | None = None
    code: str | None = None
    words: str | None = field(default=None, repr=False)
    told: str | None = field(default=None, repr=False)
    """What those are told whose reports the alert rests on; of who is informed, nobody reads it."""


def disclose_step(
    step: StepShown, standing: Standing, organisation: str, *, withheld: bool
) -> StepShown | None:
    """Answer a step as a viewer of this organisation sees it; ``None`` if not at all."""
    if standing is Standing.OWNER:
        return step
    if step.organisation == organisation:
        return replace(step, told=None)
    if step.kind in TEAM_STEPS:
        return None
    if withheld or standing is Standing.HUB_DESK:
        return replace(step, by=None, organisation=None, words=None, told=None)
    return replace(step, words=None, told=None)
