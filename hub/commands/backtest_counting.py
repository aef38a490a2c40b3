"""Counts a backtest in two processes, each with some of the children at a time."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hub.core.backtest_counts import Counts, Period
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.errors import HubError
from hub.ports.replaying import ReplayPart
from hub.service.backtesting import Backtesting, parts_of
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.bootstrap import Hub

PROCESSES: Final = 2
NICENESS: Final = 10
"""Whoever answers questions goes before whoever tries policies."""

_LOOK_SECONDS: Final = 0.2

Progress = Callable[[int, int, Counts], None]
"""Told after each part: how many of how many are counted, and what was counted so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be replayed."""

    settings: Settings
    tried: Path
    since: datetime
    until: datetime
    authority: str
    """Whose alerts count, by its GSS code; empty for everybody's."""
    now: datetime

    @property
    def period(self) -> Period:
        """The days that count."""
        authority = GssCode(self.authority) if self.authority else None
        return Period(since=self.since, until=self.until, authority=authority)


def tried_policies(wanted: Wanted) -> Policies:
    """Answer the policies that are tried.

    Raises:
        ConfigurationError: they cannot be used.
    """
    from hub.adapters.policy_trial import load_trial  # noqa: PLC0415  # keeps --help fast

    return load_trial(wanted.tried, wanted.settings.policies)


def counted(
    wanted: Wanted, asked: Callable[[], bool], progress: Progress, *, processes: int = PROCESSES
) -> Counts:
    """Count every child.

    Raises:
        HubError: it was stopped, or something could not be read; nothing was written.
    """
    counts = Counts()
    hub = _hub(wanted)
    try:
        with _backtesting(hub, wanted).extent() as extent:
            parts = parts_of(extent.children)
            with ProcessPoolExecutor(
                processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(wanted, extent.snapshot),
            ) as pool:
                waiting = {pool.submit(_count, part) for part in parts}
                try:
                    _collect(waiting, counts, asked, progress)
                finally:
                    pool.shutdown(wait=True, cancel_futures=True)
    finally:
        hub.close()
    return counts


def _collect(
    waiting: set[Future[Counts]], counts: Counts, asked: Callable[[], bool], progress: Progress
) -> None:
    total = len(waiting)
    while waiting:
        done, waiting = wait(waiting, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for one in done:
            counts.add(one.result())
        progress(total - len(waiting), total, counts)
        if asked():
            raise HubError("The backtest was stopped. It had written nothing.")


@dataclass(slots=True)
class _Worker:
    """What a process keeps between parts."""

    backtesting: Backtesting
    snapshot: str
    period: Period


_worker: list[_Worker] = []


def _begin(wanted: Wanted, snapshot: str) -> None:
    """Make a process ready; it is told to stop by the one that began it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    backtesting = _backtesting(_hub(wanted), wanted)
    _worker.append(_Worker(backtesting=backtesting, snapshot=snapshot, period=wanted.period))


def _count(part: ReplayPart) -> Counts:
    (worker,) = _worker
    return worker.backtesting.counted(worker.snapshot, part, worker.period)


def _hub(wanted: Wanted) -> "Hub":
    from hub.bootstrap import Hub  # noqa: PLC0415  # keeps --help fast

    return Hub(wanted.settings, name="hub-backtest", connections=2)


def _backtesting(hub: "Hub", wanted: Wanted) -> Backtesting:
    from hub.adapters.store.replaying import PostgresReplaying  # noqa: PLC0415  # as above

    tried = tried_policies(wanted).with_calendars(hub.calendars)
    every = (tried.hub, *tried.authorities.values())
    replaying = PostgresReplaying(
        hub.postgres,
        hub.keys.sealer,
        hub.keys.identity,
        households=any(one.household_correlation for one in every),
    )
    return Backtesting(
        replaying,
        tried=tried,
        in_force=hub.policies,
        authority_of_site=hub.places.authority_of_site,
        now=wanted.now,
    )
