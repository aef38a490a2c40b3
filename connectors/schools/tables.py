"""The two tables of a delivery: which registers there are, and their marks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One CSV file: the columns it must have, and those that may be left out."""

    file_name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read; others are passed over."""
        return self.required + self.optional


REGISTERS: Final = Table(
    file_name="registers.csv",
    required=("urn", "date", "session", "read_at", "complete", "marks"),
)
MARKS: Final = Table(
    file_name="marks.csv",
    required=("urn", "date", "session", "pupil_id", "code"),
    optional=(
        *("upn", "surname", "forename", "date_of_birth", "sex", "postcode"),
        *("minutes_late", "previous_code", "restricted"),
        *("ill_days_in_a_row", "ill_days_this_year"),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; a column that the file does not have reads as empty.

    ``flaw`` says what was expected of a row whose cells cannot be told apart; it has none then.
    """

    table: Table
    line: int
    cells: Mapping[str, str] = field(repr=False)
    flaw: str = ""

    def text(self, column: str) -> str:
        """Answer a cell without the spaces around it."""
        return self.cells.get(column, "")

    @property
    def reference(self) -> str:
        """File and line, for an operator."""
        return f"{self.table.file_name}:{self.line}"
