"""What agencies told of a child, in date order: what a duty worker reads before deciding.

A chronology holds what stands, for rules. A history keeps what was taken back as well, says when
each thing was told, and parts a period into its beginning and its end, each on its own day.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from hub.core.absence import Absence
from hub.core.absence_fold import fold_absence
from hub.core.chronology import (
    Attendance,
    RegisterEntry,
    StoredEvent,
    fold_attendance,
    in_order,
    is_withdrawn,
)
from hub.core.clock import LONDON
from hub.core.event import EventKind, EventState, Handling
from hub.core.handling import narrowest_handling
from hub.core.incident import Incident
from hub.core.incident_fold import fold_incident
from hub.core.plan_standing import last_day_of
from hub.core.school_marks import AbsenceReason

SAME_SPELL: Final = timedelta(days=4)
"""Absences so far apart at most are one spell: a weekend and a bank holiday lie between."""


class EntryState(StrEnum):
    """How an entry of a history stands."""

    STANDS = "stands"
    CORRECTED = "corrected"
    """It stands, and is not as it was first told."""
    WITHDRAWN = "withdrawn"
    """The agency took it back."""
    NO_LONGER_MARKED = "no_longer_marked"
    """A whole register that was read later does not mark the absence: it was explained."""


Happened = Attendance | Incident | RegisterEntry | tuple[Absence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened, or one end of a period, as it was told."""

    kind: EventKind
    on: datetime
    """By which it is ordered; the first moment of the day in London for what has a day only."""
    happened: Happened | None = field(repr=False)
    """The folded fact; ``None`` where no more than the kind and the day may be seen."""
    fact_keys: tuple[bytes, ...]
    agency: str
    """Who told it; empty where that would say where the child is."""
    ends: bool = False
    """The end of a period, whose beginning is an entry of its own."""
    until: datetime | None = None
    """Of a beginning: when the period ended; ``None`` if it has not."""
    told_at: datetime | None = None
    """When the hub first received it."""
    state: EntryState = EntryState.STANDS
    changed_at: datetime | None = None
    """When it was told to be otherwise, for every state but the first."""
    handling: Handling = field(default_factory=Handling)
    shielded: bool = False
    backfill: bool = False
    """Told as history when the feed was joined: no alert comes of it alone."""
    ground: bool = False
    """The alert that is looked at rests on it."""
    possible: bool = False
    """The record it belongs to is possibly this child's and not for certain."""
    other_child: bool = False
    """It is held as another child's, who is possibly this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTimes:
    """When a fact of a register was first told, and when it was last corrected."""

    first_at: datetime
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFacts:
    """Everything stored of one child that its history is made of."""

    events: tuple[StoredEvent, ...] = ()
    register: tuple[RegisterEntry, ...] = ()
    registers_read: Mapping[bytes, datetime] = field(default_factory=dict)
    """As ``absences`` takes it: when a whole register of a mark's session was last read."""
    told: Mapping[bytes, ToldTimes] = field(default_factory=dict)
    """Of the register's facts."""
    unsure_records: frozenset[bytes] = frozenset()


def history(facts: HistoryFacts, grounds: Collection[bytes] = ()) -> tuple[HistoryEntry, ...]:
    """Answer everything that was told of a child, the latest first.

    Args:
        facts: what is stored; what an agency deleted from its register is not among it.
        grounds: the facts on which the alert rests that is looked at.
    """
    entries = [*_happenings(facts, grounds), *_periods(facts)]
    marked = (
        replace(one, ground=not one.ends and not set(one.fact_keys).isdisjoint(grounds))
        for one in entries
    )
    return in_date_order(marked)


def in_date_order(entries: Iterable[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """Answer the entries with the latest first."""
    return tuple(
        sorted(entries, key=lambda one: (one.on, one.ends, one.kind, one.fact_keys), reverse=True)
    )


def since(entries: Iterable[HistoryEntry], begin: datetime | None) -> tuple[HistoryEntry, ...]:
    """Answer what reaches into the time from ``begin`` on; all of it for ``None``.

    A period that had not ended by then is in it, however long ago it began: that a plan is open
    must not be lost by looking at one year.
    """
    return tuple(one for one in entries if begin is None or _reaches(one, begin))


def _reaches(entry: HistoryEntry, begin: datetime) -> bool:
    is_period = isinstance(entry.happened, RegisterEntry) and not entry.ends
    if is_period and entry.until is None:
        return True
    return (entry.until or entry.on) >= begin


def _happenings(facts: HistoryFacts, grounds: Collection[bytes]) -> Iterator[HistoryEntry]:
    """Yield attendances, incidents and spells of absence; of sickness only what is a ground."""
    marks: list[_Mark] = []
    for fact, group in groupby(sorted(facts.events, key=in_order), key=lambda e: e.fact_key):
        revisions = tuple(group)
        read_at = facts.registers_read.get(fact)
        told = _folded(revisions if fact in grounds else _without_sickness(revisions))
        if told is None:
            continue
        state, changed_at = _state(revisions, told, read_at)
        unsure = told.record_ref in facts.unsure_records
        if isinstance(told, Absence):
            marks.append(_Mark(told, state, changed_at, possible=unsure))
        else:
            yield _moment(told, state, changed_at, possible=unsure)
    yield from _spells(marks)


def _without_sickness(revisions: Sequence[StoredEvent]) -> tuple[StoredEvent, ...]:
    """A pupil's health is shown by the alert that rests on it alone; what was told before stays."""
    return tuple(one for one in revisions if one.facts.get("reason") != AbsenceReason.SICKNESS)


def _folded(revisions: Sequence[StoredEvent]) -> Attendance | Incident | Absence | None:
    """Answer the fact as it was last told, whether or not it was taken back since."""
    said = tuple(one for one in revisions if one.state is not EventState.WITHDRAWN)
    if not said:
        return None
    match said[0].kind:
        case EventKind.EMERGENCY_ATTENDANCE:
            return fold_attendance(said)
        case EventKind.DOMESTIC_ABUSE_INCIDENT:
            return fold_incident(said)
        case EventKind.SCHOOL_ABSENCE:
            return fold_absence(said, None)
        case _:  # a register is given as last told, and details of a person are no happening
            return None


def _state(
    revisions: Sequence[StoredEvent],
    told: Attendance | Incident | Absence,
    register_read_at: datetime | None,
) -> tuple[EntryState, datetime | None]:
    """Answer how a fact stands and since when the hub knows."""
    if is_withdrawn(revisions):
        return EntryState.WITHDRAWN, _last(revisions, EventState.WITHDRAWN)
    if isinstance(told, Absence):
        stands = fold_absence(revisions, register_read_at)
        if stands is None or stands.reason is not told.reason:  # ended, or ill as was told since
            since_then = revisions[-1].received_at if stands else register_read_at
            return EntryState.NO_LONGER_MARKED, since_then
    corrected_at = _last(revisions, EventState.CORRECTED)
    return (EntryState.CORRECTED, corrected_at) if corrected_at else (EntryState.STANDS, None)


def _last(revisions: Sequence[StoredEvent], state: EventState) -> datetime | None:
    return max((one.received_at for one in revisions if one.state is state), default=None)


def _moment(
    told: Attendance | Incident, state: EntryState, changed_at: datetime | None, *, possible: bool
) -> HistoryEntry:
    attended = isinstance(told, Attendance)
    return HistoryEntry(
        kind=EventKind.EMERGENCY_ATTENDANCE if attended else EventKind.DOMESTIC_ABUSE_INCIDENT,
        on=told.arrived_at if isinstance(told, Attendance) else told.began_at,
        happened=told,
        fact_keys=(told.fact_key,),
        agency=told.agency,
        told_at=told.received_at,
        state=state,
        changed_at=changed_at,
        handling=told.handling,
        shielded=told.shielded,
        backfill=told.backfill,
        possible=possible,
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    absence: Absence
    state: EntryState
    changed_at: datetime | None
    possible: bool


def _spells(marks: Iterable[_Mark]) -> Iterator[HistoryEntry]:
    """Yield one entry for each spell of one school, and apart what was taken back of it."""

    def kept_apart(one: _Mark) -> tuple[str, EntryState, bool, bool]:
        ill = one.absence.reason is AbsenceReason.SICKNESS
        return (one.absence.agency, one.state, one.possible, ill)

    def placed(one: _Mark) -> tuple[str, EntryState, bool, bool, date, datetime, bytes]:
        absence = one.absence
        return (*kept_apart(one), absence.session_date, absence.began_at, absence.fact_key)

    for _, group in groupby(sorted(marks, key=placed), key=kept_apart):
        spell: list[_Mark] = []
        for mark in group:
            day = mark.absence.session_date
            if spell and day - spell[-1].absence.session_date > SAME_SPELL:
                yield _spell(spell)
                spell = []
            spell.append(mark)
        yield _spell(spell)


def _spell(marks: Sequence[_Mark]) -> HistoryEntry:
    missed = tuple(one.absence for one in marks)
    changed = [one.changed_at for one in marks if one.changed_at]
    return HistoryEntry(
        kind=EventKind.SCHOOL_ABSENCE,
        on=missed[0].began_at,
        until=missed[-1].began_at,
        happened=missed,
        fact_keys=tuple(one.fact_key for one in missed),
        agency=missed[0].agency,
        told_at=min(one.received_at for one in missed),
        state=marks[0].state,
        changed_at=max(changed, default=None),
        handling=narrowest_handling([one.handling for one in missed]),
        shielded=any(one.shielded for one in missed),
        backfill=all(one.backfill for one in missed),
        possible=marks[0].possible,
    )


def _periods(facts: HistoryFacts) -> Iterator[HistoryEntry]:
    """Yield the beginning and, if there is one, the end of each period of a register."""
    for entry in facts.register:
        told = facts.told.get(entry.fact_key)
        last_day = last_day_of(entry)
        end = _first_moment(last_day) if last_day else None
        begun = HistoryEntry(
            kind=entry.kind,
            on=_first_moment(entry.started_on) if entry.started_on else end or entry.as_at,
            until=end,
            happened=entry,
            fact_keys=(entry.fact_key,),
            agency=entry.agency,
            told_at=told.first_at if told else None,
            state=EntryState.CORRECTED if told and told.corrected_at else EntryState.STANDS,
            changed_at=told.corrected_at if told else None,
            shielded=entry.shielded,
            backfill=entry.backfill,
            possible=entry.record_ref in facts.unsure_records,
        )
        yield begun
        if end is not None:
            yield replace(begun, on=end, ends=True, state=EntryState.STANDS, changed_at=None)


def _first_moment(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=LONDON)
