"""Who may know which children are related to the child of an alert; no entry means nothing.

Only the duty worker of the authority that acts on the alert does, while it stands. Of a related
child it is told who the child is, and how it stands, only if that authority is concerned with that
child too; else that there is one. A shielded child has no relation in any list, and no list of its
own.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from hub.core.chronology import Chronology, RegisterEntry
from hub.core.disclosure import Role, Standing
from hub.core.disclosure_ended import Opening
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.plan_standing import DisplayWindows, PlanStanding, in_need_on, register_on

RELATED_READERS = frozenset({(Role.DUTY_WORKER, Standing.OWNER, Opening.WHOLE)})
"""Closed: who is not here is told of no relation, and by an alert that ended nobody is."""


class RelationReason(StrEnum):
    """Why two children are related, as far as the hub knows."""

    SAME_HOME = "same_home"
    """Inferred: agencies tell the same address of both."""
    SAME_INCIDENT = "same_incident"
    """A police force lists both in one occurrence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One reason, and since or of when."""

    reason: RelationReason
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedChild:
    """A child related to that of an alert; ``standing`` and the rest are ``None`` if not told."""

    child_ref: bytes
    relations: tuple[Relation, ...]
    label: str
    """Such as ``Girl, 4 years``."""
    name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    confirmed: bool = True
    concerned: bool = True
    """Whether the reader's authority is concerned with this child: only then is it described."""
    plans: frozenset[EventKind] = frozenset()
    """Which kinds of plan or period the registers name the child for today."""
    alerts: int = 0
    """How many alerts about it stand that are the reader's to see."""


def is_concerned(
    chronology: Chronology, authority: GssCode, on: date, windows: DisplayWindows, alerts: int
) -> bool:
    """Answer whether a child is an authority's own matter: by home, by plan or by an alert."""
    held = {entry.authority for entry in _standing(chronology, on, windows)}
    held |= {entry.authority for entry in in_need_on(chronology.register, on)}
    return alerts > 0 or authority in held or authority in chronology.home_authorities[:1]


def plans_of(chronology: Chronology, on: date, windows: DisplayWindows) -> frozenset[EventKind]:
    """Answer the kinds of plan or period that stand for a child on a day, and none that ended."""
    named = frozenset(entry.kind for entry in _standing(chronology, on, windows))
    in_need = in_need_on(chronology.register, on)
    return named | {entry.kind for entry in in_need}


def _standing(
    chronology: Chronology, on: date, windows: DisplayWindows
) -> tuple[RegisterEntry, ...]:
    return tuple(
        entry
        for entry, standing in register_on(chronology.register, on, windows)
        if standing in {PlanStanding.CURRENT, PlanStanding.TRANSFERRED}
    )


def disclose_related(
    role: Role, standing: Standing, opening: Opening, related: RelatedChild, *, shielded: bool
) -> RelatedChild | None:
    """Answer a related child as this reader may see it; ``None`` if not at all.

    ``shielded`` is whether either of the two children is.
    """
    if shielded or (role, standing, opening) not in RELATED_READERS or not related.relations:
        return None
    if related.concerned:
        return related
    return replace(
        related, label="A child", name=None, birth_date=None, plans=frozenset(), alerts=0
    )
