"""The marks of a school register that may be told to the hub, and what each counts as.

National codes in force since 19 August 2024: The School Attendance (Pupil Registration) (England)
Regulations 2024, SI 2024/208, regulation 10. ``connectors/schools/attendance_codes.csv`` has all.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub.core.identifiers import Urn


class SchoolSession(StrEnum):
    """Half a school day: registers are taken once in each."""

    UNKNOWN = "unknown"
    AM = "am"
    PM = "pm"


class AbsenceReason(StrEnum):
    """How an absence that is told counts: with no reason known yet, without leave, or ill."""

    UNKNOWN = "unknown"
    UNEXPLAINED = "unexplained"
    UNAUTHORISED = "unauthorised"
    SICKNESS = "sickness"
    """Too ill to attend; told only where it lasts so long that the school makes a return of it."""


REASON_OF_CODE: Final = {
    "N": AbsenceReason.UNEXPLAINED,  # reason for absence not yet established
    "G": AbsenceReason.UNAUTHORISED,  # holiday that was not granted
    "O": AbsenceReason.UNAUTHORISED,  # absent, no other code applies
    "U": AbsenceReason.UNAUTHORISED,  # arrived after the register had closed
}
"""Unexplained and unauthorised: what is told, and what rules may count as an absence that nobody
has accounted for. Every other mark stays at the school, but for long sickness."""

SICKNESS_CODE: Final = "I"

SICKNESS_DAYS_LEAST: Final = 15
"""School days, in a row or in a school year, from which a mark of sickness may be told: those of
the sickness return that schools make by statutory guidance (*Working together to improve school
attendance*, in force since 19 August 2024). A shorter illness is nobody's affair here."""

SICKNESS_DAYS_MOST: Final = 366

SICKNESS_COUNTS: Final = ("sickness_days_in_a_row", "sickness_days_in_year")
"""The facts that say how long, of which one at least must be said."""

REASON_AS_TOLD: Final = REASON_OF_CODE | {SICKNESS_CODE: AbsenceReason.SICKNESS}
"""Every mark that may be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkTold:
    """Coded facts of one mark of a register; ``None`` is unchanged."""

    school: Urn | None = None
    session_date: date | None = None
    session: SchoolSession = SchoolSession.UNKNOWN
    code: str | None = None
    reason: AbsenceReason = AbsenceReason.UNKNOWN
    minutes_late: int | None = None
    register_complete: bool | None = None
    sickness_days_in_a_row: int | None = None
    """School days, with this one, as the school counts them; of sickness only."""
    sickness_days_in_year: int | None = None

    @property
    def sickness_days(self) -> int:
        """The longer of the two counts; 0 if the school says neither."""
        return max(self.sickness_days_in_a_row or 0, self.sickness_days_in_year or 0)
