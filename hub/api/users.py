"""Who asks, and which surfaces their role opens; a role that is not in the table opens nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hub.core.identifiers import GssCode, OdsCode


class Role(StrEnum):
    """What a person is to the hub; what each may be shown is decided in the core."""

    CLINICIAN = "clinician"
    RECEPTION = "reception"
    DUTY_WORKER = "duty_worker"
    FRONT_DOOR_MANAGER = "front_door_manager"
    HOSPITAL_INTEGRATION = "hospital_integration"
    REGISTER_STAFF = "register_staff"
    OPERATOR = "operator"
    SCHOOL_SAFEGUARDING_LEAD = "school_safeguarding_lead"
    POLICE_DESK = "police_desk"
    HOSPITAL_SAFEGUARDING_TEAM = "hospital_safeguarding_team"
    IDENTITY_REVIEWER = "identity_reviewer"


class Permission(StrEnum):
    """A surface; opening it says nothing yet about what is shown on it."""

    CHECK = "check"
    INBOX = "inbox"
    FEEDS = "feeds"
    REGISTERS = "registers"
    NOTICES = "notices"
    FEEDBACK = "feedback"
    REVIEWS = "reviews"
    MATCHING = "matching"
    RULES = "rules"


ROLE_OPENS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.CLINICIAN: frozenset({Permission.CHECK}),
        Role.RECEPTION: frozenset({Permission.CHECK}),
        Role.DUTY_WORKER: frozenset({Permission.INBOX, Permission.NOTICES, Permission.REVIEWS}),
        Role.FRONT_DOOR_MANAGER: frozenset({Permission.RULES}),
        Role.HOSPITAL_INTEGRATION: frozenset({Permission.FEEDS}),
        Role.REGISTER_STAFF: frozenset(
            {Permission.FEEDS, Permission.REGISTERS, Permission.MATCHING}
        ),
        Role.OPERATOR: frozenset({Permission.FEEDS}),
        Role.SCHOOL_SAFEGUARDING_LEAD: frozenset({Permission.NOTICES, Permission.FEEDBACK}),
        Role.POLICE_DESK: frozenset({Permission.NOTICES, Permission.FEEDBACK}),
        Role.HOSPITAL_SAFEGUARDING_TEAM: frozenset({Permission.FEEDBACK}),
        Role.IDENTITY_REVIEWER: frozenset({Permission.REVIEWS}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One signed-in person or system. ``name`` is always on the screen."""

    user_id: str
    name: str
    role: Role
    role_name: str
    organisation: str
    """ODS code of a site or trust, GSS code of an authority, or ``HUB``."""
    organisation_name: str
    site: OdsCode | None = None
    """Where the person works, if it is one hospital site: a check's ``site``."""
    authority: GssCode | None = None
    """Whose duty desk or register it is, if it is a council's."""
    desks: tuple[GssCode, ...] = ()
    """Whose inboxes they read as one, if their front door serves several authorities."""

    def may(self, permission: Permission) -> bool:
        """Answer whether this role opens the surface."""
        return permission in ROLE_OPENS.get(self.role, frozenset())


def _at_site(role: Role, role_name: str, name: str, site: str, site_name: str) -> User:
    return User(
        user_id=f"{role.value.replace('_', '-')}-{site.lower()}",
        name=name,
        role=role,
        role_name=role_name,
        organisation=site,
        organisation_name=site_name,
        site=OdsCode(site),
    )


def _at_council(  # noqa: PLR0913  # who it is and of whom, a line of the list
    role: Role, role_name: str, name: str, gss: str, council: str, *, before_id: str = ""
) -> User:
    """Somebody of a council; ``before_id`` sets a colleague of the same role apart."""
    return User(
        user_id=f"{before_id}{role.value.replace('_', '-')}-{gss.lower()}",
        name=name,
        role=role,
        role_name=role_name,
        organisation=gss,
        organisation_name=council,
        authority=GssCode(gss),
    )


def _at_school(user_id: str, name: str, role_name: str, urn: str, school: str) -> User:
    """Somebody of a school; the id is that of the directory of schools."""
    return User(
        user_id=user_id,
        name=name,
        role=Role.SCHOOL_SAFEGUARDING_LEAD,
        role_name=role_name,
        organisation=f"URN{urn}",
        organisation_name=school,
    )


DEMO_USERS: tuple[User, ...] = (
    _at_site(
        Role.CLINICIAN, "A&E clinician", "Dr Amara Nwosu", "RAE01", "Bradford Royal Infirmary"
    ),
    _at_site(Role.CLINICIAN, "A&E clinician", "Dr Tom Ellis", "RR801", "Leeds General Infirmary"),
    _at_site(Role.RECEPTION, "A&E reception", "Jo Marsh", "RAE01", "Bradford Royal Infirmary"),
    _at_council(
        Role.DUTY_WORKER, "Duty social worker", "Nadia Rahman", "E08000032", "Bradford Council"
    ),
    _at_council(
        Role.DUTY_WORKER, "Duty social worker", "Chris Oyelaran", "E08000035", "Leeds City Council"
    ),
    _at_council(
        Role.DUTY_WORKER,
        "Second duty social worker",
        "Imran Siddiqui",
        "E08000032",
        "Bradford Council",
        before_id="second-",
    ),
    _at_council(
        Role.DUTY_WORKER, "Duty social worker", "Beth Aspinall", "E10000017", "Lancashire Council"
    ),
    _at_council(
        Role.DUTY_WORKER, "Duty social worker", "Owen Sutcliffe", "E08000033", "Calderdale Council"
    ),
    _at_council(
        Role.FRONT_DOOR_MANAGER,
        "Front door manager",
        "Helen Dearden",
        "E08000032",
        "Bradford Council",
    ),
    _at_council(
        Role.FRONT_DOOR_MANAGER,
        "Front door manager",
        "Marcus Thwaite",
        "E08000035",
        "Leeds City Council",
    ),
    User(
        user_id="hospital-integration-rae",
        name="Priya Shah",
        role=Role.HOSPITAL_INTEGRATION,
        role_name="Hospital integration team",
        organisation="RAE",
        organisation_name="Bradford Teaching Hospitals",
    ),
    User(
        user_id="hospital-safeguarding-rae",
        name="Moira Finch",
        role=Role.HOSPITAL_SAFEGUARDING_TEAM,
        role_name="Hospital safeguarding team",
        organisation="RAE",
        organisation_name="Bradford Teaching Hospitals",
    ),
    _at_council(
        Role.REGISTER_STAFF, "Council register team", "Sam Okafor", "E08000032", "Bradford Council"
    ),
    _at_council(
        Role.IDENTITY_REVIEWER,
        "Matching reviewer",
        "Grace Holdsworth",
        "E08000032",
        "Bradford Council",
    ),
    _at_council(
        Role.IDENTITY_REVIEWER,
        "Second matching reviewer",
        "Tomasz Zielinski",
        "E08000032",
        "Bradford Council",
        before_id="second-",
    ),
    _at_council(
        Role.IDENTITY_REVIEWER, "Matching reviewer", "Adaeze Obi", "E08000035", "Leeds City Council"
    ),
    User(
        user_id="identity-reviewer-hub",
        name="Morag Finlay",
        role=Role.IDENTITY_REVIEWER,
        role_name="Matching desk of the hub",
        organisation="HUB",
        organisation_name="Safeguarding Hub",
    ),
    _at_school(
        "school-lead-107200",
        "Ruth Adeyemi",
        "Safeguarding lead",
        "107200",
        "Made-up Primary School",
    ),
    _at_school(
        "school-lead-900102",
        "Farida Nowak",
        "Safeguarding lead",
        "900102",
        "Dyehouse Primary School",
    ),
    _at_school(
        "school-lead-900201",
        "Bronwen Ogden",
        "Safeguarding lead",
        "900201",
        "Cinder Lane Primary School",
    ),
    User(
        user_id="police-desk-pol13",
        name="Sgt Iqra Hussain",
        role=Role.POLICE_DESK,
        role_name="Operation Encompass desk",
        organisation="POL13",
        organisation_name="West Yorkshire Police",
    ),
    User(
        user_id="operator",
        name="Lee Hargreaves",
        role=Role.OPERATOR,
        role_name="Hub operator",
        organisation="HUB",
        organisation_name="Safeguarding Hub",
    ),
)
"""The made-up people of the demo, by the order in which the sign-in page shows them."""

DEMO_USERS_BY_ID: Mapping[str, User] = MappingProxyType({u.user_id: u for u in DEMO_USERS})
