"""What an answer moves, or taking it back: records, what was told of them, and alerts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.core.event import EventKind
from hub.ports import Known
from hub.service.correlating import chronology_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """How much stands with another child by a decision, and would go back."""

    records: int
    events: tuple[tuple[EventKind, int], ...] = ()
    alerts: int = 0
    """Standing alerts that rest on any of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What one of the two brings along, as far as a reader may see it."""

    records: int
    agencies: tuple[str, ...]
    """Who told them, by their codes; nobody where that would say where a child is."""
    events: tuple[tuple[EventKind, int], ...]
    alerts: int
    """Standing alerts."""


def moves_of(
    moved: Mapping[bytes, bytes], stands: Mapping[bytes, bytes], children: Sequence[Known]
) -> Moves:
    """Answer what would go back.

    Args:
        moved: record -> the child with which it stood before the decision.
        stands: record -> the child with which it stands now.
        children: everything stored of the children concerned.
    """
    back = {ref for ref, child in moved.items() if stands.get(ref, child) != child}
    kinds: Counter[EventKind] = Counter()
    facts: set[bytes] = set()
    for known in children:
        for kind, fact_key in _facts(known, back):
            kinds[kind] += 1
            facts.add(fact_key)
    alerts = [
        alert
        for known in children
        for alert in known.standing
        if alert.delivered and not facts.isdisjoint(ground.fact_key for ground in alert.grounds)
    ]
    return Moves(records=len(back), events=tuple(sorted(kinds.items())), alerts=len(alerts))


def _facts(known: Known, records: set[bytes]) -> list[tuple[EventKind, bytes]]:
    """What was told of these records and was not taken back, each fact once."""
    chronology = chronology_of(known)
    record_of = {event.fact_key: event.record_ref for event in known.events}
    told = [(EventKind.EMERGENCY_ATTENDANCE, one.fact_key) for one in chronology.attendances]
    told += [(EventKind.DOMESTIC_ABUSE_INCIDENT, one.fact_key) for one in chronology.incidents]
    told += [(EventKind.SCHOOL_ABSENCE, one.fact_key) for one in chronology.absences]
    entries = [(e.kind, e.fact_key) for e in chronology.register if e.record_ref in records]
    return [(kind, fact) for kind, fact in told if record_of.get(fact) in records] + entries
