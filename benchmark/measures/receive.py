"""``service/receive.py`` alone, over the real PostgreSQL, in batches of 500 events.

The workers are stopped before, and nothing comes from Kafka: the reports have made-up positions in
partitions that the topic does not have. Opening and verifying them counts; making them does not.
"""

import cProfile
import pstats
import sys
import time
from collections.abc import Sequence
from datetime import timedelta

from benchmark.agency import Message
from benchmark.cast import Cast
from benchmark.happenings import attendance
from benchmark.measures.extent import Extent
from benchmark.measures.reports import arrivals
from benchmark.population import Child
from benchmark.results import Row
from benchmark.stage import Stage
from hub.core.intake import RawReport
from hub.demo.agencies import HOSPITALS

BATCH_EVENTS = 500
SINGLE_REPORTS_BATCH = 200
"""What a worker hands over at once: the most reports that one transaction takes."""

PARTITION_FIRST = 1_000
PROFILE_LINES = 45


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Measure 500-event reports of known and new records, then single-event ones as they come.

    A busy worker gets 200 at once, one at rest gets them one by one.
    """
    stage = cast.stage
    stage.processes.stop()
    known = cast.known()
    again = [known[n % len(known)] for n in range(extent.events)]
    new = cast.take_new(extent.events)
    whole = f"{extent.events:,} events in reports of {BATCH_EVENTS}"
    single = f"{extent.events:,} single-event reports, {SINGLE_REPORTS_BATCH} at once"
    few = again[: max(1, extent.events // 6)]
    return [
        _measure(cast, f"{whole}, known records", _in_bulk(stage, again, "bulk-known"), 1, extent),
        _measure(cast, f"{whole}, first-time records", _in_bulk(stage, new, "bulk-new"), 1, extent),
        _measure(
            cast,
            f"{single}, known records",
            arrivals(stage, again, connector="receive-single")[1],
            SINGLE_REPORTS_BATCH,
            extent,
        ),
        _measure(
            cast,
            f"{len(few):,} single-event reports, one by one, known records",
            arrivals(stage, few, connector="receive-each")[1],
            1,
            extent,
        ),
    ]


def _in_bulk(stage: Stage, children: Sequence[Child], connector: str) -> list[Message]:
    """Answer the children's arrivals of a minute ago, 500 to a report, hospital by hospital."""
    now = stage.clock.now()
    arrived_at = now - timedelta(minutes=1)
    messages = []
    for one in HOSPITALS:
        events = [
            attendance(child, f"{connector}-{place}", arrived_at)
            for place, child in enumerate(children)
            if child.trust == one.code
        ]
        messages += stage.agency(one.code, connector).reports(events, at=now)
    return messages


_partitions = iter(range(PARTITION_FIRST, 2 * PARTITION_FIRST))


def _measure(
    cast: Cast, load: str, messages: Sequence[Message], at_once: int, extent: Extent
) -> Row:
    stage = cast.stage
    stage.tell(f"receive: {load}")
    partition = next(_partitions)
    now = stage.clock.now()
    raw = [
        RawReport(
            topic=message.topic,
            partition=partition,
            offset=offset,
            key=message.key,
            value=message.value,
            headers=message.headers,
            received_at=now,
        )
        for offset, message in enumerate(messages)
    ]
    receive = stage.hub.receive
    receive([])
    profile = cProfile.Profile() if extent.profile else None
    if profile:
        profile.enable()
    events = alerts = 0
    began, used = time.monotonic(), time.process_time()
    for first in range(0, len(raw), at_once):
        received = receive(raw[first : first + at_once])
        events += received.events
        alerts += received.alerts_changed
    seconds, used = time.monotonic() - began, time.process_time() - used
    if profile:
        profile.disable()
        _print_profile(profile, load)
    return Row(
        what="receive alone",
        load=load,
        per_second=f"{events / seconds:,.0f} events",
        remark=f"{events:,} stored, {alerts:,} alerts changed;"
        f" {used * 1000 / events:.2f} ms of this process's CPU an event"
        + ("; under the profiler" if profile else ""),
    )


def _print_profile(profile: cProfile.Profile, load: str) -> None:
    print(f"\n{load}", file=sys.stderr)
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile, stream=sys.stderr).sort_stats(order).print_stats(PROFILE_LINES)
