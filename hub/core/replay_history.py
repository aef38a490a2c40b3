"""What is read of one child to replay it: coded facts and when the hub came to know them.

Who is who, where a child lives, which records are shielded and what of a household is read are
taken as they are known today: the hub keeps no former address, and a rule shall be judged by what
is right by now about whom a fact concerns. Everything else is known from when it came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hub.core.chronology import Listing, RegisterEntry, StoredEvent, flag_in, text_in
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.errors import InvalidIdentifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SiblingHistory:
    """Another child of the household, and what happened to it that rules may read."""

    child_ref: bytes
    since: datetime
    events: tuple[StoredEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayHistory:
    """Everything of one child that a replay needs; nothing in it was sealed but days of birth."""

    child_ref: bytes
    events: tuple[StoredEvent, ...] = ()
    """Revisions of attendances, incidents and absences."""
    plans: tuple[StoredEvent, ...] = ()
    """Revisions of plans and periods, their facts as told."""
    omitted: Mapping[bytes, datetime] = field(default_factory=dict)
    """By the plan's fact: when the register was read that first left it out."""
    registers_read: Mapping[bytes, tuple[datetime, datetime]] = field(default_factory=dict)
    """By the fact of a mark: when a complete register of its session was last read, and came."""
    home_authorities: tuple[GssCode, ...] = ()
    birth_date: date | None = field(default=None, repr=False)
    """Only where it was asked for."""
    shielded: bool = False
    """By a record."""
    household: tuple[SiblingHistory, ...] = ()


def entry_told(told: StoredEvent, omitted_at: datetime | None, *, shielded: bool) -> RegisterEntry:
    """Answer a plan or period as this revision told it; ``shielded`` once any revision was."""
    facts, ended_on = told.facts, _day(told.facts.get("ended_on"))
    left_out = ended_on is None and omitted_at is not None and omitted_at > told.recorded_at
    return RegisterEntry(
        fact_key=told.fact_key,
        event_id=told.event_id,
        record_ref=told.record_ref,
        agency=told.agency,
        kind=EventKind(told.kind),
        authority=_authority(facts.get("authority")),
        started_on=_day(facts.get("started_on")),
        ended_on=ended_on,
        due_on=_day(facts.get("due_on")),
        born_on=_day(facts.get("born_on")),
        category_latest=text_in(facts.get("category_latest")),
        held_for_another_authority=flag_in(facts.get("held_for_another_authority")) or False,
        end_reason=text_in(facts.get("end_reason")),
        listing=Listing.NOT_LISTED if left_out else Listing.LISTED,
        not_listed_since=omitted_at.date() if left_out and omitted_at else None,
        as_at=told.recorded_at,
        shielded=shielded,
        backfill=told.backfill,
    )


def _day(value: object) -> date | None:
    text = text_in(value)
    return date.fromisoformat(text) if text else None


def _authority(value: object) -> GssCode | None:
    try:
        return GssCode.parse(text_in(value) or "")
    except InvalidIdentifier:
        return None
