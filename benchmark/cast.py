"""Which children play which part in a run: the town with its history, and those kept for measures.

Everything that is loaded before the measuring begins comes the way that agencies send it: through
Kafka, sealed and signed, as backfill and as whole registers with their statements.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmark.happenings import past_attendances, plan
from benchmark.population import CHILDREN_MAX, Child
from benchmark.sending import send_and_wait
from benchmark.stage import Stage
from hub.core.event import Event
from hub.demo.agencies import COUNCIL_AGENCIES, HOSPITALS

ON_PLAN_TWO_IN = 160
"""Of the town, 1.25 % have an open plan: one child of each council in every 160."""

BATCH_CHILDREN = 20_000


@dataclass
class Cast:
    """The children of one run, by number: the town first, then those on plans, then newcomers."""

    stage: Stage
    town: int
    on_plans: int
    _next_on_plan: int = field(default=0, init=False)
    _next_new: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.town + self.on_plans > CHILDREN_MAX // 2:
            raise ValueError(
                f"At most {CHILDREN_MAX // 2:,} children can be loaded: the measures need others."
            )

    def known(self) -> list[Child]:
        """Answer the town's children whom a hospital knows."""
        children = map(self.stage.population.child, range(self.town))
        return [child for child in children if child.past_attendances]

    def take_on_plans(self, count: int) -> list[Child]:
        """Answer children on plans whom no measure has had; one half is new to its hospital."""
        first = self.town + self._next_on_plan
        self._next_on_plan += count
        if self._next_on_plan > self.on_plans:
            raise ValueError("More children on plans were asked for than were loaded.")
        return [self.stage.population.child(number) for number in range(first, first + count)]

    def take_new(self, count: int) -> list[Child]:
        """Answer children of whom nobody has ever told the hub."""
        first = self.town + self.on_plans + self._next_new
        self._next_new += count
        return [self.stage.population.child(number) for number in range(first, first + count)]

    def load(self) -> float:
        """Load history and registers; answer the events a second of the history."""
        rate = self._load_history()
        self._load_registers()
        self.stage.analyze()
        return rate

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
                    if child.trust == code and self._has_been_to_hospital(child)
                    for event in past_attendances(child, now)
                ]
                events_in_all += len(events)
                messages += agency.reports(events, at=now, backfill=True)
            seconds += send_and_wait(self.stage, list(agencies.values()), messages)
            self.stage.tell(f"history: {events_in_all:,} events, {seconds:.1f} s")
        return events_in_all / seconds if seconds else 0.0

    def _batches(self) -> Iterator[Sequence[Child]]:
        count = self.town + self.on_plans
        for first in range(0, count, BATCH_CHILDREN):
            numbers = range(first, min(first + BATCH_CHILDREN, count))
            yield [self.stage.population.child(number) for number in numbers]

    def _has_been_to_hospital(self, child: Child) -> bool:
        """Of the children kept on plans, one half is new to its hospital when it arrives."""
        return child.number < self.town or child.number // 2 % 2 == 0

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
        numbers = [
            *range(0, self.town, ON_PLAN_TWO_IN),
            *range(1, self.town, ON_PLAN_TWO_IN),
            *range(self.town, self.town + self.on_plans),
        ]
        children = map(self.stage.population.child, numbers)
        return [plan(child, now) for child in children if child.home == council]
