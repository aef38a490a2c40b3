"""Statements sent without waiting for the one before, until an answer is needed.

A single report is some twenty statements; waiting for each by itself took most of its time. What a
statement comes to is told at the next answer that is asked for, or at the commit.

Every statement is followed by a Sync that nobody waits for. Without it PostgreSQL takes the client
to be in the middle of a message: a process that stops there, holding the identity lock or children,
counts as active and not as idle in transaction, and no limit ends it.
"""

from typing import Self

from psycopg import Connection, Cursor, Pipeline
from psycopg.abc import Params, Query
from psycopg.rows import TupleRow


class PipelinedCursor(Cursor[TupleRow]):
    """A cursor of which only the last statement's answer is asked for.

    psycopg's own cursor, used again before its answer was fetched, may give the answer to the
    statement before: here every answer is in before one is given.
    """

    def __init__(self, connection: Connection[TupleRow], pipeline: Pipeline) -> None:
        super().__init__(connection)
        self._in_hand = pipeline

    def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> Self:
        """Send a statement, and let the server call the transaction idle once it is done."""
        super().execute(query, params, prepare=prepare, binary=binary)  # type: ignore[arg-type,misc]  # psycopg has an overload for each kind of query
        self._in_hand.pgconn.pipeline_sync()
        self._in_hand.result_queue.append(None)  # as psycopg notes a Sync of its own
        return self

    def fetchone(self) -> TupleRow | None:
        """The next row of the last statement, or ``None``."""
        self._in_hand.sync()
        return super().fetchone()

    def fetchall(self) -> list[TupleRow]:
        """The rows of the last statement that are left."""
        self._in_hand.sync()
        return super().fetchall()

    def __iter__(self) -> Self:
        self._in_hand.sync()
        return super().__iter__()
