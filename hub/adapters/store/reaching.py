"""Opens one connection to PostgreSQL, or says which server could not be reached and what to do."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hub.errors import ConfigurationError, ServiceMissing

CONNECT_SECONDS = 5
_REFUSED = "FATAL:"
"""What a server writes before its reason when it answers and lets nobody in."""


def connect(database_url: str) -> psycopg.Connection:
    """Answer an open connection; the password in the URL is in no message.

    Raises:
        ConfigurationError: the URL cannot be read.
        ServiceMissing: the server does not answer, or refuses the connection.
    """
    try:
        return psycopg.connect(database_url, connect_timeout=CONNECT_SECONDS)
    except psycopg.ProgrammingError:  # it repeats what it could not read, so it is not kept
        raise ConfigurationError(
            "HUB_DATABASE_URL cannot be read: a URL such as postgresql://hub@127.0.0.1:5432/hub was"
            " expected, with special characters of a password as %40 and so on."
        ) from None
    except psycopg.OperationalError as error:
        raise not_reached(database_url, error) from error


def not_reached(database_url: str, error: psycopg.OperationalError) -> ServiceMissing:
    """Answer which server failed: it did not answer, or it answered that nobody may come in."""
    place = _place(database_url)
    _, refused, reason = str(error).partition(_REFUSED)
    if refused:
        said = reason.strip().splitlines()[0]
        return ServiceMissing(
            f"PostgreSQL at {place} refuses the connection: {said}. Its user, password and"
            " database are those of HUB_DATABASE_URL, or of the local stack if that is not set."
        )
    return ServiceMissing(
        f"PostgreSQL at {place} does not answer: start the local one with 'hub up', or let"
        " HUB_DATABASE_URL name a server that runs."
    )


def _place(database_url: str) -> str:
    """Answer host, port and database of a URL that can be read, without its user and password."""
    told = conninfo_to_dict(database_url)
    host, port = told.get("host") or "the local socket", told.get("port") or 5432
    return f"{host}:{port}/{told.get('dbname') or ''}"
