"""Which children play which part in a run: the town with its history, and those kept for measures.

Everything that is loaded before the measuring begins comes the way that agencies send it: through
Kafka, sealed and signed, as backfill and as whole registers with their statements.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmark.happenings import past_attendances, plan
from benchmark.load import load_town
from benchmark.population import CHILDREN_MAX, Child
from benchmark.sending import send_and_wait
from benchmark.stage import Stage
from hub.core.event import Event
from hub.demo.agencies import COUNCIL_AGENCIES, HOSPITALS

ON_PLAN_TWO_IN = 160
"""Of the town, 1.25 % have an open plan: one child of each council in every 160."""

HOMES = 2
"""The children live in Bradford and in Leeds, by turns."""

BATCH_CHILDREN = 20_000

NUMBERED_MAX = 600_000
"""So many children of the town have an NHS number; the range holds 899,000, and the measures need
the others. A town of more has the rest without one."""

TOWN_MAX = 1_400_000
"""Above them are the numbers of pupils of whom nobody but a school knows."""


@dataclass
class Cast:
    """The children of one run, by number: the town first, then those on plans, then newcomers."""

    stage: Stage
    town: int
    on_plans: int
    by_copy: bool = False
    """Whether the history comes by COPY instead of through Kafka."""
    _next_on_plan: int = field(default=0, init=False)
    _next_new: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.town > TOWN_MAX or self._first_other + self.on_plans > CHILDREN_MAX - 100_000:
            raise ValueError("So many children cannot be loaded: the measures need others.")

    @property
    def _first_other(self) -> int:
        """The number of the first child that is not of the town."""
        return min(self.town, NUMBERED_MAX)

    def town_numbers(self, first: int = 0, stop: int | None = None) -> Iterator[int]:
        """Answer the numbers of the town's children, from one place among them to another."""
        for place in range(first, self.town if stop is None else min(stop, self.town)):
            yield place if place < NUMBERED_MAX else CHILDREN_MAX + place - NUMBERED_MAX

    def known(self) -> list[Child]:
        """Answer the town's children whom a hospital knows."""
        children = map(self.stage.population.child, self.town_numbers())
        return [child for child in children if child.past_attendances]

    @staticmethod
    def has_a_plan(child: Child) -> bool:
        """Whether a child of the town is on a plan."""
        return child.number % ON_PLAN_TWO_IN < HOMES

    def take_on_plans(self, count: int) -> list[Child]:
        """Answer children on plans whom no measure has had; one half is new to its hospital."""
        first = self._first_other + self._next_on_plan
        self._next_on_plan += count
        if self._next_on_plan > self.on_plans:
            raise ValueError("More children on plans were asked for than were loaded.")
        return [self.stage.population.child(number) for number in range(first, first + count)]

    def take_new(self, count: int) -> list[Child]:
        """Answer children of whom nobody has ever told the hub."""
        first = self._first_other + self.on_plans + self._next_new
        self._next_new += count
        return [self.stage.population.child(number) for number in range(first, first + count)]

    def load(self) -> float:
        """Load history and registers; answer the events a second of the history."""
        rate = self._copy_history() if self.by_copy else self._load_history()
        self._load_registers()
        self.stage.analyze()
        return rate

    def _copy_history(self) -> float:
        stage, numbers = self.stage, [child for some in self._numbers() for child in some]
        began = time.monotonic()
        loaded = load_town(stage.settings, numbers, stage.clock.now(), stage.tell)
        return loaded / (time.monotonic() - began)

    def _load_history(self) -> float:
        now = self.stage.clock.now()
        agencies = {one.code: self.stage.agency(one.code, "history") for one in HOSPITALS}
        events_in_all, seconds = 0, 0.0
        for children in self._batches():
            messages = []
            for code, agency in agencies.items():
                events = [
                    event
                    for child in children
                    if child.trust == code
                    for event in past_attendances(child, now)
                ]
                events_in_all += len(events)
                messages += agency.reports(events, at=now, backfill=True)
            seconds += send_and_wait(self.stage, list(agencies.values()), messages)
            self.stage.tell(f"history: {events_in_all:,} events, {seconds:.1f} s")
        return events_in_all / seconds if seconds else 0.0

    def _numbers(self) -> Iterator[Sequence[int]]:
        """Yield the numbers of all who have been to hospital, some at a time."""
        others = range(self._first_other, self._first_other + self.on_plans)
        numbers = itertools.chain(self.town_numbers(), filter(self._has_been_to_hospital, others))
        while some := list(itertools.islice(numbers, BATCH_CHILDREN)):
            yield some

    def _batches(self) -> Iterator[Sequence[Child]]:
        for some in self._numbers():
            yield [self.stage.population.child(number) for number in some]

    @staticmethod
    def _has_been_to_hospital(number: int) -> bool:
        """Of the children kept on plans, one half is new to its hospital when it arrives."""
        return number // 2 % 2 == 0

    def _load_registers(self) -> None:
        now = self.stage.clock.now()
        agencies, messages = [], []
        for one in COUNCIL_AGENCIES:
            agency = self.stage.agency(one.code, "register")
            agencies.append(agency)
            messages += agency.register(self._plans_of(one.code), at=now)
        seconds = send_and_wait(self.stage, agencies, messages)
        self.stage.tell(f"registers of {len(agencies)} councils: {seconds:.1f} s")

    def _plans_of(self, council: str) -> list[Event]:
        now = self.stage.clock.now()
        town = filter(self.has_a_plan, map(self.stage.population.child, self.town_numbers()))
        others = range(self._first_other, self._first_other + self.on_plans)
        children = itertools.chain(town, map(self.stage.population.child, others))
        return [plan(child, now) for child in children if child.home == council]
