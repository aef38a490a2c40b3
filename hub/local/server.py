"""One server of the local stack: started apart from its starter, waited for, stopped, diagnosed."""

import errno
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.local.account import Account
from hub.local.fault import LocalStackError, PortInUseError, death_in_the_log
from hub.local.pidfile import PidFile

LOOPBACK = "127.0.0.1"
READY_SECONDS_MAX = 90.0
STOP_SECONDS_MAX = 30.0
ORPHAN_SECONDS_MAX = 10.0
POLL_SECONDS = 0.05
TELL_EVERY_SECONDS = 3.0
LAUNCH_SECONDS_MAX = 20

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A program that listens on a port of 127.0.0.1 and outlives the command that started it."""

    name: str
    port: int
    port_setting: str
    log: Path
    pid_file: PidFile

    @property
    def address(self) -> str:
        """Host and port, for clients."""
        return f"{LOOPBACK}:{self.port}"

    def pid(self) -> int | None:
        """Answer the pid of the running server; None if it does not run."""
        return self.pid_file.pid()

    def require_free(self, ports: Sequence[int]) -> None:
        """Refuse to start where another program listens.

        A server that was killed leaves its pid file, and children that hold its port until they
        notice: then the port is given a moment to become free.

        Raises:
            PortInUseError: for the first of the ports that is taken.
        """
        patience = ORPHAN_SECONDS_MAX if self.pid_file.path.exists() else 0.0
        limit = time.monotonic() + patience
        for port in ports:
            while not port_is_free(port):
                if time.monotonic() >= limit:
                    raise PortInUseError(server=self.name, port=port, setting=self.port_setting)
                time.sleep(POLL_SECONDS)

    def launch(
        self,
        command: Sequence[str],
        *,
        directory: Path,
        environment: Mapping[str, str],
        account: Account | None = None,
    ) -> None:
        """Start the program in a session of its own, its output in a fresh log, and remember it.

        The shell in between makes it an orphan at once, so that no caller, a long-lived test
        run included, is left with a child to wait for.
        """
        if self.log.exists():
            self.log.replace(self.log.with_name(self.log.name + ".1"))
        with self.log.open("wb") as log:
            done = subprocess.run(  # noqa: S603 - our own command line, passed as arguments
                ["/bin/sh", "-c", '"$@" 1>&2 & echo $!', "sh", *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=directory,
                env=dict(environment),
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,
                timeout=LAUNCH_SECONDS_MAX,
                check=True,
            )
        self.pid_file.remember(int(done.stdout))

    def await_ready(
        self,
        ready: Callable[[], bool],
        progress: Progress,
        seconds_max: float = READY_SECONDS_MAX,
    ) -> None:
        """Wait until the server is ready.

        Raises:
            LocalStackError: it died, with the reason from its log, or was not ready in time.
        """
        started = told = time.monotonic()
        while not ready():
            now = time.monotonic()
            if self.pid() is None:
                raise LocalStackError(death_in_the_log(server=self.name, log=self.log))
            if now - started > seconds_max:
                raise LocalStackError(
                    f"{self.name} was started but is not ready after {seconds_max:.0f} s: look at "
                    f"its log, {self.log}, and stop it with `hub down`."
                )
            if now - told > TELL_EVERY_SECONDS:
                told = now
                progress(f"{self.name}: still starting, {now - started:.0f} s")
            time.sleep(POLL_SECONDS)

    def stop(self, signals: Sequence[signal.Signals], progress: Progress) -> bool:
        """Stop the server with each signal in turn until it has ended; answer whether it ran.

        Raises:
            LocalStackError: it outlives the last signal's limit.
        """
        if self.pid() is None:
            self.pid_file.forget()
            return False
        for number in signals:
            progress(f"{self.name}: stopping ({number.name})")
            self.pid_file.send(number)
            if self.pid_file.wait_until_gone(STOP_SECONDS_MAX):
                self.pid_file.forget()
                return True
        raise LocalStackError(f"{self.name} (pid {self.pid()}) does not stop.")


def port_is_free(port: int) -> bool:
    """Answer whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def port_answers(port: int) -> bool:
    """Answer whether a server accepts connections on this port of 127.0.0.1."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False
