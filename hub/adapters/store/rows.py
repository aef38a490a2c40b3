"""Rows as parameters: a whole batch is one statement, never a round trip a row."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import LiteralString

from psycopg import Cursor, sql
from psycopg.rows import TupleRow

from hub.adapters.store.arrays import PackedArray, array, sent_as

Columns = Mapping[str, str]
"""Column name -> PostgreSQL type, in order."""


def bytea_array(values: Iterable[bytes]) -> str:
    """The values as one parameter for ``%s::bytea[]``, a fifth of the driver's own time."""
    return "{" + ",".join(f'"\\\\x{value.hex()}"' for value in values) + "}"


def text_array(values: Iterable[str]) -> str:
    """The values as one parameter for ``%s::text[]``."""
    return "{" + ",".join(f'"{_escaped(value)}"' for value in values) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def with_rows(template: LiteralString, columns: Columns) -> bytes:
    """The statement with the rows of ``arrays`` as ``given`` where the template has ``{}``.

    A column whose type is not sent as it is must be cast where it is used: see ``arrays``.
    """
    return _with_rows(template, tuple(columns.items()))


def in_columns(rows: Iterable[Sequence[object]], columns: Columns) -> tuple[PackedArray, ...]:
    """The rows as the parameters of ``with_rows``: one array a column."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    return tuple(
        array(kind, values) for kind, values in zip(columns.values(), by_column, strict=True)
    )


@cache
def _with_rows(template: LiteralString, columns: tuple[tuple[str, str], ...]) -> bytes:
    return sql.SQL(template).format(_from_arrays(columns)).as_bytes()


def _from_arrays(columns: tuple[tuple[str, str], ...]) -> sql.Composed:
    return sql.SQL("unnest({}) AS given({})").format(
        sql.SQL(", ").join(sql.SQL("%s::{}[]").format(_type(sent_as(kind))) for _, kind in columns),
        sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
    )


def _type(kind: str) -> sql.SQL:
    return sql.SQL(kind)  # a type's name from this package, never a value


def insert(
    cursor: Cursor[TupleRow],
    table: str,
    columns: Columns,
    rows: Sequence[Sequence[object]],
    *,
    then: str = "ON CONFLICT DO NOTHING",
) -> None:
    """Insert all rows in one statement; ``then`` is what follows (conflict clause, RETURNING)."""
    if not rows:
        return
    statement = _insert(table, tuple(columns.items()), then)
    cursor.execute(statement, in_columns(rows, columns), binary=True)


@cache
def _insert(table: str, columns: tuple[tuple[str, str], ...], then: str) -> bytes:
    names = [sql.Identifier(name) for name, _ in columns]
    return (
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}")
        .format(
            sql.Identifier(table),
            sql.SQL(", ").join(names),
            sql.SQL(", ").join(_value(name, kind) for name, kind in columns),
            _from_arrays(columns),
            sql.SQL(then),
        )
        .as_bytes()
    )


def _value(name: str, kind: str) -> sql.Composed:
    value = sql.SQL("given.{}").format(sql.Identifier(name))
    return value if sent_as(kind) == kind else sql.SQL("{}::{}").format(value, _type(kind))
