"""From people who are signed in to askers, as the use cases see them."""

from hub.api.users import Role, User
from hub.core import disclosure
from hub.service.asker import Asker

_ROLES = {
    Role.CLINICIAN: disclosure.Role.ED_CLINICIAN,
    Role.RECEPTION: disclosure.Role.ED_RECEPTION,
    Role.DUTY_WORKER: disclosure.Role.DUTY_WORKER,
    Role.FRONT_DOOR_MANAGER: disclosure.Role.FRONT_DOOR_MANAGER,
    Role.HOSPITAL_INTEGRATION: disclosure.Role.AGENCY_STAFF,
    Role.REGISTER_STAFF: disclosure.Role.AGENCY_STAFF,
    Role.OPERATOR: disclosure.Role.HUB_OPERATOR,
    Role.SCHOOL_SAFEGUARDING_LEAD: disclosure.Role.SCHOOL_SAFEGUARDING_LEAD,
    Role.POLICE_DESK: disclosure.Role.POLICE_DESK,
    Role.HOSPITAL_SAFEGUARDING_TEAM: disclosure.Role.HOSPITAL_SAFEGUARDING_TEAM,
    Role.IDENTITY_REVIEWER: disclosure.Role.IDENTITY_REVIEWER,
}


def asker_of(user: User) -> Asker:
    """The signed-in person as the use cases see them."""
    return Asker(
        user_id=user.user_id,
        role=_ROLES[user.role],
        organisation=user.organisation,
        site=user.site,
        authority=user.authority,
        desks=user.desks,
    )
