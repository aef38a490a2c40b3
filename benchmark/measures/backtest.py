"""`hub backtest` over made-up facts: every rule, and every event within the days replayed."""

import os
import time
from datetime import timedelta
from typing import Final

from benchmark.cast import Cast
from benchmark.measures.extent import Extent
from benchmark.replay_facts import DAYS
from benchmark.replay_load import load_facts
from benchmark.results import Row
from hub.commands.backtest_counting import PROCESSES, Wanted, counted
from hub.core.backtest_counts import Side

EVENTS_A_CHILD: Final = 25


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Load the facts, replay them once, and say how long that took and what it counted."""
    stage = cast.stage
    children = max(1, extent.events // EVENTS_A_CHILD)
    now = stage.clock.now()
    load_facts(stage.database_url, children, EVENTS_A_CHILD, now, stage.tell)
    stage.analyze()
    wanted = Wanted(
        settings=stage.settings,
        tried=stage.settings.policies,
        since=now - timedelta(days=DAYS + 7),
        until=now,
        authority="",
        now=now,
    )
    used, began = os.times(), time.monotonic()
    counts = counted(wanted, lambda: False, lambda *_: None)
    seconds = time.monotonic() - began
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= used.children_user + used.children_system
    alerts = sum(n for one, n in counts.work.items() if one.side is Side.AFTER)
    return [
        Row(
            what="hub backtest",
            load=f"{counts.events:,} events of {counts.children:,} children, {EVENTS_A_CHILD} each"
            f" and beside them the town's; {DAYS} days, {PROCESSES} processes, niced",
            per_second=f"{counts.events / seconds:,.0f} events",
            remark=f"{seconds:.1f} s in all, {cpu:.0f} s of processor time in the processes;"
            f" {counts.looks:,} looks of the rules, {alerts:,} alerts would be told;"
            " goal: 1,000,000 events in 120 s",
        )
    ]
