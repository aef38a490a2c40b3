"""How far registers and feeds can be relied on: from what the store knows to what the core asks."""

from datetime import UTC, datetime

from hub.core.status_registers import FeedState, RegisterState
from hub.ports import FeedFacts, RegisterFacts

NOTHING_READ = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this, no source of the hub can have been current."""


def register_state(facts: RegisterFacts) -> RegisterState:
    """What the core asks of a register, from what the store knows of it."""
    return RegisterState(
        as_of=facts.as_of,
        first_load_whole=facts.baseline_as_at is not None,
        last_extract_whole=facts.last_extract_whole,
        waiting_approval=facts.waiting_approval,
        sequence_gap=facts.sequence_gap,
        rejected_plan_events=facts.rejected_plan_events,
        conflicting_plan_events=facts.conflicting_plan_events,
        parked_reports=facts.parked_reports,
        refused_rows=facts.refused_rows,
        statement_agrees=facts.statement_agrees,
        statement_as_at=facts.statement_as_at,
    )


def feed_state(facts: FeedFacts) -> FeedState:
    """What the core asks of a hospital's feed, from what the store knows of it.

    A refusal or a conflict hides no attendance that the hub was told of, so they do not count.
    """
    return FeedState(
        agency=facts.agency,
        as_of=known_since(facts.source_as_of),
        sequence_gap=facts.sequence_gap,
        rejected_events=facts.rejected_events,
        parked_reports=facts.parked_reports,
    )


def known_since(as_of: datetime) -> datetime | None:
    """How current a source is; ``None`` while its connector has read nothing and says 1970."""
    return as_of if as_of > NOTHING_READ else None
