"""One command at a time: two `hub up` at once wait for each other instead of colliding."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.local.fault import LocalStackError
from hub.local.server import Progress

LOCK_SECONDS_MAX = 180.0
POLL_SECONDS = 0.1


@contextmanager
def sole_command(
    home: Path, progress: Progress, seconds_max: float = LOCK_SECONDS_MAX
) -> Iterator[None]:
    """Hold the right to change the stack in this directory; the kernel frees it if we die.

    Raises:
        LocalStackError: another command holds it for longer than the limit.
    """
    with (home / "lock").open("w") as file:
        _take(file.fileno(), home, progress, seconds_max)
        yield


def _take(handle: int, home: Path, progress: Progress, seconds_max: float) -> None:
    limit = time.monotonic() + seconds_max
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > limit:
                raise LocalStackError(
                    f"Another hub command has been at work on {home} for {seconds_max:.0f} s: wait "
                    "for it to end, or stop it."
                ) from None
            if not told:
                progress(f"Waiting for another hub command that is at work on {home}")
                told = True
            time.sleep(POLL_SECONDS)
        else:
            return
