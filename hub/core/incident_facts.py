"""What a force tells of a domestic-abuse incident: closed vocabularies and coded facts, no names.

The words are those of the notices that forces send (DASH and DARA forms, public protection notices,
Operation Encompass). There is no national message format; this is the project's own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RecordedAs(StrEnum):
    """Whether the force recorded a crime."""

    UNKNOWN = "unknown"
    CRIME = "crime"
    NON_CRIME = "non_crime"
    """A domestic non-crime incident."""


class Premises(StrEnum):
    """The kind of place at which it happened."""

    UNKNOWN = "unknown"
    HOME = "home"
    """Where the victim lives."""
    OTHER_DWELLING = "other_dwelling"
    REFUGE = "refuge"
    PUBLIC_PLACE = "public_place"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    OTHER = "other"


class RiskTool(StrEnum):
    """With what the risk was assessed."""

    UNKNOWN = "unknown"
    DASH = "dash"
    DARA = "dara"
    OTHER = "other"


class RiskGrade(StrEnum):
    """The force's grade of risk, taken as given; the hub never works one out."""

    UNKNOWN = "unknown"
    STANDARD = "standard"
    MEDIUM = "medium"
    HIGH = "high"


class Parties(StrEnum):
    """How victim and suspect stand to each other."""

    UNKNOWN = "unknown"
    PARTNERS = "partners"
    FORMER_PARTNERS = "former_partners"
    FAMILY = "family"
    OTHER = "other"


class AdultRole(StrEnum):
    """In what role an adult appears in an incident."""

    UNKNOWN = "unknown"
    VICTIM = "victim"
    SUSPECT = "suspect"
    VICTIM_AND_SUSPECT = "victim_and_suspect"
    """Each accuses the other, and the force does not say who is which."""
    OTHER = "other"


class RelationToChild(StrEnum):
    """What an adult is to the child."""

    UNKNOWN = "unknown"
    MOTHER = "mother"
    FATHER = "father"
    STEP_PARENT = "step_parent"
    PARENTS_PARTNER = "parents_partner"
    PARENTS_FORMER_PARTNER = "parents_former_partner"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    OTHER_RELATIVE = "other_relative"
    CARER = "carer"
    NOT_RELATED = "not_related"


class WhereInHouse(StrEnum):
    """Where the child was while it happened."""

    UNKNOWN = "unknown"
    SAME_ROOM = "same_room"
    OTHER_ROOM = "other_room"
    OUTSIDE = "outside"
    """In the garden, the street or a vehicle by the house."""
    NOT_THERE = "not_there"


class Consent(StrEnum):
    """How the victim stood to the information being shared."""

    UNKNOWN = "unknown"
    GIVEN = "given"
    REFUSED_AND_OVERRIDDEN = "refused_and_overridden"
    NOT_SOUGHT = "not_sought"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAdult:
    """An adult of an incident, only as far as the child's event needs them; never a name.

    Attributes:
        role: victim, suspect, both or other.
        relation: what the adult is to the child.
        lives_with_child: whether they live with the child; ``None`` is not said.
        person: the force's own reference of the person, so that the same one is known again. The
            hub stores it only as a keyed digest.
        on_bail: under police or court bail.
        non_molestation_order: under a non-molestation, occupation or restraining order.
        protection_notice: under a domestic violence or abuse protection notice or order.
    """

    role: AdultRole = AdultRole.UNKNOWN
    relation: RelationToChild = RelationToChild.UNKNOWN
    lives_with_child: bool | None = None
    person: str | None = field(default=None, repr=False)
    on_bail: bool | None = None
    non_molestation_order: bool | None = None
    protection_notice: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTold:
    """Coded facts of one incident as they concern one child; ``None`` is unchanged.

    ``present`` and ``resident`` are two columns of the forms and stay apart: a child may live there
    and have been away, or have been there on a visit.
    """

    occurrence: str | None = field(default=None, repr=False)
    """The force's occurrence number; the hub stores it only as a keyed digest."""
    began_at: datetime | None = None
    ended_at: datetime | None = None
    recorded_as: RecordedAs | None = None
    offence: str | None = None
    premises: Premises | None = None
    place_authority: str | None = None
    risk_tool: RiskTool | None = None
    officer_grade: RiskGrade | None = None
    assessor_grade: RiskGrade | None = None
    yes_answers: int | None = None
    marac_referred: bool | None = None
    honour_based: bool | None = None
    stalking: bool | None = None
    coercive_control: bool | None = None
    strangulation: bool | None = None
    weapon: bool | None = None
    victim_pregnant: bool | None = None
    separation: bool | None = None
    parties: Parties | None = None
    adults: tuple[IncidentAdult, ...] = ()
    present: bool | None = None
    resident: bool | None = None
    where_in_house: WhereInHouse | None = None
    seen: bool | None = None
    spoken_to: bool | None = None
    voice_recorded: bool | None = None
    injured: bool | None = None
    school_urn: str | None = None
    encompass_sent_at: datetime | None = None
    referral_made: bool | None = None
    consent: Consent | None = None
    handling_code: str | None = None
    unborn: bool | None = None
    age_months: int | None = None
