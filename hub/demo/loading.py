"""Loads what the hub knows before the day begins: every agency's history, then what came since."""

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

from hub.core.report import Feed
from hub.demo import commands_of
from hub.demo.agencies import agency_of
from hub.demo.day import plan_day, write_history
from hub.demo.deliveries import Delivery
from hub.demo.home import DemoHome, TownState
from hub.demo.playing import read_delivery
from hub.demo.processes import Processes
from hub.demo.story import Town
from hub.demo.waiting import Waiting

AT_ONCE: Final = 4
"""How many connectors read at a time: each agency's waits for the hub now and then."""


@dataclass(kw_only=True)
class Loading:
    """One loading; what has been loaded is remembered as it goes, and not loaded again."""

    home: DemoHome
    processes: Processes
    waiting: Waiting
    state: TownState
    tell: Callable[[str], None]
    _running: dict[Future[None], str] = field(default_factory=dict)

    def load(self, town: Town, day: date) -> None:
        """Load histories and the morning's registers side by side, then what came since, in order.

        Raises:
            HubError: an agency's connector could not read what it was given.
        """
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                self._load_the_past(pool, town)
                plan = plan_day(self.home.sources, town, day)
                registers = [one for one in plan.first if one.feed is Feed.SOCIAL_CARE]
                for delivery in registers:
                    self._begin(pool, delivery.path.name, *_reading(self.processes, delivery))
                self._finish()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.processes.break_off()
                raise
        for delivery in plan.first:
            if delivery not in registers and delivery.path.name not in self.state.loaded:
                self._load_in_order(delivery)

    def _load_the_past(self, pool: ThreadPoolExecutor, town: Town) -> None:
        names = {f"history-{code}" for code in commands_of.with_history()}
        if names <= set(self.state.loaded):
            return
        for code, path in write_history(self.home.sources / "history", town):
            agency, name = agency_of(code), f"history-{code}"
            command = commands_of.read_history(agency, path)
            words = f"Loading the history of {agency.name}"
            self._begin(pool, name, words, partial(self.processes.run, name, command))

    def _begin(
        self, pool: ThreadPoolExecutor, name: str, words: str, read: Callable[[], None]
    ) -> None:
        if name not in self.state.loaded:
            self.tell(words)
            self._running[pool.submit(read)] = name

    def _finish(self) -> None:
        """Wait for all that was begun; the first that fails is told at once."""
        ended, _ = wait(self._running, return_when=FIRST_EXCEPTION)
        for one in sorted(ended, key=lambda one: one.exception() is not None):
            one.result()
            self._remember(self._running.pop(one))

    def _load_in_order(self, delivery: Delivery) -> None:
        """Load one delivery; each reading of registers is decided before the next comes."""
        words, read = _reading(self.processes, delivery)
        self.tell(words)
        if delivery.feed is Feed.SCHOOLS:
            self.waiting.until_taken(commands_of.names_of_workers())
        read()
        self._remember(delivery.path.name)

    def _remember(self, name: str) -> None:
        self.state = self.state.with_loaded(name)
        self.home.remember_town(self.state)


def _reading(processes: Processes, delivery: Delivery) -> tuple[str, Callable[[], None]]:
    words = f"Loading {delivery.path.name} of {agency_of(delivery.agency).name}"
    return words, partial(read_delivery, processes, delivery)
