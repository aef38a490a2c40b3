"""The two closed answers of the check; JSON, page and every later surface derive from these.

"We could not check" is a different answer from "no plan found", everywhere.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hub.core.event import EventKind
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode


class PlanAnswer(StrEnum):
    """Is there a Child Protection Plan? One heading, all facts beneath."""

    ON_PLAN = "ON_PLAN"
    PLAN_ENDED = "PLAN_ENDED"
    LOOKED_AFTER = "LOOKED_AFTER"
    UNBORN_ON_PLAN = "UNBORN_ON_PLAN"
    NO_PLAN_FOUND = "NO_PLAN_FOUND"
    CANNOT_SAY = "CANNOT_SAY"


class SeenAnswer(StrEnum):
    """Has the child been at any A&E before?"""

    SEEN_BEFORE = "SEEN_BEFORE"
    NONE_KNOWN = "NONE_KNOWN"
    CANNOT_SAY = "CANNOT_SAY"


class ByName(StrEnum):
    """What a search by name, birth date and home found, where no NHS number was given.

    Likeness only: whoever is found so, nothing of them is shown, and never how many they are.
    """

    NOT_SEARCHED = "NOT_SEARCHED"
    """An NHS number was given, or less than such a search needs."""
    NONE = "NONE"
    ONE = "ONE"
    NARROW_IT = "NARROW_IT"
    """Several fit, or one in part: more must be given."""


class CannotSay(StrEnum):
    """Why the hub could not check. One public wording each; none reveals shielding or exclusion."""

    NHS_NUMBER_NEEDED = "nhs_number_needed"
    BIRTH_DATE_NEEDED = "birth_date_needed"
    DETAILS_DISAGREE = "details_disagree"
    POSTCODE_NEEDED = "postcode_needed"
    NAME_NEEDED = "name_needed"
    POSSIBLE_MATCH = "possible_match"
    AUTHORITY_NOT_KNOWN = "authority_not_known"
    REGISTER_NOT_JOINED = "register_not_joined"
    REGISTER_STALE = "register_stale"
    REGISTER_INCOMPLETE = "register_incomplete"
    FEED_STALE = "feed_stale"
    FEED_INCOMPLETE = "feed_incomplete"
    PLAN_MOVED = "plan_moved"
    SOURCE_UNAVAILABLE = "source_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckQuestion:
    """What the asker gave. ``site`` is where the child is; it comes from the asker's sign-in."""

    nhs_number: NhsNumber | None
    birth_date: date | None = field(repr=False)
    family_name: str | None = field(default=None, repr=False)
    given_name: str | None = field(default=None, repr=False)
    postcode: Postcode | None = None
    site: OdsCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown:
    """One plan or period as shown. Withheld fields are ``None``; never a category of abuse."""

    kind: EventKind
    current: bool
    started_on: date | None
    ended_on: date | None
    not_listed_since: date | None = None
    moved: bool = False
    """Closed because another authority takes it over: that is not an end."""
    due_on: date | None = None
    born_on: date | None = None
    authority: GssCode | None = None
    authority_name: str | None = None
    worker: str | None = None
    team: str | None = None
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """One earlier attendance as shown; ``site_name`` is ``None`` when it must not be disclosed."""

    arrived_at: datetime
    site_code: OdsCode | None
    site_name: str | None
    department: str
    left_before_seen: bool
    age_months: int | None
    this_visit: bool = False
    """Open at the asker's own site: probably the present visit, so it is shown and not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One source of the answer: a council's register or a hospital's feed."""

    agency: str
    name: str
    joined: bool
    as_of: datetime | None
    fresh: bool
    complete: bool
    asked: bool = True
    """It follows from what the asker gave; False: only from what is on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """Whom to ring now."""

    label: str
    number: str
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswer:
    """The whole answer to one check. Same shape for every outcome."""

    plan: PlanAnswer
    plan_reasons: tuple[CannotSay, ...] = ()
    plans: tuple[PlanShown, ...] = ()
    in_need: tuple[PlanShown, ...] = ()
    """Open periods in which the child is in need: a fact beside the heading, and never a plan."""
    seen: SeenAnswer
    seen_reasons: tuple[CannotSay, ...] = ()
    presentations: tuple[Presentation, ...] = ()
    """At most 25, the latest first."""
    visits: int = 0
    sites: int = 0
    days: int = 0
    """Over how many days ``visits`` are counted."""
    none_known_since: datetime | None = None
    sources: tuple[SourceState, ...] = ()
    phones: tuple[Phone, ...] = ()
    checked_at: datetime
    policy_version: str
    audit_id: str = ""
    by_name: ByName = ByName.NOT_SEARCHED
    number_replaced: bool = False
    """The child has another NHS number now than was asked with: it is to be looked up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAnswer:
    """Everything that is known, before anyone is shown anything: only ``disclose`` reads it."""

    answer: CheckAnswer = field(repr=False)
    shielded: bool = field(repr=False)
    relay: tuple[Phone, ...]
    """Whom to ring about a child whose whereabouts must not be disclosed."""
    offices_open: frozenset[GssCode] = frozenset()
    """Authorities in whose office hours the question falls."""
