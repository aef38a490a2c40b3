"""Who may know what: one pure function in front of every surface, and no entry means nothing.

The table is data with a version. It says what parts of an answer a role may see, for a purpose and
in a relationship to the child. Shielding then hides location, and never status.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from hub.core.alert import Alert
from hub.core.answer import (
    ByName,
    CheckAnswer,
    PlanAnswer,
    PlanShown,
    Presentation,
    SeenAnswer,
    WholeAnswer,
)
from hub.core.event import Audience, Handling
from hub.core.handling import is_withheld
from hub.core.identifiers import GssCode


class Role(StrEnum):
    """What a person is to the hub."""

    ED_CLINICIAN = "ed_clinician"
    ED_RECEPTION = "ed_reception"
    DUTY_WORKER = "duty_worker"
    """Of one authority's front door."""
    FRONT_DOOR_MANAGER = "front_door_manager"
    """Sees what came of its authority's alerts in counts, and nothing of any answer or alert."""
    AGENCY_STAFF = "agency_staff"
    """Sees how its own agency's reports fared, and nothing of any answer."""
    HUB_OPERATOR = "hub_operator"
    SCHOOL_SAFEGUARDING_LEAD = "school_safeguarding_lead"
    """A school's designated safeguarding lead, or the deputy."""
    POLICE_DESK = "police_desk"
    """A force's Operation Encompass desk."""
    HOSPITAL_SAFEGUARDING_TEAM = "hospital_safeguarding_team"
    """A trust's named nurse or doctor and their team: what became of its reports."""
    IDENTITY_REVIEWER = "identity_reviewer"
    """Says whether two records are of one child: of one authority, or of the hub's own desk."""


class Purpose(StrEnum):
    """What it is asked for."""

    DIRECT_CARE = "direct_care"
    SAFEGUARDING = "safeguarding"
    OPERATIONS = "operations"


class Relationship(StrEnum):
    """How the asker stands to the child."""

    CHILD_PRESENT = "child_present"
    """The child is at the asker's own site."""
    AUTHORITY_CONCERNED = "authority_concerned"
    """The asker's authority holds a plan, or owns or is informed of an alert."""
    NONE = "none"


class Part(StrEnum):
    """What of an answer may be seen; never a category of abuse, which no answer holds."""

    ACTION_NEEDED = "action_needed"
    """One bit: whether a clinician must look."""
    PLAN_STATUS = "plan_status"
    """Heading, reasons, what a search by name found, and what each plan or period is and when; that
    the NHS number asked with was replaced."""
    CHILD_IN_NEED = "child_in_need"
    """That a council works with the child as in need, and since when."""
    PLAN_HOLDER = "plan_holder"
    """Authority and team."""
    WORKER_IN_OFFICE_HOURS = "worker_in_office_hours"
    WORKER = "worker"
    SEEN_STATUS = "seen_status"
    """Heading, reasons, counts."""
    SEEN_VISITS = "seen_visits"
    """Each visit with its site."""
    SOURCES = "sources"
    PHONES = "phones"


Table = Mapping[tuple[Role, Purpose, Relationship], frozenset[Part]]

DISCLOSURE_VERSION = "6"
"""Rises with any change of the table or of what a part means; the audit row quotes it."""

DISCLOSURE_TABLE: Table = MappingProxyType(
    {
        (Role.ED_CLINICIAN, Purpose.DIRECT_CARE, Relationship.CHILD_PRESENT): frozenset(
            {
                Part.PLAN_STATUS,
                Part.CHILD_IN_NEED,
                Part.PLAN_HOLDER,
                Part.WORKER_IN_OFFICE_HOURS,
                Part.SEEN_STATUS,
                Part.SEEN_VISITS,
                Part.SOURCES,
                Part.PHONES,
            }
        ),
        (Role.ED_RECEPTION, Purpose.DIRECT_CARE, Relationship.CHILD_PRESENT): frozenset(
            {Part.ACTION_NEEDED}
        ),
        (Role.DUTY_WORKER, Purpose.SAFEGUARDING, Relationship.AUTHORITY_CONCERNED): frozenset(
            {
                Part.PLAN_STATUS,
                Part.CHILD_IN_NEED,
                Part.PLAN_HOLDER,
                Part.WORKER,
                Part.SEEN_STATUS,
                Part.SEEN_VISITS,
                Part.SOURCES,
                Part.PHONES,
            }
        ),
    }
)
"""Closed: who is not here sees nothing of any answer."""


def disclose(
    role: Role,
    purpose: Purpose,
    relationship: Relationship,
    whole: WholeAnswer,
    table: Table = DISCLOSURE_TABLE,
) -> CheckAnswer | None:
    """Answer what of a check this asker sees; ``None`` without an entry in the table.

    A part that is not allowed is left out, and a heading that is not allowed reads CANNOT_SAY:
    nobody is told that nothing was found who may not be told what was.
    """
    parts = table.get((role, purpose, relationship))
    if not parts:
        return None
    shown = _shielded(whole) if whole.shielded else whole.answer
    return _seen_part(_plan_part(shown, parts, whole), parts)


def may_be_shown(role: Role, handling: Handling, now: datetime) -> bool:
    """Answer whether an agency's wish allows this role to see a fact at this instant."""
    withheld = is_withheld(handling, now)
    return not withheld and handling.audience in _AUDIENCES.get(role, frozenset())


class Standing(StrEnum):
    """How an alert concerns the viewer."""

    OWNER = "owner"
    INFORMED = "informed"
    HUB_DESK = "hub_desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedAlert:
    """An alert as one viewer sees it."""

    alert: Alert
    standing: Standing
    location_withheld: bool = False
    """The other authorities are not named: they would tell where the child is."""


def disclose_alert(
    role: Role, authority: GssCode | None, alert: Alert, *, shielded: bool
) -> DisclosedAlert | None:
    """Answer an alert to a duty worker whose authority owns it or is informed; else ``None``.

    What was never delivered is shown to nobody. An alert that no authority could be found for is
    shown, without its grounds, to the hub's operator, who finds one: nothing is left unrouted.
    """
    if not alert.delivered:
        return None
    if role is Role.HUB_OPERATOR and alert.owner is None:
        return DisclosedAlert(alert=replace(alert, grounds=()), standing=Standing.HUB_DESK)
    if role is not Role.DUTY_WORKER or authority is None:
        return None
    if authority != alert.owner and authority not in alert.informed:
        return None
    standing = Standing.OWNER if authority == alert.owner else Standing.INFORMED
    if not shielded:
        return DisclosedAlert(alert=alert, standing=standing)
    acts = standing is Standing.OWNER
    own = replace(
        alert,
        owner=authority if acts else None,
        informed=() if acts else (authority,),
        policy_version=alert.policy_version if acts else "",  # it begins with the owner's code
    )
    return DisclosedAlert(alert=own, standing=standing, location_withheld=True)


_AUDIENCES: Mapping[Role, frozenset[Audience]] = MappingProxyType(
    {
        Role.ED_CLINICIAN: frozenset({Audience.ENTITLED, Audience.HEALTH_AND_SOCIAL_CARE}),
        Role.ED_RECEPTION: frozenset({Audience.ENTITLED, Audience.HEALTH_AND_SOCIAL_CARE}),
        Role.DUTY_WORKER: frozenset(Audience),
        Role.IDENTITY_REVIEWER: frozenset({Audience.ENTITLED, Audience.HEALTH_AND_SOCIAL_CARE}),
        Role.SCHOOL_SAFEGUARDING_LEAD: frozenset({Audience.ENTITLED}),
        Role.POLICE_DESK: frozenset(Audience),  # it reads what it told itself
    }
)
"""An audience that is not known is shown to nobody outside social care."""


def _shielded(whole: WholeAnswer) -> CheckAnswer:
    """Answer without location: authority, team, worker, site; where there is a plan, ring a relay.

    Without a plan the numbers are those of the asker's own area, and a relay would only tell that
    the child is shielded.
    """
    answer = whole.answer
    return replace(
        answer,
        plans=tuple(_without_holder(plan) for plan in answer.plans),
        in_need=tuple(_without_holder(one) for one in answer.in_need),
        presentations=tuple(_without_site(one) for one in answer.presentations),
        sources=tuple(source for source in answer.sources if source.asked),
        phones=whole.relay if answer.plans else answer.phones,
    )


def _without_holder(plan: PlanShown) -> PlanShown:
    return replace(plan, authority=None, authority_name=None, team=None, worker=None)


def _without_site(presentation: Presentation) -> Presentation:
    return replace(presentation, site_code=None, site_name=None)


def _plan_part(answer: CheckAnswer, parts: frozenset[Part], whole: WholeAnswer) -> CheckAnswer:
    in_need = answer.in_need if Part.CHILD_IN_NEED in parts else ()
    answer = replace(answer, in_need=_holders_part(in_need, parts, whole))
    if Part.PLAN_STATUS not in parts:
        clear = Part.ACTION_NEEDED in parts and answer.plan is PlanAnswer.NO_PLAN_FOUND
        heading = PlanAnswer.NO_PLAN_FOUND if clear else PlanAnswer.CANNOT_SAY
        return replace(
            answer,
            plan=heading,
            plan_reasons=(),
            plans=(),
            by_name=ByName.NOT_SEARCHED,
            number_replaced=False,
        )
    return replace(answer, plans=_holders_part(answer.plans, parts, whole))


def _holders_part(
    plans: tuple[PlanShown, ...], parts: frozenset[Part], whole: WholeAnswer
) -> tuple[PlanShown, ...]:
    """Answer plans or periods with as much of their holder as may be seen."""
    seen = []
    for plan in plans:
        shown = plan if Part.PLAN_HOLDER in parts else _without_holder(plan)
        in_hours = plan.authority in whole.offices_open and Part.WORKER_IN_OFFICE_HOURS in parts
        seen.append(shown if in_hours or Part.WORKER in parts else replace(shown, worker=None))
    return tuple(seen)


def _seen_part(answer: CheckAnswer, parts: frozenset[Part]) -> CheckAnswer:
    """Answer with the rest cut down: visits, sources, numbers to ring."""
    allowed = replace(
        answer,
        presentations=answer.presentations if Part.SEEN_VISITS in parts else (),
        sources=answer.sources if Part.SOURCES in parts else (),
        phones=answer.phones if Part.PHONES in parts else (),
    )
    if Part.SEEN_STATUS in parts:
        return allowed
    return replace(
        allowed,
        seen=SeenAnswer.CANNOT_SAY,
        seen_reasons=(),
        presentations=(),
        visits=0,
        sites=0,
        days=0,
        none_known_since=None,
    )
