"""The demo's processes: started apart, remembered by more than their pid, stopped with limits."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.errors import HubError, ServiceMissing
from hub.local.pidfile import PidFile

STOP_SECONDS_MAX = 25.0
KILLED_SECONDS_MAX = 5.0
LOG_TAIL_LINES = 6
PATIENCE_SECONDS = 0.1
COMMAND_SECONDS_MAX = 300.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubProcess:
    """One long-lived ``hub`` command of the demo, by name."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessState:
    """How one process stands; ``pid`` is None if it does not run."""

    name: str
    pid: int | None


class Processes:
    """Starts, finds and stops ``hub`` commands; a reused pid is never taken for one of ours.

    Each runs in a session of its own, so Ctrl-C at the terminal reaches only the command that the
    person started, which then stops the rest in order.
    """

    def __init__(
        self, *, pids: Path, logs: Path, directory: Path, environment: Mapping[str, str]
    ) -> None:
        """Run in a directory; remember processes in a second, write what they say in a third."""
        self._directory = directory
        self._pids = pids
        self._logs = logs
        self._environment = {**os.environ, **environment}
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: set[subprocess.Popen[bytes]] = set()

    def start(self, process: HubProcess) -> bool:
        """Start a process unless it runs; answer whether it was started."""
        if self._file(process.name).pid() is not None:
            return False
        log_file = self.log(process.name)
        if log_file.exists():
            log_file.replace(log_file.with_name(f"{log_file.name}.1"))
        with log_file.open("wb") as log:
            started = subprocess.Popen(  # noqa: S603 - our own command, passed as arguments
                _command(process.arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._directory,
                env=self._environment,
                start_new_session=True,
            )
        self._started[process.name] = started
        self._file(process.name).remember(started.pid)
        return True

    def run(self, name: str, arguments: Sequence[str], *, also_well: Sequence[int] = ()) -> None:
        """Run a command to its end.

        Args:
            name: of its log.
            arguments: of ``hub``.
            also_well: exit codes beside 0 with which it has not failed.

        Raises:
            HubError: it failed or took too long; the sentence ends with its last words.
        """
        with self.log(name).open("ab") as log:
            begun = log.tell()
            command = subprocess.Popen(  # noqa: S603 - our own command, passed as arguments
                _command(arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._directory,
                env=self._environment,
            )
            self._commands.add(command)
            try:
                code = command.wait(COMMAND_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                raise HubError(
                    f"`hub {' '.join(arguments[:2])}` has not ended in {COMMAND_SECONDS_MAX:.0f} s."
                ) from None
            finally:
                if command.poll() is None:
                    command.kill()
                    command.wait()
                self._commands.discard(command)
        if code not in {0, *also_well}:
            said = self.log(name).read_bytes()[begun:].decode(errors="replace")
            raise HubError(f"`hub {' '.join(arguments[:3])}` failed: {_last_words(said)}")

    def break_off(self) -> None:
        """Tell every command that is being run to stop; whoever waits for one sees it fail."""
        for command in tuple(self._commands):
            command.terminate()

    def require_running(self, name: str) -> None:
        """Check that a process that was started still runs.

        Raises:
            ServiceMissing: it has ended; the sentence ends with its last words.
        """
        self._take_leave(name)
        if self._file(name).pid() is None:
            said = self.log(name).read_text(errors="replace") if self.log(name).exists() else ""
            raise ServiceMissing(
                f"{name} has ended by itself: {_last_words(said)} (its log is {self.log(name)})"
            )

    def states(self, names: Sequence[str]) -> tuple[ProcessState, ...]:
        """Answer how each of the named processes stands."""
        return tuple(ProcessState(name=name, pid=self._file(name).pid()) for name in names)

    def stop(self, names: Sequence[str], tell: Tell) -> tuple[str, ...]:
        """Stop the named processes one after the other; answer which ran."""
        return tuple(name for name in names if self._stop(name, tell))

    def log(self, name: str) -> Path:
        """Answer where a process writes."""
        return self._logs / f"{name}.log"

    def _file(self, name: str) -> PidFile:
        return PidFile(self._pids / f"{name}.json")

    def _stop(self, name: str, tell: Tell) -> bool:
        file = self._file(name)
        pid = file.pid()
        if pid is None:
            file.forget()
            return False
        file.send(signal.SIGTERM)
        if not self._wait(name, STOP_SECONDS_MAX):
            tell(f"{name} (pid {pid}) does not stop by itself: killed")
            file.send(signal.SIGKILL)
            self._wait(name, KILLED_SECONDS_MAX)
        self._take_leave(name)
        gone = file.pid() is None
        tell(f"stopped {name} (pid {pid})" if gone else f"{name} (pid {pid}) still runs")
        if gone:
            file.forget()
        return True

    def _wait(self, name: str, seconds_max: float) -> bool:
        """Wait until a process has ended; answer whether it did."""
        limit = time.monotonic() + seconds_max
        while self._file(name).pid() is not None:
            if time.monotonic() > limit:
                return False
            time.sleep(PATIENCE_SECONDS)
        return True

    def _take_leave(self, name: str) -> None:
        """Have the system forget a child of our own that has ended."""
        started = self._started.get(name)
        if started is not None:
            started.poll()


def _command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "hub", *arguments]


def _last_words(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return " / ".join(lines[-LOG_TAIL_LINES:]) or "it said nothing"
