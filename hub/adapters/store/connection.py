"""Connections to PostgreSQL and the transactions of the hub, with a limit on every wait."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from select import POLLIN, poll
from types import MappingProxyType

import psycopg
from psycopg import Connection, IsolationLevel, errors
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from hub.adapters.store import waiting
from hub.adapters.store.deciding import PostgresTransaction
from hub.adapters.store.decisions import decision_moves, decisions_about
from hub.adapters.store.epochs import digests_of, read_former, take_epochs
from hub.adapters.store.identity import PostgresIdentityTransaction, read_records
from hub.adapters.store.links import read_links
from hub.adapters.store.pipelined import PipelinedCursor
from hub.adapters.store.rows import in_columns, with_rows
from hub.adapters.store.together import forget_prepared
from hub.adapters.store.told import read_told
from hub.adapters.store.unmigrated import told_to_migrate
from hub.core.identity_decision import IdentityDecision
from hub.core.identity_keys import MATCHING_KINDS, identity_keys
from hub.errors import HubError, ServiceMissing, TransientFault
from hub.ports import ColumnSealer, Expired, IdentityDigests, LinkRow, Position, RecordRow, Told
from hub.service.records import evidence_in

IDLE_IN_TRANSACTION_SECONDS = 5
LOCK_WAIT_SECONDS = 8
STATEMENT_SECONDS = 60
POOL_WAIT_SECONDS = 10
CONNECT_SECONDS = 5

_PASSING = (
    psycopg.OperationalError,
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.IdleInTransactionSessionTimeout,
    errors.AdminShutdown,
)

_POSITION = {"topic": "text", "partition": "integer", "kafka_offset": "bigint"}


_NEVER_PASSING = (errors.ProgramLimitExceeded, errors.StatementTooComplex)
"""The driver counts these among the above, and they come of what is written: again they fail again.
A report that brings one about is set aside, or its feed would stand still for everybody."""


class LinksChanged(TransientFault):
    """A record was linked anew between reading its link and locking its child: begin again."""


def options(*, statement_seconds: float, **more: str) -> str:
    """Server settings of a connection: waits have limits, one process to a short statement, UTC."""
    settings = {
        "max_parallel_workers_per_gather": "0",  # to start them takes longer than the statement
        **more,
        "timezone": "UTC",
        "statement_timeout": f"{int(statement_seconds * 1000)}",
        "lock_timeout": f"{LOCK_WAIT_SECONDS * 1000}",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS * 1000}",
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
    }
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


_NEED_NOT_LAST = "SET LOCAL synchronous_commit = off"
"""Linking waits for no disk: what is decided on it commits later, or the report comes again."""

logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # every failure is raised, and told


def open_pool(
    database_url: str,
    *,
    size: int,
    name: str,
    statement_seconds: float = STATEMENT_SECONDS,
    server_settings: Mapping[str, str] = MappingProxyType({}),
) -> ConnectionPool[Connection[TupleRow]]:
    """A pool of at most ``size`` connections, not yet waiting for the server."""
    pool: ConnectionPool[Connection[TupleRow]] = ConnectionPool(
        database_url,
        kwargs={
            "options": options(statement_seconds=statement_seconds, **server_settings),
            "connect_timeout": CONNECT_SECONDS,
            "application_name": name,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        },
        min_size=1,
        max_size=size,
        timeout=POOL_WAIT_SECONDS,
        check=check_connection,
        reconnect_timeout=0,
        open=False,
        name=name,
    )
    pool.open(wait=False)
    return pool


def check_connection(connection: Connection[TupleRow]) -> None:
    """Ask the server only if something has come from it since the connection was last used.

    A server says nothing to a connection that waits, but when it ends it: then there is something
    to read (so too when keepalives have found the server gone). Asking every time costs each
    question a round trip.
    """
    look = poll()
    look.register(connection.fileno(), POLLIN)
    if look.poll(0):
        ConnectionPool.check_connection(connection)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what passes (a server away, a deadlock, a limit) into ``TransientFault``."""
    try:
        yield
    except PoolTimeout as error:
        raise TransientFault(
            f"PostgreSQL did not answer within {POOL_WAIT_SECONDS} s:"
            " 'hub status' shows whether it runs, 'hub up' starts the local one."
        ) from error
    except _NEVER_PASSING:
        raise
    except _PASSING as error:
        raise TransientFault(f"the database could not finish: {type(error).__name__}") from error


class PostgresStore:
    """The store port over PostgreSQL."""

    def __init__(
        self,
        pool: ConnectionPool[Connection[TupleRow]],
        sealer: ColumnSealer,
        digests: IdentityDigests,
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._digests = digests

    @contextmanager
    def connection(self, isolation: IsolationLevel | None = None) -> Iterator[Connection[TupleRow]]:
        """One connection in a transaction of its own; commits on leaving."""
        lacking = told_to_migrate(self._pool.conninfo)
        with translated(), lacking, self._pool.connection() as connection:
            if connection.isolation_level is not isolation:
                connection.isolation_level = isolation  # part of the next BEGIN, no statement
            try:
                yield connection
            except BaseException:
                forget_prepared(connection)
                raise

    @contextmanager
    def reading(self) -> Iterator[Connection[TupleRow]]:
        """One connection whose every statement stands alone, without a transaction around it."""
        with self.connection() as connection:
            connection.autocommit = True
            try:
                yield connection
            finally:
                connection.autocommit = False

    @contextmanager
    def identity_transaction(self) -> Iterator[PostgresIdentityTransaction]:
        """The short transaction that links records to children."""
        with self._in_one_go() as cursor:
            cursor.execute(_NEED_NOT_LAST)
            yield PostgresIdentityTransaction(cursor, self._sealer, self._digests)

    @contextmanager
    def transaction(self) -> Iterator[PostgresTransaction]:
        """The deciding transaction of one batch."""
        with self._in_one_go() as cursor:
            yield PostgresTransaction(cursor, self._sealer, self._digests)

    @contextmanager
    def _in_one_go(self) -> Iterator[PipelinedCursor]:
        """A transaction whose statements wait for each other only where an answer is needed."""
        with self.connection() as connection, connection.pipeline() as pipeline:
            yield PipelinedCursor(connection, pipeline)
            connection.commit()

    def stored_positions(self, positions: Iterable[Position]) -> frozenset[Position]:
        """Those of the positions that have a row."""
        rows = [(p.topic, p.partition, p.offset) for p in positions]
        with self.reading() as connection:
            found = connection.execute(
                with_rows(
                    "SELECT topic, partition, kafka_offset FROM report JOIN {}"
                    " USING (topic, partition, kafka_offset)",
                    _POSITION,
                ),
                in_columns(rows, _POSITION),
                binary=True,
            )
            return frozenset(Position(topic=t, partition=p, offset=o) for t, p, o in found)

    def told(self, record_refs: Sequence[bytes]) -> Mapping[bytes, Told]:
        """What was said last of the records that are linked, without a lock and without words."""
        with self.reading() as connection:
            return read_told(connection.cursor(), record_refs)

    def record_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, RecordRow]:
        """Records by reference, without a lock."""
        with self.reading() as connection:
            return read_records(connection.cursor(), self._sealer, record_refs)

    def link_rows(self, record_refs: Sequence[bytes]) -> Mapping[bytes, LinkRow]:
        """Links by record, without a lock."""
        with self.reading() as connection:
            return read_links(connection.cursor(), record_refs)

    def waiting_behind(self, record_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """Waiting records that share an identifier with one of these records of children."""
        with self.reading() as connection:
            found = waiting.waiting_behind(connection.cursor(), record_refs)
            near = self._under_each_epoch(connection, record_refs)
            return waiting.waiting_among_keys(connection.cursor(), near, found) if near else found

    def with_a_child_behind(self, record_refs: Sequence[bytes]) -> tuple[bytes, ...]:
        """Those of these without a link that share an identifier with a record that has one."""
        with self.reading() as connection:
            found = waiting.with_a_child_behind(connection.cursor(), record_refs)
            near = self._under_each_epoch(connection, record_refs)
            return waiting.linked_among_keys(connection.cursor(), near, found) if near else found

    def _under_each_epoch(
        self, connection: Connection[TupleRow], record_refs: Sequence[bytes]
    ) -> Sequence[tuple[bytes, str, bytes]]:
        """Record, kind and digest of keys, while records may lie under other epochs than others.

        Asked after what was found by stored keys: with one epoch in force then, all lay under it.
        """
        cursor = connection.cursor()
        epochs = take_epochs(cursor, self._digests)
        if len(epochs) == 1:
            return ()
        rows = read_records(cursor, self._sealer, record_refs)
        former = read_former(cursor, self._sealer, record_refs)
        found = []
        for ref, row in rows.items():
            keys = [*identity_keys(evidence_in(row)), *former.get(ref, ())]
            matching = [key for key in keys if key[0] in MATCHING_KINDS]
            found += [(ref, *made) for made in digests_of(self._digests, epochs, matching)]
        return found

    def decisions_about(self, record_refs: Sequence[bytes]) -> tuple[IdentityDecision, ...]:
        """Every decision about these records, reversed ones too, the oldest first."""
        with self.reading() as connection:
            return decisions_about(connection.cursor(), self._sealer, record_refs)

    def decision_moves(self, decision_id: bytes) -> tuple[LinkRow, ...]:
        """The links that records had before a decision moved them."""
        with self.reading() as connection:
            return decision_moves(connection.cursor(), decision_id)

    def expire_waiting(
        self, after: bytes, before: date, before_at: Sequence[tuple[str, date]], most: int
    ) -> tuple[bytes | None, Expired]:
        """Remove marks of waiting records from before a day; see the port."""
        with self.connection() as connection:
            return waiting.expire_waiting(connection.cursor(), after, before, before_at, most)

    def expire_registers(self, before: date) -> int:
        """Remove what is noted of sessions before a day of which no mark is kept."""
        with self.connection() as connection:
            return waiting.expire_registers(connection.cursor(), before)

    def check_reachable(self) -> None:
        """Ask the server one question.

        Raises:
            ServiceMissing: it did not answer in time.
        """
        try:
            with self.connection() as connection:
                connection.execute("SELECT 1")
        except HubError as error:
            raise ServiceMissing(
                "PostgreSQL does not answer: start it with 'hub up', or set HUB_DATABASE_URL."
            ) from error

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
