"""Why the local stack could not go on: one sentence each, for the person at the terminal."""

from pathlib import Path

from hub.errors import ServiceMissing

LOG_TAIL_BYTES = 65_536


class LocalStackError(ServiceMissing):
    """The local stack could not go on; the sentence says what to do."""


class PortInUseError(LocalStackError):
    """Another program listens on a port that the local stack needs."""

    def __init__(self, *, server: str, port: int, setting: str) -> None:
        super().__init__(
            f"{server} cannot start because port {port} on 127.0.0.1 is in use by another program: "
            f"stop that program, or set {setting} so that another port is used."
        )


class DiskFullError(LocalStackError):
    """The disk under a directory has no room for the local stack."""

    def __init__(self, *, directory: Path, free_bytes: int, needed_bytes: int) -> None:
        super().__init__(
            f"The disk that holds {directory} is full: {free_bytes // 1024**2} MB are free and "
            f"{needed_bytes // 1024**2} MB are needed; free some space, or set HUB_HOME to a "
            "directory on another disk."
        )


class MissingProgramError(LocalStackError):
    """A program of the operating system that the local stack needs is not there."""

    def __init__(self, *, what: str, package: str) -> None:
        super().__init__(
            f"{what} is missing: run `make setup`, or on Debian 12 `apt-get install {package}`."
        )


def log_tail(log: Path) -> list[str]:
    """Answer the last lines of a server's log that say anything; none if there is no log."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LOG_TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def death_in_the_log(*, server: str, log: Path) -> str:
    """Answer in one sentence why a server died, as far as the end of its log tells."""
    lines = log_tail(log)
    text = "\n".join(lines)
    if "No space left on device" in text:
        return (
            f"{server} stopped because the disk that holds {log.parent} is full: free some space, "
            "or set HUB_HOME to a directory on another disk, then run `hub up` again."
        )
    if "OutOfMemoryError" in text or "Cannot allocate memory" in text:
        return f"{server} stopped because this machine has too little free memory for it."
    if not lines:
        return f"{server} stopped and left no word in its log, {log}."
    return f"{server} stopped; its log, {log}, ends with: {lines[-1][:300]}"
