"""Maps one version of one incident to an event for each child, born or unborn.

Pure: no file, socket or clock. The way of a record is ``map_incident``, top to bottom: ``case``
says whether it can be used, ``people`` who its children are, ``facts`` what is told of each,
``narrative`` what is told in words. README.md beside this file explains the choices to a force.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from connectors.contract import ConnectorContext, Reading
from connectors.outcome import LeftOut, Notes, Refused
from connectors.police.case import NOT_DOMESTIC_ABUSE, Case, read_case
from connectors.police.facts import (
    Adult,
    child_facts,
    incident_facts,
    read_adults,
    unborn_facts,
)
from connectors.police.mapping_file import ForceMapping
from connectors.police.narrative import narrative
from connectors.police.people import (
    age_months_then,
    child_subject,
    is_adult,
    is_shielded,
    is_unnamed,
    local_id_by_place,
    local_id_of_child,
    person_reference,
    unborn_subject,
)
from connectors.police.shape import ChildPart, IncidentRecord, Part
from hub.core.event import (
    Contact,
    DomesticAbuseIncidentFacts,
    Event,
    EventState,
    Subject,
    SubjectRole,
)
from hub.core.report import Dropped, FeedFault, Refusal

NOBODY_EXPECTED = "each child, and each pregnant victim, of whom the incident was told"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An incident with what is the same for all of its children."""

    case: Case
    adults: tuple[Adult, ...]
    common: DomesticAbuseIncidentFacts


def map_incident(
    record: IncidentRecord, mapping: ForceMapping, context: ConnectorContext, *, reference: str
) -> Reading:
    """Answer what came of one version of one incident; nothing in a record makes this raise.

    Args:
        record: the incident by the published names.
        mapping: what the force has told of its exports.
        context: the run; ``started_at`` is the time of every refusal.
        reference: where the record stood: file and line, or file and number; never a person.
    """
    notes = Notes()
    try:
        case = read_case(record, mapping, context, notes)
        events = _events(case)
    except LeftOut as choice:
        return Reading(reference=reference, dropped=(Dropped(reason=choice.reason, count=1),))
    except Refused as fault:
        return refused(reference, fault, context)
    return Reading(
        reference=reference,
        events=events,
        dropped=notes.dropped,
        faults=notes.faults,
        source_as_of=case.updated_at,
    )


def map_or_refuse(
    record: IncidentRecord, mapping: ForceMapping, context: ConnectorContext, *, reference: str
) -> Reading:
    """Do as ``map_incident``, and let a bug of ours cost one incident instead of the whole file.

    The incident is refused by the kind of the bug, and the feed shows the fault ``connector_bug``.
    """
    try:
        return map_incident(record, mapping, context, reference=reference)
    except Exception as bug:  # noqa: BLE001  # whichever it is: it is named, counted and shown
        kind = type(bug).__name__
        fault = Refused("incident", f"nothing else: this is a bug of the connector ({kind})")
        told = FeedFault(code="connector_bug", subject=kind)
        return replace(refused(reference, fault, context), faults=(told,))


def refused(reference: str, fault: Refused, context: ConnectorContext) -> Reading:
    """Answer the reading of a record that could not be used."""
    refusal = Refusal(
        reference=reference, field=fault.field, expected=fault.expected, at=context.started_at
    )
    return Reading(reference=reference, refusals=(refusal,))


def _events(case: Case) -> tuple[Event, ...]:
    adults = read_adults(case)
    told = _Told(case=case, adults=adults, common=incident_facts(case, adults))
    unborn = [(place, one) for place, one in enumerate(adults, start=1) if _is_told_of(one)]
    if not (case.record.children or unborn):
        if case.is_no_abuse:
            raise LeftOut(NOT_DOMESTIC_ABUSE)
        if case.withdrawn:
            raise Refused("children", NOBODY_EXPECTED)
        raise LeftOut("no_child")
    return (
        *_children_events(told),
        *(_unborn_event(place, victim, told) for place, victim in unborn),
    )


def _is_told_of(adult: Adult) -> bool:
    return adult.is_victim and bool(adult.pregnant or adult.pregnancy_in_error)


def _children_events(told: _Told) -> Iterator[Event]:
    seen: set[str] = set()
    for place, child in enumerate(told.case.record.children, start=1):
        local_id = local_id_of_child(child.own, place, told.case)
        if local_id in seen and is_unnamed(child.own):
            local_id = local_id_by_place(local_id, place)
        if local_id in seen:
            told.case.notes.drop("child_listed_twice")
            continue
        seen.add(local_id)
        event = _child_event(child, local_id, told)
        if event is not None:
            yield event


def _child_event(child: ChildPart, local_id: str, told: _Told) -> Event | None:
    case, part = told.case, child.own
    key = case.key(local_id)
    if case.withdrawn or _is_withdrawn(part, case):
        return _withdrawal(case, key, local_id, SubjectRole.CHILD)
    shielded = is_shielded(part, case)
    facts = child_facts(told.common, child, case, told.adults, shielded=shielded)
    subject = child_subject(part, local_id, case, resident=facts.resident)
    if is_adult(subject, case):
        case.notes.drop("adult_listed_as_child")
        if case.state is EventState.CORRECTED:  # told as a child before its birth date was amended
            return _withdrawal(case, key, local_id, SubjectRole.CHILD)
        return None
    facts = replace(facts, age_months=age_months_then(subject, case))
    detail = narrative(case, told.adults, part, shielded=shielded)
    return _event(case, key, subject, facts, detail=detail, shielded=shielded)


def _is_withdrawn(part: Part, case: Case) -> bool:
    return case.values.code(part, "status", "child_status") == "withdrawn"


def _unborn_event(place: int, victim: Adult, told: _Told) -> Event:
    case = told.case
    who = person_reference(victim.part) or f"victim {place}"
    key, subject = case.key(f"{who}|unborn"), unborn_subject(victim.part, place, case)
    if case.withdrawn or victim.pregnancy_in_error:
        return _withdrawal(case, key, subject.local_id, SubjectRole.UNBORN)
    shielded = is_shielded(victim.part, case)
    facts = unborn_facts(told.common, victim, told.adults)
    detail = narrative(case, told.adults, None, shielded=shielded)
    return _event(case, key, subject, facts, detail=detail, shielded=shielded)


def _event(  # noqa: PLR0913  # everything that one event is made of
    case: Case,
    key: str,
    subject: Subject,
    facts: DomesticAbuseIncidentFacts,
    *,
    detail: bytes | None,
    shielded: bool,
) -> Event:
    """Answer an event that says everything the force says now: what it left blank is deleted."""
    blank = tuple(one.name for one in fields(facts) if not _says(getattr(facts, one.name)))
    return Event(
        source_key=key,
        revision=case.revision,
        state=case.state,
        occurred_at=case.occurred_at,
        recorded_at=case.updated_at,
        subject=subject,
        facts=facts,
        cleared=blank,
        contacts=_contacts(case.record.own),
        detail=detail,
        handling=case.handling,
        shielded=shielded,
    )


def _says(value: object) -> bool:
    return value is not None and value != ()


def _contacts(own: Part) -> tuple[Contact, ...]:
    officer, unit = own.text("officer"), own.text("unit")
    if not (officer or unit):
        return ()
    return (Contact(role="attending officer", name=officer or None, team=unit or None),)


def _withdrawal(case: Case, key: str, local_id: str, role: SubjectRole) -> Event:
    """Answer that an incident never concerned this child; nothing else is told."""
    return Event(
        source_key=key,
        revision=case.revision,
        state=EventState.WITHDRAWN,
        occurred_at=case.occurred_at,
        recorded_at=case.updated_at,
        subject=Subject(local_id=local_id, role=role),
        facts=DomesticAbuseIncidentFacts(),
        handling=case.handling,
        shielded=case.shielded,
    )
