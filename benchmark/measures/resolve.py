"""Whose record it is, asked of an index of many children whose names are as common as in life.

Three figures: linking as the hub does it, 50 records a transaction, from two processes; resolving
alone, which writes nothing; and linking one hard record at a time. The workers are stopped before.
"""

import cProfile
import pstats
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from random import Random
from typing import Final

from benchmark.cast import Cast
from benchmark.index_load import linking_of, load_index, observation, people
from benchmark.kept_index import KeptIndex
from benchmark.lifelike import MIX, NEW_FROM, Case
from benchmark.measures.extent import Extent
from benchmark.percentiles import latencies
from benchmark.results import Row
from hub.bootstrap import Hub
from hub.core.identity import linking_keys
from hub.core.identity_screen import Screen
from hub.core.identity_weighed import resolve_by_weights
from hub.service.board import Board
from hub.service.linking import Linking, Observation
from hub.service.records import RECORDS_PER_TRANSACTION_MAX, evidence_in
from hub.settings import Settings

PROCESSES: Final = 2
FORCE: Final = "POL13"
HARD_IN: Final = 20
TOLD_MAX: Final = 100_000
"""So many records one run tells at most of a kept index: the next begins after them."""
PROFILE_LINES: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one process resolves."""

    settings: Settings
    now: datetime
    children: int
    first: int
    count: int
    writes: bool
    profile: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What came of it."""

    began: float
    ended: float
    processor: float
    """Seconds of this process's CPU."""
    candidates: int
    verdicts: dict[str, int]


def measure(cast: Cast, extent: Extent) -> list[Row]:
    """Load the index, resolve a day's mix of records, and hard ones by themselves."""
    stage = cast.stage
    stage.processes.stop()
    index, row = _index(cast, extent)
    index.used_again(stage.kept)
    now, of, rows = index.now, f"{index.children:,} children", [row]

    def told(what: str, place: int, count: int) -> Share:
        return Share(
            settings=stage.settings,
            now=now,
            children=index.children,
            first=place * 10_000_000 + index.runs * TOLD_MAX,
            count=count,
            writes=what == "link",
            profile=extent.profile and place in (0, 1),
        )

    def resolved(what: str, places: Sequence[int], count: int) -> list[Resolved]:
        stage.tell(f"resolve: {count:,} records, {what}, two processes")
        shares = [told(what, place, count // PROCESSES) for place in places]
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            return list(pool.map(_resolve, shares))

    if extent.warm_up:
        resolved("warm up", (4, 5), extent.warm_up)
    count = extent.events - extent.events % PROCESSES
    for what, places in (("resolve", (0, 2)), ("link", (1, 3))):
        rows.append(_row(what, of, resolved(what, places, count), count))
    stage.tell("resolve: hard records, one by one")
    return [*rows, _hard(stage.hub, index, extent, of)]


def _index(cast: Cast, extent: Extent) -> tuple[KeptIndex, Row]:
    """Answer the index, which is loaded unless an earlier run has kept one."""
    stage = cast.stage
    index, told = KeptIndex.read(stage.kept), "kept from an earlier run"
    if index is None:
        now = stage.clock.now()
        rate = load_index(stage.settings, extent.index, now, stage.tell)
        stage.analyze()
        index, told = KeptIndex(children=extent.index, at=now.isoformat()), f"{rate:,.0f} children"
    return index, Row(
        what="index loaded",
        load=f"{index.children:,} children, one record each, names as common as in life",
        per_second=told,
        remark=_sizes(cast),
    )


def _row(what: str, of: str, done: Sequence[Resolved], count: int) -> Row:
    seconds = max(one.ended for one in done) - min(one.began for one in done)
    verdicts: dict[str, int] = {}
    for one in done:
        for verdict, times in one.verdicts.items():
            verdicts[verdict] = verdicts.get(verdict, 0) + times
    told = ", ".join(f"{times:,} {verdict}" for verdict, times in sorted(verdicts.items()))
    looked_at = sum(one.candidates for one in done)
    means = "everything written" if what == "link" else "nothing written"
    return Row(
        what=f"{what}: whose record it is",
        load=f"{of}; {count:,} records, {RECORDS_PER_TRANSACTION_MAX} at once, two processes,"
        f" {means}",
        per_second=f"{count / seconds:,.0f} records",
        remark=f"{sum(one.processor for one in done) * 1000 / count:.2f} ms of these processes' CPU"
        " a record, without PostgreSQL's; "
        + (
            f"{looked_at / count:.1f} candidates each; {told}" if told else "as a worker links them"
        ),
    )


def _mixed(hub: Hub, share: Share) -> list[Observation]:
    """Answer a day's mix of records about children of the index and others."""
    known, luck = people(share.now), Random(share.first)
    told = []
    for number in range(share.first, share.first + share.count):
        case = Case.HARD if luck.randrange(HARD_IN) == 0 else luck.choice(MIX)
        child = NEW_FROM + number if case is Case.NEW else luck.randrange(share.children)
        told.append(observation(hub, FORCE, known.told(case, child, number)))
    return told


def _resolve(share: Share) -> Resolved:
    hub = Hub(share.settings, name="hub-resolve", connections=2)
    profile = cProfile.Profile() if share.profile else None
    try:
        told, linking = _mixed(hub, share), linking_of(hub, share.now)
        hub.postgres.check_reachable()
        if profile:
            profile.enable()
        began, used = time.monotonic(), time.process_time()
        verdicts: dict[str, int] = {}
        candidates = 0
        for some in _in_parts(told):
            if share.writes:
                linking.link(some)
            else:
                candidates += _alone(hub, linking, some, verdicts)
        ended, used = time.monotonic(), time.process_time() - used
        if profile:
            profile.disable()
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(
                PROFILE_LINES
            )
        return Resolved(
            began=began, ended=ended, processor=used, candidates=candidates, verdicts=verdicts
        )
    finally:
        hub.close()


def _in_parts(told: Sequence[Observation]) -> list[Sequence[Observation]]:
    size = RECORDS_PER_TRANSACTION_MAX
    return [told[first : first + size] for first in range(0, len(told), size)]


def _alone(
    hub: Hub, linking: Linking, told: Sequence[Observation], verdicts: dict[str, int]
) -> int:
    """Resolve records as linking would, and write nothing; answer how many candidates it had."""
    rows = linking._observed(told)  # noqa: SLF001  # what the hub itself does
    found = {ref: evidence_in(row) for ref, row in rows.items()}
    keys = {ref: linking_keys(evidence) for ref, evidence in found.items()}
    looked_at = 0
    with hub.store.identity_transaction() as transaction:
        board = Board(transaction.candidates(keys), keys)
        for ref in rows:
            matching = linking._matching  # noqa: SLF001  # as above
            near = board.candidates(ref, Screen(found[ref], matching))
            looked_at += len(board.near(ref))
            verdict = resolve_by_weights(found[ref], near, matching).verdict.value
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
    return looked_at


def _hard(hub: Hub, index: KeptIndex, extent: Extent, of: str) -> Row:
    known, linking, luck = people(index.now), linking_of(hub, index.now), Random(1 + index.runs)
    took = []
    count = min(2_000, max(20, extent.events // 5))
    first = index.runs * TOLD_MAX + 1
    told = [
        observation(hub, FORCE, known.told(Case.HARD, luck.randrange(index.children), -number))
        for number in range(first, first + count)
    ]
    for one in told:
        began = time.monotonic()
        linking.link([one])
        took.append(time.monotonic() - began)
    return Row(
        what="link: one hard record",
        load=f"{of}; {count:,} records of {Case.HARD.value}, one by one",
        latencies=latencies(took),
        remark="everything written; from words to committed link",
    )


def _sizes(cast: Cast) -> str:
    sizes = [
        f"{name} {cast.stage.ask('SELECT pg_total_relation_size(%s)', name) / 2**20:,.0f} MiB"
        for name in ("record", "record_key", "home", "link", "child")
    ]
    return ", ".join(sizes)
