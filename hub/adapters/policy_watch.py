"""Looks whether the policy files have changed, and lets what they say by then hold.

Files are taken only once they have stood unchanged between two looks, so that an edit of several is
taken whole; and only if all of them are right: else those from before hold on, and why is told.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hub.core.policy import Policies
from hub.errors import ConfigurationError
from hub.service.failing import place_of
from hub.service.policies_in_force import PoliciesInForce

LOOK_SECONDS: Final = 2.0
"""How long between two looks: a change holds after two to four seconds."""

Stamp = tuple[tuple[str, int, int], ...]
"""How policy files stood: name, when written last (nanoseconds), size (bytes) of each."""

log = logging.getLogger(__name__)


class PolicyWatch:
    """One process's watch over its directory of policy files."""

    def __init__(
        self,
        directory: Path,
        in_force: PoliciesInForce,
        load: Callable[[Path], Policies],
        *,
        since: Stamp | None = None,
    ) -> None:
        """``since``: the files as they stood before those in force were read; else as now."""
        self._directory = directory
        self._in_force = in_force
        self._load = load
        self._seen = stamp_of(directory)
        self._taken = self._seen if since is None else since
        self._unread: tuple[Stamp, int] = (_UNREADABLE, 0)
        self.refused = ""
        """Why the files are not taken as they are, in a sentence; empty if they are."""

    def look(self) -> bool:
        """Take the files if they have changed and stand still; answer whether that was done."""
        before, self._seen = self._seen, stamp_of(self._directory)
        if self._seen in {self._taken, _UNREADABLE} or self._seen != before:
            return False
        former, self._taken = self._taken, self._seen
        try:
            new = self._load(self._directory)
        except OSError as error:
            self._taken = former
            self._note_unread(error)
            return False
        except ConfigurationError as error:
            self._refuse("are not taken", str(error), told=str(error))
            return False
        except Exception as error:  # noqa: BLE001  # a fault of ours ends no watch, and is told
            # Its place is enough, and its values may not be written.
            place = f"{type(error).__name__} in {place_of(error)}"
            self._refuse("are not taken", place, told=f"The hub failed on them: {place}.")
            return False
        if new.hub.bands != self._in_force.hub.bands:
            log.warning("[matching] was changed: it holds from the next start of each process")
        log.warning("policy version %s holds in place of %s", new.version, self._in_force.version)
        self._in_force.take(new)
        self.refused = ""
        return True

    def _note_unread(self, error: OSError) -> None:
        """Tell, once, of files that stand still and cannot be read.

        One that went between the look and the reading is told of by no one: the next look sees it.
        """
        times = self._unread[1] + 1 if self._unread[0] == self._seen else 1
        self._unread = (self._seen, times)
        file = Path(error.filename or ".").name
        if times == _TOLD_AT:
            why = f"{file}: {error.strerror}"
            self._refuse("cannot be read", why, told=f"{why}.")

    def _refuse(self, how: str, why: str, *, told: str) -> None:
        """Let those from before hold on; the log says why, and the operator is ``told``."""
        self.refused = told
        log.error(
            "the policy files were changed and %s, version %s stays in force: %s",
            *(how, self._in_force.version, why),
        )

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Look again and again while inside."""
        ended = threading.Event()
        thread = threading.Thread(target=self._keep, args=(ended,), name="policies", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _keep(self, ended: threading.Event) -> None:
        while not ended.wait(LOOK_SECONDS):
            self.look()


def stamp_of(directory: Path) -> Stamp:
    """Answer when each policy file was written last, and its size in bytes.

    Of a directory that cannot be read, or whose files come and go meanwhile, nothing is known:
    what holds, holds on.
    """
    try:
        paths = sorted(directory.glob("*.toml"))
        found = [(path.name, path.stat()) for path in paths]
    except OSError:
        return _UNREADABLE
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


_UNREADABLE: Final[Stamp] = ()
_TOLD_AT: Final = 2
