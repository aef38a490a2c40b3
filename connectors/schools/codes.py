"""The national attendance codes, as the table beside this module has them."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Final

from hub.core.school_marks import AbsenceReason


class CountsAs(StrEnum):
    """How the national statistics count a code; what of it is told is another matter."""

    PRESENT = "present"
    APPROVED = "approved"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    NOT_COUNTED = "not_counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceCode:
    """One code in force since 19 August 2024; ``told_as`` is ``None`` for what stays here.

    Of sickness only what is long enough is told: see ``sickness.is_told``.
    """

    code: str
    meaning: str
    counts_as: CountsAs
    told_as: AbsenceReason | None


def _read() -> dict[str, AttendanceCode]:
    text = files(__package__).joinpath("attendance_codes.csv").read_text(encoding="utf-8")
    return {
        row["code"]: AttendanceCode(
            code=row["code"],
            meaning=row["meaning"],
            counts_as=CountsAs(row["counts_as"]),
            told_as=AbsenceReason(row["told_as"]) if row["told_as"] else None,
        )
        for row in csv.DictReader(text.splitlines())
    }


CODES: Final = _read()
"""Every code in force."""

NO_MARK: Final = frozenset({"", "-"})
"""What registers hold where no mark was made: such a register is not complete."""

CODE_EXPECTED: Final = "a national attendance code in force since 19 August 2024"


def code_in(cell: str) -> AttendanceCode | None:
    """Answer the code in a cell, in either case, or ``None`` if it is none in force.

    A backslash may come doubled, as some exports write it.
    """
    text = cell.strip().upper()
    return CODES.get("\\" if text == "\\\\" else text)
