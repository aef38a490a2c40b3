"""The whole demo: everything it needs, in order, ready when the day begins; and its end."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from hub.demo import commands_of
from hub.demo.agencies import AGENCIES, FEEDS, HOSPITALS
from hub.demo.day import TOWN_DAYS_MAX
from hub.demo.expected import as_json
from hub.demo.flow import FlowReader
from hub.demo.home import DemoHome, TownState
from hub.demo.loading import Loading
from hub.demo.newcomers import with_newcomers
from hub.demo.playing import play_day
from hub.demo.prepare import local_stack, prepare
from hub.demo.processes import Processes, ProcessState
from hub.demo.school_days import write_calendars
from hub.demo.story import Town
from hub.demo.town import build_town
from hub.demo.waiting import Waiting
from hub.errors import ConfigurationError
from hub.local.lock import sole_command
from hub.settings import LOOPBACK, Settings

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the person asked for."""

    seed: int
    children: int
    speed: float
    mllp_port: int


@dataclass(frozen=True)
class Demonstration:
    """The demo of one installation. ``today`` is the date in London at the start."""

    settings: Settings
    today: date
    tell: Tell

    @cached_property
    def home(self) -> DemoHome:
        """Where the demo keeps its state."""
        return DemoHome(self.settings.home)

    @cached_property
    def processes(self) -> Processes:
        """The demo's processes; what they leave behind lies in the demo's own directory."""
        told = {"HUB_DEMO": "1"}
        for name in ("home", "cache", "policies", "schools", "keys"):
            told[f"HUB_{name.upper()}"] = str(getattr(self.settings, name))
        told["HUB_CALENDARS"] = str(self.home.calendars)
        return Processes(
            pids=self.home.pids, logs=self.home.logs, directory=self.home.root, environment=told
        )

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://{LOOPBACK}:{self.settings.http_port}"

    @property
    def day(self) -> date:
        """The day that is played: yesterday, the last whole day, so nothing lies in the future."""
        return self.today - timedelta(days=1)

    def up(self, wish: Wish) -> Town:
        """Start everything and answer the town once the day is being played.

        Raises:
            HubError: something is missing or does not become ready in time; it is named.
        """
        self.home.make()
        with sole_command(self.home.root, self.tell):
            return self._up(wish)

    def _up(self, wish: Wish) -> Town:
        waiting = Waiting(self.settings, self.processes, wish.mllp_port, self.tell)
        waiting.require_free_ports()
        stack = local_stack(self.settings, self.tell)
        if not any(state.pid for state in stack.states()):
            (self.home.root / "stack-is-ours").touch()
        stack.start()
        prepare(self.settings, self.tell)
        town_state = self._town_state(wish)
        town = self._town_of(town_state)
        self.tell(f"{len(town.people)} made-up children; {self.day:%A %d %B %Y} is played")
        write_calendars(self.home.calendars, town.anchor)
        workers = (commands_of.worker(feed) for feed in FEEDS)
        for process in (*workers, commands_of.timekeeper(), commands_of.serve()):
            self.processes.start(process)
        for agency in HOSPITALS:
            self.processes.start(commands_of.listener(agency, wish.mllp_port))
        Loading(
            home=self.home,
            processes=self.processes,
            waiting=waiting,
            state=town_state,
            tell=self.tell,
        ).load(town, self.day)
        waiting.until_taken(commands_of.names_to_watch())
        waiting.until_ready(commands_of.names_to_watch())
        self.home.write_expected(as_json(town, self.day))
        self.home.forget_played()
        self.processes.start(commands_of.player(wish.speed, wish.mllp_port))
        return town

    def down(self) -> tuple[str, ...]:
        """Stop everything that was started, sources first; answer what ran."""
        stopped = list(self.processes.stop(commands_of.names_to_stop(), self.tell))
        ours = self.home.root / "stack-is-ours"
        if ours.exists():
            if local_stack(self.settings, self.tell).stop():
                stopped.append("Kafka and PostgreSQL")
            ours.unlink()
        return tuple(stopped)

    def wipe(self) -> None:
        """Stop everything, and forget every child: topics, database, spools, state; keys stay."""
        self.down()
        local_stack(self.settings, self.tell).wipe()
        self.home.forget()

    def states(self) -> tuple[ProcessState, ...]:
        """Answer how each process stands."""
        return self.processes.states(commands_of.names_to_stop())

    def play(self, speed: float, first_port: int, stopping: threading.Event) -> bool:
        """Play the day through the connectors, which must be listening; answer whether to its end.

        Raises:
            HubError: there is no town, or a connector did not take what it was given.
        """
        town = self.town()
        if town is None:
            raise ConfigurationError("There is no town to play; start with `hub demo up`.")
        return play_day(
            home=self.home,
            processes=self.processes,
            town=town,
            day=self.day,
            speed=speed,
            first_port=first_port,
            stopping=stopping,
        )

    def town(self) -> Town | None:
        """Answer the town that the hub holds; None before the first start."""
        state = self.home.town()
        if state is None:
            return None
        return self._town_of(state)

    def _town_of(self, state: TownState) -> Town:
        """Answer a town, with the families who came on earlier days."""
        town = build_town(seed=state.seed, anchor=state.anchor, children=state.children)
        earlier = [play for play in self.home.plays() if play.day < self.day]
        return with_newcomers(town, earlier)

    def _town_state(self, wish: Wish) -> TownState:
        """Answer the town to load: the one that is there, or a new one in an empty database."""
        database = self._database()
        known = self.home.town()
        if known is None or known.database != database:
            known = TownState(
                seed=wish.seed, children=wish.children, anchor=self.day, database=database
            )
            self._forget_spools()
            self.home.forget_plays()
            self.home.remember_town(known)
            return known
        if (known.seed, known.children) != (wish.seed, wish.children):
            raise ConfigurationError(
                f"The hub holds the town of seed {known.seed} with {known.children} children; to "
                "make another, which deletes this one, use `hub demo up --fresh`."
            )
        if not 0 <= (self.day - known.anchor).days < TOWN_DAYS_MAX:
            raise ConfigurationError(
                f"The town was made for {known.anchor} and the {TOWN_DAYS_MAX} days from then: its "
                "children have grown. Make a new one with `hub demo up --fresh`."
            )
        return known

    def _forget_spools(self) -> None:
        """Delete the agencies' spools: to a database that is new, their old numbers are a gap."""
        for agency in AGENCIES:
            shutil.rmtree(self.settings.home / "spool" / agency.publisher, ignore_errors=True)

    def _database(self) -> str:
        reader = FlowReader(self.settings.database_url.get_secret_value())
        try:
            return reader.database()
        finally:
            reader.close()
