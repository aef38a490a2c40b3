"""The hub that is measured: a Kafka and a PostgreSQL of its own, its real processes."""

import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import psycopg

from benchmark.agency import Agency, Publishing
from benchmark.hub_processes import HubProcesses
from benchmark.population import Population
from benchmark.processor import ProcessorTime
from hub.adapters.keys import (
    load_publisher_public_key,
    load_sign_in_secret,
    make_publisher_key,
)
from hub.api.signing import SignIn
from hub.bootstrap import Hub, SystemClock
from hub.commands.run import group_of
from hub.core.report import Feed
from hub.demo.agencies import FEEDS, agency_of
from hub.demo.prepare import local_stack, prepare
from hub.errors import ServiceMissing
from hub.local.postgres import SHARED_BUFFERS
from hub.local.server import port_is_free
from hub.local.stack import LocalStack
from hub.settings import LOOPBACK, Settings, load_settings

READY_SECONDS_MAX = 60.0
LOOK_EVERY_SECONDS = 0.02
_PORTS_FROM, _PORTS = 20_000, 12_000
"""Below the ports that Linux gives to outgoing connections."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Stage:
    """A hub of this run's own, with nobody's data in it."""

    settings: Settings
    processes: HubProcesses
    tell: Tell
    http_ports: tuple[int, ...]
    """Of each process that serves checks; the inbox is asked of the first."""
    stack: LocalStack
    kept: Path | None = None
    """Where this run's servers live if another run may use what it loads."""

    @cached_property
    def clock(self) -> SystemClock:
        """The clock by which events are dated; durations go by ``time.monotonic``."""
        return SystemClock()

    @cached_property
    def hub(self) -> Hub:
        """The hub's use cases in this process, over the same database."""
        return Hub(self.settings, name="hub-benchmark", connections=2)

    @cached_property
    def population(self) -> Population:
        """The made-up children."""
        return Population(self.hub.places, self.clock.now())

    @property
    def database_url(self) -> str:
        """The database, for the benchmark's own questions."""
        return self.settings.database_url.get_secret_value()

    def agency(self, code: str, connector: str) -> Agency:
        """Answer an agency with a connector of this name; a name is used once in a run."""
        known = agency_of(code)
        publishing = Publishing(code=code, feed=known.feed, publisher=known.publisher)
        return self.agency_of(publishing, connector)

    def agency_of(self, publishing: Publishing, connector: str) -> Agency:
        """Answer whoever publishes, with a connector of this name; a name is used once in a run."""
        return Agency(self.settings, publishing, connector, self.clock.now())

    def enter(self, publishing: Publishing, reports_for: Sequence[str]) -> None:
        """Make a publisher's key and enter it in the registry, for these agencies."""
        keys = self.settings.keys
        make_publisher_key(keys, publishing.publisher)
        self.hub.publishers.add(
            publishing.publisher,
            public_key=load_publisher_public_key(keys, publishing.publisher).public_bytes_raw(),
            reports_for=[(agency, publishing.feed) for agency in reports_for],
            now=self.clock.now(),
        )

    def token(self, user_id: str) -> str:
        """Answer the bearer token of a demo role."""
        return SignIn(load_sign_in_secret(self.settings.keys)).bearer_tokens[user_id]

    def ask(self, statement: str, *parameters: object) -> int:
        """Answer the one number that a statement answers, over a connection of its own."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            row = connection.execute(statement, parameters).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def rows(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        """Answer the rows that a statement answers, over a connection of its own."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()

    def processor_time(self) -> ProcessorTime:
        """Begin to count the processor time of every part of the hub."""
        servers = {state.name: [state.pid] for state in self.stack.states() if state.pid}
        ours = {name: self.processes.pids(name) for name in ("worker", "serve")}
        return ProcessorTime({**{name: pids for name, pids in ours.items() if pids}, **servers})

    def analyze(self) -> None:
        """Have PostgreSQL look at what is in the tables, as it does by itself within minutes."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("ANALYZE")

    def start_workers(self) -> None:
        """Start the worker of each feed on which the town speaks."""
        for feed in FEEDS:
            self.processes.start("worker", "--feed", feed.value)

    def add_workers(self, feed: Feed, wanted: int) -> None:
        """Start workers of a feed until so many have been."""
        running = len(self.processes.pids(f"worker-feed-{feed.value}"))
        for _ in range(running, wanted):
            self.processes.start("worker", "--feed", feed.value)
        wait_until(
            lambda: self.hub.kafka.has_members(group_of(feed)),
            READY_SECONDS_MAX,
            f"no worker of {feed.value} is at work",
            meanwhile=self.processes.require_running,
        )

    def start_servers(self) -> None:
        """Start the surfaces and wait until checks can be answered."""
        for port in self.http_ports:
            self.processes.start("serve", HUB_HTTP_PORT=str(port))
        for port in self.http_ports:
            self._await_server(port)

    def serve_beside(self, **environment: str) -> int:
        """Start the surfaces once more, with these settings; answer their port."""
        port = _free_port(1)
        self.processes.start("serve", HUB_HTTP_PORT=str(port), **environment)
        self._await_server(port)
        return port

    def _await_server(self, port: int) -> None:
        address = f"http://{LOOPBACK}:{port}/health/ready"
        wait_until(
            lambda: _answers(address),
            READY_SECONDS_MAX,
            "the surfaces are not ready",
            meanwhile=self.processes.require_running,
        )

    def close(self) -> None:
        """Stop every process of the hub, by its pid, and hang up."""
        self.processes.stop()
        if "hub" in self.__dict__ and "postgres" in self.hub.__dict__:
            self.hub.postgres.close()


@contextmanager
def running_stage(
    tell: Tell,
    *,
    servers: int = 1,
    keep: Path | None = None,
    shared_buffers: str = SHARED_BUFFERS,
) -> Iterator[Stage]:
    """Lend a hub that is set up and started; everything is stopped and deleted afterwards.

    With no servers its processes are not started at all. What lives in ``keep`` is not deleted.
    """
    home = keep.resolve() if keep else Path(tempfile.mkdtemp(prefix="hub-benchmark-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)  # PostgreSQL's own user must reach what is below
    settings = _settings(home / "home")
    stack = replace(local_stack(settings, tell), shared_buffers=shared_buffers)
    ports = tuple(_free_port(1) for _ in range(servers))
    kept = home if keep else None
    stage = Stage(settings, HubProcesses(home / "logs", tell), tell, ports, stack, kept)
    try:
        with _told_to_stop():
            stack.start()
            prepare(settings, tell)
            if servers:
                stage.start_workers()
                stage.start_servers()
            yield stage
    finally:
        interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            stage.close()
            stack.stop()
            if not keep:
                shutil.rmtree(home)
        finally:
            signal.signal(signal.SIGINT, interrupted)


def wait_until(
    done: Callable[[], bool],
    seconds_max: float,
    otherwise: str,
    *,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Wait until something is so.

    Raises:
        ServiceMissing: not within the time; ``otherwise`` says what is not.
    """
    limit = time.monotonic() + seconds_max
    while not done():
        if time.monotonic() > limit:
            raise ServiceMissing(f"After {seconds_max:.0f} s {otherwise}.")
        meanwhile()
        time.sleep(LOOK_EVERY_SECONDS)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310  # our own address, http
            return True
    except OSError:
        return False


def _settings(home: Path) -> Settings:
    """Answer settings of a local stack on free ports, and give them to this process's children."""
    for name in [name for name in os.environ if name.startswith("HUB_") and name != "HUB_CACHE"]:
        del os.environ[name]  # this run must not reach a database or a Kafka that exists
    os.environ |= {
        "HUB_HOME": str(home),
        "HUB_KAFKA_PORT": str(_free_port(2)),
        "HUB_POSTGRES_PORT": str(_free_port(1)),
        "HUB_DEMO": "1",
    }
    return load_settings()


def _free_port(count: int) -> int:
    for _ in range(200):
        port = _PORTS_FROM + secrets.randbelow(_PORTS)
        if all(port_is_free(port + following) for following in range(count)):
            return port
    raise ServiceMissing("No free port was found on 127.0.0.1.")


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """Let SIGTERM and a closed terminal stop everything, as Ctrl-C does."""

    def stop(*_: object) -> None:
        sys.exit("stopped")

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
