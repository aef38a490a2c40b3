"""A notice that a child was concerned in domestic abuse: to whom, why to them, and how it stands.

It holds no word about the child or the incident. What it says is put together when it is read.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.core.encompass_policy import ContentLevel
from hub.core.identifiers import GssCode, Urn

_NAMESPACE = uuid.UUID("0d9f4bb2-7a3e-5f0c-8a54-33f1c9a7be02")


class RecipientKind(StrEnum):
    """What kind of organisation a notice is for."""

    SCHOOL = "school"
    FORCE = "force"
    """The desk of the force that told of the incident."""
    COUNCIL = "council"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The one organisation that a notice is for, by its code as an agency."""

    kind: RecipientKind
    agency: str

    @property
    def key(self) -> str:
        """Its name in ids and rows, such as ``school:URN107442``."""
        return f"{self.kind}:{self.agency}"


class NoticeReason(StrEnum):
    """Why this recipient and no other."""

    SCHOOL_REPORTS_CHILD = "school_reports_child"
    """The school's own register named the child in this school year."""
    SCHOOL_CONFIRMED = "school_confirmed"
    """Its safeguarding lead has said in this school year that the child is on roll."""
    COUNCIL_NAMED_SCHOOL = "council_named_school"
    FORCE_NAMED_SCHOOL = "force_named_school"
    """Only the force names the school: it is asked first whether the child is on its roll."""
    CHILD_NOT_CERTAIN = "child_not_certain"
    SCHOOL_NOT_LISTED = "school_not_listed"
    NOBODY_TO_ADDRESS = "nobody_to_address"
    """The school has no lead or deputy, or those it has have a conflict of interest."""
    SCHOOL_CONCERNED = "school_concerned"
    """The force says that somebody at the school is concerned in the incident."""
    NOT_FOR_SCHOOLS = "not_for_schools"
    """The force's wish how to handle it leaves schools out."""
    SHIELDED_UNCONFIRMED = "shielded_unconfirmed"
    """The child is shielded, and asking a school whether it knows the child would give it away."""
    NOT_ON_ROLL = "not_on_roll"
    NO_SCHOOL_KNOWN = "no_school_known"
    SCHOOLS_DISAGREE = "schools_disagree"
    """Two schools have the child on roll at about the same time, and nobody has said which."""


class NoticeState(StrEnum):
    """Whether a notice stands."""

    STANDING = "standing"
    WITHDRAWN = "withdrawn"
    """The incident was taken back, or turned out not to concern the child."""
    PASSED_ON = "passed_on"
    """Somebody else is the one to be told."""


class NoticeStep(StrEnum):
    """What happened to a notice."""

    MADE = "made"
    REVISED = "revised"
    READDRESSED = "readdressed"
    """Others at the same place are to read it, or it no longer asks before it tells."""
    WITHDRAWN = "withdrawn"
    PASSED_ON = "passed_on"
    LATE = "late"
    ACKNOWLEDGED = "acknowledged"
    TOLD_BY_TELEPHONE = "told_by_telephone"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncompassNotice:
    """A notice as it stands."""

    notice_id: uuid.UUID
    child_ref: bytes
    fact_key: bytes
    """The incident, as it concerns this child."""
    force: str
    recipient: Recipient
    reason: NoticeReason
    state: NoticeState = NoticeState.STANDING
    version: int = 1
    unconfirmed: bool = False
    """The recipient is asked whether the child is on its roll, and told nothing else yet."""
    level: ContentLevel
    seats: tuple[str, ...]
    """Who may read it: ``staff:<id>``, ``desk:<force>`` or ``council:<GSS code>``."""
    council: GssCode | None = None
    """The authority responsible for the child when it was made."""
    content_digest: bytes
    """Of what can be told of the incident: a change is told again."""
    opens_at: datetime
    due_at: datetime
    late_at: datetime | None = None
    seen_at: datetime | None = None
    """When somebody of the recipient was first shown it, in whatever version: whoever was shown one
    is told when it is taken back."""
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    policy_version: str
    made_at: datetime
    changed_at: datetime

    @property
    def stands(self) -> bool:
        """Whether it is to be read and acknowledged, or was."""
        return self.state is NoticeState.STANDING

    @property
    def waits(self) -> bool:
        """Whether nobody has acknowledged it yet."""
        return self.stands and self.acknowledged_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChange:
    """A notice as it is to stand from now on, what happened, and whose systems are told."""

    notice: EncompassNotice
    step: NoticeStep
    told: tuple[str, ...] = ()
    """Agencies that are told that something waits for them, and no more."""


class RollSource(StrEnum):
    """Who says whether a child is on a school's roll."""

    REGISTER = "register"
    """The school's own attendance register."""
    SCHOOL_LEAD = "school_lead"
    COUNCIL = "council"


@dataclass(frozen=True, slots=True, kw_only=True)
class RollWord:
    """What somebody said of a child and a school, and when."""

    school: Urn
    on_roll: bool
    source: RollSource
    said_at: datetime


def notice_id(fact_key: bytes, child_ref: bytes, recipient: Recipient) -> uuid.UUID:
    """Answer the id of the notice of this incident, about this child, to this recipient."""
    return uuid.uuid5(_NAMESPACE, f"{fact_key.hex()}|{child_ref.hex()}|{recipient.key}")


def outbox_id(notice: EncompassNotice, step: NoticeStep, agency: str) -> uuid.UUID:
    """Answer the id of what an agency is told of this version of a notice."""
    cause = f"{notice.notice_id}|{notice.version}|{step}|{agency}|{','.join(notice.seats)}"
    return uuid.uuid5(_NAMESPACE, f"outbox|{cause}")


def timer_id(notice: EncompassNotice) -> uuid.UUID:
    """Answer the id of the timer at which this version of a notice is late."""
    cause = f"{notice.notice_id}|{notice.version}|{notice.due_at.isoformat()}"
    return uuid.uuid5(_NAMESPACE, f"timer|{cause}")


def staff_seat(staff_id: str) -> str:
    """Answer the seat of a named person."""
    return f"staff:{staff_id}"


def desk_seat(force: str) -> str:
    """Answer the seat of a force's desk."""
    return f"desk:{force}"


def council_seat(authority: GssCode) -> str:
    """Answer the seat of a council's duty desk."""
    return f"council:{authority.reveal()}"
