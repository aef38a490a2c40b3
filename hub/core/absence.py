"""One missed session of school, folded from what the school's registers said of it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from hub.core.event import Handling
from hub.core.identifiers import Urn
from hub.core.school_marks import AbsenceReason, SchoolSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A session marked as unexplained, unauthorised or of long sickness; no other mark is kept.

    One that was explained later is none: its mark was withdrawn, or a complete register that was
    read later no longer lists it.
    """

    fact_key: bytes
    event_id: bytes
    """The first revision of the fact: what an alert's id derives from."""
    record_ref: bytes
    agency: str
    """The school, as an agency."""
    school: Urn
    session_date: date
    session: SchoolSession
    began_at: datetime
    """When the session began."""
    code: str
    """National attendance code: N, G, O or U; I for long sickness, which no rule may count as an
    absence that nobody has accounted for."""
    reason: AbsenceReason
    minutes_late: int | None = None
    register_complete: bool | None = None
    sickness_days_in_a_row: int | None = None
    sickness_days_in_year: int | None = None
    """School days up to and with this one, as the school counts them; of sickness only."""
    received_at: datetime
    """When the hub first received any revision of it."""
    handling: Handling = field(default_factory=Handling)
    shielded: bool = False
    backfill: bool = False
