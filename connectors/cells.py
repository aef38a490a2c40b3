"""Reads the cells of one record, for connectors whose records are rows of texts. Pure.

What a record cannot do without refuses it by its column; any other cell that cannot be read is left
out and counted, and the record stands without it. Nothing repeats what stood in a cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, NoReturn, TypeVar

from connectors.outcome import Notes, Refused
from hub.core.clock import LONDON
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode, Upn, Urn
from hub.errors import InvalidIdentifier

T = TypeVar("T")
CodeT = TypeVar("CodeT", GssCode, OdsCode, Postcode, Upn, Urn)

YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2199
"""Of an instant, as the hub takes it; the last one there is cannot be put into another zone."""

_DAY_CHARACTERS: Final = len("2026-11-22")
_YES: Final = frozenset({"y", "yes", "true", "1"})
_NO: Final = frozenset({"", "n", "no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one record by column; what is left out is counted in ``notes``."""

    texts: Mapping[str, str] = field(repr=False)
    notes: Notes

    def text(self, column: str) -> str:
        """Answer a cell without the spaces around it; empty where there is none."""
        return self.texts.get(column, "").strip()

    def needed(self, column: str, expected: str) -> str:
        """Answer a cell that must not be empty.

        Raises:
            Refused: it is empty.
        """
        return self.text(column) or _refuse(column, expected)

    def needed_instant(self, column: str) -> datetime:
        """Answer an instant in UTC; a time without an offset is British wall time.

        Raises:
            Refused: the cell is no time; a day alone is none.
        """
        text = self.text(column)
        try:
            told = datetime.fromisoformat(text) if len(text) > _DAY_CHARACTERS else None
        except ValueError:
            told = None
        if told is None or not YEAR_MIN <= told.year <= YEAR_MAX:
            return _refuse(column, "a time as 2026-11-22T09:30:00, with or without its offset")
        aware = told if told.tzinfo is not None else told.replace(tzinfo=LONDON)
        return aware.replace(microsecond=aware.microsecond // 1000 * 1000).astimezone(UTC)

    def needed_day(self, column: str) -> date:
        """Answer a day.

        Raises:
            Refused: the cell is none.
        """
        found = _day(self.text(column))
        return found or _refuse(column, "a day as 2026-11-22 or 22/11/2026")

    def needed_code(self, column: str, kind: type[CodeT], expected: str) -> CodeT:
        """Answer an identifier of a place or a school.

        Raises:
            Refused: the cell is none.
        """
        return _parsed(kind, self.text(column)) or _refuse(column, expected)

    def day(self, column: str) -> date | None:
        """Answer a day as it is written, never converted between zones."""
        return self._counted(column, _day(self.text(column)))

    def code(self, column: str, kind: type[CodeT]) -> CodeT | None:
        """Answer an identifier that the record can stand without."""
        return self._counted(column, _parsed(kind, self.text(column)))

    def nhs_number(self, column: str, *, test_numbers: bool) -> NhsNumber | None:
        """Answer an NHS number whose check digit is right."""
        try:
            return NhsNumber.parse(self.text(column), test_numbers=test_numbers)
        except InvalidIdentifier:
            return self._counted(column, None)

    def yes(self, column: str) -> bool:
        """Answer a yes or no; an empty cell is no.

        Raises:
            Refused: the cell is neither, so that nothing is told as if it were one of them.
        """
        spelling = self.text(column).casefold()
        if spelling not in _YES | _NO:
            _refuse(column, "Y or N")
        return spelling in _YES

    def _counted(self, column: str, found: T | None) -> T | None:
        if found is None and self.text(column):
            self.notes.drop(f"{column}_not_valid")
        return found


def _parsed(kind: type[CodeT], text: str) -> CodeT | None:
    try:
        return kind.parse(text)
    except InvalidIdentifier:
        return None


def _day(text: str) -> date | None:
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text[:_DAY_CHARACTERS])
    except (ValueError, OverflowError):  # a year beyond what a machine counts to
        return None
    return found if found.year >= YEAR_MIN else None


def _refuse(column: str, expected: str) -> NoReturn:
    raise Refused(column, expected)
