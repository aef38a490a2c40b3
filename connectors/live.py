"""A live feed: readings come from an event loop, one thread spools and sends them.

A reading is answered ``True`` once its report is in the spool and Kafka has it. ``False`` after ten
seconds says only that Kafka has not taken it yet: the report stays in the spool and is sent later,
and the sender's resend is harmless, because the same source key, revision and content is the same
event.
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from connectors.contract import Reading
from connectors.line import Counts, Line
from connectors.spool import SpoolFull
from hub.errors import HubError

ANSWER_SECONDS: Final = 10.0
HEARTBEAT_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
_TOGETHER_MAX: Final = 64
_SOON_SECONDS: Final = 0.002
_LATER_SECONDS: Final = 0.1
_IDLE_SECONDS: Final = 0.5

_log: Final = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Submission:
    """A reading and whom to tell; ``outstanding`` are its reports that Kafka has not taken."""

    reading: Reading
    tell: Callable[[bool], None]
    outstanding: set[int] = field(default_factory=set)


class LiveLine:
    """Runs a line in a thread of its own; ``handle`` is what a listener awaits."""

    def __init__(self, open_line: Callable[[], Line], failed: Callable[[], None]) -> None:
        """Take what opens the line inside the thread, and whom to tell if the thread dies.

        SQLite's connection belongs to the thread that opened it.
        """
        self._open_line = open_line
        self._tell_failed = failed
        self._inbox: queue.SimpleQueue[_Submission | None] = queue.SimpleQueue()
        self._open: list[_Submission] = []
        self._ready: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="connector-line", daemon=True)
        self._stopped = False
        self._said = ""
        self.counts = Counts()
        self.waiting = 0
        """How many reports Kafka has not acknowledged."""
        self.failed = False
        """Whether the thread died of a fault."""
        self.all_sent = False
        """After ``stop``: whether Kafka has everything that was spooled."""

    def start(self) -> None:
        """Open the spool and begin.

        Raises:
            HubError: the spool cannot be opened.
        """
        self._thread.start()
        fault = self._ready.get()
        if fault is not None:
            raise fault

    async def handle(self, reading: Reading) -> bool:
        """Answer whether the reading is in the spool and Kafka has it, within ten seconds."""
        if self._stopped:
            return False
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bool] = loop.create_future()

        def settle(safe: bool) -> None:  # noqa: FBT001  # the answer itself
            if not answer.done():
                answer.set_result(safe)

        def tell(safe: bool) -> None:  # noqa: FBT001  # the answer itself
            with contextlib.suppress(RuntimeError):  # the event loop has ended: nobody waits
                loop.call_soon_threadsafe(settle, safe)

        self._inbox.put(_Submission(reading, tell))
        try:
            return await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError:
            return False

    def stop(self) -> None:
        """Send a last heartbeat and what waits, for ten seconds at most, and end the thread."""
        self._stopped = True
        self._inbox.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            line = self._open_line()
            line.counts = self.counts
        except BaseException as error:  # noqa: BLE001  # told to whoever started the thread
            self._ready.put(error)
            return
        self._ready.put(None)
        try:
            self._serve(line)
            self._finish(line)
        except Exception as error:  # noqa: BLE001  # whatever it was, the process must end
            _log.error("The connector's line has ended: %s", _said(error))
            self.failed = True
            self._tell_failed()
        finally:
            self._stopped = True
            self._answer_nobody_left()
            line.close()

    def _serve(self, line: Line) -> None:
        heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS
        while True:
            came, stop = self._gather(self._patience(line))
            if came:
                self._keep(line, came)
            self._pump(line)
            self.waiting = line.outlet.waiting
            if stop:
                return
            if time.monotonic() >= heartbeat_at:
                heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS
                self._beat(line)

    def _gather(self, seconds: float) -> tuple[list[_Submission], bool]:
        """Answer what has come, after waiting for the first of it, and whether to stop."""
        came: list[_Submission] = []
        with contextlib.suppress(queue.Empty):
            while len(came) < _TOGETHER_MAX:
                submission = self._inbox.get(block=not came, timeout=seconds)
                if submission is None:
                    return came, True
                came.append(submission)
        return came, False

    def _patience(self, line: Line) -> float:
        if not line.outlet.waiting:
            return _IDLE_SECONDS
        return _LATER_SECONDS if line.outlet.fault else _SOON_SECONDS

    def _keep(self, line: Line, came: list[_Submission]) -> None:
        try:
            numbers = line.keep(submission.reading for submission in came)
        except SpoolFull as full:
            _log.error("%s", full)
            for submission in came:
                submission.tell(False)  # noqa: FBT003  # the answer itself
            return
        except HubError as fault:
            self._keep_apart(line, came, fault)
            return
        for submission, sequences in zip(came, numbers, strict=True):
            submission.outstanding.update(sequences)
            self._open.append(submission)
        self._settle(())

    def _keep_apart(self, line: Line, came: list[_Submission], fault: HubError) -> None:
        """Find the reading that no report can hold: it becomes a refusal and blocks nobody."""
        if len(came) > 1:
            for submission in came:
                self._keep(line, [submission])
            return
        (submission,) = came
        _log.error("%s: %s", submission.reading.reference, fault)
        submission.reading = line.refusal(submission.reading, fault)
        self._keep(line, came)

    def _pump(self, line: Line) -> None:
        try:
            self._settle(line.outlet.pump())
        except HubError as fault:
            self._say(str(fault))
            time.sleep(_LATER_SECONDS)
        else:
            self._say(str(line.outlet.fault or ""))

    def _say(self, sentence: str) -> None:
        """Log a fault when it begins and when it has passed, not each time it is met."""
        if sentence and not self._said:
            _log.error("%s Reports wait in the spool.", sentence)
        elif self._said and not sentence:
            _log.warning("Kafka takes reports again.")
        self._said = sentence

    def _settle(self, taken: tuple[int, ...]) -> None:
        """Tell those whose reports Kafka has, or who had nothing to report."""
        left = []
        for submission in self._open:
            submission.outstanding.difference_update(taken)
            if submission.outstanding:
                left.append(submission)
            else:
                submission.tell(True)  # noqa: FBT003  # the answer itself
        self._open = left

    def _beat(self, line: Line) -> None:
        try:
            line.keep_heartbeat()
        except SpoolFull as full:
            _log.error("%s", full)

    def _finish(self, line: Line) -> None:
        self._beat(line)
        self._pump(line)
        self.all_sent = line.outlet.drain(STOP_SECONDS)
        self.waiting = line.outlet.waiting

    def _answer_nobody_left(self) -> None:
        """Tell everyone who still waits that Kafka has not taken it."""
        waiting = self._open
        with contextlib.suppress(queue.Empty):
            while True:
                submission = self._inbox.get_nowait()
                if submission is not None:
                    waiting.append(submission)
        for submission in waiting:
            submission.tell(False)  # noqa: FBT003  # the answer itself
        self._open = []


def _said(error: Exception) -> str:
    """Answer what may be logged of an error: our own sentences hold no personal data."""
    return str(error) if isinstance(error, HubError) else type(error).__name__
