"""Which process is ours: a pid file that cannot be fooled by a pid that another program now has."""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

STAT_STATE = 0  # fields of /proc/PID/stat after the command's closing bracket (proc(5))
STAT_STARTED = 19
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A process, apart from every other that has or will have its pid."""

    pid: int
    started_ticks: int  # since the start of the machine
    boot: str  # identifier of this start of the machine


@dataclass(frozen=True, slots=True)
class PidFile:
    """A file that remembers one process by pid, start time and the machine's start."""

    path: Path

    def remember(self, pid: int) -> None:
        """Write down a process that has just been started; one already gone is not remembered."""
        identity = identity_of(pid)
        if identity is None:
            self.forget()
            return
        partial = self.path.with_name(self.path.name + ".partial")
        partial.write_text(json.dumps(asdict(identity)) + "\n")
        partial.replace(self.path)

    def forget(self) -> None:
        """Remove the file; a missing one is no error."""
        self.path.unlink(missing_ok=True)

    def pid(self) -> int | None:
        """Answer the pid if the very process that was remembered still runs, else None."""
        known = self._remembered()
        if known is None or identity_of(known.pid) != known:
            return None
        return known.pid

    def send(self, number: signal.Signals) -> bool:
        """Send a signal to the remembered process and to no other; answer whether it was there."""
        known = self._remembered()
        if known is None:
            return False
        try:
            handle = os.pidfd_open(known.pid)
        except ProcessLookupError:
            return False
        try:  # the handle pins the process: if it is the right one now, the signal reaches it
            if identity_of(known.pid) != known:
                return False
            signal.pidfd_send_signal(handle, number)
        except ProcessLookupError:
            return False
        finally:
            os.close(handle)
        return True

    def wait_until_gone(self, seconds_max: float) -> bool:
        """Wait until the remembered process has ended; answer whether it did within the limit."""
        limit = time.monotonic() + seconds_max
        while self.pid() is not None:
            if time.monotonic() > limit:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _remembered(self) -> Identity | None:
        try:
            return Identity(**json.loads(self.path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None  # no file, or one cut short by a full disk: nothing is known to run


def identity_of(pid: int) -> Identity | None:
    """Answer who has this pid now; None for nobody, and for a process that has already ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    if fields[STAT_STATE] in {"Z", "X"}:
        return None
    return Identity(pid=pid, started_ticks=int(fields[STAT_STARTED]), boot=boot)
