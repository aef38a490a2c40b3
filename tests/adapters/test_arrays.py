"""Rows as binary arrays: PostgreSQL reads from them what was put in, of every type that is sent."""

import uuid
from datetime import UTC, date, datetime, timedelta, timezone

import psycopg
import pytest

from hub.adapters.store.arrays import array, bytea
from hub.adapters.store.rows import in_columns, insert, with_rows

pytestmark = pytest.mark.stack

EAST = timezone(timedelta(hours=5, minutes=30))
VALUES = {
    "text": ["", "plain", 'Zoë \\ " {a,b} NULL \n', None, "NULL"],
    "bytea": [b"", b"\x00\xff", bytes(range(256)), None],
    "integer": [0, -1, 2**31 - 1, -(2**31), None],
    "bigint": [0, -1, 2**63 - 1, -(2**63), None],
    "boolean": [True, False, None],
    "timestamptz": [
        datetime(2026, 11, 22, 9, 30, 1, 234567, tzinfo=UTC),
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2000, 1, 1, tzinfo=EAST),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        None,
    ],
    "date": [date(1900, 2, 28), date(2000, 1, 1), date(2026, 11, 22), None],
    "uuid": [uuid.UUID(int=1), uuid.UUID(int=2**128 - 1), None],
    "jsonb": [{}, {"a": [1, None, 'ü\\"']}, None],
    "text[]": [[], ["a", "", "NULL", '"{},\\', "ü"], [None, "b"], None],
    "bytea[]": [[], [b"", b"\x00\\"], None],
}


@pytest.fixture
def cursor(database_url):
    with psycopg.connect(database_url, options="-c timezone=UTC") as connection:
        yield connection.cursor()


@pytest.mark.parametrize("kind", VALUES)
def test_what_is_sent_is_what_is_stored(cursor, kind):
    cursor.execute(f"CREATE TABLE sent (place integer, value {kind})")
    rows = list(enumerate(VALUES[kind]))

    insert(cursor, "sent", {"place": "integer", "value": kind}, rows)

    cursor.execute("SELECT value FROM sent ORDER BY place")
    assert [value for (value,) in cursor] == VALUES[kind]


@pytest.mark.parametrize("kind", ["text", "bytea", "bigint", "timestamptz", "uuid"])
def test_no_rows_are_an_empty_array(cursor, kind):
    cursor.execute(f"SELECT cardinality(%s::{kind}[])", (array(kind, []),))
    assert cursor.fetchone() == (0,)


def test_references_are_found_by_a_binary_array(cursor):
    cursor.execute("CREATE TABLE known (ref bytea PRIMARY KEY)")
    insert(cursor, "known", {"ref": "bytea"}, [(b"a",), (b"b",)])

    cursor.execute("SELECT ref FROM known WHERE ref = ANY(%s)", (bytea([b"b", b"c"]),))

    assert cursor.fetchall() == [(b"b",)]


def test_a_statement_takes_rows_where_it_names_them(cursor):
    columns = {"kind": "text", "content": "jsonb"}
    rows = [("a", {"x": 1}), ("b", {"x": 2})]

    cursor.execute(
        with_rows("SELECT given.kind, given.content::jsonb FROM {} ORDER BY 1", columns),
        in_columns(rows, columns),
    )

    assert cursor.fetchall() == rows


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        array("timestamptz", [datetime(2026, 11, 22, 9, 30)])  # noqa: DTZ001  # the very thing


def test_text_that_postgresql_cannot_hold_is_refused_by_it(cursor):
    cursor.execute("CREATE TABLE sent (value text)")
    with pytest.raises(psycopg.DataError):
        insert(cursor, "sent", {"value": "text"}, [("a\x00b",)])
