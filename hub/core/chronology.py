"""What is known of one child, in order: the only state that rules and answers are given.

Stored events are single revisions of facts as agencies told them. An attendance is the fold of
its revisions; a register entry is the register as last told. A chronology holds both for every
record that is linked to one child.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Self

from hub.core import attendance_facts as told
from hub.core.absence import Absence
from hub.core.event import (
    Contact,
    CountedBecause,
    DepartmentType,
    EventKind,
    EventState,
    Handling,
)
from hub.core.handling import folded_handling
from hub.core.identifiers import GssCode, OdsCode
from hub.core.incident import Incident
from hub.core.siblings import Sibling
from hub.core.wake import Woken
from hub.errors import InvalidIdentifier


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
    handling: Handling = field(default_factory=Handling)
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
    departure: told.DepartureManner = told.DepartureManner.UNKNOWN
    safeguarding_concerns: tuple[str, ...] = ()
    """Codes of the safeguarding concern reference set."""
    clinician_concern: told.ClinicianConcern = told.ClinicianConcern.UNKNOWN
    held_from: datetime | None = None
    hold_ended_at: datetime | None = None
    received_at: datetime
    """When the hub first received any revision of it."""
    handling: Handling = field(default_factory=Handling)
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
    end_reason: str | None = None
    """The agency's coded reason of the end; ``transferred`` or SSDA903 ``E3`` is not an end."""
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
    incidents: tuple[Incident, ...] = ()
    """Domestic-abuse incidents, by when they began."""
    absences: tuple[Absence, ...] = ()
    """Sessions missed without a known reason or without leave, by day and session."""
    household: tuple[Sibling, ...] = ()
    """The other children of its household, where a policy lets rules read of them."""
    home_authorities: tuple[GssCode, ...] = ()
    """Authorities of the known home addresses, the latest first."""
    birth_date: date | None = field(default=None, repr=False)
    shielded: bool = False
    withheld: frozenset[bytes] = frozenset()
    """Facts that were left out because nothing may be told of them yet (``withheld.told_by``)."""
    woken: tuple[Woken, ...] = ()
    """The wakes of rules whose time has come for this child."""

    def without(self, fact_keys: Container[bytes]) -> Self:
        """Answer the same chronology but for these attendances, incidents and absences."""
        return replace(
            self,
            household=tuple(one.without(fact_keys) for one in self.household),
            attendances=tuple(o for o in self.attendances if o.fact_key not in fact_keys),
            incidents=tuple(o for o in self.incidents if o.fact_key not in fact_keys),
            absences=tuple(o for o in self.absences if o.fact_key not in fact_keys),
        )


def attendances(events: Iterable[StoredEvent]) -> tuple[Attendance, ...]:
    """Answer the attendances that stand, by arrival; events of other kinds are passed over."""
    emergencies = (event for event in events if event.kind is EventKind.EMERGENCY_ATTENDANCE)
    by_fact = groupby(sorted(emergencies, key=in_order), key=lambda event: event.fact_key)
    folded = (fold_attendance(tuple(revisions)) for _, revisions in by_fact)
    standing = [attendance for attendance in folded if attendance is not None]
    return tuple(sorted(standing, key=lambda one: (one.arrived_at, one.fact_key)))


def fold_attendance(revisions: Sequence[StoredEvent]) -> Attendance | None:
    """Fold the revisions of one fact, in the order of the source; arrival order does not matter.

    A fact that is ``None`` is unchanged; a name in ``cleared`` deletes it. Answers ``None`` if the
    attendance is withdrawn (a correction does not bring it back, a later report does) or if no
    revision says that the visit counts as an emergency attendance. Shielding, once set, stays;
    of several wishes how to handle it see ``folded_handling``.
    """
    ordered: Sequence[StoredEvent] = revisions
    if len(revisions) > 1:
        ordered = sorted({event.event_id: event for event in revisions}.values(), key=in_order)
    facts = folded_facts(ordered)
    if is_withdrawn(ordered) or "counted_because" not in facts:
        return None
    first, last = ordered[0], ordered[-1]
    received_at = min(event.received_at for event in ordered)
    return Attendance(
        fact_key=first.fact_key,
        event_id=first.event_id,
        record_ref=last.record_ref,
        agency=last.agency,
        arrived_at=instant_in(facts.get("arrived_at")) or min(e.occurred_at for e in ordered),
        site_code=_site(facts.get("site_code")),
        site_as_sent=text_in(facts.get("site_as_sent")),
        departed_at=instant_in(facts.get("departed_at")),
        department_type=_department(facts.get("department_type")),
        attendance_category=text_in(facts.get("attendance_category")),
        disposition=text_in(facts.get("disposition")),
        left_before_seen=flag_in(facts.get("left_before_seen")) or False,
        injury=flag_in(facts.get("injury")),
        age_months=whole_number_in(facts.get("age_months")),
        departure=told.departure_in(facts.get("departure"), text_in(facts.get("disposition"))),
        safeguarding_concerns=told.concerns_in(facts.get("safeguarding_concerns")),
        clinician_concern=told.clinician_concern_in(facts.get("clinician_concern")),
        held_from=instant_in(facts.get("held_from")),
        hold_ended_at=instant_in(facts.get("hold_ended_at")),
        received_at=received_at,
        handling=folded_handling([event.handling for event in ordered], received_at),
        shielded=any(event.shielded for event in ordered),
        backfill=all(event.backfill for event in ordered),
    )


def sites_at_least(attendances: Sequence[Attendance]) -> int:
    """Answer how many different sites there were for certain.

    A site that is not known may be any other of the same trust, so it counts only for a trust of
    which no site is known.
    """
    known = {one.site_code for one in attendances if one.site_code is not None}
    placed = {one.agency for one in attendances if one.site_code is not None}
    unplaced = {one.agency for one in attendances} - placed
    return len(known) + len(unplaced)


def in_order(event: StoredEvent) -> tuple[bytes, int, bytes]:
    """Answer the place of a revision: its fact, then the order of the source."""
    return (event.fact_key, event.revision, event.event_id)


_SAYS_NOTHING = CountedBecause.UNKNOWN.value


def folded_facts(ordered: Sequence[StoredEvent]) -> Mapping[str, object]:
    """Answer what is known after all revisions; ``unknown`` says as little as ``None``."""
    facts: dict[str, object] = {}
    for event in ordered:
        for name in event.cleared:
            if name != "counted_because":  # that a visit counted is never a value to delete
                facts.pop(name, None)
        facts |= {
            name: value
            for name, value in event.facts.items()
            if value is not None and value != _SAYS_NOTHING
        }
    return facts


def is_withdrawn(ordered: Sequence[StoredEvent]) -> bool:
    """Answer whether a fact is taken back: a correction does not bring it back, a report does."""
    withdrawn = False
    for event in ordered:
        if event.state is EventState.WITHDRAWN:
            withdrawn = True
        elif event.state is EventState.REPORTED:
            withdrawn = False
    return withdrawn


def text_in(value: object) -> str | None:
    """Answer a stored text, or ``None`` for an empty one and anything else."""
    return value if isinstance(value, str) and value else None


def flag_in(value: object) -> bool | None:
    """Answer a stored yes or no, or ``None`` for anything else."""
    return value if isinstance(value, bool) else None


def whole_number_in(value: object) -> int | None:
    """Answer a stored whole number, or ``None`` for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def instant_in(value: object) -> datetime | None:
    """Answer a stored instant, or ``None`` where none was said."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value) if isinstance(value, str) else None


_DEPARTMENTS = {kind.value: kind for kind in DepartmentType}


def _department(value: object) -> DepartmentType:
    return _DEPARTMENTS.get(text_in(value) or "", DepartmentType.UNKNOWN)


def _site(value: object) -> OdsCode | None:
    """Answer the site; one that is not a valid code never costs the attendance."""
    text = text_in(value)
    if text is None:
        return None
    try:
        return OdsCode(text)
    except InvalidIdentifier:
        return None
