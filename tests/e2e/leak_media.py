"""Where the hub could leave something of a person: each medium as bytes, part by part."""

import gzip
import json
import re
import struct
from pathlib import Path

import psycopg
from psycopg import sql

BATCH_HEADER = struct.Struct(">qiibIhiqqqhii")
NO_COMPRESSION, GZIP = 0, 1
_TABLES = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2
"""
_JSON_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND data_type IN ('jsonb', 'json')
"""


# ---------------------------------------------------------------- PostgreSQL


def database_dump(url):
    """Every column of every table, as text and as the bytes that are kept; and what is asked."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute(_TABLES).fetchall()
        assert tables
        for schema, table in tables:
            for form in ("text", "binary"):
                statement = sql.SQL("COPY {} TO STDOUT (FORMAT {})").format(
                    sql.Identifier(schema, table), sql.SQL(form)
                )
                with connection.cursor() as cursor, cursor.copy(statement) as copied:
                    yield f"table {table} as {form}", b"".join(bytes(part) for part in copied)
        asked = connection.execute("SELECT query FROM pg_stat_activity").fetchall()
        yield "statements under way", "\n".join(query or "" for (query,) in asked).encode()


def json_numbers(url):
    """Every whole number in a JSON column, in which a day could be counted from 1970."""
    with psycopg.connect(url) as connection:
        for table, column in connection.execute(_JSON_COLUMNS).fetchall():
            statement = sql.SQL("SELECT {}::text FROM {}").format(
                sql.Identifier(column), sql.Identifier(table)
            )
            for (text,) in connection.execute(statement):
                for found in re.findall(r"(?<![\w.-])\d{5}(?![\w.])", text or ""):
                    yield f"{table}.{column}", int(found)


def database_files(cluster, url):
    """The files of this database as they lie on disk: indexes, and rows no longer seen, too."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    files = sorted((cluster / "base" / str(row[0])).iterdir())
    assert files
    yield "database files", b"".join(path.read_bytes() for path in files if path.is_file())


# ---------------------------------------------------------------- Kafka


def kafka_segments(directory, topics):
    """Every record of these topics' segments, taken out of its batch; and each segment as it is."""
    segments = [path for topic in topics for path in directory.glob(f"*/{topic}-*/*.log")]
    assert segments
    for path in sorted(segments):
        content = path.read_bytes()
        yield f"segment of {path.parent.name}", content
        yield f"records of {path.parent.name}", b"\n".join(records_in(content))


def records_in(segment):
    """Keys, values and headers of a segment (Kafka's record batches, version 2), decompressed."""
    at = 0
    while at + BATCH_HEADER.size <= len(segment):
        header = BATCH_HEADER.unpack_from(segment, at)
        length, magic, attributes, count = header[1], header[3], header[5], header[12]
        if length == 0:  # a segment's file is as long as it may become
            return
        assert magic == 2, f"record batches of version 2 were expected, not {magic}"
        body = segment[at + BATCH_HEADER.size : at + 12 + length]
        compression = attributes & 7
        assert compression in {NO_COMPRESSION, GZIP}, f"compression {compression} is not read here"
        yield from _records(gzip.decompress(body) if compression == GZIP else body, count)
        at += 12 + length


def _records(body, count):
    at = 0
    for _ in range(count):
        length, at = _varint(body, at)
        yield from _parts(body[at : at + length])
        at += length


def _parts(record):
    at = 1  # attributes
    for _ in range(2):  # time and offset, as differences
        _, at = _varint(record, at)
    for _ in range(2):  # key and value
        part, at = _bytes(record, at)
        yield part
    headers, at = _varint(record, at)
    for _ in range(headers * 2):
        part, at = _bytes(record, at)
        yield part


def _bytes(record, at):
    length, at = _varint(record, at)
    return record[at : at + max(length, 0)], at + max(length, 0)


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return (value >> 1) ^ -(value & 1), at


# ---------------------------------------------------------------- files and processes


def files_below(folder, *, but=()):
    """The content of every file below a folder, and the names of them all."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    kept = [path for path in paths if not any(path.is_relative_to(one) for one in but)]
    assert kept
    yield "names of files", "\n".join(str(path.relative_to(folder)) for path in kept).encode()
    for path in kept:
        yield f"file {path.relative_to(folder)}", path.read_bytes()


def process_titles(pids):
    """What a process list shows of these processes, and their environment."""
    for pid in pids:
        for name in ("comm", "cmdline", "environ"):
            yield f"{name} of a process", Path(f"/proc/{pid}/{name}").read_bytes()


def as_bytes(response):
    """All of an answer over HTTP: its status line's headers and its body."""
    told = json.dumps(sorted(response.headers.multi_items())).encode()
    return told + b"\n" + response.content
