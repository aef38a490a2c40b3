"""What happened to a child, as one agency tells it; ``schemas/`` is what agencies agree to."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, get_args

from hub.core.attendance_facts import AttendanceTold
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity_change import ChangeTold
from hub.core.incident_facts import IncidentTold
from hub.core.school_marks import MarkTold


class EventKind(StrEnum):
    """The kinds of events that agencies have agreed to tell; one schema each."""

    EMERGENCY_ATTENDANCE = "emergency_attendance"
    CHILD_PROTECTION_PLAN = "child_protection_plan"
    LOOKED_AFTER_PERIOD = "looked_after_period"
    UNBORN_CHILD_PROTECTION_PLAN = "unborn_child_protection_plan"
    CHILD_IN_NEED_PERIOD = "child_in_need_period"
    PERSON_DETAILS = "person_details"
    DOMESTIC_ABUSE_INCIDENT = "domestic_abuse_incident"
    SCHOOL_ABSENCE = "school_absence"
    IDENTITY_CHANGE = "identity_change"


PLAN_KINDS = frozenset(
    {
        EventKind.CHILD_PROTECTION_PLAN,
        EventKind.LOOKED_AFTER_PERIOD,
        EventKind.UNBORN_CHILD_PROTECTION_PLAN,
    }
)
"""Kinds that a check's answer on plans rests on."""

REGISTER_KINDS = PLAN_KINDS | {EventKind.CHILD_IN_NEED_PERIOD}
"""Kinds of which a council's register tells; a child in need is a fact beside plans, never one."""


class EventState(StrEnum):
    """What one revision says about its fact."""

    UNKNOWN = "unknown"
    REPORTED = "reported"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class SubjectRole(StrEnum):
    """In what role a person appears in an event."""

    UNKNOWN = "unknown"
    CHILD = "child"
    UNBORN = "unborn"
    MOTHER = "mother"
    CARER = "carer"


class NhsNumberStatus(StrEnum):
    """Whether the agency traced the NHS number (HL7 table 0445)."""

    UNKNOWN = "unknown"
    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"


class Sex(StrEnum):
    """Sex as the agency recorded it."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_SPECIFIED = "not_specified"


class Audience(StrEnum):
    """Whom the agency allows to be shown an event; an unknown symbol is the narrowest."""

    UNKNOWN = "unknown"
    ENTITLED = "entitled"
    SOCIAL_CARE_ONLY = "social_care_only"
    HEALTH_AND_SOCIAL_CARE = "health_and_social_care"


class DepartmentType(StrEnum):
    """Kind of emergency department (ECDS department types 01 to 05)."""

    UNKNOWN = "unknown"
    MAJOR = "major"
    SINGLE_SPECIALTY = "single_specialty"
    MINOR_OR_URGENT = "minor_or_urgent"
    WALK_IN = "walk_in"
    AMBULATORY = "ambulatory"


class CountedBecause(StrEnum):
    """Why a visit counts as an emergency attendance."""

    UNKNOWN = "unknown"
    SITE_MAPPING = "site_mapping"
    PATIENT_CLASS = "patient_class"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName:
    """Another name the person is or was known by."""

    family_name: str | None = field(default=None, repr=False)
    given_names: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mother:
    """The mother of an unborn child or a newborn, as the agency knows her."""

    local_id: str | None = field(default=None, repr=False)
    nhs_number: NhsNumber | None = None
    family_name: str | None = field(default=None, repr=False)
    given_names: tuple[str, ...] = field(default=(), repr=False)
    birth_date: date | None = field(default=None, repr=False)
    postcode: Postcode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom an event is about, as the agency knows them.

    ``None``: nothing was said; in ``cleared``: the value was deleted (HL7 ``""``). Bare ``repr``.
    """

    local_id: str = field(repr=False)
    role: SubjectRole = SubjectRole.CHILD
    nhs_number: NhsNumber | None = None
    nhs_number_status: NhsNumberStatus = NhsNumberStatus.UNKNOWN
    upn: Upn | None = None
    family_name: str | None = field(default=None, repr=False)
    given_names: tuple[str, ...] | None = field(default=None, repr=False)
    other_names: tuple[OtherName, ...] | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_date_partial: str | None = field(default=None, repr=False)
    birth_date_estimated: bool = False
    sex: Sex = Sex.UNKNOWN
    postcode: Postcode | None = None
    address_lines: tuple[str, ...] | None = field(default=None, repr=False)
    died_on: date | None = field(default=None, repr=False)
    due_on: date | None = field(default=None, repr=False)
    mother: Mother | None = None
    cleared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAttendanceFacts(AttendanceTold):
    """Coded facts of one attendance; ``None`` is unchanged from the revision before."""

    kind: ClassVar[EventKind] = EventKind.EMERGENCY_ATTENDANCE
    site_code: str | None = None
    site_as_sent: str | None = None
    arrived_at: datetime | None = None
    departed_at: datetime | None = None
    department_type: DepartmentType | None = None
    counted_because: CountedBecause = CountedBecause.UNKNOWN
    attendance_category: str | None = None
    disposition: str | None = None
    left_before_seen: bool | None = None
    injury: bool | None = None
    age_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """What every plan or period has: holder, first and last day; a full snapshot, not a change."""

    authority: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None
    held_for_another_authority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildProtectionPlanFacts(PlanFacts):
    """Coded facts of one Child Protection Plan."""

    kind: ClassVar[EventKind] = EventKind.CHILD_PROTECTION_PLAN
    category_initial: str | None = None
    category_latest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAfterPeriodFacts(PlanFacts):
    """Coded facts of one period of care: a chain of episodes that ends with a reason but X1."""

    kind: ClassVar[EventKind] = EventKind.LOOKED_AFTER_PERIOD
    legal_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbornChildProtectionPlanFacts(PlanFacts):
    """Coded facts of one plan of a child not yet born."""

    kind: ClassVar[EventKind] = EventKind.UNBORN_CHILD_PROTECTION_PLAN
    due_on: date | None = None
    born_on: date | None = None
    category_latest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildInNeedPeriodFacts(PlanFacts):
    """Coded facts of one period in which a child is in need (Children Act 1989, section 17)."""

    kind: ClassVar[EventKind] = EventKind.CHILD_IN_NEED_PERIOD


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetailsFacts:
    """Nothing happened: the subject is the message."""

    kind: ClassVar[EventKind] = EventKind.PERSON_DETAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class DomesticAbuseIncidentFacts(IncidentTold):
    """Coded facts of one domestic-abuse incident, as they concern one child."""

    kind: ClassVar[EventKind] = EventKind.DOMESTIC_ABUSE_INCIDENT


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolAbsenceFacts(MarkTold):
    """Coded facts of one mark of absence: a pupil, a school, a day, a session; never a presence."""

    kind: ClassVar[EventKind] = EventKind.SCHOOL_ABSENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityChangeFacts(ChangeTold):
    """Coded facts of one change of who a person is."""

    kind: ClassVar[EventKind] = EventKind.IDENTITY_CHANGE


Facts = (
    EmergencyAttendanceFacts
    | ChildProtectionPlanFacts
    | LookedAfterPeriodFacts
    | UnbornChildProtectionPlanFacts
    | ChildInNeedPeriodFacts
    | PersonDetailsFacts
    | DomesticAbuseIncidentFacts
    | SchoolAbsenceFacts
    | IdentityChangeFacts
)

FACTS_BY_KIND: dict[EventKind, type[Facts]] = {facts.kind: facts for facts in get_args(Facts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who at the agency knows the person."""

    role: str
    name: str | None = field(default=None, repr=False)
    team: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What the agency asks of those who receive an event; policy may narrow it, never widen it."""

    audience: Audience = Audience.ENTITLED
    not_before: datetime | None = None
    not_to_family: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One revision of one fact, as one agency tells it. All instants are aware UTC."""

    source_key: str = field(repr=False)
    revision: int
    state: EventState
    occurred_at: datetime
    recorded_at: datetime
    subject: Subject
    facts: Facts
    cleared: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    detail: bytes | None = field(default=None, repr=False)
    handling: Handling = Handling()
    shielded: bool = False

    @property
    def kind(self) -> EventKind:
        """The kind of the event; it follows from its facts."""
        return self.facts.kind
