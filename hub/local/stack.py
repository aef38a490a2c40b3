"""The local stack: Kafka of one node or three and PostgreSQL, under a directory and two ports."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.local.fault import DiskFullError, LocalStackError, death_in_the_log
from hub.local.jars import kafka_jars
from hub.local.kafka import KafkaNode
from hub.local.lock import sole_command
from hub.local.nodes import settle_nodes
from hub.local.postgres import SHARED_BUFFERS, PostgresCluster
from hub.local.server import Progress, Server, port_answers, silent
from hub.settings import default_cache, local_kafka

DISK_FREE_BYTES_MIN = 512 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """How one server stands now."""

    name: str
    address: str
    pid: int | None
    answers: bool
    remark: str


@dataclass(frozen=True, slots=True)
class LocalStack:
    """Real Kafka and real PostgreSQL on 127.0.0.1, for development, demonstrations and tests.

    Several stacks with their own ``home`` and ports run side by side. ``kafka_port`` takes the
    next port too, and of three ``nodes`` those 10 and 20 further on. Every call waits with a limit
    and raises LocalStackError with one sentence.
    """

    home: Path
    kafka_port: int
    postgres_port: int
    progress: Progress = silent
    with_kafka: bool = True
    with_postgres: bool = True
    cache: Path = field(default_factory=default_cache)
    disk_free_bytes_min: int = DISK_FREE_BYTES_MIN
    nodes: int = 1
    shared_buffers: str = SHARED_BUFFERS

    @property
    def kafka_address(self) -> str:
        """Kafka's bootstrap servers."""
        return local_kafka(port=self.kafka_port, nodes=self.nodes)

    def database_url(self, name: str = "hub") -> str:
        """Answer the URL by which the hub's role reaches a database of this stack."""
        return self._postgres.database_url(name)

    def start(self) -> None:
        """Start what does not run, and wait until both servers take connections."""
        with self._alone():
            self._start(kafka=self.with_kafka, postgres=self.with_postgres)

    def start_kafka(self) -> None:
        """Start what does not run of Kafka alone, and wait until it takes connections."""
        with self._alone():
            self._start(kafka=True, postgres=False)

    def start_postgres(self) -> None:
        """Start PostgreSQL alone, and wait until it takes connections."""
        with self._alone():
            self._start(kafka=False, postgres=True)

    def stop(self) -> bool:
        """Stop both servers in order; answer whether any ran."""
        with self._alone():
            return self._stop()

    def stop_kafka(self) -> bool:
        """Stop Kafka in order; answer whether it ran."""
        with self._alone():
            return self._stop_kafka()

    def stop_postgres(self) -> bool:
        """Stop PostgreSQL, ending open sessions; answer whether it ran."""
        with self._alone():
            return self._postgres.stop(self.progress)

    def kill_kafka(self, number: int = 1) -> bool:
        """Kill one node of Kafka with -9, as a crash test does; answer whether it ran."""
        return self._kafka[number - 1].kill()

    def create_database(self, name: str) -> str:
        """Make an empty database that the hub's role owns; answer its URL."""
        return self._postgres.create_database(name)

    def drop_database(self, name: str) -> None:
        """Drop a database with whoever is connected to it; a missing one is no error."""
        self._postgres.drop_database(name)

    def wipe(self) -> None:
        """Stop both servers and delete their topics and databases; keys and jars stay."""
        with self._alone():
            self._stop()
            for directory in (self._kafka[0].directory, self._postgres.directory):
                if directory.exists():
                    self.progress(f"Deleting {directory}")
                    shutil.rmtree(directory)
            for file in (self._postgres.password_file, *self.home.glob("*.log*")):
                file.unlink(missing_ok=True)

    def states(self) -> tuple[ServerState, ...]:
        """Answer how each server of this stack stands now."""
        return tuple(_state(server) for server in self._servers())

    def logs(self) -> dict[str, Path]:
        """Answer each server's log file by its name in lower case."""
        return {server.name.lower().replace(" ", "-"): server.log for server in self._servers()}

    @property
    def _kafka(self) -> tuple[KafkaNode, ...]:
        return tuple(
            KafkaNode(
                directory=self.home / "kafka",
                first_port=self.kafka_port,
                number=number,
                nodes=self.nodes,
            )
            for number in range(1, self.nodes + 1)
        )

    @property
    def _postgres(self) -> PostgresCluster:
        return PostgresCluster(
            home=self.home, port=self.postgres_port, shared_buffers=self.shared_buffers
        )

    def _servers(self) -> Iterator[Server]:
        if self.with_kafka:
            yield from (node.server for node in self._kafka)
        if self.with_postgres:
            yield self._postgres.server

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            lock = sole_command(self.home, self.progress)
            with lock:
                yield
        except subprocess.TimeoutExpired as error:
            raise LocalStackError(
                f"{Path(error.cmd[0]).name} has not ended in {error.timeout:.0f} s: this machine "
                "may be too busy; run the command again."
            ) from error
        except OSError as error:
            raise LocalStackError(
                f"The local stack's directory {self.home} cannot be used "
                f"({error.strerror or type(error).__name__}): set HUB_HOME to a directory on a "
                "disk with room, that you can write to."
            ) from error

    def _start(self, *, kafka: bool, postgres: bool) -> None:
        """Look for what is in the way, launch all, then wait, so that they start together."""
        if kafka:
            settle_nodes(self.home, self.nodes)
        absent = [node for node in self._kafka if kafka and not node.server.pid()]
        java = {node: node.prepare() for node in absent}
        programs = (
            self._postgres.prepare() if postgres and not self._postgres.server.pid() else None
        )
        if java or programs:
            self._require_disk()
        for node in absent:
            node.launch(java[node], kafka_jars(self.cache, self.progress), self.progress)
        if programs:
            self._postgres.launch(programs, self.progress)
        if postgres:
            self._postgres.await_ready(self.progress)
        for node in self._kafka if kafka else ():
            node.await_ready(self.progress)

    def _stop_kafka(self) -> bool:
        """Tell every node before waiting for any: the last ones cannot end while others lead."""
        running = [node for node in self._kafka if node.server.pid()]
        for node in running[1:]:
            node.server.pid_file.send(signal.SIGTERM)
        for node in self._kafka:
            node.stop(self.progress)
        return bool(running)

    def _stop(self) -> bool:
        kafka_ran = self._stop_kafka()
        postgres_ran = self._postgres.stop(self.progress)
        return kafka_ran or postgres_ran

    def _require_disk(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < self.disk_free_bytes_min:
            raise DiskFullError(
                directory=self.home, free_bytes=free, needed_bytes=self.disk_free_bytes_min
            )


def _state(server: Server) -> ServerState:
    pid = server.pid()
    answers = pid is not None and port_answers(server.port)
    remark = ""
    if pid is None and server.pid_file.path.exists():
        remark = death_in_the_log(server=server.name, log=server.log)
    elif pid is None and port_answers(server.port):
        remark = f"another program listens on port {server.port}: see {server.port_setting}"
    return ServerState(
        name=server.name, address=server.address, pid=pid, answers=answers, remark=remark
    )
