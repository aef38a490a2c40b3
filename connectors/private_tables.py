"""A private SQLite database for rows that do not fit into memory, gone when it is closed.

It has no name: what does not fit its cache goes to a temporary file that is already unlinked.
"""

import sqlite3
from types import TracebackType
from typing import Final, Self

_SETTINGS: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -32768;
"""


class PrivateTables:
    """The tables that a reading needs; closed by ``with``, whatever happens inside it."""

    def __init__(self, tables: str) -> None:
        """Make the tables that these statements create."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_SETTINGS + tables)
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()
