"""Decides which notices of domestic abuse stand, for whom, and by when (Operation Encompass).

Given everything known of a child, what was said of its school, and the notices there are, answers
what changes. The same knowledge always gives the same notices: a report that comes twice, or late,
or in another order gives none again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from hub.core.clock import london_date
from hub.core.encompass_notice import (
    EncompassNotice,
    NoticeChange,
    NoticeState,
    NoticeStep,
    Recipient,
    RecipientKind,
    notice_id,
    staff_seat,
)
from hub.core.encompass_policy import ContentLevel
from hub.core.encompass_recipient import Concerning, Wanted, wanted_for
from hub.core.encompass_school import said_no
from hub.core.encompass_time import due_at, is_of_school_age
from hub.core.identifiers import Urn
from hub.core.incident import Incident
from hub.core.policy import LocalAuthorityPolicy
from hub.core.school_calendar import SchoolCalendar
from hub.core.school_directory import SchoolDirectory


def decide_notices(
    given: Concerning, policy: LocalAuthorityPolicy, directory: SchoolDirectory, as_of: datetime
) -> tuple[NoticeChange, ...]:
    """Answer what changes among a child's notices.

    A policy that changes, or a feed that joins, makes and withdraws none by itself.
    """
    deciding = _Deciding(given, policy, directory, as_of)
    incidents = sorted(given.chronology.incidents, key=_place)
    changes = [
        change
        for _, same in groupby(incidents, key=lambda one: one.same_incident)
        for change in deciding.of_incident(tuple(same))
    ]
    standing = {one.fact_key for one in incidents}
    changes += [
        deciding.ended(one, NoticeState.WITHDRAWN, NoticeStep.WITHDRAWN)
        for one in given.notices
        if one.stands and one.fact_key not in standing
    ]
    return tuple(changes)


class _Deciding:
    """One decision: what it rests on, and a step of it in each method."""

    def __init__(
        self,
        given: Concerning,
        policy: LocalAuthorityPolicy,
        directory: SchoolDirectory,
        as_of: datetime,
    ) -> None:
        self._given = given
        self._policy = policy
        self._directory = directory
        self._as_of = as_of

    def of_incident(self, same: Sequence[Incident]) -> Iterable[NoticeChange]:
        """What changes for one incident; a force may have told it of two records of the child."""
        told = {one.fact_key: one for one in same}
        live = [one for one in self._given.notices if one.stands and one.fact_key in told]
        if not live:
            incident = same[0]
            if self._calls_for_one(incident):
                yield self._made(incident, self._wanted(incident), self._policy.encompass.level)
            return
        for notice in live:
            yield from self._of_standing(notice, told[notice.fact_key])

    def _calls_for_one(self, incident: Incident) -> bool:
        """Present, resident or linked: every child of school age that the force names counts."""
        agreed, source = self._policy.encompass, self._policy.sources.get(incident.agency)
        if agreed.level is ContentLevel.OFF or source is None:
            return False
        if incident.unborn or incident.backfill or incident.encompass_sent_at is not None:
            return False
        if incident.began_at < source.live_from:
            return False
        if agreed.live_from is not None and incident.received_at < agreed.live_from:
            return False
        born, on = self._given.chronology.birth_date, london_date(self._as_of)
        return is_of_school_age(born, incident.age_months, on)

    def _wanted(self, incident: Incident) -> Wanted:
        agreed = self._policy.encompass
        return wanted_for(incident, self._given, agreed, self._directory, self._as_of)

    def _made(self, incident: Incident, wanted: Wanted, usual: ContentLevel) -> NoticeChange:
        """A notice that was not there; one that comes back keeps its id and is told anew."""
        child_ref, now = self._given.chronology.child_ref, self._as_of
        own_id = notice_id(incident.fact_key, child_ref, wanted.recipient)
        former = next((one for one in self._given.notices if one.notice_id == own_id), None)
        opens_at = max(now, incident.handling.not_before or now)
        notice = EncompassNotice(
            notice_id=own_id,
            child_ref=child_ref,
            fact_key=incident.fact_key,
            force=incident.agency,
            recipient=wanted.recipient,
            reason=wanted.reason,
            version=former.version + 1 if former else 1,
            unconfirmed=wanted.unconfirmed,
            level=self._level(incident, usual),
            seats=wanted.seats,
            council=self._given.council,
            content_digest=content_digest(incident),
            opens_at=opens_at,
            due_at=self._due(incident.began_at, opens_at, wanted.recipient),
            seen_at=former.seen_at if former else None,
            policy_version=self._policy.version,
            made_at=former.made_at if former else now,
            changed_at=now,
        )
        return _told(notice, NoticeStep.MADE)

    def _level(self, incident: Incident, usual: ContentLevel) -> ContentLevel:
        shielded = incident.shielded or self._given.chronology.shielded
        return ContentLevel.MINIMUM if shielded else usual

    def _level_of(self, notice: EncompassNotice) -> ContentLevel:
        """What is agreed now, of a notice that is handed on; as before where none is made now."""
        now = self._policy.encompass.level
        return notice.level if now is ContentLevel.OFF else now

    def _due(self, happened_at: datetime, opens_at: datetime, recipient: Recipient) -> datetime:
        agreed = self._policy.encompass
        return due_at(happened_at, opens_at, self._calendar(recipient), agreed)

    def _calendar(self, recipient: Recipient) -> SchoolCalendar | None:
        calendars = self._policy.calendars
        if calendars is None:
            return None
        if recipient.kind is RecipientKind.SCHOOL:
            return calendars.of(Urn.of_agency(recipient.agency))
        return calendars.usual

    def _of_standing(self, notice: EncompassNotice, incident: Incident) -> Iterable[NoticeChange]:
        wanted = self._wanted(incident)
        if wanted.recipient != notice.recipient and not self._stays(notice, incident, wanted):
            yield self.ended(notice, NoticeState.PASSED_ON, NoticeStep.PASSED_ON)
            yield self._made(incident, wanted, self._level_of(notice))
            return
        more = content_digest(incident) != notice.content_digest
        current = self._readdressed(notice, wanted, more=more)
        if more:
            yield self._revised(current, incident)
        elif current != notice:
            yield _told(replace(current, changed_at=self._as_of), NoticeStep.READDRESSED)

    def _stays(self, notice: EncompassNotice, incident: Incident, wanted: Wanted) -> bool:
        """What was acknowledged stays where it was dealt with, unless that was the wrong school.

        Nor does it where more is told now, and something stands against telling it to a school.
        """
        refused = said_no(self._given.words, notice.recipient.agency, self._as_of)
        if notice.acknowledged_at is None or refused:
            return False
        more = content_digest(incident) != notice.content_digest
        at_school = notice.recipient.kind is RecipientKind.SCHOOL
        return not (more and at_school and wanted.recipient.kind is not RecipientKind.SCHOOL)

    def _readdressed(
        self, notice: EncompassNotice, wanted: Wanted, *, more: bool
    ) -> EncompassNotice:
        """The same notice for the same organisation, for whom and why as it is known now.

        One that was acknowledged stays with who dealt with it, unless there is more to tell.
        """
        dealt_with = notice.acknowledged_at is not None and not more
        if wanted.recipient != notice.recipient or dealt_with:
            return notice
        kept = tuple(
            seat for seat in notice.seats if notice.late_at is not None and self._may_keep(seat)
        )
        seats = tuple(dict.fromkeys((*wanted.seats, *kept)))
        reason = wanted.reason
        return replace(notice, seats=seats, reason=reason, unconfirmed=wanted.unconfirmed)

    def _may_keep(self, seat: str) -> bool:
        return seat not in {staff_seat(one) for one in self._given.conflicted}

    def _revised(self, notice: EncompassNotice, incident: Incident) -> NoticeChange:
        now = self._as_of
        opens_at = max(now, incident.handling.not_before or now)
        revised = replace(
            notice,
            version=notice.version + 1,
            level=self._revised_level(incident, notice),
            content_digest=content_digest(incident),
            opens_at=opens_at,
            due_at=self._due(now, opens_at, notice.recipient),
            late_at=None,
            acknowledged_at=None,
            acknowledged_by=None,
            changed_at=now,
        )
        return _told(revised, NoticeStep.REVISED)

    def _revised_level(self, incident: Incident, notice: EncompassNotice) -> ContentLevel:
        """Local policy may narrow what was said already, and never widens it."""
        narrowest = self._level(incident, self._level_of(notice)) is ContentLevel.MINIMUM
        return ContentLevel.MINIMUM if narrowest else notice.level

    def ended(self, notice: EncompassNotice, state: NoticeState, step: NoticeStep) -> NoticeChange:
        """A notice that no longer stands; whoever was shown it is told so."""
        saw = notice.seen_at is not None or notice.acknowledged_at is not None
        told = (notice.recipient.agency,) if saw else ()
        opened = min(notice.opens_at, self._as_of)
        changed = replace(notice, state=state, opens_at=opened, changed_at=self._as_of)
        return NoticeChange(notice=changed, step=step, told=told)


def _told(notice: EncompassNotice, step: NoticeStep) -> NoticeChange:
    return NoticeChange(notice=notice, step=step, told=(notice.recipient.agency,))


def _place(incident: Incident) -> tuple[str, bytes, datetime, bytes]:
    return (*incident.same_incident, incident.began_at, incident.fact_key)


def content_digest(incident: Incident) -> bytes:
    """Answer a digest of all that a notice may tell of an incident, whatever its level."""
    adults = sorted(f"{one.role}/{one.relation}/{one.lives_with_child}" for one in incident.adults)
    handling = incident.handling
    told = (
        *(incident.began_at, incident.ended_at, incident.recorded_as, incident.premises),
        *(incident.grade, incident.present, incident.resident, incident.where_in_house),
        *(incident.seen, incident.spoken_to, incident.voice_recorded, incident.injured),
        *(incident.referral_made, handling.audience, handling.not_before, handling.not_to_family),
        *(incident.shielded, incident.handling_code, *adults),
    )
    return hashlib.sha256("|".join(map(str, told)).encode()).digest()[:16]
