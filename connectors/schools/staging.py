"""Holds the rows that are to be told, by register, so that memory does not grow with a delivery.

The rows stand in a private SQLite database that has no name: what does not fit its cache goes to a
temporary file that is already unlinked, and both are gone when it is closed. Of a mark that stays
with the school only whose it is is in it, never which.
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
CREATE TABLE untold (register TEXT, pupil TEXT, line INTEGER, PRIMARY KEY (register, pupil))
    WITHOUT ROWID;
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

    def pass_over(self, register: RegisterKey, row: Row) -> None:
        """Keep on which line a pupil first has a mark that stays with the school."""
        values = (register.words, row.text("pupil_id"), row.line)
        self._database.execute("INSERT OR IGNORE INTO untold VALUES (?, ?, ?)", values)

    def line_passed_over(self, register: RegisterKey, row: Row) -> int | None:
        """Answer on which line the pupil of a told mark has another that is not told."""
        found = self._database.execute(
            "SELECT line FROM untold WHERE register = ? AND pupil = ?",
            (register.words, row.text("pupil_id")),
        ).fetchone()
        return None if found is None else int(found[0])

    def of(self, register: RegisterKey) -> Iterator[Row]:
        """Yield the rows of a register in the order of the file."""
        found = self._database.execute(
            "SELECT line, cells FROM mark WHERE register = ? ORDER BY line", (register.words,)
        )
        for line, cells in found:
            yield Row(MARKS, line, json.loads(cells))
