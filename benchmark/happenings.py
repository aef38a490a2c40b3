"""What happens to the made-up children: attendances and plans, as events."""

from datetime import UTC, date, datetime, timedelta

from benchmark.population import Child
from hub.core.event import (
    ChildProtectionPlanFacts,
    CountedBecause,
    DepartmentType,
    EmergencyAttendanceFacts,
    Event,
    EventState,
)

HISTORY_DAYS = 1_095
"""Three years."""

QUIET_DAYS = 40
"""Nothing in the history is younger: no pattern of 30 days begins in it."""


def attendance(child: Child, visit: str, arrived_at: datetime) -> Event:
    """Answer an arrival at the child's hospital."""
    months = (arrived_at.date() - child.birth_date).days * 12 // 365
    return Event(
        source_key=f"{child.site}|{visit}",
        revision=int(arrived_at.timestamp() * 1000),
        state=EventState.REPORTED,
        occurred_at=arrived_at,
        recorded_at=arrived_at,
        subject=child.subject("H"),
        facts=EmergencyAttendanceFacts(
            site_code=child.site,
            arrived_at=arrived_at,
            department_type=DepartmentType.MAJOR,
            counted_because=CountedBecause.SITE_MAPPING,
            attendance_category="1",
            age_months=max(0, months),
        ),
    )


def past_attendances(child: Child, now: datetime) -> list[Event]:
    """Answer the child's attendances of the last three years, none of the last forty days."""
    return [
        attendance(
            child,
            f"P{child.number}-{visit}",
            now - timedelta(days=QUIET_DAYS + (child.number * 37 + visit * 383) % HISTORY_DAYS),
        )
        for visit in range(child.past_attendances)
    ]


def plan(child: Child, now: datetime, *, ended_on: date | None = None) -> Event:
    """Answer a Child Protection Plan that the child's council holds, open unless ``ended_on``."""
    started_on = (ended_on or now.date()) - timedelta(days=90)
    return Event(
        source_key=f"child_protection_plan|P{child.number}",
        revision=int(now.timestamp() * 1000),
        state=EventState.REPORTED,
        occurred_at=datetime(started_on.year, started_on.month, started_on.day, tzinfo=UTC),
        recorded_at=now,
        subject=child.subject("C", with_upn=True),
        facts=ChildProtectionPlanFacts(
            authority=child.home,
            started_on=started_on,
            ended_on=ended_on,
            category_latest="NEG",
        ),
    )
