"""When each process of the hub was last seen at work, in PostgreSQL."""

from datetime import datetime

from hub.adapters.store.connection import PostgresStore


class PostgresLives:
    """The port over PostgreSQL: one row for each kind of process."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def note(self, process: str, worker: str, at: datetime) -> None:
        """Note that a process of this kind was at work at an instant; see the port."""
        with self._store.connection() as connection:
            connection.execute(
                "INSERT INTO process_seen AS held (process, worker, seen_at) VALUES (%s, %s, %s)"
                " ON CONFLICT (process) DO UPDATE SET worker = excluded.worker,"
                " seen_at = greatest(held.seen_at, excluded.seen_at)",
                (process, worker, at),
            )
