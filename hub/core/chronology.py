"""What is known of one child, in order: the only state that rules and answers are given.

Stored events are single revisions of facts as agencies told them. An attendance is the fold of
its revisions; a register entry is the register as last told. A chronology holds both for every
record that is linked to one child.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hub.core.event import Contact, DepartmentType, EventKind, EventState, Handling
from hub.core.identifiers import GssCode, OdsCode


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One revision of one fact as the database holds it; ``facts`` are coded and hold no names.

    ``facts`` has the keys of the Avro facts record; instants are ISO 8601 strings in UTC, dates
    ISO dates. ``received_at`` is the broker's append time.
    """

    event_id: bytes
    fact_key: bytes
    record_ref: bytes
    agency: str
    kind: EventKind
    revision: int
    state: EventState
    occurred_at: datetime
    recorded_at: datetime
    received_at: datetime
    facts: Mapping[str, object]
    cleared: tuple[str, ...] = ()
    handling: Handling = Handling()
    shielded: bool = False
    backfill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One attendance, folded from its revisions; withdrawn ones are not in a chronology."""

    fact_key: bytes
    event_id: bytes
    """The first revision of the fact: what an alert's id derives from."""
    record_ref: bytes
    agency: str
    arrived_at: datetime
    site_code: OdsCode | None = None
    site_as_sent: str | None = None
    departed_at: datetime | None = None
    department_type: DepartmentType = DepartmentType.UNKNOWN
    attendance_category: str | None = None
    disposition: str | None = None
    left_before_seen: bool = False
    injury: bool | None = None
    age_months: int | None = None
    received_at: datetime
    """When the hub first received any revision of it."""
    handling: Handling = Handling()
    shielded: bool = False
    backfill: bool = False


class Listing(StrEnum):
    """How the register last spoke of a plan."""

    LISTED = "listed"
    """Told by the register, open or with an end of its own."""
    NOT_LISTED = "not_listed"
    """A full extract no longer lists it: closed by omission, shown as "no longer listed since"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """A plan or period of care, as its register last told it; deleted ones are not kept here."""

    fact_key: bytes
    event_id: bytes
    record_ref: bytes
    agency: str
    """The council that reports it, by its GSS code."""
    kind: EventKind
    authority: GssCode | None
    """Who holds it; ``None`` when it is held for another authority that is not named."""
    started_on: date | None
    ended_on: date | None = None
    due_on: date | None = None
    born_on: date | None = None
    category_latest: str | None = None
    held_for_another_authority: bool = False
    listing: Listing = Listing.LISTED
    not_listed_since: date | None = None
    as_at: datetime
    """The instant at which the register was read that last told it."""
    contacts: tuple[Contact, ...] = field(default=(), repr=False)
    shielded: bool = False
    backfill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronology:
    """Everything known of one child. ``attendances`` by arrival, ``register`` by start."""

    child_ref: bytes
    attendances: tuple[Attendance, ...] = ()
    register: tuple[RegisterEntry, ...] = ()
    home_authorities: tuple[GssCode, ...] = ()
    """Authorities of the known home addresses, the latest first."""
    birth_date: date | None = field(default=None, repr=False)
    shielded: bool = False
