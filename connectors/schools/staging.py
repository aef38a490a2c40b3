"""Holds the rows that are to be told, by register, so that memory does not grow with a delivery.

The rows stand in a private SQLite database that has no name: what does not fit its cache goes to a
temporary file that is already unlinked, and both are gone when it is closed. Marks of presence are
never kept in it.
"""

import json
from collections.abc import Iterator
from typing import Final

from connectors.private_tables import PrivateTables
from connectors.schools.registers import RegisterKey
from connectors.schools.tables import MARKS, Row

_SCHEMA: Final = """
CREATE TABLE mark (register TEXT, line INTEGER, cells TEXT);
CREATE INDEX mark_register ON mark (register, line);
"""


class Staging(PrivateTables):
    """The told marks of one delivery."""

    def __init__(self) -> None:
        super().__init__(_SCHEMA)

    def keep(self, register: RegisterKey, row: Row) -> None:
        """Keep a row under its register."""
        cells = json.dumps(dict(row.cells), ensure_ascii=False)
        values = (register.words, row.line, cells)
        self._database.execute("INSERT INTO mark VALUES (?, ?, ?)", values)

    def of(self, register: RegisterKey) -> Iterator[Row]:
        """Yield the rows of a register in the order of the file."""
        found = self._database.execute(
            "SELECT line, cells FROM mark WHERE register = ? ORDER BY line", (register.words,)
        )
        for line, cells in found:
            yield Row(MARKS, line, json.loads(cells))
