"""What is kept of an answer so that its question can be asked again, and how it is written down."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from hub.core.answer import CheckQuestion
from hub.core.answer_changed import AnswerTold
from hub.core.identifiers import NhsNumber, OdsCode, Postcode
from hub.ports import AnswerGiven
from hub.service.asker import Asker

ABOUT_MAX = 100
"""Children named as those whom an answer was put together from: whoever is nearest comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A question, and what its asker was told; ``repr`` shows nothing of it."""

    question: CheckQuestion = field(repr=False)
    first: AnswerTold
    """As it was first answered."""
    known: AnswerTold
    """What the asker knows of: as it was answered, or as it was when a change was last seen."""
    told: AnswerTold
    """What was found last, told or not."""
    number: int = 0
    """How many changes have been told."""


def answer_given(  # noqa: PLR0913  # a question is who, what, when, about whom, for how long
    audit_id: UUID,
    asker: Asker,
    question: CheckQuestion,
    told: AnswerTold,
    *,
    about: tuple[bytes, ...],
    at: datetime,
    days: int,
) -> AnswerGiven:
    """Answer what is kept of an answer that is being given."""
    kept = Kept(question=question, first=told, known=told, told=told)
    return AnswerGiven(
        audit_id=audit_id,
        asked_at=at,
        keep_until=at + timedelta(days=days),
        asked_by=asker.user_id,
        role=asker.role.value,
        organisation=asker.organisation,
        site=asker.site.reveal() if asker.site else None,
        about=about[:ABOUT_MAX],
        content=written(kept),
    )


def written(kept: Kept) -> str:
    """Answer it as text, to be sealed."""
    asked = kept.question
    born = asked.birth_date.isoformat() if asked.birth_date else None
    return json.dumps(
        {
            "nhs_number": asked.nhs_number.reveal() if asked.nhs_number else None,
            "birth_date": born,
            "family_name": asked.family_name,
            "given_name": asked.given_name,
            "postcode": asked.postcode.reveal() if asked.postcode else None,
            "site": asked.site.reveal() if asked.site else None,
            "number": kept.number,
            **{name: _codes(getattr(kept, name)) for name in ("first", "known", "told")},
        }
    )


def read(content: str) -> Kept:
    """Answer what was written."""
    held: dict[str, Any] = json.loads(content)
    number, postcode, born = held["nhs_number"], held["postcode"], held["birth_date"]
    return Kept(
        question=CheckQuestion(
            nhs_number=NhsNumber(number) if number else None,
            birth_date=date.fromisoformat(born) if born else None,
            family_name=held["family_name"],
            given_name=held["given_name"],
            postcode=Postcode(postcode) if postcode else None,
            site=OdsCode(held["site"]) if held["site"] else None,
        ),
        first=_told(held["first"]),
        known=_told(held["known"]),
        told=_told(held["told"]),
        number=held["number"],
    )


def _codes(told: AnswerTold) -> list[list[str]]:
    return [sorted(told.plan), sorted(told.visits), sorted(told.shown)]


def _told(codes: list[list[str]]) -> AnswerTold:
    plan, visits, shown = (frozenset(some) for some in codes)
    return AnswerTold(plan=plan, visits=visits, shown=shown)
