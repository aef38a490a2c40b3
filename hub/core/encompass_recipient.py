"""Whom a notice of domestic abuse is for: a named person at the school, or else a desk.

Recipients are decided from who says that the child is at a school in this school year, whom the
school has named, and what the force and the people concerned have said against telling it.
"""

from dataclasses import dataclass
from datetime import datetime

from hub.core.chronology import Chronology
from hub.core.encompass_notice import (
    EncompassNotice,
    NoticeReason,
    Recipient,
    RecipientKind,
    RollWord,
    council_seat,
    desk_seat,
    staff_seat,
)
from hub.core.encompass_policy import EncompassPolicy
from hub.core.encompass_school import school_known
from hub.core.event import Audience
from hub.core.identifiers import GssCode
from hub.core.incident import Incident
from hub.core.school_directory import School, SchoolDirectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerning:
    """What a decision on one child's notices rests on.

    Attributes:
        chronology: everything known of the child.
        certain: no record is only possibly this child's.
        nameless: records linked with others that say no given name and no number: they may be a
            twin's.
        words: what schools' registers and people said of its school.
        conflicted: staff who have said that they are not the ones to read of this child.
        notices: every notice there is about it, whatever its state.
        council: the authority responsible for it, if one is known.
    """

    chronology: Chronology
    certain: bool
    nameless: frozenset[bytes] = frozenset()
    words: tuple[RollWord, ...] = ()
    conflicted: frozenset[str] = frozenset()
    notices: tuple[EncompassNotice, ...] = ()
    council: GssCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom a notice should be for, and why."""

    recipient: Recipient
    reason: NoticeReason
    seats: tuple[str, ...]

    @property
    def unconfirmed(self) -> bool:
        """Whether it is to ask first if the child is on roll."""
        return self.reason is NoticeReason.FORCE_NAMED_SCHOOL


def wanted_for(
    incident: Incident,
    given: Concerning,
    policy: EncompassPolicy,
    directory: SchoolDirectory,
    as_of: datetime,
) -> Wanted:
    """Answer whom to tell of an incident: the school, if it may be; else the desk or the council.

    The council is told where no school is known; whatever else stands against telling a school is
    for the force's desk to settle. An incident told of a child without name and number goes to the
    desk too, though it is linked: likeness alone discloses nothing to a school (decision 34).
    """
    if not given.certain or incident.record_ref in given.nameless:
        return _desk(incident, NoticeReason.CHILD_NOT_CERTAIN)
    known = school_known(given.words, incident.school_urn, as_of)
    if known.school is None:
        return _without_school(incident, given, known.reason)
    against = _against_schools(incident, given, policy, known.reason)
    if against is not None:
        return _desk(incident, against)
    school = directory.of(known.school)
    if school is None:
        return _desk(incident, NoticeReason.SCHOOL_NOT_LISTED)
    return _at_school(incident, given, school, known.reason)


def _without_school(incident: Incident, given: Concerning, reason: NoticeReason) -> Wanted:
    council = given.council
    if reason is NoticeReason.NOT_ON_ROLL or council is None:
        return _desk(incident, reason)
    recipient = Recipient(kind=RecipientKind.COUNCIL, agency=council.reveal())
    return Wanted(recipient=recipient, reason=reason, seats=(council_seat(council),))


def _against_schools(
    incident: Incident, given: Concerning, policy: EncompassPolicy, known: NoticeReason
) -> NoticeReason | None:
    if incident.handling.audience is not Audience.ENTITLED:
        return NoticeReason.NOT_FOR_SCHOOLS
    if incident.handling_code in policy.not_to_school_codes:
        return NoticeReason.SCHOOL_CONCERNED
    shielded = incident.shielded or given.chronology.shielded
    if shielded and known is NoticeReason.FORCE_NAMED_SCHOOL:
        return NoticeReason.SHIELDED_UNCONFIRMED
    return None


def _at_school(
    incident: Incident, given: Concerning, school: School, reason: NoticeReason
) -> Wanted:
    able = [one for one in school.contacts() if one.staff_id not in given.conflicted]
    if not able:
        return _desk(incident, NoticeReason.NOBODY_TO_ADDRESS)
    return Wanted(
        recipient=Recipient(kind=RecipientKind.SCHOOL, agency=school.urn.agency),
        reason=reason,
        seats=(staff_seat(able[0].staff_id),),
    )


def _desk(incident: Incident, reason: NoticeReason) -> Wanted:
    force = incident.agency
    recipient = Recipient(kind=RecipientKind.FORCE, agency=force)
    return Wanted(recipient=recipient, reason=reason, seats=(desk_seat(force),))
