"""The coded facts of an incident as they concern one child; no name, no address, no free text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar

from connectors.police.case import Case
from connectors.police.people import person_reference
from connectors.police.shape import ChildPart, Part
from connectors.police.values import Values
from hub.core.event import DomesticAbuseIncidentFacts
from hub.core.incident_facts import (
    AdultRole,
    Consent,
    IncidentAdult,
    Parties,
    RecordedAs,
    RelationToChild,
    RiskGrade,
    RiskTool,
    WhereInHouse,
)

Word = TypeVar("Word", bound=StrEnum)

YES_ANSWERS_MAX: Final = 99
_VICTIMS: Final = frozenset({AdultRole.VICTIM, AdultRole.VICTIM_AND_SUSPECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Adult:
    """An adult of an incident as read once: coded, and whether she is pregnant."""

    part: Part
    told: IncidentAdult
    pregnant: bool | None
    pregnancy_in_error: bool

    @property
    def is_victim(self) -> bool:
        """Whether the force names the adult as a victim, alone or of both."""
        return self.told.role in _VICTIMS


def read_adults(case: Case) -> tuple[Adult, ...]:
    """Answer the adults, in the order of the list."""
    return tuple(_adult(one, case.values) for one in case.record.adults)


def _adult(part: Part, values: Values) -> Adult:
    return Adult(
        part=part,
        told=IncidentAdult(
            role=AdultRole(values.code(part, "role", "role") or "unknown"),
            person=person_reference(part),
            on_bail=values.flag(part, "on_bail"),
            non_molestation_order=values.flag(part, "non_molestation_order"),
            protection_notice=values.flag(part, "protection_notice"),
        ),
        pregnant=values.flag(part, "pregnant"),
        pregnancy_in_error=values.flag(part, "pregnancy_recorded_in_error") or False,
    )


def incident_facts(case: Case, adults: Sequence[Adult]) -> DomesticAbuseIncidentFacts:
    """Answer what is the same for every child of an incident."""
    own, values = case.record.own, case.values
    return DomesticAbuseIncidentFacts(
        occurrence=case.occurrence,
        began_at=case.began_at,
        ended_at=values.instant(own, "ended_at"),
        recorded_as=_of(RecordedAs, values.code(own, "recorded_as", "recorded_as")),
        offence=values.offence(own, "offence_code"),
        premises=case.premises,
        place_authority=values.authority(own, "location_authority"),
        risk_tool=_of(RiskTool, values.code(own, "risk_tool", "risk_tool")),
        officer_grade=_of(RiskGrade, values.code(own, "officer_grade", "risk_grade")),
        assessor_grade=_of(RiskGrade, values.code(own, "assessor_grade", "risk_grade")),
        yes_answers=values.number(own, "yes_answers", YES_ANSWERS_MAX),
        marac_referred=values.flag(own, "marac_referred"),
        honour_based=values.flag(own, "honour_based"),
        stalking=values.flag(own, "stalking"),
        coercive_control=values.flag(own, "coercive_control"),
        strangulation=values.flag(own, "strangulation"),
        weapon=values.flag(own, "weapon"),
        separation=values.flag(own, "separation"),
        victim_pregnant=_victim_pregnant(adults),
        parties=_of(Parties, values.code(own, "parties", "parties")),
        consent=_of(Consent, values.code(own, "consent", "consent")),
        handling_code=case.handling_code,
        unborn=False,
    )


def child_facts(
    common: DomesticAbuseIncidentFacts,
    child: ChildPart,
    case: Case,
    adults: Sequence[Adult],
    *,
    shielded: bool,
) -> DomesticAbuseIncidentFacts:
    """Answer the facts of one child: the incident's, and how this child was in it."""
    part, values = child.own, case.values
    return replace(
        common,
        adults=_related(child, case, adults),
        present=values.flag(part, "present"),
        resident=values.flag(part, "resident"),
        where_in_house=_of(WhereInHouse, values.code(part, "where_in_house", "where_in_house")),
        seen=values.flag(part, "seen"),
        spoken_to=values.flag(part, "spoken_to"),
        voice_recorded=True if part.text("voice") else None,
        injured=values.flag(part, "injured"),
        school_urn=None if shielded else values.school_urn(part, "school_urn"),
        encompass_sent_at=values.instant(part, "encompass_sent_at"),
        referral_made=values.flag(part, "referral_made"),
    )


def unborn_facts(
    common: DomesticAbuseIncidentFacts, mother: Adult, adults: Sequence[Adult]
) -> DomesticAbuseIncidentFacts:
    """Answer the facts of an unborn child: the incident's, and that it was not born yet."""
    told = tuple(
        replace(one.told, relation=RelationToChild.MOTHER) if one is mother else one.told
        for one in adults
    )
    return replace(common, adults=told, unborn=True)


def _related(child: ChildPart, case: Case, adults: Sequence[Adult]) -> tuple[IncidentAdult, ...]:
    """Answer the adults, each with what it is to this child."""
    told = [one.told for one in adults]
    for relationship in child.relationships:
        place = case.values.number(relationship, "adult", len(told))
        if not place:
            case.notes.drop("relationship_without_adult")
            continue
        relation = case.values.code(relationship, "relation", "relation")
        told[place - 1] = replace(
            told[place - 1],
            relation=RelationToChild(relation or "unknown"),
            lives_with_child=case.values.flag(relationship, "lives_with_child"),
        )
    return tuple(told)


def _victim_pregnant(adults: Sequence[Adult]) -> bool | None:
    said = [one.pregnant for one in adults if one.is_victim and one.pregnant is not None]
    return any(said) if said else None


def _of(words: type[Word], code: str | None) -> Word | None:
    """Answer the word for a code; "unknown" says nothing, and deletes what was said before."""
    return None if code is None or code == "unknown" else words(code)
