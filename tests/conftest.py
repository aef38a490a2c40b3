"""The servers that tests share: one real Kafka and one real PostgreSQL a run, on free ports."""

import itertools
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from hub.adapters.store.migrate import migrate
from hub.local.server import port_is_free
from hub.local.stack import LocalStack

# A loaded machine is no reason to fail; `make check` asks fewer examples of each property.
for _name, _examples in (("whole", 100), ("quick", 15)):
    settings.register_profile(
        _name,
        max_examples=_examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
settings.load_profile(os.environ.get("HUB_TEST_PROFILE", "whole"))

_NUMBERS = itertools.count(1)


def pytest_configure() -> None:
    """Let a run that is told to end stop its servers first, as Ctrl-C does."""
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)


_PORTS_FROM, _PORTS_TO = 20_000, 32_000
"""Below the ports that Linux gives to outgoing connections (32768 and up): one of those could take
a server's port while a test has it stopped."""

_PORTS_OF_ONE_PROCESS = 1_500
"""Of tests that run beside each other: neither takes a port that the other has let go of."""


def _own_ports() -> tuple[int, int]:
    """Answer the first port of this process of the run, and how many it has."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        return _PORTS_FROM, _PORTS_TO - _PORTS_FROM
    shares = (_PORTS_TO - _PORTS_FROM) // _PORTS_OF_ONE_PROCESS
    number = int(worker.removeprefix("gw")) % shares  # one that crashed is replaced by the next
    return _PORTS_FROM + number * _PORTS_OF_ONE_PROCESS, _PORTS_OF_ONE_PROCESS


def _free_port(*, following: int = 0) -> int:
    """Answer a port that is free now, with as many free ports after it as are asked for."""
    first, count = _own_ports()
    for _ in range(200):
        port = first + secrets.randbelow(count - following)
        if all(port_is_free(port + offset) for offset in range(following + 1)):
            return port
    raise RuntimeError("No free ports were found on 127.0.0.1.")


@pytest.fixture(scope="session")
def free_port() -> Callable[..., int]:
    """Finds free ports: ``free_port()``, or ``free_port(following=1)`` with the next free too."""
    return _free_port


@pytest.fixture(scope="session")
def reachable_directory() -> Iterator[Path]:
    """A directory that the postgres user can reach, which pytest's own are not to it."""
    directory = Path(tempfile.mkdtemp(prefix="hub-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


_MEMORY = Path("/dev/shm")  # noqa: S108  # a directory of one's own is made in it
_MEMORY_BYTES_MIN = 4 * 1024**3
"""What must be free there: a run's servers have come to less than 1 GiB a process of tests."""


def _stack_parent() -> Path | None:
    """Where the servers' directory is made: in memory if there is room, else where others are.

    Nothing is switched off for it: the servers write and flush as ever, and what kills them here is
    a signal, which memory outlives like a disk.
    """
    try:
        free = shutil.disk_usage(_MEMORY).free
    except OSError:
        return None
    return _MEMORY if free >= _MEMORY_BYTES_MIN and os.access(_MEMORY, os.W_OK) else None


@pytest.fixture(scope="session")
def local_stack() -> Iterator[LocalStack]:
    """A running Kafka and PostgreSQL of this test run's own. A test that stops one starts it again.

    Tests that use it, or the fixtures below, carry ``@pytest.mark.stack``.
    """
    directory = Path(tempfile.mkdtemp(prefix="hub-test-", dir=_stack_parent()))
    directory.chmod(0o755)
    stack = LocalStack(directory / "stack", _free_port(following=1), _free_port())
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def new_database(local_stack: LocalStack) -> Callable[[str], str]:
    """Makes a database that has this version's tables and nothing in them; answers its URL.

    It is a copy of one that was migrated, made as is quickest where its files are: in memory to
    write them anew takes four times as long as to copy them; a disk must be waited for then.
    """
    migrate(local_stack.create_database("migrated"))
    strategy = "file_copy" if local_stack.home.is_relative_to(_MEMORY) else "wal_log"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE migrated STRATEGY " + strategy)

    def copied(name: str) -> str:
        server = local_stack.database_url("postgres")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(copy.format(sql.Identifier(name)))
        return local_stack.database_url(name)

    return copied


@pytest.fixture
def database_url(local_stack: LocalStack, new_database: Callable[[str], str]) -> Iterator[str]:
    """The URL of a fresh database with this version's tables, dropped after the test."""
    name = f"test_{next(_NUMBERS)}"
    yield new_database(name)
    local_stack.drop_database(name)


@pytest.fixture(scope="session")
def kafka_address(local_stack: LocalStack) -> str:
    """Kafka's bootstrap server. Topics are shared by the run: name your own."""
    return local_stack.kafka_address
