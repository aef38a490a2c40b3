"""How an agency names what was decided about its report, without a word of the alert."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hub.ports import FeedbackRow, LifeStep


def decision_named(feedback_id: UUID, decided_at: datetime | None) -> UUID | None:
    """Answer the name of a decision: it tells nothing of the alert, and follows from it."""
    return uuid.uuid5(feedback_id, str(decided_at.timestamp())) if decided_at else None


def since_decided(
    steps: Sequence[LifeStep], row: FeedbackRow, decision: UUID
) -> Sequence[LifeStep]:
    """Answer what happened after the decision of this name and before another one."""
    decided = [n for n, step in enumerate(steps) if step.kind == "decided"]
    for place, first in enumerate(decided):
        if decision_named(row.feedback_id, steps[first].at) == decision:
            later = decided[place + 1] if place + 1 < len(decided) else len(steps)
            return steps[first:later]
    return ()
