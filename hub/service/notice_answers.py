"""What a reader of notices may answer, and what each answer means."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from hub.core.chronology import Chronology
from hub.core.disclosure import Role
from hub.core.disclosure_encompass import KIND_OF_ROLE
from hub.core.encompass_notice import (
    EncompassNotice,
    NoticeChange,
    NoticeStep,
    RollSource,
    RollWord,
    council_seat,
    desk_seat,
    staff_seat,
)
from hub.core.identifiers import Urn
from hub.core.person import in_brief
from hub.ports import Known, SealedWords
from hub.service.asker import Asker


class NoticeAnswer(StrEnum):
    """What somebody may answer to a notice."""

    ACKNOWLEDGE = "acknowledge"
    ON_ROLL = "on_roll"
    NOT_ON_ROLL = "not_on_roll"
    NOT_ME = "not_me"
    """The reader knows the people concerned: somebody else is to deal with it."""
    SCHOOL = "school"
    """A council names the school."""


def seats_of(asker: Asker) -> frozenset[str]:
    """The seats from which a signed-in person reads notices; of most roles none."""
    if asker.role is Role.SCHOOL_SAFEGUARDING_LEAD:
        return frozenset({staff_seat(asker.user_id)})
    if asker.role is Role.POLICE_DESK:
        return frozenset({desk_seat(asker.organisation)})
    if asker.role is Role.DUTY_WORKER and asker.authority is not None:
        return frozenset({council_seat(asker.authority)})
    return frozenset()


def is_recipient(asker: Asker, notice: EncompassNotice) -> bool:
    """Whether the notice is for the asker's own organisation, and not only shown as late."""
    own_kind = KIND_OF_ROLE.get(asker.role) is notice.recipient.kind
    return own_kind and asker.organisation == notice.recipient.agency


def may_read(asker: Asker, notice: EncompassNotice) -> bool:
    """Whether the asker's seat is still of the organisation that the notice was addressed to.

    A seat at a school is a person's: who has moved to another school takes no notice along.
    """
    return asker.role is not Role.SCHOOL_SAFEGUARDING_LEAD or is_recipient(asker, notice)


def answers_of(asker: Asker, notice: EncompassNotice) -> tuple[NoticeAnswer, ...]:
    """What this reader may answer to this notice now."""
    return tuple(_answers(asker, notice)) if notice.stands else ()


def _answers(asker: Asker, notice: EncompassNotice) -> Iterator[NoticeAnswer]:
    if notice.unconfirmed and is_recipient(asker, notice):
        yield NoticeAnswer.ON_ROLL
    elif notice.waits:
        yield NoticeAnswer.ACKNOWLEDGE
    if not is_recipient(asker, notice):
        return
    if asker.role is Role.SCHOOL_SAFEGUARDING_LEAD:
        yield NoticeAnswer.NOT_ON_ROLL
        if notice.waits:
            yield NoticeAnswer.NOT_ME
    elif asker.role is Role.DUTY_WORKER and notice.waits:
        yield NoticeAnswer.SCHOOL


def acknowledged(notice: EncompassNotice, asker: Asker, now: datetime) -> NoticeChange:
    """The notice as read and dealt with; by another than its recipient: told by telephone."""
    step = NoticeStep.ACKNOWLEDGED if is_recipient(asker, notice) else NoticeStep.TOLD_BY_TELEPHONE
    changed = replace(
        notice,
        seen_at=notice.seen_at or now,
        acknowledged_at=now,
        acknowledged_by=asker.user_id,
        changed_at=now,
    )
    return NoticeChange(notice=changed, step=step)


def is_first_sight(notice: EncompassNotice, asker: Asker) -> bool:
    """Whether somebody of the recipient now sees this version of it for the first time."""
    return notice.stands and notice.seen_at is None and is_recipient(asker, notice)


def roll_word(
    notice: EncompassNotice, answer: NoticeAnswer, school: Urn | None, now: datetime
) -> RollWord:
    """What an answer says of the child and a school's roll."""
    if answer is NoticeAnswer.SCHOOL and school is not None:
        return RollWord(school=school, on_roll=True, source=RollSource.COUNCIL, said_at=now)
    return RollWord(
        school=Urn.of_agency(notice.recipient.agency),
        on_roll=answer is NoticeAnswer.ON_ROLL,
        source=RollSource.SCHOOL_LEAD,
        said_at=now,
    )


def child_of(
    asker: Asker, known: Known, notice: EncompassNotice, chronology: Chronology
) -> tuple[str | None, date | None]:
    """Name and birth date in the words of the reader's own record, else of the force's.

    What another agency knows of the child is told to nobody: who is shown a late notice of a
    school does not read by what name that school knows the child.
    """
    force = {one.record_ref for one in chronology.incidents if one.fact_key == notice.fact_key}
    force |= {one.record_ref for one in known.events if one.fact_key == notice.fact_key}
    own = [one for one in known.records if one.agency == asker.organisation]
    told = [*own, *(one for one in known.records if one.record_ref in force)]
    for record in told:
        person = in_brief(record.ledger)
        name = " ".join(part for part in (*person.given_names, person.family_name) if part)
        if name:
            return name, person.birth_date
    return None, None


def reference_in(words: SealedWords | None) -> str | None:
    """The force's own number of the incident, as its key of the fact holds it."""
    parts = words.source_key.split("|") if words else []
    return parts[1] if len(parts) > 2 else None  # noqa: PLR2004  # force, number, person
