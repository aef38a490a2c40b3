"""Drives a first load: reads ahead, sends no more than the worker can soon decide, and watches."""

import time
from collections.abc import Callable
from typing import Final, Protocol

from hub.commands.import_worker import Workers
from hub.errors import HubError, TransientFault
from hub.ports import FirstLoad, Loads

EVENTS_UNDER_WAY: Final = 4_000
"""Events that Kafka has and the hub has not decided: so much, about, a live report on the same feed
waits behind. It is some seconds' work."""

UNDER_WAY_MIN: Final = 8
"""Reports under way however many events are in them, so that the worker is never without one."""

UNDER_WAY_MAX: Final = 400
"""Reports under way however few events are in them: a school's register holds a handful."""

READ_AHEAD_MAX: Final = 400
"""Reports that wait on disk while the hub is busy; more are not read."""

STALLED_SECONDS: Final = 120.0
"""For so long nothing may be decided before the load gives up; what was read is kept."""

NO_WORKER_SECONDS: Final = 5.0
"""After so long without a decision it is asked again whether anybody works on the feed."""

_LOOK_SECONDS: Final = 0.1
_PAUSE_SECONDS: Final = 0.02


class Stopped(HubError):  # noqa: N818  # said of the load
    """The load was told to stop, and can be continued."""


class Shown(Protocol):
    """What shows how far a load is."""

    def show(self, *, decided: int, made: int, whole: bool) -> None:
        """Show it: reports decided, of those made so far, which are all if ``whole``."""
        ...


class Pace:
    """One load from where it stands to its end."""

    def __init__(
        self,
        load: FirstLoad,
        loads: Loads,
        workers: Workers,
        shown: Shown,
        stop_asked: Callable[[], bool],
    ) -> None:
        self._load = load
        self._loads = loads
        self._workers = workers
        self._shown = shown
        self._stop_asked = stop_asked
        self._decided = -1
        self._moved_at = self._looked_at = 0.0

    def run(self) -> None:
        """Return once everything is read, sent and decided.

        Raises:
            Stopped: it was told to stop.
            HubError: the source, Kafka, the database or the worker let it down.
        """
        self._workers.ensure()
        self._moved_at = time.monotonic()
        more = True
        while True:
            if self._stop_asked():
                raise Stopped("Stopped.")
            if time.monotonic() - self._looked_at >= _LOOK_SECONDS and self._look(whole=not more):
                return
            if more and self._load.waiting < READ_AHEAD_MAX:
                more = self._load.read_some()
            else:
                time.sleep(_PAUSE_SECONDS)

    def _look(self, *, whole: bool) -> bool:
        """Send what may be sent, show how far it is, and answer whether that is to the end."""
        part, now = self._load.part, time.monotonic()
        self._looked_at = now
        decided = self._loads.decided(part)
        if decided != self._decided or decided == part.reports:
            self._decided, self._moved_at = decided, now
        self._load.send(part.first + decided + self._under_way(part.reports) - 1)
        self._shown.show(decided=decided, made=part.reports, whole=whole)
        if whole and decided == part.reports:
            return True
        waited = now - self._moved_at
        if waited > STALLED_SECONDS:
            raise TransientFault(self._stalled())
        if waited > NO_WORKER_SECONDS:
            self._workers.ensure()
        return False

    def _under_way(self, reports: int) -> int:
        """Answer how many reports may be under way, by how many events this load's hold."""
        each = max(1, self._load.counts.events // max(1, reports))
        return min(max(UNDER_WAY_MIN, EVENTS_UNDER_WAY // each), UNDER_WAY_MAX)

    def _stalled(self) -> str:
        why = self._load.fault or "'hub status' and 'hub reports list' say more."
        return f"Nothing was decided for {STALLED_SECONDS:.0f} s: {why}"
