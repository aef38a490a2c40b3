"""What the pages and the JSON show of a notice to a school."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hub.api.wording_notice import (
    ANSWER_WORDS,
    BY_TELEPHONE,
    fact_words,
    heading,
    reason_words,
)
from hub.core.encompass_notice import RecipientKind
from hub.service.notice_answers import NoticeAnswer
from hub.service.notice_items import NoticeItem


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One notice as one reader sees it, as of now."""

    notice_id: UUID
    heading: str
    asks: bool
    """Whether it only asks if the child is on roll."""
    waits: bool
    """Whether an acknowledgement is wanted."""
    stands: bool
    late: bool
    revised: bool
    """Whether something in it has changed since it was first told."""
    due_at: datetime
    changed_at: datetime
    child_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    reason: str = ""
    not_to_family: bool = False
    school_name: str | None = None
    force_name: str
    force_number: str | None = None
    answers: tuple[tuple[NoticeAnswer, str], ...] = ()
    schools: tuple[tuple[str, str], ...] = ()
    """URN and name of each school that a council may name."""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesView:
    """A page of notices."""

    notices: tuple[NoticeView, ...] = ()
    total: int = 0
    """On all pages."""
    page: int = 1
    pages: int = 1
    unreadable: int = 0
    """Notices of this page that the hub failed to read."""


def notice_view(item: NoticeItem, role_kind: RecipientKind | None) -> NoticeView:
    """Answer a notice as it is shown to a reader of this kind of organisation."""
    notice, incident = item.disclosed.notice, item.disclosed.incident
    elsewhere = role_kind is not notice.recipient.kind
    words = {**ANSWER_WORDS, **({NoticeAnswer.ACKNOWLEDGE: BY_TELEPHONE} if elsewhere else {})}
    return NoticeView(
        notice_id=notice.notice_id,
        heading=heading(item.disclosed),
        asks=NoticeAnswer.ON_ROLL in item.answers,
        waits=notice.waits,
        stands=notice.stands,
        late=notice.waits and notice.late_at is not None,
        revised=notice.version > 1 and notice.stands,
        due_at=notice.due_at,
        changed_at=notice.changed_at,
        child_name=item.child_name,
        birth_date=item.birth_date,
        facts=fact_words(item),
        reason=reason_words(item),
        not_to_family=incident is not None and incident.handling.not_to_family,
        school_name=item.school.name if item.school else None,
        force_name=item.force_name,
        force_number=item.force_number,
        answers=tuple((one, words[one]) for one in item.answers),
        schools=tuple((one.urn.reveal(), one.name) for one in item.schools),
        acknowledged_by=notice.acknowledged_by,
        acknowledged_at=notice.acknowledged_at,
        policy_version=notice.policy_version,
    )


def notice_json(view: NoticeView) -> dict[str, Any]:
    """Answer a notice as JSON; what the reader may not know is not there."""
    return {
        "id": str(view.notice_id),
        "heading": view.heading,
        "state": _state(view),
        "late": view.late,
        "revised": view.revised,
        "due_at": view.due_at.isoformat(),
        "changed_at": view.changed_at.isoformat(),
        "child": {
            "name": view.child_name,
            "birth_date": view.birth_date.isoformat() if view.birth_date else None,
        },
        "facts": [{"label": label, "text": text} for label, text in view.facts],
        "reason": view.reason or None,
        "not_to_family": view.not_to_family,
        "school": view.school_name,
        "force": (
            {"name": view.force_name, "number": view.force_number} if view.force_name else None
        ),
        "answers": [answer.value for answer, _ in view.answers],
        "schools": [{"urn": urn, "name": name} for urn, name in view.schools],
        "acknowledged_at": view.acknowledged_at.isoformat() if view.acknowledged_at else None,
        "policy_version": view.policy_version or None,
    }


def _state(view: NoticeView) -> str:
    if not view.stands:
        return "ended"
    if view.asks:
        return "asks"
    return "waiting" if view.waits else "acknowledged"


def notices_json(view: NoticesView, as_of: datetime) -> dict[str, Any]:
    """Answer a page of notices as JSON, with the instant at which it was true."""
    return {
        "as_of": as_of.isoformat(),
        "notices": [notice_json(one) for one in view.notices],
        "total": view.total,
        "page": view.page,
        "pages": view.pages,
        "unreadable": view.unreadable,
    }
