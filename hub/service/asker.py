"""Who asks, as the use cases see them, and the audit row of what was asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hub.core.disclosure import DISCLOSURE_VERSION, Purpose, Relationship, Role
from hub.core.front_door import OWN_DESK
from hub.core.identifiers import GssCode, OdsCode
from hub.core.identity_matching import Matching
from hub.core.policy import Policies
from hub.ports import AuditRow, Clock, Places, Questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """One signed-in person or system."""

    user_id: str
    role: Role
    organisation: str
    site: OdsCode | None = None
    authority: GssCode | None = None
    desks: tuple[GssCode, ...] = ()
    """Whose inboxes they read as one list, if their front door serves several authorities."""

    @property
    def at_each(self) -> "tuple[Asker, ...]":
        """Them at each desk whose inbox they read: as whom it is disclosed and audited."""
        return tuple(self.at(code) for code in self.desks) or (self,)

    @property
    def reads(self) -> tuple[str, ...]:
        """The desks whose inboxes they read, as the store names them."""
        return tuple(one.desk for one in self.at_each)

    @property
    def desk(self) -> str:
        """Their own desk, as the store names it."""
        return self.authority.reveal() if self.authority else OWN_DESK

    def at(self, code: GssCode) -> "Asker":
        """Answer them at one desk that their front door serves, and at no other."""
        return replace(self, authority=code, organisation=code.reveal(), desks=())

    @property
    def purpose(self) -> Purpose:
        """What this role asks for."""
        return _PURPOSES.get(self.role, Purpose.OPERATIONS)

    @property
    def relationship(self) -> Relationship:
        """How it stands to a child it asks about: present only at a site of its own."""
        at_site = self.site is not None and self.purpose is Purpose.DIRECT_CARE
        return Relationship.CHILD_PRESENT if at_site else Relationship.NONE


_PURPOSES = {
    Role.ED_CLINICIAN: Purpose.DIRECT_CARE,
    Role.ED_RECEPTION: Purpose.DIRECT_CARE,
    Role.DUTY_WORKER: Purpose.SAFEGUARDING,
    Role.IDENTITY_REVIEWER: Purpose.SAFEGUARDING,
    Role.SCHOOL_SAFEGUARDING_LEAD: Purpose.SAFEGUARDING,
    Role.POLICE_DESK: Purpose.SAFEGUARDING,
    Role.HOSPITAL_SAFEGUARDING_TEAM: Purpose.SAFEGUARDING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What every question needs: the store, the policies, places, the clock and new ids."""

    questions: Questions
    policies: Policies
    places: Places
    clock: Clock
    new_id: Callable[[], UUID]
    """A question has no cause but itself, so its id is new; made in ``bootstrap/clock.py``."""
    matching: Matching | None = None
    """By what likeness is weighed; without it nobody is searched by name."""
    parked_alarm_after: timedelta = timedelta(hours=24)
    """For how long a report may be parked before the operator is alarmed; a setting."""


def audit_row(  # noqa: PLR0913  # an audit row says all of it
    audit_id: UUID,
    asker: Asker,
    *,
    at: datetime,
    action: str,
    subjects: Iterable[bytes],
    outcome: str,
    fields: Iterable[str],
    policies: Policies,
) -> AuditRow:
    """The row that says who asked what, about whom, and what was answered; never a value."""
    return AuditRow(
        audit_id=audit_id,
        at=at,
        actor=asker.user_id,
        role=asker.role.value,
        organisation=asker.organisation,
        action=action,
        purpose=asker.purpose.value,
        subjects=tuple(sorted(subjects)),
        outcome=outcome,
        fields=tuple(fields),
        policy_version=f"{policies.version} disclosure {DISCLOSURE_VERSION}",
        request_id=str(audit_id),
    )
