"""Single-event reports through Kafka, worker and PostgreSQL: how many a second.

A closed loop: all reports are made before; the clock runs from the first send until each has its
row, with its event, its child, what the rules conclude and the alerts.
"""

from collections.abc import Sequence
from datetime import timedelta

from benchmark.agency import Agency, Message
from benchmark.cast import Cast
from benchmark.happenings import attendance
from benchmark.measures.extent import Extent
from benchmark.population import Child
from benchmark.results import Row
from benchmark.sending import send_and_wait
from benchmark.stage import Stage
from hub.demo.agencies import HOSPITALS


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Measure attendances of children whom the hospital knows, then of children nobody knows."""
    known = cast.known()
    parts = {
        "known children": [known[n % len(known)] for n in range(extent.events)],
        "children nobody knows": cast.take_new(extent.events),
    }
    return [_measure(cast.stage, label, children) for label, children in parts.items()]


def _measure(stage: Stage, label: str, children: Sequence[Child]) -> Row:
    agencies, messages = arrivals(stage, children, connector=f"single-{label.split(maxsplit=1)[0]}")
    stage.tell(f"reports: {len(messages):,} single-event reports, {label}")
    used = stage.processor_time()
    seconds = send_and_wait(stage, agencies, messages)
    return Row(
        what="Kafka -> committed",
        load=f"{len(messages):,} single-event reports, {label}",
        per_second=f"{len(messages) / seconds:,.0f} reports",
        remark=f"closed loop, one worker; {used.each(len(messages), 'a report')}",
    )


def arrivals(
    stage: Stage, children: Sequence[Child], *, connector: str
) -> tuple[list[Agency], list[Message]]:
    """Answer one single-event report for each child's arrival a minute ago, in this order."""
    now = stage.clock.now()
    agencies = {one.code: stage.agency(one.code, connector) for one in HOSPITALS}
    messages = [
        agencies[child.trust].report(
            [attendance(child, f"{connector}-{place}", now - timedelta(minutes=1))], at=now
        )
        for place, child in enumerate(children)
    ]
    return list(agencies.values()), messages
