"""What one Kafka message holds: the clear header and the sealed body of an agency's report."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hub.core.event import Event, EventKind
from hub.core.school_marks import SchoolSession

EVENTS_PER_REPORT_MAX = 500
REFUSALS_PER_REPORT_MAX = 500
SUITE = "X25519-HKDF-SHA256-AES256GCM"
REGISTER_ROW_REFUSED = "register_row_refused"
"""The code of a feed's fault: a row that may hide a plan was not told, so the register is
incomplete as told."""


class Feed(StrEnum):
    """The feeds of the hub; each has its own topic and its own worker process."""

    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    POLICE = "police"
    SCHOOLS = "schools"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A register extract that is sent in slices."""

    extract_id: str
    slice: int
    slices: int
    as_at: datetime
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportHeader:
    """The clear part of a report: who, for whom, in what order, how sealed."""

    report_id: bytes
    feed: str
    publisher: str
    agency: str
    connector: str
    epoch: int
    sequence: int
    created_at: datetime
    source_as_of: datetime
    event_schemas: tuple[str, ...]
    suite: str
    key_id: str
    extract: Extract | None = None
    backfill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan:
    """One plan that the council's daily statement lists as open."""

    kind: EventKind
    source_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterStatement:
    """A slice of the daily statement of open plans."""

    statement_id: str
    as_at: datetime
    slice: int
    slices: int
    open_plans: tuple[OpenPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRegister:
    """Which school register a report is of; a complete one ends absences that it does not list."""

    school: str
    """URN: six digits."""
    session_date: date
    session: SchoolSession
    as_at: datetime
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What a connector left out on purpose, counted by coded reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A record that a connector could not use: where, which field, what was expected."""

    reference: str
    field: str
    expected: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFault:
    """Something about a feed that a person should mend; never about a person."""

    code: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorStatus:
    """What a connector has done since its last heartbeat."""

    read_count: int
    dropped: tuple[Dropped, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    faults: tuple[FeedFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBody:
    """The sealed part of a report. No events and a status is a heartbeat."""

    events: tuple[Event, ...] = ()
    statement: RegisterStatement | None = None
    status: ConnectorStatus | None = None
    attendance_register: AttendanceRegister | None = None
