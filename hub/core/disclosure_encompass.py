"""What of a notice may be read by whom; no entry means nothing.

A school that only the force names is told whose child it is asked about, and not that anything
happened. A force reads what it told itself, and why no school was told. Where the child is shielded
nothing is told that places it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from hub.core.disclosure import Purpose, Role, may_be_shown
from hub.core.encompass_notice import EncompassNotice, NoticeState, RecipientKind
from hub.core.encompass_policy import ContentLevel
from hub.core.incident import Incident
from hub.core.incident_facts import Premises, RiskGrade


class NoticePart(StrEnum):
    """What a notice can tell."""

    CHILD = "child"
    """Name and birth date."""
    INCIDENT = "incident"
    """That there was an incident of domestic abuse."""
    REFERENCE = "reference"
    """The force's own number of it."""
    WHEN = "when"
    PLACE = "place"
    """The kind of place, never an address."""
    PRESENT = "present"
    VOICE = "voice"
    """What the child said, if the force told it."""
    CIRCUMSTANCES = "circumstances"
    GRADE = "grade"
    REASON = "reason"
    """Why it came here and not to a school."""
    SCHOOL = "school"
    """At which school the child is known."""
    FORCE = "force"
    """Which force told it, and its desk: the name of that desk alone says what it is about."""


_MINIMUM = frozenset({NoticePart.CHILD, NoticePart.INCIDENT, NoticePart.FORCE})
_FULL = _MINIMUM | {
    NoticePart.REFERENCE,
    NoticePart.WHEN,
    NoticePart.PLACE,
    NoticePart.PRESENT,
    NoticePart.VOICE,
    NoticePart.CIRCUMSTANCES,
}
_DESK = _MINIMUM | {
    NoticePart.REFERENCE,
    NoticePart.WHEN,
    NoticePart.PRESENT,
    NoticePart.REASON,
    NoticePart.SCHOOL,
}

Table = Mapping[tuple[Role, Purpose, ContentLevel], frozenset[NoticePart]]

NOTICE_TABLE: Table = MappingProxyType(
    {
        (Role.SCHOOL_SAFEGUARDING_LEAD, Purpose.SAFEGUARDING, ContentLevel.MINIMUM): _MINIMUM,
        (Role.SCHOOL_SAFEGUARDING_LEAD, Purpose.SAFEGUARDING, ContentLevel.FULL): _FULL,
        **{(Role.POLICE_DESK, Purpose.SAFEGUARDING, level): _DESK for level in ContentLevel},
        **{
            (Role.DUTY_WORKER, Purpose.SAFEGUARDING, level): (_FULL - {NoticePart.VOICE})
            | {NoticePart.GRADE, NoticePart.REASON, NoticePart.SCHOOL}
            for level in ContentLevel
        },
    }
)
"""Closed: whoever is not here reads nothing of any notice."""

KIND_OF_ROLE: Mapping[Role, RecipientKind] = MappingProxyType(
    {
        Role.SCHOOL_SAFEGUARDING_LEAD: RecipientKind.SCHOOL,
        Role.POLICE_DESK: RecipientKind.FORCE,
        Role.DUTY_WORKER: RecipientKind.COUNCIL,
    }
)
"""For what kind of organisation each role reads."""

_PLACES_CHILD = frozenset({NoticePart.PLACE, NoticePart.SCHOOL, NoticePart.PRESENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks for notices, what for, and which seats are theirs."""

    role: Role
    purpose: Purpose
    seats: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedNotice:
    """A notice as one viewer may read it; ``incident`` holds only what ``parts`` name."""

    notice: EncompassNotice
    parts: frozenset[NoticePart]
    incident: Incident | None


def disclose_notice(  # noqa: PLR0913  # who asks from where, what, when, and what narrows it
    viewer: Viewer,
    notice: EncompassNotice,
    incident: Incident | None,
    now: datetime,
    *,
    shielded: bool,
    grade_shown: bool = False,
    table: Table = NOTICE_TABLE,
) -> DisclosedNotice | None:
    """Answer what of a notice a viewer may read; ``None`` if that is nothing.

    Args:
        viewer: who asks, what for, and from which seats.
        notice: as it stands.
        incident: what is known of it now; ``None`` if it was withdrawn.
        now: the present instant: before it opens nobody reads it.
        shielded: whether the child is.
        grade_shown: whether a full notice quotes the force's grade.
        table: what each role may read.
    """
    if not viewer.seats.intersection(notice.seats) or now < notice.opens_at:
        return None
    if _gone_unseen(notice) or not _is_for(viewer.role, notice, incident, now):
        return None
    hidden = shielded or (incident is not None and incident.shielded)
    level = ContentLevel.MINIMUM if hidden else notice.level
    parts = table.get((viewer.role, viewer.purpose, level), frozenset())
    if viewer.role is Role.SCHOOL_SAFEGUARDING_LEAD:
        parts = _at_school(parts, notice, grade=grade_shown and level is ContentLevel.FULL)
    if hidden:
        parts -= _PLACES_CHILD
    if notice.state is not NoticeState.STANDING:
        parts &= _MINIMUM
    if not parts:
        return None
    shown = _cut_down(incident, parts) if incident is not None else None
    own = KIND_OF_ROLE.get(viewer.role) is notice.recipient.kind
    told = _unplaced(notice) if hidden and not own else notice
    return DisclosedNotice(notice=told, parts=parts, incident=shown)


def _unplaced(notice: EncompassNotice) -> EncompassNotice:
    """A notice without what tells its reader where a shielded child is.

    The name of who acknowledged it tells the school, and the version of the policy the council.
    """
    return replace(notice, acknowledged_by=None, policy_version="")


def _at_school(
    parts: frozenset[NoticePart], notice: EncompassNotice, *, grade: bool
) -> frozenset[NoticePart]:
    if notice.unconfirmed:
        return parts & {NoticePart.CHILD}
    return parts | {NoticePart.GRADE} if grade and parts else parts


def _is_for(role: Role, notice: EncompassNotice, incident: Incident | None, now: datetime) -> bool:
    """Whether notices of this kind are for the role, and the force's wish lets it read."""
    at_school = role is Role.SCHOOL_SAFEGUARDING_LEAD
    if at_school and notice.recipient.kind is not RecipientKind.SCHOOL:
        return False
    return incident is None or may_be_shown(role, incident.handling, now)


def _gone_unseen(notice: EncompassNotice) -> bool:
    """Whether it no longer stands and nobody ever saw it: then nobody need know of it."""
    unseen = notice.seen_at is None and notice.acknowledged_at is None
    return unseen and notice.state is not NoticeState.STANDING


def _cut_down(incident: Incident, parts: frozenset[NoticePart]) -> Incident | None:
    if NoticePart.INCIDENT not in parts:
        return None
    hidden: dict[str, object] = {"school_urn": None, "place_authority": None, "occurrence": None}
    if NoticePart.PLACE not in parts or incident.premises is Premises.REFUGE:
        hidden["premises"] = Premises.UNKNOWN
    if NoticePart.GRADE not in parts:
        hidden |= {"officer_grade": RiskGrade.UNKNOWN, "assessor_grade": RiskGrade.UNKNOWN}
    if NoticePart.PRESENT not in parts:
        hidden |= {"present": None, "resident": None, "seen": None, "spoken_to": None}
    if NoticePart.CIRCUMSTANCES not in parts:
        hidden |= {"adults": (), "injured": None, "referral_made": None}
    adults = tuple(replace(one, person=None) for one in incident.adults)
    return replace(replace(incident, adults=adults), **hidden)  # type: ignore[arg-type]  # each attribute's own type
