"""England's school day through Kafka: the first day, and the next with the same pupils missing.

A closed loop: a day's reports are made before; the clock runs from the first send until each has
its row. Two workers share the registers, one each has attendances and incidents.
"""

from datetime import date, timedelta
from typing import Final

from benchmark.cast import Cast
from benchmark.measures.extent import Extent
from benchmark.results import Row
from benchmark.school_day import DaySize, SchoolDays, marks_stored, standing_by_rule
from benchmark.sending import send_and_wait
from hub.core.report import Feed

SCHOOL_WORKERS: Final = 2
DAY_SECONDS_MAX: Final = 1_800.0
GOALS: Final = ("goal: 180 s for the whole day", "goal: 90 s for the whole day")
"""Design section 6: of pupils whom nobody knew, then of known ones."""

_DAYS: Final = ("first day, no pupil known", "next day, the same pupils")


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Measure two school days in a row."""
    stage = cast.stage
    stage.add_workers(Feed.SCHOOLS, SCHOOL_WORKERS)
    stage.add_workers(Feed.POLICE, 1)
    days = SchoolDays(cast, DaySize.of(extent.day_share))
    first = stage.clock.now().date() - timedelta(days=2)
    return [
        _measure(cast, days, first + timedelta(days=number), label, goal)
        for number, (label, goal) in enumerate(zip(_DAYS, GOALS, strict=True))
    ]


def _measure(cast: Cast, days: SchoolDays, on: date, label: str, goal: str) -> Row:
    stage = cast.stage
    stage.tell(f"school_day: {label}: making the reports")
    senders, messages = days.next_day(on)
    stage.tell(f"school_day: {label}: {days.size}")
    used = stage.processor_time()
    seconds = send_and_wait(stage, senders, messages, seconds_max=DAY_SECONDS_MAX)
    return Row(
        what=f"a school day, {label}",
        load=f"{days.size}; over {cast.town:,} children",
        per_second=f"{days.size.events / seconds:,.0f} events",
        remark="; ".join(
            (
                f"{seconds:.1f} s",
                accounted(cast, days),
                used.each(days.size.events, "an event"),
                goal,
            )
        ),
    )


def accounted(cast: Cast, days: SchoolDays) -> str:
    """Answer in words where every mark is, what was not taken, and which alerts stand."""
    stage = cast.stage
    marks = marks_stored(stage) - days.marks_before
    waiting = stage.ask("SELECT count(*) FROM record WHERE waits")
    refused = stage.ask(
        "SELECT (SELECT count(*) FROM report WHERE state <> 'accepted')"
        " + (SELECT count(*) FROM event_problem)"
    )
    told_of = stage.ask(
        "SELECT count(DISTINCT child_ref) FROM link JOIN alert USING (child_ref)"
        " WHERE record_ref = ANY(%s) AND rule = 'unexplained_absence' AND state = 'standing'",
        days.records_on_plans(),
    )
    raised = {
        rule: count - days.alerts_before.get(rule, 0)
        for rule, count in standing_by_rule(stage).items()
    }
    alerts = ", ".join(f"{count:,} {rule}" for rule, count in raised.items() if count)
    return (
        f"{marks:,} marks stored, {waiting:,} pupils waiting, {refused:,} refused; told of"
        f" {told_of:,} of {days.size.on_plans:,} on plans; raised since: {alerts}"
    )
