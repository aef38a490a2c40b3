"""Children related to the child of an alert: read, cut down to the reader, audited, then shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.core.chronology import Chronology
from hub.core.clock import london_date
from hub.core.disclosure import (
    DisclosedAlert,
    Purpose,
    Relationship,
    disclose_alert,
)
from hub.core.disclosure_ended import Opening, opening_of
from hub.core.disclosure_incident import disclose_incident
from hub.core.disclosure_related import (
    RELATED_READERS,
    RelatedChild,
    Relation,
    RelationReason,
    disclose_related,
    is_concerned,
    plans_of,
)
from hub.ports import InboxAlert, Known, Question, RelatedFound
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.correlating import chronology_of
from hub.service.described import described, in_brief_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTold:
    """What one reader is told of the children related to that of an alert."""

    children: tuple[RelatedChild, ...] = ()
    ended: bool = False
    """The alert no longer stands: by it nobody is told of any child."""
    too_many: bool = False
    """More children are told at the address than a household has: none is shown for it."""


class Relatives:
    """The use case of reading who is related."""

    def __init__(self, around: Surroundings) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._clock = around.clock
        self._new_id = around.new_id

    def of_alert(self, asker: Asker, alert_id: UUID) -> RelatedTold | None:
        """Who is related to the child of an alert; ``None`` if the reader may not know.

        It is a look into each child that is shown: the audit row names them and commits before
        this returns.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._questions.question() as asking:
            found = asking.alert(alert_id)
            told = self._told(asking, asker, found) if found else None
            self._audit(asking, asker, alert_id, found, told)
        return told

    def _told(self, asking: Question, asker: Asker, found: InboxAlert) -> RelatedTold | None:
        (known,) = asking.known([found.alert.child_ref])
        own = chronology_of(known)
        disclosed = disclose_alert(asker.role, asker.authority, found.alert, shielded=own.shielded)
        if disclosed is None or own.shielded or asker.authority is None:
            return None
        now = self._clock.now()
        opening = opening_of(found.alert, found.ended_at, now)
        reader = (asker.role, disclosed.standing)
        if opening is Opening.GROUNDS and (*reader, Opening.WHOLE) in RELATED_READERS:
            return RelatedTold(ended=True)
        if (*reader, opening) not in RELATED_READERS:
            return None
        related = asking.related(own.child_ref, sorted(_incidents_shown(asker, own, now)), now)
        others = {one.child_ref: one for one in asking.known(sorted(_refs(related)))}
        chronologies = {ref: chronology_of(one) for ref, one in others.items()}
        children = (
            self._child(asker, (disclosed, opening), others[ref], chronologies[ref], some)
            for ref, some in sorted(_relations(asker, related, chronologies, now).items())
        )
        return RelatedTold(
            children=tuple(one for one in children if one is not None),
            too_many=related.household.too_many,
        )

    def _child(  # a child, what is known of it, and who reads
        self,
        asker: Asker,
        by: tuple[DisclosedAlert, Opening],
        known: Known,
        chronology: Chronology,
        relations: Sequence[Relation],
    ) -> RelatedChild | None:
        authority = asker.authority
        if authority is None:
            return None
        today = london_date(self._clock.now())
        name, born, label = described(in_brief_of(known), today)
        windows = self._policies.of(authority).windows
        alerts = _alerts_of(asker, known)
        whole = RelatedChild(
            child_ref=known.child_ref,
            relations=tuple(relations),
            label=label,
            name=name,
            birth_date=born,
            confirmed=not known.unsure,
            concerned=is_concerned(chronology, authority, today, windows, alerts),
            plans=plans_of(chronology, today, windows),
            alerts=alerts,
        )
        disclosed, opening = by
        return disclose_related(
            asker.role, disclosed.standing, opening, whole, shielded=chronology.shielded
        )

    def _audit(
        self,
        asking: Question,
        asker: Asker,
        alert_id: UUID,
        found: InboxAlert | None,
        told: RelatedTold | None,
    ) -> None:
        children = told.children if told else ()
        own = {found.alert.child_ref} if found and told else set()
        shown = "alert ended" if told and told.ended else f"{len(children)} children"
        outcome = f"{alert_id}: {shown if told else 'none'}"
        row = audit_row(
            self._new_id(),
            asker,
            at=self._clock.now(),
            action="related children",
            subjects=own | {one.child_ref for one in children},
            outcome=f"{outcome}, address too large" if told and told.too_many else outcome,
            fields=("related", "child_name", "birth_date") if children else (),
            policies=self._policies,
        )
        asking.write_audit(row)


def _incidents_shown(
    asker: Asker, chronology: Chronology, now: datetime
) -> frozenset[tuple[str, bytes]]:
    """The occurrences of a child's incidents that the reader may see now."""
    shown = set()
    for one in chronology.incidents:
        disclosed = disclose_incident(
            asker.role,
            Purpose.SAFEGUARDING,
            Relationship.AUTHORITY_CONCERNED,
            one,
            now,
            shielded=chronology.shielded,
        )
        if disclosed is not None and one.occurrence is not None:
            shown.add(one.same_incident)
    return frozenset(shown)


def _refs(related: RelatedFound) -> set[bytes]:
    return {ref for ref, _ in related.household.children} | {
        one.child_ref for one in related.incidents
    }


def _relations(
    asker: Asker,
    related: RelatedFound,
    chronologies: Mapping[bytes, Chronology],
    now: datetime,
) -> Mapping[bytes, list[Relation]]:
    """Why each child is related, the latest incident first; the home of a shielded child is none's.

    An incident relates only those of whom it stands and may be shown.
    """
    found: dict[bytes, list[Relation]] = {}
    if not any(chronologies[ref].shielded for ref, _ in related.household.children):
        for ref, since in related.household.children:
            relation = Relation(reason=RelationReason.SAME_HOME, at=since)
            found.setdefault(ref, []).append(relation)
    for one in sorted(related.incidents, key=lambda one: one.began_at, reverse=True):
        if one.same_incident in _incidents_shown(asker, chronologies[one.child_ref], now):
            relation = Relation(reason=RelationReason.SAME_INCIDENT, at=one.began_at)
            found.setdefault(one.child_ref, []).append(relation)
    return found


def _alerts_of(asker: Asker, known: Known) -> int:
    """How many standing alerts about a child that is not shielded are the reader's to see."""
    return sum(
        disclose_alert(asker.role, asker.authority, alert, shielded=False) is not None
        for alert in known.standing
    )
