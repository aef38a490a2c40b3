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
    """How an absence that is told counts: with no reason known yet, or without leave."""

    UNKNOWN = "unknown"
    UNEXPLAINED = "unexplained"
    UNAUTHORISED = "unauthorised"


REASON_OF_CODE: Final = {
    "N": AbsenceReason.UNEXPLAINED,  # reason for absence not yet established
    "G": AbsenceReason.UNAUTHORISED,  # holiday that was not granted
    "O": AbsenceReason.UNAUTHORISED,  # absent, no other code applies
    "U": AbsenceReason.UNAUTHORISED,  # arrived after the register had closed
}
"""Unexplained and unauthorised: what is told. Every other mark stays at the school."""


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
