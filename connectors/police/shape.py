"""The published shape: every field of an incident, an adult, a child and a relationship, by name.

``incident.schema.json`` says the same for a force's systems team; a test holds that they agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

INCIDENT_FIELDS: Final = (
    *("occurrence_number", "force", "status", "merged_into", "updated_at", "began_at", "ended_at"),
    *("domestic_abuse", "recorded_as", "offence_code", "crime_number", "cad_reference"),
    *("premises", "location_authority", "location_postcode", "location_address", "restricted"),
    *("risk_tool", "officer_grade", "assessor_grade", "yes_answers", "marac_referred"),
    *("honour_based", "stalking", "coercive_control", "strangulation", "weapon", "separation"),
    *("parties", "consent", "handling_code", "not_before", "officer", "unit", "body_worn_video"),
    *("circumstances", "other_agencies"),
)
ADULT_FIELDS: Final = (
    *("person_id", "role", "family_name", "given_names", "birth_date", "nhs_number"),
    *("postcode", "address", "pregnant", "due_date", "pregnancy_recorded_in_error"),
    *("on_bail", "non_molestation_order", "protection_notice"),
)
CHILD_FIELDS: Final = (
    *("person_id", "status", "family_name", "given_names", "other_family_names", "birth_date"),
    *("sex", "nhs_number", "upn", "postcode", "address", "restricted", "present", "resident"),
    *("where_in_house", "seen", "spoken_to", "voice", "injured", "injury", "school_urn"),
    *("school_name", "gp", "encompass_sent_at", "encompass_sent_to", "referral_made"),
)
RELATIONSHIP_FIELDS: Final = ("adult", "relation", "lives_with_child")

ADULTS_MAX: Final = 20
CHILDREN_MAX: Final = 40
RELATIONSHIPS_MAX: Final = ADULTS_MAX
"""Our own limits: an incident with more people is a mistake of the export."""

Plain = Mapping[str, Any]
"""A record as its file gives it: texts, numbers, booleans, lists and mappings of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One incident, adult, child or relationship: texts by the published names of its fields."""

    texts: Mapping[str, str] = field(repr=False)

    def text(self, name: str) -> str:
        """Answer a field's text without outer spaces; empty if it was not sent."""
        return self.texts.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildPart:
    """One child, and what each adult is to it by the adult's place in the list, from 1."""

    own: Part
    relationships: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecord:
    """One version of one incident, by the published names, whatever file it came in."""

    own: Part
    adults: tuple[Part, ...] = ()
    children: tuple[ChildPart, ...] = ()
