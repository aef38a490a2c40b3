"""Rows to and from one JSON parameter: a whole batch is one statement, never a round trip a row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import LiteralString
from uuid import UUID

from psycopg import Cursor, sql
from psycopg.rows import TupleRow

Columns = Mapping[str, str]
"""Column name -> PostgreSQL type, in order."""

_AS_IT_IS = frozenset({str, int, bool, float, dict, type(None)})


def plain(value: object) -> object:
    """The value as JSON that PostgreSQL reads into the column's own type."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def recordset(rows: Iterable[Sequence[object]], columns: Columns) -> str:
    """The rows as a JSON array of objects, one parameter for ``jsonb_to_recordset``."""
    names = tuple(columns)
    return json.dumps(
        [dict(zip(names, map(plain, row), strict=True)) for row in rows], ensure_ascii=False
    )


def bytea_array(values: Iterable[bytes]) -> str:
    """The values as one parameter for ``%s::bytea[]``, a fifth of the driver's own time."""
    return "{" + ",".join(f'"\\\\x{value.hex()}"' for value in values) + "}"


def text_array(values: Iterable[str]) -> str:
    """The values as one parameter for ``%s::text[]``."""
    return "{" + ",".join(f'"{_escaped(value)}"' for value in values) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def with_recordset(template: LiteralString, columns: Columns) -> bytes:
    """The statement with ``jsonb_to_recordset(%s) AS given(...)`` where the template has ``{}``.

    Put together once for each template and columns: that took a sixth of a report's time.
    """
    return _with_recordset(template, tuple(columns.items()))


@cache
def _with_recordset(template: LiteralString, columns: tuple[tuple[str, str], ...]) -> bytes:
    return sql.SQL(template).format(_from_recordset(dict(columns))).as_bytes()


def _from_recordset(columns: Columns) -> sql.Composed:
    fields = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
        for name, kind in columns.items()
    )
    return sql.SQL("jsonb_to_recordset(%s::jsonb) AS given({})").format(fields)


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
    cursor.execute(statement, (recordset(rows, columns),))


@cache
def _insert(table: str, columns: tuple[tuple[str, str], ...], then: str) -> bytes:
    names = [sql.Identifier(name) for name, _ in columns]
    return (
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}")
        .format(
            sql.Identifier(table),
            sql.SQL(", ").join(names),
            sql.SQL(", ").join(sql.SQL("given.{}").format(name) for name in names),
            _from_recordset(dict(columns)),
            sql.SQL(then),
        )
        .as_bytes()
    )
