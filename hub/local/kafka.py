"""An Apache Kafka node in KRaft mode: formatted, started, stopped and killed without Docker."""

import shutil
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from hub.local.account import server_environment
from hub.local.fault import LocalStackError, log_tail
from hub.local.jars import POM
from hub.local.pidfile import PidFile
from hub.local.programs import find_java
from hub.local.server import LOOPBACK, Progress, Server, port_answers
from hub.settings import KAFKA_NODE_PORTS

CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg"  # any 22 characters of base64; fixed, so a node is at home
FORMAT_SECONDS_MAX = 60
STARTED = b"Kafka Server started"
HEAP = "256m"
HEAP_OF_SEVERAL = "192m"
LOG_CONFIGURATION = POM.with_name("log4j2.properties")
FORMATTED = ("cluster.id", "directory.id", "node.id")  # keys without which no node starts

# Defaults that hurt a small machine: the log cleaner's buffer alone is 128 MiB. And, further down,
# the broker's session is 4 s and not 9: a killed node cannot come back before it has run out.
SMALL_MACHINE = """\
num.network.threads=1
num.io.threads=2
num.recovery.threads.per.data.dir=1
background.threads=2
log.cleaner.threads=1
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.io.buffer.size=131072
log.cleaner.backoff.ms=1000
log.segment.bytes=67108864
log.index.size.max.bytes=1048576
replica.fetch.max.bytes=1048576
queued.max.requests=100
"""

# Controllers that wait for a core are not dead: by default 2 s of silence begin an election.
QUORUM_ON_A_BUSY_MACHINE = """\
controller.quorum.fetch.timeout.ms=5000
controller.quorum.election.timeout.ms=2000"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaNode:
    """A node that is broker and controller in one; the ``number``-th, from 1, of ``nodes``."""

    directory: Path
    first_port: int
    number: int = 1
    nodes: int = 1

    @property
    def name(self) -> str:
        """What the node is called on the screen."""
        return "Kafka" if self.nodes == 1 else f"Kafka {self.number}"

    @property
    def port(self) -> int:
        """The port for clients."""
        return self.first_port + (self.number - 1) * KAFKA_NODE_PORTS

    @property
    def controller_port(self) -> int:
        """The port for the controllers, the next after the clients'."""
        return self.port + 1

    @property
    def log_directory(self) -> Path:
        """Where the node keeps its topics."""
        return self.directory / f"n{self.number}"

    @property
    def server(self) -> Server:
        """The running side of the node."""
        return Server(
            name=self.name,
            port=self.port,
            port_setting="HUB_KAFKA_PORT",
            log=self.directory / f"n{self.number}.log",
            pid_file=PidFile(self.directory / f"n{self.number}.pid"),
        )

    def prepare(self) -> Path:
        """Answer the Java to start the node with, once nothing is found to be in its way.

        Raises:
            LocalStackError: a port is taken, Java is missing, or the directory cannot be used.
        """
        self.server.require_free((self.port, self.controller_port))
        self.directory.mkdir(parents=True, exist_ok=True)
        if not self._is_formatted() and self._holds_topics():
            raise LocalStackError(
                f"Kafka's directory {self.log_directory} holds topics, but its meta.properties is "
                "missing or cut short, so Kafka cannot read it: restore that file, or start afresh "
                "with `hub wipe`, which deletes the topics."
            )
        return find_java()

    def launch(self, java: Path, jars: Path, progress: Progress) -> None:
        """Start the prepared node without waiting for it; format its directory if it is new.

        Raises:
            LocalStackError: the directory could not be formatted.
        """
        if not self._is_formatted():
            self._format(java, jars, progress)
        configuration = self._write_configuration(self.log_directory)
        progress(f"{self.name}: starting on {self.server.address}")
        heap = HEAP if self.nodes == 1 else HEAP_OF_SEVERAL
        memory = [f"-Xms{heap}", f"-Xmx{heap}", "-Xss512k", "-XX:+UseSerialGC"]
        quick_start = ["-XX:TieredStopAtLevel=1", "-Xshare:auto"]  # C1 only: a development broker
        logs = [f"-Dkafka.logs.dir={self.directory}", "-Dlog4j2.disable.jmx=true"]
        command = [*_java(java, jars, *memory, *quick_start, *logs), "kafka.Kafka"]
        self.server.launch(
            [*command, str(configuration)],
            directory=self.directory,
            environment=server_environment(),
        )

    def await_ready(self, progress: Progress) -> None:
        """Wait until the node takes connections.

        Raises:
            LocalStackError: it died or was not ready in time.
        """
        self.server.await_ready(self._is_ready, progress)

    def _is_ready(self) -> bool:
        log = self.server.log
        started = log.exists() and STARTED in log.read_bytes()
        return started and port_answers(self.port)

    def stop(self, progress: Progress) -> bool:
        """Stop the node in order; answer whether it ran."""
        return self.server.stop((signal.SIGTERM, signal.SIGKILL), progress)

    def kill(self) -> bool:
        """Kill the node as a power cut would; answer whether it ran. Its pid file stays behind."""
        return self.server.pid_file.send(signal.SIGKILL) and self.server.pid_file.wait_until_gone(
            10
        )

    def _format(self, java: Path, jars: Path, progress: Progress) -> None:
        """Make the directory under another name and rename it, so that it is whole or not there."""
        partial = self.directory / f"n{self.number}.formatting"
        for leftover in (partial, self.log_directory):
            if leftover.exists():
                progress(
                    f"{self.name}: removing {leftover.name}, which an earlier start left half made"
                )
                shutil.rmtree(leftover)
        partial.mkdir()
        progress(f"{self.name}: formatting its directory (first start)")
        self._run_format(java, jars, self._write_configuration(partial))
        partial.rename(self.log_directory)

    def _run_format(self, java: Path, jars: Path, configuration: Path) -> None:
        log = self.directory / f"n{self.number}.format.log"
        alone = ["--standalone"] if self.nodes == 1 else []
        storage_tool = [*_java(java, jars, "-Xmx128m", "-XX:TieredStopAtLevel=1"), *FORMAT, *alone]
        with log.open("wb") as output:
            done = subprocess.run(  # noqa: S603 - the installed Java, no shell
                [*storage_tool, "--config", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=FORMAT_SECONDS_MAX,
                check=False,
            )
        if done.returncode != 0:
            raise LocalStackError(format_failure(log))

    def _is_formatted(self) -> bool:
        record = self.log_directory / "meta.properties"
        if not record.is_file():
            return False
        keys = [line.partition("=")[0] for line in record.read_text(errors="replace").splitlines()]
        return all(key in keys for key in FORMATTED)

    def _holds_topics(self) -> bool:
        inside = self.log_directory.glob("*-*/*.log")
        return any(not log.parent.name.startswith("__cluster_metadata") for log in inside)

    def _write_configuration(self, log_directory: Path) -> Path:
        path = log_directory.with_name(log_directory.name + ".properties")
        path.write_text(self._configuration(log_directory))
        return path

    def _configuration(self, log_directory: Path) -> str:
        listeners = (
            f"PLAINTEXT://{LOOPBACK}:{self.port},CONTROLLER://{LOOPBACK}:{self.controller_port}"
        )
        copies, in_sync = (1, 1) if self.nodes == 1 else (3, 2)
        return f"""\
process.roles=broker,controller
node.id={self.number}
listeners={listeners}
advertised.listeners={listeners}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
{self._quorum()}
log.dirs={log_directory}
auto.create.topics.enable=false
num.partitions=4
default.replication.factor={copies}
min.insync.replicas={in_sync}
unclean.leader.election.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor={copies}
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={in_sync}
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={in_sync}
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
controlled.shutdown.enable={"true" if self.nodes == 1 else "false"}
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=4000
{SMALL_MACHINE}"""

    def _quorum(self) -> str:
        """Answer who the controllers are.

        Of several, the list is in the configuration and not in the topics' own log, so that they
        find each other when their ports are changed. And each stops without handing over what it
        leads: the last two would wait for controllers that are gone.
        """
        if self.nodes == 1:
            return f"controller.quorum.bootstrap.servers={LOOPBACK}:{self.controller_port}"
        every = (replace(self, number=number) for number in range(1, self.nodes + 1))
        voters = ",".join(f"{one.number}@{LOOPBACK}:{one.controller_port}" for one in every)
        return f"controller.quorum.voters={voters}\n{QUORUM_ON_A_BUSY_MACHINE}"


FORMAT = (
    "kafka.tools.StorageTool",
    "format",
    "--ignore-formatted",
    "--cluster-id",
    CLUSTER_ID,
)


def _java(java: Path, jars: Path, *options: str) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={LOG_CONFIGURATION}"
    return [str(java), *options, "-Djava.awt.headless=true", logging, "-cp", f"{jars}/*"]


def format_failure(log: Path) -> str:
    """Answer in one sentence why Kafka's directory could not be formatted."""
    lines = log_tail(log)
    if any("No space left on device" in line for line in lines):
        return (
            f"Kafka's directory could not be made because the disk that holds {log.parent} is "
            "full: free some space, or set HUB_HOME to a directory on another disk."
        )
    return f"Kafka's directory could not be made; {log} says: {lines[0][:300] if lines else ''}"
