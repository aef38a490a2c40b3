"""Rows to and from one JSON parameter: a whole batch is one statement, never a round trip a row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from psycopg import Cursor, sql
from psycopg.rows import TupleRow

Columns = Mapping[str, str]
"""Column name -> PostgreSQL type, in order."""


def plain(value: object) -> object:
    """The value as JSON that PostgreSQL reads into the column's own type."""
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


def from_recordset(columns: Columns) -> sql.Composed:
    """``jsonb_to_recordset(%s) AS given(...)``: the rows of one parameter as a table."""
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
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} {}").format(
        sql.Identifier(table),
        names,
        sql.SQL(", ").join(sql.SQL("given.{}").format(sql.Identifier(n)) for n in columns),
        from_recordset(columns),
        sql.SQL(then),
    )
    cursor.execute(statement, (recordset(rows, columns),))
