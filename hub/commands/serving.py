"""Several server processes behind one address: started together, and ended together."""

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess

from hub import bootstrap
from hub.commands.run import LOG_FORMAT
from hub.errors import HubError
from hub.settings import Settings, load_settings

STOP_SECONDS_MAX = 15.0
"""Longer than a server lets its last questions take."""


def serve_together(settings: Settings, processes: int) -> None:
    """Serve from so many processes until told to stop.

    The address is this process's own, so that nobody else can have it. If one process ends by
    itself all do, and whoever started this one starts it again.

    Raises:
        RefusedToStart: the database is not at this program's version.
        ServiceMissing: PostgreSQL does not answer.
    """
    bootstrap.refuse_to_serve(settings)
    spawn = multiprocessing.get_context("spawn")
    with _told_to_stop() as told, bootstrap.listening(settings) as address:
        servers = [spawn.Process(target=_serve, args=(address,)) for _ in range(processes)]
        try:
            for server in servers:
                server.start()
            ready = wait([told, *(server.sentinel for server in servers)])
        finally:
            _stop(servers)
    if told not in ready:
        sys.exit(max(1, *(server.exitcode or 0 for server in servers)))


def _serve(address: socket.socket) -> None:
    """One of the processes; it does not outlive the one that started it."""
    logging.basicConfig(level="WARNING", format=LOG_FORMAT)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        bootstrap.run_server(load_settings(), address)
    except HubError as error:
        sys.exit(str(error))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _told_to_stop() -> Iterator[socket.socket]:
    """Lend what can be read from once SIGTERM or Ctrl-C has come."""
    told, tell = socket.socketpair()

    def stop(*_: object) -> None:
        tell.send(b"stop")

    with told, tell:
        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield told
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _stop(servers: Sequence[SpawnProcess]) -> None:
    started = [server for server in servers if server.pid is not None]
    for server in started:
        server.terminate()
    for server in started:
        server.join(STOP_SECONDS_MAX)
        if server.is_alive():
            server.kill()
            server.join()
