"""The rows of school registers, and what was removed because it had waited its time."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One session of one school of which a report tells, and when its register was complete."""

    agency: str
    session_date: date
    session: str
    complete_as_at: datetime | None
    """``None`` where the report does not tell of a whole register."""
    received_at: datetime
    """When the report came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What was removed because it had waited its time."""

    marks: int = 0
    records: int = 0
    sessions: int = 0

    def __add__(self, other: "Expired") -> "Expired":
        return Expired(
            marks=self.marks + other.marks,
            records=self.records + other.records,
            sessions=self.sessions + other.sessions,
        )
