"""What a row of ``registers.csv`` says: which register, when it was read, if it is whole. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from connectors.schools.tables import Row
from hub.core.clock import LONDON
from hub.core.identifiers import Urn
from hub.core.school_marks import SchoolSession
from hub.errors import InvalidIdentifier

AHEAD_MAX: Final = timedelta(minutes=5)
"""How far the school's clock may run ahead of ours."""

MARKS_DIGITS_MAX: Final = 9
"""Python refuses to read a number of thousands of digits."""

YEAR_MIN: Final = 2000
_SESSIONS: Final = {"am": SchoolSession.AM, "pm": SchoolSession.PM}
_YES: Final = frozenset({"y", "yes", "true", "1"})
_NO: Final = frozenset({"", "n", "no", "false", "0"})


class UnusableRow(Exception):  # noqa: N818  # named for what it says of the row
    """A row cannot be used; it names the column and what was expected, never the cell's text."""

    def __init__(self, column: str, expected: str) -> None:
        super().__init__(f"{column}: {expected}")
        self.column = column
        self.expected = expected


@dataclass(frozen=True, slots=True, order=True)
class RegisterKey:
    """One register: a school, a day and a session."""

    urn: str
    day: date
    session: SchoolSession

    @property
    def words(self) -> str:
        """For an operator, such as ``register 107200 2026-11-20 am``."""
        return f"register {self.urn} {self.day.isoformat()} {self.session.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register of a delivery; ``marks`` is how many rows ``marks.csv`` must have for it."""

    key: RegisterKey
    read_at: datetime
    complete: bool
    marks: int
    reference: str


def read_key(row: Row) -> RegisterKey:
    """Answer which register a row of either table is of.

    Raises:
        UnusableRow: the row, the school, the day or the session cannot be read.
    """
    if row.flaw:
        raise UnusableRow("row", row.flaw)
    try:
        school = Urn.parse(row.text("urn"))
    except InvalidIdentifier:
        raise UnusableRow("urn", "the URN of a school, six digits") from None
    session = _SESSIONS.get(row.text("session").casefold())
    if session is None:
        raise UnusableRow("session", "AM or PM")
    return RegisterKey(school.reveal(), read_day(row, "date"), session)


def read_register(row: Row, started_at: datetime) -> Register:
    """Answer what a row of ``registers.csv`` says.

    Raises:
        UnusableRow: a cell cannot be read, it was read in the future, or before its day.
    """
    key = read_key(row)
    count = row.text("marks")
    if not (count.isascii() and count.isdigit() and len(count) <= MARKS_DIGITS_MAX):
        raise UnusableRow("marks", "how many rows marks.csv has for the register")
    read_at = _instant(row, started_at)
    if key.day > read_at.astimezone(LONDON).date():
        raise UnusableRow("date", "a day that is not later than read_at")
    return Register(
        key=key,
        read_at=read_at,
        complete=read_flag(row, "complete"),
        marks=int(count),
        reference=row.reference,
    )


def read_day(row: Row, column: str) -> date:
    """Answer the day in a cell, as 2026-11-20 or 20/11/2026.

    Raises:
        UnusableRow: there is none.
    """
    text = row.text(column)
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text[:10])
    except (ValueError, OverflowError):  # a year beyond what a machine counts to
        found = date.min
    if found.year < YEAR_MIN:
        raise UnusableRow(column, f"a date as YYYY-MM-DD or DD/MM/YYYY, from {YEAR_MIN} on")
    return found


def read_flag(row: Row, column: str) -> bool:
    """Answer a yes or no; an empty cell is no.

    Raises:
        UnusableRow: the cell is none of the spellings of yes and no.
    """
    spelling = row.text(column).casefold()
    if spelling in _YES:
        return True
    if spelling in _NO:
        return False
    raise UnusableRow(column, "Y or N")


def is_restricted(row: Row) -> bool:
    """Answer whether a pupil's whereabouts are withheld: any word but a plain no says so."""
    return row.text("restricted").casefold() not in _NO


def _instant(row: Row, started_at: datetime) -> datetime:
    expected = "when the register was read, ISO 8601 with its offset, not in the future"
    try:
        at = datetime.fromisoformat(row.text("read_at"))
    except ValueError:
        raise UnusableRow("read_at", expected) from None
    if at.tzinfo is None or at > started_at + AHEAD_MAX or at.year < YEAR_MIN:
        raise UnusableRow("read_at", expected)
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
