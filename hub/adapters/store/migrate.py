"""Forward-only migrations: numbered SQL files, each applied once, in order, under one lock."""

import hashlib
from importlib import resources

import psycopg

from hub.adapters.store.reaching import connect, not_reached
from hub.errors import RefusedToStart

MIGRATION_LOCK = 0x4D49_4752_4154_4553
LOCK_WAIT_SECONDS = 60


def migrations() -> tuple[tuple[int, str, str], ...]:
    """Every migration shipped: number, name and SQL, in order."""
    folder = resources.files("hub.adapters.store") / "migrations"
    found = sorted(
        (path.name, path.read_text(encoding="utf-8"))
        for path in folder.iterdir()
        if path.name.endswith(".sql")
    )
    return tuple((int(name.split("_", 1)[0]), name, text) for name, text in found)


def migrate(database_url: str) -> tuple[str, ...]:
    """Apply what is not applied yet; answer the names of what was.

    Raises:
        ConfigurationError: the URL cannot be read.
        ServiceMissing: the server does not answer, or refuses the connection.
        RefusedToStart: the database is newer than this program, or an applied file has changed.
    """
    with connect(database_url) as connection:
        connection.execute(f"SET lock_timeout = '{LOCK_WAIT_SECONDS}s'")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY,"
            " name text NOT NULL, digest text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = connection.execute("SELECT version, digest FROM schema_version")
        applied: dict[int, str] = dict(rows.fetchall())
        _check_known(applied)
        return tuple(
            _apply(connection, number, name, text)
            for number, name, text in migrations()
            if number not in applied
        )


def _check_known(applied: dict[int, str]) -> None:
    shipped = {number: _digest(text) for number, _, text in migrations()}
    newer = sorted(set(applied) - set(shipped))
    if newer:
        raise RefusedToStart(
            f"the database has migration {newer[-1]}, which this program does not know:"
            " run the newer program."
        )
    changed = [number for number, digest in applied.items() if shipped[number] != digest]
    if changed:
        raise RefusedToStart(
            f"migration {min(changed)} was changed after it was applied:"
            " migrations are forward only; add a new one."
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _apply(connection: psycopg.Connection, number: int, name: str, text: str) -> str:
    connection.execute(text)
    connection.execute(
        "INSERT INTO schema_version (version, name, digest) VALUES (%s, %s, %s)",
        (number, name, _digest(text)),
    )
    return name


def pending(database_url: str) -> tuple[str, ...]:
    """Names of shipped migrations that the database does not have."""
    with connect(database_url) as connection:
        table = connection.execute("SELECT to_regclass('schema_version')").fetchone()
        rows = (
            connection.execute("SELECT version FROM schema_version").fetchall()
            if table and table[0]
            else []
        )
    applied = {number for (number,) in rows}
    return tuple(name for number, name, _ in migrations() if number not in applied)


def refuse_unmigrated(database_url: str) -> None:
    """See that the database is at this program's version.

    Raises:
        RefusedToStart: a migration is not applied yet.
        ConfigurationError: the URL cannot be read.
        ServiceMissing: the server does not answer, or refuses the connection.
    """
    try:
        missing = pending(database_url)
    except psycopg.OperationalError as error:
        raise not_reached(database_url, error) from error
    if missing:
        raise RefusedToStart(f"the database lacks {missing[0]}: run 'hub migrate' first.")
