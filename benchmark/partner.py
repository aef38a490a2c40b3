"""A process of its own that takes part in a measure, and the conversation with it."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

START_SECONDS_MAX = 60.0

Body = Callable[[Any, Connection], None]
"""What the process does with its task; it first says ``READY`` and at the end what it found."""

READY = "ready"


class Partner:
    """Starts a process, gives it its task, hears what it says, and ends it in any case."""

    def __init__(self, body: Body, task: object) -> None:
        """Start the process.

        The task goes over the conversation: ``Process`` would wait for ever on a process that died
        before it had read a large one.
        """
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_take_part, args=(body, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._ours.send(task)

    def await_ready(self) -> None:
        """Wait until the process is ready to begin."""
        self.hear(START_SECONDS_MAX)

    def tell(self, something: object) -> None:
        """Say something to the process."""
        self._ours.send(something)

    def hear(self, seconds_max: float) -> Any:  # noqa: ANN401  # what the process says
        """Answer what the process says next.

        Raises:
            TimeoutError: it says nothing in time.
            EOFError: it has ended without a word; its error is on standard error.
        """
        if not self._ours.poll(seconds_max):
            raise TimeoutError(f"A measuring process has said nothing for {seconds_max:.0f} s.")
        return self._ours.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.join(2 if error is None else 0)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _take_part(body: Body, conversation: Connection) -> None:
    body(conversation.recv(), conversation)
