"""What the hub knew of one child at an instant of a replay, kept up to date fact by fact.

A chronology is folded from scratch where the hub decides; here only the fact is folded anew of
which something has come, so that a child's hundredth event costs what its first did.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from hub.core.absence import Absence
from hub.core.absence_fold import fold_absence, place_in_order
from hub.core.chronology import (
    Attendance,
    Chronology,
    StoredEvent,
    attendances,
    fold_attendance,
)
from hub.core.event import EventKind, EventState
from hub.core.incident import Incident
from hub.core.incident_fold import fold_incident, incidents
from hub.core.replay_history import ReplayHistory, SiblingHistory, entry_told
from hub.core.rules import said_yes
from hub.core.siblings import Sibling


class KnownThen:
    """The chronology of one child as time goes on."""

    def __init__(self, history: ReplayHistory) -> None:
        """Nothing is known yet."""
        self._history = history
        self._at: datetime | None = None
        self._coming = sorted(
            [*history.events, *history.plans], key=lambda one: one.received_at, reverse=True
        )
        self._told: dict[bytes, list[StoredEvent]] = {}
        self._folded: dict[EventKind, dict[bytes, Any]] = {kind: {} for kind in _PLACE}
        self._in_order: dict[EventKind, tuple[Any, ...]] = {}
        self._register: dict[bytes, StoredEvent] = {}
        self._read = sorted(
            (came_at, fact, read_at) for fact, (read_at, came_at) in history.registers_read.items()
        )
        self._read.reverse()
        self._left_out = sorted((at, fact) for fact, at in history.omitted.items())
        self._left_out.reverse()
        self._ended: dict[bytes, datetime] = {}
        self.counts: Counter[EventKind] = Counter()
        """How many facts of each kind were ever told."""
        self.said: set[str] = set()
        """Which of the facts that rules ask for were ever answered yes."""

    def instants(self) -> Iterable[datetime]:
        """Answer when anything becomes known, in no order and with repetitions."""
        history = self._history
        yield from (one.received_at for one in self._coming)
        yield from history.omitted.values()
        yield from (came_at for _, came_at in history.registers_read.values())
        for sibling in history.household:
            yield sibling.since
            yield from (one.received_at for one in sibling.events)

    def learn(self, until: datetime) -> frozenset[EventKind]:
        """Take in what has become known by an instant; answer the kinds of which something has."""
        kinds = set()
        while self._coming and self._coming[-1].received_at <= until:
            event = self._coming.pop()
            kinds.add(event.kind)
            self._take(event)
        while self._read and self._read[-1][0] <= until:
            _, fact, read_at = self._read.pop()
            self._ended[fact] = read_at
            if fact in self._told:
                kinds.add(EventKind.SCHOOL_ABSENCE)
                self._fold(EventKind.SCHOOL_ABSENCE, fact)
        while self._left_out and self._left_out[-1][0] <= until:
            _, fact = self._left_out.pop()
            kinds |= {one.kind for one in self._told.get(fact, ())}
        self._at = until
        return frozenset(kinds)

    def has_household(self) -> bool:
        """Answer whether anything of siblings was told that a rule may read."""
        return bool(self._history.household)

    def chronology(self) -> Chronology:
        """Answer everything known by the last instant learnt."""
        history, register = self._history, self._entries()
        attended = self._standing(EventKind.EMERGENCY_ATTENDANCE)
        reported = self._standing(EventKind.DOMESTIC_ABUSE_INCIDENT)
        return Chronology(
            child_ref=history.child_ref,
            attendances=attended,
            register=register,
            incidents=reported,
            absences=self._standing(EventKind.SCHOOL_ABSENCE),
            household=self._siblings() if history.household else (),
            home_authorities=history.home_authorities,
            birth_date=history.birth_date,
            shielded=history.shielded
            or any(entry.shielded for entry in register)
            or any(one.shielded for one in attended)
            or any(one.shielded for one in reported),
        )

    def _take(self, event: StoredEvent) -> None:
        told = self._told.get(event.fact_key)
        if told is None:
            told = self._told[event.fact_key] = []
            self.counts[event.kind] += 1
        told.append(event)
        self.said.update(said_yes(event.facts))
        if event.kind in _PLACE:
            self._fold(event.kind, event.fact_key)
            return
        stands = self._register.get(event.fact_key)
        if stands is None or event.revision > stands.revision:
            self._register[event.fact_key] = event

    def _fold(self, kind: EventKind, fact: bytes) -> None:
        folded, revisions = self._folded[kind], self._told[fact]
        one: Attendance | Incident | Absence | None
        if kind is EventKind.SCHOOL_ABSENCE:
            one = fold_absence(revisions, self._ended.get(fact))
        else:
            one = _FOLD[kind](revisions)
        if one is None:
            folded.pop(fact, None)
        else:
            folded[fact] = one
        self._in_order.pop(kind, None)

    def _standing(self, kind: EventKind) -> tuple[Any, ...]:
        if kind not in self._in_order:
            self._in_order[kind] = tuple(sorted(self._folded[kind].values(), key=_PLACE[kind]))
        return self._in_order[kind]

    def _entries(self) -> tuple[Any, ...]:
        omitted, at = self._history.omitted, self._at
        entries = []
        for fact, told in self._register.items():
            if told.state is EventState.WITHDRAWN:
                continue
            left_out = omitted.get(fact)
            known = left_out if left_out is not None and at is not None and left_out <= at else None
            shielded = any(one.shielded for one in self._told[fact])
            entries.append(entry_told(told, known, shielded=shielded))
        return tuple(sorted(entries, key=lambda one: (str(one.started_on or "~"), one.fact_key)))

    def _siblings(self) -> tuple[Sibling, ...]:
        known = (self._sibling(one) for one in self._history.household)
        return tuple(one for one in known if one is not None)

    def _sibling(self, told: SiblingHistory) -> Sibling | None:
        at = self._at
        if at is None or told.since > at:
            return None
        events = tuple(one for one in told.events if one.received_at <= at)
        return Sibling(
            child_ref=told.child_ref,
            since=told.since,
            incidents=incidents(events),
            attendances=attendances(events),
        )


_FOLD: Final[dict[EventKind, Callable[[Sequence[StoredEvent]], Attendance | Incident | None]]] = {
    EventKind.EMERGENCY_ATTENDANCE: fold_attendance,
    EventKind.DOMESTIC_ABUSE_INCIDENT: fold_incident,
}
_PLACE: Final[dict[EventKind, Callable[[Any], Any]]] = {
    EventKind.EMERGENCY_ATTENDANCE: lambda one: (one.arrived_at, one.fact_key),
    EventKind.DOMESTIC_ABUSE_INCIDENT: lambda one: (one.began_at, one.fact_key),
    EventKind.SCHOOL_ABSENCE: place_in_order,
}
