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
    RegisterEntry,
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
        self._shielding: set[EventKind] = set()
        """The kinds of which something that stands is shielded."""
        self._register: dict[bytes, StoredEvent] = {}
        self._entered: tuple[RegisterEntry, ...] | None = ()
        """The entries as they were last put together; ``None`` if they must be anew."""
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
        self.news: set[EventKind] = set()
        """The kinds of which something became known since it was last noted."""
        self.told_again = False
        """Whether any of that was of a fact that stood before."""

    def instants(self) -> Iterable[datetime]:
        """Answer when anything becomes known, in no order and with repetitions."""
        history = self._history
        yield from (one.received_at for one in self._coming)
        yield from history.omitted.values()
        yield from (came_at for _, came_at in history.registers_read.values())
        for sibling in history.household:
            yield sibling.since
            yield from (one.received_at for one in sibling.events)

    def learn(self, until: datetime) -> None:
        """Take in what has become known by an instant, as news beside what was not noted yet."""
        while self._coming and self._coming[-1].received_at <= until:
            self._take(self._coming.pop())
        while self._read and self._read[-1][0] <= until:
            _, fact, read_at = self._read.pop()
            self._ended[fact] = read_at
            if fact in self._told:
                self._fold(EventKind.SCHOOL_ABSENCE, fact)
        while self._left_out and self._left_out[-1][0] <= until:
            _, fact = self._left_out.pop()
            self.news |= {one.kind for one in self._told.get(fact, ())}
            self._entered = None
        self._at = until

    def is_noted(self) -> None:
        """Let what has become known be no news any more."""
        self.news.clear()
        self.told_again = False

    def has_household(self) -> bool:
        """Answer whether anything of siblings was told that a rule may read."""
        return bool(self._history.household)

    def chronology(self) -> Chronology:
        """Answer everything known by the last instant learnt."""
        history, register = self._history, self._entries()
        return Chronology(
            child_ref=history.child_ref,
            attendances=self._standing(EventKind.EMERGENCY_ATTENDANCE),
            register=register,
            incidents=self._standing(EventKind.DOMESTIC_ABUSE_INCIDENT),
            absences=self._standing(EventKind.SCHOOL_ABSENCE),
            household=self._siblings() if history.household else (),
            home_authorities=history.home_authorities,
            birth_date=history.birth_date,
            shielded=history.shielded
            or any(entry.shielded for entry in register)
            or not self._shielding.isdisjoint(_SHIELDING),
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
        self.news.add(event.kind)
        stands = self._register.get(event.fact_key)
        if stands is None or event.revision > stands.revision:
            self._register[event.fact_key] = event
        self._entered = None

    def _fold(self, kind: EventKind, fact: bytes) -> None:
        """Put a fact together anew; one that comes to what it was is no news."""
        folded, revisions = self._folded[kind], self._told[fact]
        one: Attendance | Incident | Absence | None
        if kind is EventKind.SCHOOL_ABSENCE:
            one = fold_absence(revisions, self._ended.get(fact))
        else:
            one = _FOLD[kind](revisions)
        before = folded.get(fact)
        if one == before:
            return
        self.news.add(kind)
        self.told_again |= before is not None
        if one is None:
            del folded[fact]
        else:
            folded[fact] = one
        self._in_order.pop(kind, None)

    def _standing(self, kind: EventKind) -> tuple[Any, ...]:
        if kind not in self._in_order:
            in_order = tuple(sorted(self._folded[kind].values(), key=_PLACE[kind]))
            self._in_order[kind] = in_order
            if any(one.shielded for one in in_order):
                self._shielding.add(kind)
            else:
                self._shielding.discard(kind)
        return self._in_order[kind]

    def _entries(self) -> tuple[RegisterEntry, ...]:
        if self._entered is None:
            entries = (self._entry(fact, told) for fact, told in self._register.items())
            standing = (one for one in entries if one is not None)
            self._entered = tuple(
                sorted(standing, key=lambda one: (str(one.started_on or "~"), one.fact_key))
            )
        return self._entered

    def _entry(self, fact: bytes, told: StoredEvent) -> RegisterEntry | None:
        if told.state is EventState.WITHDRAWN:
            return None
        left_out, at = self._history.omitted.get(fact), self._at
        known = left_out if left_out is not None and at is not None and left_out <= at else None
        shielded = any(one.shielded for one in self._told[fact])
        return entry_told(told, known, shielded=shielded)

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
_SHIELDING: Final = frozenset({EventKind.EMERGENCY_ATTENDANCE, EventKind.DOMESTIC_ABUSE_INCIDENT})
"""The kinds whose shielding hides their child (see ``hub.service.correlating.is_shielded``)."""
