"""Folds the revisions that a force told of its incidents into those that stand.

The rules of folding are those of attendances: the source's order and not that of arrival decides,
a withdrawal holds until the force reports anew, shielding stays, and so does the narrower wish.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import TypeVar

from hub.core.chronology import (
    StoredEvent,
    flag_in,
    folded_facts,
    in_order,
    instant_in,
    is_withdrawn,
    text_in,
    whole_number_in,
)
from hub.core.event import EventKind
from hub.core.handling import folded_handling
from hub.core.identifiers import GssCode
from hub.core.incident import Incident
from hub.core.incident_facts import (
    AdultRole,
    IncidentAdult,
    Premises,
    RecordedAs,
    RelationToChild,
    RiskGrade,
    RiskTool,
    WhereInHouse,
)
from hub.errors import InvalidIdentifier

Word = TypeVar("Word", bound=StrEnum)


def incidents(events: Iterable[StoredEvent]) -> tuple[Incident, ...]:
    """Answer the incidents that stand, by when they began; other kinds are passed over."""
    told = (event for event in events if event.kind is EventKind.DOMESTIC_ABUSE_INCIDENT)
    by_fact = groupby(sorted(told, key=in_order), key=lambda event: event.fact_key)
    folded = (fold_incident(tuple(revisions)) for _, revisions in by_fact)
    standing = [incident for incident in folded if incident is not None]
    return tuple(sorted(standing, key=lambda one: (one.began_at, one.fact_key)))


def fold_incident(revisions: Sequence[StoredEvent]) -> Incident | None:
    """Fold the revisions of one fact, in the order of the source; arrival order does not matter.

    Answers ``None`` if the incident is withdrawn (a correction does not bring it back, a later
    report does). A code that is not known reads as not said: it never costs the incident.
    """
    ordered = sorted({event.event_id: event for event in revisions}.values(), key=in_order)
    if is_withdrawn(ordered):
        return None
    facts = folded_facts(ordered)
    first, last = ordered[0], ordered[-1]
    received_at = min(event.received_at for event in ordered)
    return Incident(
        fact_key=first.fact_key,
        event_id=first.event_id,
        record_ref=last.record_ref,
        agency=last.agency,
        began_at=instant_in(facts.get("began_at")) or min(e.occurred_at for e in ordered),
        ended_at=instant_in(facts.get("ended_at")),
        recorded_as=_word(RecordedAs, facts.get("recorded_as")),
        premises=_word(Premises, facts.get("premises")),
        risk_tool=_word(RiskTool, facts.get("risk_tool")),
        officer_grade=_word(RiskGrade, facts.get("officer_grade")),
        assessor_grade=_word(RiskGrade, facts.get("assessor_grade")),
        where_in_house=_word(WhereInHouse, facts.get("where_in_house")),
        occurrence=_digest(facts.get("occurrence")),
        place_authority=_authority(facts.get("place_authority")),
        adults=_adults(facts.get("adults")),
        **{name: flag_in(facts.get(name)) for name in _FLAGS},
        unborn=flag_in(facts.get("unborn")) or False,
        school_urn=text_in(facts.get("school_urn")),
        encompass_sent_at=instant_in(facts.get("encompass_sent_at")),
        handling_code=text_in(facts.get("handling_code")),
        age_months=whole_number_in(facts.get("age_months")),
        received_at=received_at,
        handling=folded_handling([event.handling for event in ordered], received_at),
        shielded=any(event.shielded for event in ordered),
        backfill=all(event.backfill for event in ordered),
    )


_FLAGS = (
    *("marac_referred", "strangulation", "weapon", "victim_pregnant", "present", "resident"),
    *("seen", "spoken_to", "voice_recorded", "injured", "referral_made"),
)


def _word(words: type[Word], value: object) -> Word:
    try:
        return words(text_in(value) or "unknown")
    except ValueError:
        return words("unknown")


def _digest(value: object) -> str | None:
    """Answer a keyed digest; a reference in clear does not pass for one."""
    text = text_in(value) or ""
    try:
        return text if bytes.fromhex(text) else None
    except ValueError:
        return None


def _adults(value: object) -> tuple[IncidentAdult, ...]:
    listed = value if isinstance(value, list) else []
    return tuple(_adult(one) for one in listed if isinstance(one, dict))


def _adult(one: Mapping[str, object]) -> IncidentAdult:
    return IncidentAdult(
        role=_word(AdultRole, one.get("role")),
        relation=_word(RelationToChild, one.get("relation")),
        lives_with_child=flag_in(one.get("lives_with_child")),
        person=_digest(one.get("person")),
        on_bail=flag_in(one.get("on_bail")),
        non_molestation_order=flag_in(one.get("non_molestation_order")),
        protection_notice=flag_in(one.get("protection_notice")),
    )


def _authority(value: object) -> GssCode | None:
    try:
        return GssCode(text_in(value) or "")
    except InvalidIdentifier:
        return None
