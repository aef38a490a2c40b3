"""Whether the numbers and times in a report can be counted with: its place, and its slice.

What a publisher signs may still be absurd, by a bug or by malice: a slice beyond the last, a
sequence number that leaves a gap of quadrillions, an extract as at next year that would pass for
fresh until then. Such a report is parked with a reason, and its register reads incomplete.
"""

from datetime import datetime, timedelta
from typing import Final

from hub.core.identifiers import Urn
from hub.core.reasons import ParkReason
from hub.core.report import (
    AttendanceRegister,
    ConnectorStatus,
    Feed,
    RegisterStatement,
    ReportHeader,
)
from hub.core.school_marks import SchoolSession
from hub.errors import InvalidIdentifier, ReportFault

SEQUENCE_MAX: Final = 2**53
"""Our own limit: beyond it numbers are no longer exact in every system that reads them."""

SLICES_MAX: Final = 100_000
"""Our own limit: fifty million plans in slices of 500."""

COUNT_MAX: Final = 2**40
"""Our own limit: so many reports add up without end before a sum is too large for its column."""

AHEAD_MAX: Final = timedelta(minutes=10)
"""How far ahead of the broker's clock a council's may be; our own, as in ``status_registers``."""


def check_place(header: ReportHeader) -> None:
    """Refuse a report whose place in its spool cannot be counted.

    Raises:
        ReportFault: the epoch or the sequence number is out of range.
    """
    if header.epoch < 0 or not 1 <= header.sequence <= SEQUENCE_MAX:
        raise ReportFault(
            f"The report's epoch is {header.epoch} and its sequence number {header.sequence}; "
            f"an epoch of 0 or more and a number from 1 to {SEQUENCE_MAX} were expected.",
            code=ParkReason.SEQUENCE_UNUSABLE,
        )


def check_extract(header: ReportHeader, feed: Feed, received_at: datetime) -> None:
    """Refuse a slice of an extract that cannot be one.

    Raises:
        ReportFault: it is not of a register, beyond the last slice, or from the future.
    """
    extract = header.extract
    if extract is not None:
        _check_slice("extract", extract.slice, extract.slices, feed)
        _check_as_at("extract", extract.as_at, received_at)


def check_statement(statement: RegisterStatement | None, feed: Feed, received_at: datetime) -> None:
    """Refuse a slice of a statement of open plans that cannot be one.

    Raises:
        ReportFault: it is not of a register, beyond the last slice, or from the future.
    """
    if statement is not None:
        _check_slice("statement", statement.slice, statement.slices, feed)
        _check_as_at("statement", statement.as_at, received_at)


def check_attendance_register(
    register: AttendanceRegister | None, feed: Feed, agency: str, received_at: datetime
) -> None:
    """Refuse a school register that cannot be the one that this report may tell of.

    Raises:
        ReportFault: it came on another feed, is of another school, or from the future.
    """
    if register is None:
        return
    try:
        own = Urn(register.school).agency == agency
    except InvalidIdentifier:
        own = False
    if feed is not Feed.SCHOOLS or not own or register.session is SchoolSession.UNKNOWN:
        raise ReportFault(
            "The report is of a school register; on the schools feed, a morning or afternoon "
            "session of the school that the report is for was expected.",
            code=ParkReason.ATTENDANCE_REGISTER_UNUSABLE,
        )
    if register.as_at > received_at + AHEAD_MAX:
        raise ReportFault(
            f"The school register says that it is as at {register.as_at:%Y-%m-%d %H:%M} UTC and "
            f"arrived before that; at most {AHEAD_MAX.seconds // 60} minutes later was expected.",
            code=ParkReason.ATTENDANCE_REGISTER_UNUSABLE,
        )


def check_status(status: ConnectorStatus | None) -> None:
    """Refuse what a connector has counted if it cannot be added up.

    Raises:
        ReportFault: a count is below 0 or absurdly large.
    """
    if status is None:
        return
    counts = (status.read_count, *(one.count for one in status.dropped))
    if not all(0 <= count <= COUNT_MAX for count in counts):
        raise ReportFault(
            f"The connector's status counts something below 0 or beyond {COUNT_MAX}; a count of"
            " what it has read or left out was expected.",
            code=ParkReason.BODY_UNREADABLE,
        )


def _check_slice(what: str, number: int, slices: int, feed: Feed) -> None:
    if feed is not Feed.SOCIAL_CARE:
        raise ReportFault(
            f"The report is a slice of a register's {what} and came on feed {feed}; "
            f"registers are told on feed {Feed.SOCIAL_CARE}.",
            code=ParkReason.EXTRACT_UNUSABLE,
        )
    if not 1 <= slices <= SLICES_MAX or not 0 <= number < slices:
        raise ReportFault(
            f"The report is slice {number} of {slices} of its {what}; 1 to {SLICES_MAX} slices, "
            "numbered from 0, were expected.",
            code=ParkReason.EXTRACT_UNUSABLE,
        )


def _check_as_at(what: str, as_at: datetime, received_at: datetime) -> None:
    if as_at > received_at + AHEAD_MAX:
        raise ReportFault(
            f"The {what} says that it is as at {as_at:%Y-%m-%d %H:%M} UTC and arrived before that; "
            f"a time at most {AHEAD_MAX.seconds // 60} minutes after its arrival was expected.",
            code=ParkReason.EXTRACT_UNUSABLE,
        )
