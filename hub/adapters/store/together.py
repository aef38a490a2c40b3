"""Statements that go to the server in one write, and whose answers are read in one wait.

A small statement costs less than the way to the server and back, on both sides. The driver's own
pipeline still writes and waits once for each statement; this uses the pipeline of libpq beneath it.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from select import POLLIN, POLLOUT, poll
from typing import Any, Final, LiteralString
from weakref import WeakKeyDictionary

from psycopg import Connection, DataError, OperationalError
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.rows import TupleRow

Parameter = str | None
"""As PostgreSQL reads it; the statement says its type (``$1::bytea[]``)."""

_BINARY: Final = 1
_GOOD: Final = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_names: Final = (f"hub_{number}".encode() for number in itertools.count())
_prepared: Final[WeakKeyDictionary[Connection[TupleRow], dict[str, bytes]]] = WeakKeyDictionary()
"""Which statements the server has prepared for each connection, and under which name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, its parameters written ``$1``; each connection has it planned once."""

    text: LiteralString
    parameters: tuple[Parameter, ...] = ()


class Rows:
    """The rows that one statement was answered with."""

    def __init__(self, result: PGresult, rows: list[TupleRow]) -> None:
        self._result = result
        self._rows = rows

    def __iter__(self) -> Iterator[TupleRow]:
        """The rows as tuples."""
        return iter(self._rows)

    def by_name(self) -> Iterator[Mapping[str, Any]]:
        """The rows by the names of their columns."""
        result = self._result
        names = [(result.fname(place) or b"").decode() for place in range(result.nfields)]
        return (dict(zip(names, row, strict=True)) for row in self._rows)


def ask_together(
    connection: Connection[TupleRow], *statements: Statement, commit: bool = False
) -> tuple[Rows, ...]:
    """The rows of each statement, all in the connection's transaction, which begins if need be.

    After the first that fails the rest are not done, the commit included.

    Raises:
        psycopg.Error: a statement failed, the connection is lost, or nothing was committed because
            the transaction had failed before.
    """
    prepared = _prepared.setdefault(connection, {})
    fresh: dict[str, bytes] = {}
    commands = [*_begin(connection)]
    for statement in statements:
        commands += _statement(connection.pgconn, statement, prepared, fresh)
    if commit:
        commands.append(_Command(partial(connection.pgconn.send_query_params, b"COMMIT", None)))
    results = _exchange(connection.pgconn, [command.send for command in commands])
    failed = next((one for one in results if one.status not in _GOOD), None)
    if failed is not None:
        forget_prepared(connection)
        raise error_from_result(failed, encoding=connection.info.encoding)
    if len(results) < len(commands):
        raise OperationalError("the server ended the connection before it had answered.")
    if commit and results[-1].command_status != b"COMMIT":
        raise OperationalError("the transaction had failed before it was to be committed.")
    prepared |= fresh
    answered = zip(results, commands, strict=True)
    return _loaded(connection, [result for result, command in answered if command.is_asked])


def _loaded(connection: Connection[TupleRow], results: Iterable[PGresult]) -> tuple[Rows, ...]:
    transformer = Transformer(connection)
    answered = []
    for result in results:
        transformer.set_pgresult(result)
        answered.append(Rows(result, transformer.load_rows(0, result.ntuples, tuple)))
    return tuple(answered)


def forget_prepared(connection: Connection[TupleRow]) -> None:
    """Prepare anew what is asked next: the driver may drop all statements when it rolls back."""
    _prepared.pop(connection, None)


@dataclass(frozen=True, slots=True)
class _Command:
    send: Callable[[], None]
    is_asked: bool = False
    """Its rows are an answer to the caller."""


def _begin(connection: Connection[TupleRow]) -> Iterator[_Command]:
    if connection.info.transaction_status is TransactionStatus.IDLE:
        level = connection.isolation_level
        wanted = f" ISOLATION LEVEL {level.name.replace('_', ' ')}" if level else ""
        yield _Command(
            partial(connection.pgconn.send_query_params, f"BEGIN{wanted}".encode(), None)
        )


def _statement(
    pgconn: PGconn, statement: Statement, prepared: dict[str, bytes], fresh: dict[str, bytes]
) -> Iterator[_Command]:
    name = prepared.get(statement.text) or fresh.get(statement.text)
    if name is None:
        name = fresh[statement.text] = next(_names)
        yield _Command(partial(pgconn.send_prepare, name, statement.text.encode()))
    values = [None if one is None else _encoded(one) for one in statement.parameters]
    yield _Command(
        partial(pgconn.send_query_prepared, name, values, result_format=_BINARY), is_asked=True
    )


def _encoded(value: str) -> bytes:
    if "\0" in value:
        raise DataError("PostgreSQL keeps no text with a zero byte in it.")
    return value.encode()


def _exchange(pgconn: PGconn, commands: Sequence[Callable[[], None]]) -> list[PGresult]:
    """Write the commands and read one result for each; fewer if the connection is lost."""
    try:
        pgconn.enter_pipeline_mode()
        for send in commands:
            send()
        pgconn.pipeline_sync()
        results = _read(pgconn)
        if pgconn.status == ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    except BaseException:
        pgconn.finish()  # nobody knows what the server has yet to say: the pool makes another
        raise
    return results


def _read(pgconn: PGconn) -> list[PGresult]:
    results: list[PGresult] = []
    ready = poll()
    ready.register(pgconn.socket, POLLIN)
    while pgconn.status == ConnStatus.OK:
        while pgconn.flush():  # more than the socket takes at once: the server may have to be heard
            ready.modify(pgconn.socket, POLLIN | POLLOUT)
            ready.poll()
            pgconn.consume_input()
            ready.modify(pgconn.socket, POLLIN)
        while pgconn.is_busy():
            ready.poll()
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:  # the end of one command's results
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            break
        results.append(result)
    return results
