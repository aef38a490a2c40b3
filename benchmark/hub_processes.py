"""The hub's own commands as processes: started, watched, stopped by their pid, with limits."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hub.errors import ServiceMissing
from hub.settings import PROJECT_ROOT

STOP_SECONDS_MAX = 25.0
KILLED_SECONDS_MAX = 5.0
LAST_WORDS = 500

Tell = Callable[[str], None]


class HubProcesses:
    """Processes of this run, each with a log of its own in one folder."""

    def __init__(self, logs: Path, tell: Tell) -> None:
        self._logs = logs
        self._tell = tell
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *arguments: str, **environment: str) -> None:
        """Start ``hub`` with these arguments; Ctrl-C reaches this program alone, which stops it."""
        named = (*arguments, *environment.values())
        name = "-".join(one.strip("-") for one in named)
        name += f"-{len(self.pids(name)) + 1}"
        self._logs.mkdir(exist_ok=True)
        with (self._logs / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", "hub", *arguments],
                cwd=PROJECT_ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._tell(f"started hub {' '.join(arguments)}")

    def pids(self, command: str) -> list[int]:
        """Answer the processes of one of the hub's commands."""
        return [one.pid for name, one in self._running.items() if name.startswith(command)]

    def require_running(self) -> None:
        """Check that every process that was started still runs.

        Raises:
            ServiceMissing: one has ended; the sentence ends with its last words.
        """
        for name, process in self._running.items():
            if process.poll() is not None:
                said = (self._logs / f"{name}.log").read_text(errors="replace").strip()
                raise ServiceMissing(
                    f"hub {name} has ended by itself ({process.returncode}): {said[-LAST_WORDS:]}"
                )

    def stop(self) -> None:
        """Stop them all, the last started first."""
        for name, process in reversed(self._running.items()):
            process.terminate()
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._tell(f"hub {name} does not stop by itself: killed")
                process.kill()
                process.wait(KILLED_SECONDS_MAX)
            self._tell(f"stopped hub {name}")
        self._running.clear()
