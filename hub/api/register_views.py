"""What the register team's page shows of an extract; nothing in it names a child."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hub.core.event import EventKind
from hub.ports import ExtractTold

LISTED_MAX = 50
KIND_WORDS = {
    EventKind.CHILD_PROTECTION_PLAN.value: "Child protection plan",
    EventKind.UNBORN_CHILD_PROTECTION_PLAN.value: "Child protection plan before birth",
    EventKind.LOOKED_AFTER_PERIOD.value: "Period in care",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingShown:
    """Plans of one kind and first day that would close, and how many they are."""

    kind: str
    started_on: date | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractView:
    """One extract that waits, or that somebody decided on."""

    extract_id: str
    waits: bool
    applied: bool
    as_at: datetime
    received_at: datetime
    sent_by: str
    would_close: int
    open_before: int
    ceiling: int
    """The most that an extract closes without a person; 0 if a row of it was refused."""
    flawed: bool
    closing: tuple[ClosingShown, ...]
    not_listed: int
    """How many more would close than are listed."""
    no_longer_listed_since: date
    show_as_ended_from: date
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


def extract_view(told: ExtractTold) -> ExtractView:
    """Answer an extract as the page shows it."""
    counted = Counter(told.closing)
    listed = list(counted.items())[:LISTED_MAX]
    since = told.as_at.astimezone(UTC).date()
    return ExtractView(
        extract_id=told.extract_id,
        waits=told.state == "waiting",
        applied=told.state == "applied",
        as_at=told.as_at,
        received_at=told.received_at,
        sent_by=f"{told.publisher}, connector {told.connector}",
        would_close=told.would_close,
        open_before=told.open_before,
        ceiling=0 if told.flawed else told.ceiling,
        flawed=told.flawed,
        closing=tuple(
            ClosingShown(kind=KIND_WORDS.get(kind, kind), started_on=started_on, count=count)
            for (kind, started_on), count in listed
        ),
        not_listed=sum(counted.values()) - sum(count for _, count in listed),
        no_longer_listed_since=since,
        show_as_ended_from=since + timedelta(days=1),
        decided_by=told.decided_by,
        decided_at=told.decided_at,
        reason=told.decision_reason,
    )
