"""Extracts that wait for a named person, and those on which one has decided."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingExtract:
    """A full extract that would close too many plans, and waits for a named person.

    ``flawed``: a row of it could not be used, so that a plan may be missing from it by mistake.
    """

    agency: str
    extract_id: str
    as_at: datetime
    would_close: int
    open_before: int
    flawed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractTold:
    """One extract that waits or was decided on, for those who decide; it names nobody."""

    extract_id: str
    state: str
    as_at: datetime
    received_at: datetime
    publisher: str
    connector: str
    would_close: int
    open_before: int
    ceiling: int
    """The most that one closes without a person."""
    flawed: bool
    closing: tuple[tuple[str, date | None], ...] = ()
    """Kind and first day of the plans that it would close, if it waits; the latest first."""
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None
