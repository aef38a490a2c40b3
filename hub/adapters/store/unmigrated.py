"""What a statement fails on because the database is not at this program's version."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg import errors

from hub.adapters.store.migrate import refuse_unmigrated


@contextmanager
def told_to_migrate(database_url: str | Callable[[], str]) -> Iterator[None]:
    """Turn a table or column that is not there into what to do about it.

    Processes that stay look when they start. Commands come this way, and look only if a statement
    fails; one that fails over a database of this version is a bug, and stays one.

    Raises:
        RefusedToStart: a migration is not applied yet.
    """
    try:
        yield
    except (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction):
        refuse_unmigrated(database_url if isinstance(database_url, str) else database_url())
        raise
