"""Hears from the database whose inbox changed: one connection for a whole process.

It is opened when the first listener comes. After it was lost everybody is told "changed" once it
is back, since what changed meanwhile was not heard.
"""

import logging
import threading
from collections.abc import Callable, Sequence

import psycopg

from hub.adapters.store.alerts import INBOX_CHANNEL
from hub.adapters.store.connection import CONNECT_SECONDS
from hub.ports import Notice

LOOK_SECONDS = 1.0
"""How often it looks whether it is to stop."""

AGAIN_SECONDS = 1.0
"""After how long it connects again."""

Told = Callable[[Notice], None]

log = logging.getLogger(__name__)


class PostgresNotices:
    """The inbox notices port over PostgreSQL's own notices."""

    def __init__(self, database_url: str, *, name: str) -> None:
        self._database_url = database_url
        self._name = name
        self._lock = threading.Lock()
        self._listeners: dict[object, tuple[frozenset[str], Told]] = {}
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def listen(self, desks: Sequence[str], told: Told) -> Callable[[], None]:
        """Have ``told`` called, from any thread, from now on; answer what ends it."""
        key = object()
        with self._lock:
            self._listeners[key] = (frozenset(desks), told)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

        def end() -> None:
            with self._lock:
                self._listeners.pop(key, None)

        return end

    def close(self) -> None:
        """Stop hearing and hang up."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._hear()
            except psycopg.Error as error:
                log.warning("changes of inboxes are not heard: %s", type(error).__name__)
                self._tell(None, Notice.DEAF)
                self._closed.wait(AGAIN_SECONDS)

    def _hear(self) -> None:
        with psycopg.connect(
            self._database_url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name=self._name,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=3,
        ) as connection:
            connection.execute(f"LISTEN {INBOX_CHANNEL}")
            self._tell(None, Notice.CHANGED)
            while not self._closed.is_set():
                for notice in connection.notifies(timeout=LOOK_SECONDS):
                    self._tell(notice.payload, Notice.CHANGED)

    def _tell(self, desk: str | None, notice: Notice) -> None:
        """Tell those who listen to this desk; for ``None`` everybody."""
        with self._lock:
            listeners = [
                told for of, told in self._listeners.values() if desk is None or desk in of
            ]
        for told in listeners:
            told(notice)
