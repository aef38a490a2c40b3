"""What of a domestic-abuse incident may be seen by whom; no entry means nothing.

A duty worker whose authority owns the alert, or is informed, sees the coded facts. A clinician sees
nothing of an incident at all: no check holds one. A force sees how its own reports fared on its
feeds page, and nothing here. What was said in words (the voice of the child, the circumstances) is
sealed to a key that no surface holds yet.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.core.disclosure import Purpose, Relationship, Role, may_be_shown
from hub.core.incident import Incident
from hub.core.incident_facts import Premises

INCIDENT_READERS: Final = frozenset(
    {(Role.DUTY_WORKER, Purpose.SAFEGUARDING, Relationship.AUTHORITY_CONCERNED)}
)
"""Closed: who is not here sees nothing of any incident."""


def disclose_incident(  # noqa: PLR0913  # who asks, what for, how they stand, what, when, shielded
    role: Role,
    purpose: Purpose,
    relationship: Relationship,
    incident: Incident,
    now: datetime,
    *,
    shielded: bool,
) -> Incident | None:
    """Answer what of an incident this viewer sees; ``None`` if that is nothing.

    Shielding, of the incident or of the child, hides place, kind of place and school: a refuge is
    itself a location. References of incident and people are never shown.
    """
    if (role, purpose, relationship) not in INCIDENT_READERS:
        return None
    if not may_be_shown(role, incident.handling, now):
        return None
    shown = replace(
        incident,
        occurrence=None,
        adults=tuple(replace(one, person=None) for one in incident.adults),
    )
    if shielded or incident.shielded:
        shown = replace(shown, place_authority=None, premises=Premises.UNKNOWN, school_urn=None)
    return shown
