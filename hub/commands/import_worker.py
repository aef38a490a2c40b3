"""The worker that an import starts where none runs: any other one, but it gives way and ends."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hub.commands.run import LOG_FORMAT, group_of
from hub.core.report import Feed
from hub.errors import HubError
from hub.settings import load_settings

NICENESS: Final = 10
"""Whoever answers questions goes before whoever loads history."""

STARTS_MAX: Final = 3
"""A worker may end for a reason that the next one mends; not again and again."""

STOP_SECONDS_MAX: Final = 30.0
_LOOK_SECONDS: Final = 1.0


class Workers:
    """Sees to it that somebody works on the feed while a load is under way."""

    def __init__(self, feed: Feed, has_members: Callable[[str], bool], log: Path) -> None:
        """Nothing is started yet; what the worker says goes to ``log``."""
        self._feed = feed
        self._has_members = has_members
        self._log = log
        self._own: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def ensure(self) -> None:
        """Start a worker unless one is at work.

        Raises:
            HubError: the one that was started has ended again and again.
            TransientFault: Kafka does not answer.
        """
        if self._own is not None and self._own.poll() is None:
            return
        if self._has_members(group_of(self._feed)):
            return
        if self._starts == STARTS_MAX:
            raise HubError(f"The worker ended {STARTS_MAX} times; {self._log} says why.")
        self._starts += 1
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._own = subprocess.Popen(  # noqa: S603  # this program itself
                [sys.executable, "-m", __name__, self._feed.value, str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        """End the worker that was started, in order; one that was there before goes on."""
        if self._own is None or self._own.poll() is not None:
            return
        self._own.terminate()
        try:
            self._own.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._own.kill()
            self._own.wait()


def _end_with(parent: int) -> None:
    """End this process, as a worker is told to end, once its parent has gone."""
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def main(feed: Feed, parent: int) -> None:
    """Work on the feed until told to stop or until the parent is gone."""
    from hub import bootstrap  # noqa: PLC0415  # what starts this needs none of it

    os.nice(NICENESS)
    logging.basicConfig(level="WARNING", format=LOG_FORMAT)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    bootstrap.run_worker(load_settings(), feed, group_of(feed), log_level="WARNING")


if __name__ == "__main__":
    asked, parent_pid = sys.argv[1:]
    sys.argv = sys.argv[:1]  # what runs the worker reads it too
    main(Feed(asked), int(parent_pid))
