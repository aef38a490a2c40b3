"""Real processes, started at once: forked from a process that has imported everything already."""

import multiprocessing
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from tests.e2e.waiting import wait_until

PRELOAD = ["tests.e2e.worker_process", "tests.e2e.one_day", "tests.e2e.connector_process"]
STOP_SECONDS = 60.0


def _context():
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


def _run(log, environment, function, arguments, named):
    """In the new process: write to the log, have only this environment, and do it."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["hub"]
    try:
        function(*arguments, **named)
    except Exception:  # noqa: BLE001  # told in the log, whatever it was
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


class Process:
    """One process of this test, stopped by its pid at the end."""

    def __init__(self, log, function, *arguments, **named):
        self.log_file = Path(log)
        environment = {n: v for n, v in os.environ.items() if not n.startswith("HUB_")}
        self._process = _context().Process(
            target=_run, args=(str(log), environment, function, arguments, named), daemon=True
        )
        self.began = time.monotonic()
        self._process.start()

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def pid(self):
        return self._process.pid

    @property
    def code(self):
        """Its exit code, -9 if it was killed; ``None`` while it runs."""
        return self._process.exitcode

    def signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def wait(self, seconds):
        """Wait for its end for at most this long."""
        self._process.join(seconds)

    def ended(self, seconds=60.0):
        """Wait for its end and answer its exit code."""
        self._process.join(seconds)
        assert self.code is not None, f"still runs after {seconds:.0f} s:\n{self.log[-3000:]}"
        return self.code

    def says(self, text, seconds=60.0, times=1):
        """Wait until its log holds a text."""
        try:
            wait_until(lambda: self.log.count(text) >= times, f"log: {text}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log[-4000:]}") from None

    def begin_to_stop(self):
        """Ask it to end in order, if it runs; somebody may be waiting for others meanwhile."""
        if self.code is None:
            with suppress(ProcessLookupError):  # it may have ended right after it was looked at
                self.signal(signal.SIGCONT)
                self.signal(signal.SIGTERM)

    def stop(self):
        """End it in order; as hard as needed where it does not."""
        if self.code is not None:
            return
        self.begin_to_stop()
        self._process.join(STOP_SECONDS)
        if self.code is None:
            self.signal(signal.SIGKILL)
            self._process.join(STOP_SECONDS)


def stop_together(processes):
    """End them in order, all at once."""
    for process in processes:
        process.begin_to_stop()
    for process in processes:
        process.ended(STOP_SECONDS)
