"""Which marks of sickness leave the school: those of which it makes a return. Pure.

Of a pupil's health nothing is told but that the school has marked it ill on so many school days;
and only from the count on from which statutory guidance has schools tell their authority anyway.
"""

from collections import Counter
from typing import Final

from connectors.schools.codes import AttendanceCode
from connectors.schools.tables import Row
from hub.core.school_marks import (
    SICKNESS_COUNTS,
    SICKNESS_DAYS_LEAST,
    SICKNESS_DAYS_MOST,
    AbsenceReason,
)

COUNT_NOT_VALID: Final = "ill_days_not_valid"
_COLUMNS: Final = dict(
    zip(SICKNESS_COUNTS, ("ill_days_in_a_row", "ill_days_this_year"), strict=True)
)
_DIGITS_MAX: Final = 3


def is_told(code: AttendanceCode, row: Row) -> bool:
    """Answer whether a mark is told: with no reason, without leave, or of sickness so long.

    Also of a mark that was changed since: the counts of its row are those that it had.
    """
    if code.told_as is AbsenceReason.SICKNESS:
        return max(counts_in(row).values(), default=0) >= SICKNESS_DAYS_LEAST
    return code.told_as is not None


def counts_in(row: Row, dropped: Counter[str] | None = None) -> dict[str, int]:
    """Answer the counts of a row by the names of their facts; one that is none is left out.

    Args:
        row: of ``marks.csv``.
        dropped: where to count what is left out.
    """
    found = {}
    for name, column in _COLUMNS.items():
        text = row.text(column)
        if not text:
            continue
        if _is_count(text) and 1 <= int(text) <= SICKNESS_DAYS_MOST:
            found[name] = int(text)
        elif dropped is not None:
            dropped[COUNT_NOT_VALID] += 1
    return found


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX
