"""The connector's own store of reports: sealed once, kept before sending, resent as they were.

One SQLite file for each publisher and connector, used by one process at a time. A report is on disk
(fsync) before it is handed to Kafka, and ever after exactly those bytes are sent. Sequence numbers
are gap-free from 1 within the spool's epoch, so that the hub can tell that it has missed nothing.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from hub.errors import ConfigurationError, HubError, RefusedToStart

KEEP_PUBLISHED: Final = 200
"""How many published reports are kept, to show what was sent."""

WAITING_BYTES_MAX: Final = 1024 * 1024 * 1024
"""How much may wait for Kafka before the spool takes no more."""

SEQUENCE_MAX: Final = 2**63 - 1
"""Above any number of a report: what SQLite counts to."""

_BUSY_SECONDS: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS spool (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    publisher TEXT NOT NULL,
    connector TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    next_sequence INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS report (
    sequence INTEGER PRIMARY KEY,
    topic TEXT NOT NULL,
    message_key BLOB NOT NULL,
    value BLOB NOT NULL,
    signature BLOB NOT NULL,
    published INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS report_waiting ON report (sequence) WHERE published = 0;
"""


class SpoolFull(HubError):  # noqa: N818  # named for what it is; the operator reads it
    """The spool takes no more reports: Kafka has been away for too long, or the disk is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpooledReport:
    """One report, sealed and signed: the bytes that are sent, now and on every resend."""

    sequence: int
    topic: str
    key: bytes
    value: bytes = field(repr=False)
    signature: bytes = field(repr=False)


class Spool:
    """An open spool; made by :meth:`open`, used by one thread."""

    def __init__(self, connection: sqlite3.Connection, lock: int, waiting_bytes_max: int) -> None:
        self._connection = connection
        self._lock: int | None = lock
        self._waiting_bytes_max = waiting_bytes_max
        self._waiting = self._count()
        self.epoch, self._next_sequence = connection.execute(
            "SELECT epoch, next_sequence FROM spool"
        ).fetchone()

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        publisher: str,
        connector: str,
        epoch: int,
        waiting_bytes_max: int = WAITING_BYTES_MAX,
    ) -> Self:
        """Open the spool, or make it with ``epoch``, the instant of its making in milliseconds.

        Raises:
            RefusedToStart: another process has it open.
            ConfigurationError: it is another publisher's or connector's, or cannot be used.
        """
        lock = _take_lock(path)
        try:
            connection = _connect(path)
            _begin(connection, publisher, connector, epoch)
            _check_owner(connection, path, publisher, connector)
            return cls(connection, lock, waiting_bytes_max)
        except (sqlite3.Error, HubError) as error:
            os.close(lock)
            if isinstance(error, HubError):
                raise
            raise ConfigurationError(f"The spool {path} cannot be used: {error}.") from None

    @property
    def next_sequence(self) -> int:
        """The number that the next report must have."""
        return int(self._next_sequence)

    @property
    def waiting(self) -> int:
        """How many reports Kafka has not acknowledged."""
        return self._waiting[0]

    def append(self, reports: Sequence[SpooledReport]) -> None:
        """Keep reports, in order, on disk when this returns.

        Raises:
            SpoolFull: too much waits for Kafka, or the disk is full; none of them is kept.
            ValueError: their numbers do not follow on.
        """
        size = sum(len(report.value) for report in reports)
        if self._waiting[1] + size > self._waiting_bytes_max:
            raise SpoolFull(
                f"{self.waiting} reports wait for Kafka and fill the spool "
                f"({self._waiting_bytes_max // 2**20} MiB); it takes more once Kafka answers."
            )
        with self._writing():
            first = self.next_sequence
            if [report.sequence for report in reports] != [*range(first, first + len(reports))]:
                raise ValueError(f"The next report of the spool has number {first}.")
            self._connection.executemany(
                "INSERT INTO report (sequence, topic, message_key, value, signature)"
                " VALUES (?, ?, ?, ?, ?)",
                [(r.sequence, r.topic, r.key, r.value, r.signature) for r in reports],
            )
            self._connection.execute("UPDATE spool SET next_sequence = ?", (first + len(reports),))
        self._next_sequence = first + len(reports)
        self._waiting = (self._waiting[0] + len(reports), self._waiting[1] + size)

    def unpublished(
        self, after: int, limit: int, up_to: int = SEQUENCE_MAX
    ) -> tuple[SpooledReport, ...]:
        """Answer the first above ``after``, to ``up_to``, that Kafka has not acknowledged."""
        rows = self._connection.execute(
            "SELECT sequence, topic, message_key, value, signature FROM report"
            " WHERE published = 0 AND sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
            (after, up_to, limit),
        )
        return tuple(
            SpooledReport(sequence=sequence, topic=topic, key=key, value=value, signature=signature)
            for sequence, topic, key, value, signature in rows
        )

    def mark_published(self, sequences: Sequence[int]) -> None:
        """Note that Kafka has these reports; of those long published only the newest are kept.

        Raises:
            SpoolFull: the disk is full.
        """
        with self._writing():
            self._connection.executemany(
                "UPDATE report SET published = 1 WHERE sequence = ?",
                [(sequence,) for sequence in sequences],
            )
            self._connection.execute(
                "DELETE FROM report WHERE published = 1 AND sequence <="
                " (SELECT next_sequence FROM spool) - 1 - ?",
                (KEEP_PUBLISHED,),
            )
        self._waiting = self._count()

    def close(self) -> None:
        """Close the spool and let another process have it; harmless to repeat."""
        self._connection.close()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _count(self) -> tuple[int, int]:
        row = self._connection.execute(
            "SELECT count(*), coalesce(sum(length(value)), 0) FROM report WHERE published = 0"
        ).fetchone()
        return int(row[0]), int(row[1])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
        except sqlite3.OperationalError as error:
            raise SpoolFull(f"The spool cannot be written to: {error}.") from None


def _take_lock(path: Path) -> int:
    """Answer the descriptor that holds the spool's lock; the system lets go when a process dies."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigurationError(f"The spool {path} cannot be used: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise RefusedToStart(
            f"The spool {path} is in use by another process; one connector at a time may use it."
        ) from None
    return lock


def _connect(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(_SCHEMA)
    return connection


def _begin(connection: sqlite3.Connection, publisher: str, connector: str, epoch: int) -> None:
    connection.execute(
        "INSERT INTO spool (one, publisher, connector, epoch, next_sequence)"
        " VALUES (1, ?, ?, ?, 1) ON CONFLICT DO NOTHING",
        (publisher, connector, epoch),
    )


def _check_owner(
    connection: sqlite3.Connection, path: Path, publisher: str, connector: str
) -> None:
    owner = connection.execute("SELECT publisher, connector FROM spool").fetchone()
    if owner != (publisher, connector):
        raise ConfigurationError(
            f"The spool {path} is that of {owner[0]}/{owner[1]}, not of {publisher}/{connector}."
        )
