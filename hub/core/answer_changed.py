"""Whether an answer that was given would be another now, and what of it may be told.

An answer changes for many reasons that make it none the less right when it was given: a register
fell silent, a plan began, the child came again. Compared is therefore what was said *of the child*,
as of when it was asked, and of that only what the asker was shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

from hub.core.answer import CannotSay, CheckAnswer, PlanShown
from hub.core.clock import london_date

CHANGES: Final = UUID("3f3b0a52-6d7e-5d0a-9a55-0f6f4f7c1a19")
"""The namespace of the ids of changed answers."""

_DOUBTS: Final = frozenset(
    {CannotSay.POSSIBLE_MATCH, CannotSay.DETAILS_DISAGREE, CannotSay.NAME_NEEDED}
)
"""Why an answer cannot be given that lies in who is who, and in no source."""


class ChangedPart(StrEnum):
    """Which part of an answer is another; for the hub's own record, and shown to nobody."""

    PLAN = "plan"
    VISITS = "visits"
    PLAN_AND_VISITS = "plan and visits"
    AS_FIRST_TOLD = "as first told"
    """It had changed, which somebody has seen, and is again what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTold:
    """An answer in codes, without a name, a place or a time.

    Attributes:
        plan: what it says of plans, as of when it was asked, before anything is left out.
        visits: how many earlier visits it knows of, or that it cannot say; likewise.
        shown: what of it this asker is shown.
    """

    plan: frozenset[str]
    visits: frozenset[str]
    shown: frozenset[str]


def answer_told(
    then: CheckAnswer, shown: CheckAnswer, *, asked_at: datetime, this_visit: timedelta
) -> AnswerTold:
    """Answer in codes what ``then`` says as of when it was asked, and what ``shown`` shows.

    Args:
        then: the whole answer, put together as of ``asked_at`` from what is known.
        shown: the answer of now, cut down to what the asker may see.
        asked_at: visits from about then on are the one at which it was asked.
        this_visit: how long before that the same visit may have begun.
    """
    before, day = asked_at - this_visit, london_date(asked_at)
    return AnswerTold(
        plan=_of_plans(then, day),
        visits=_of_visits(then, before),
        shown=frozenset(
            {f"heading {shown.plan.value}", *_of_plans(shown, day), *_of_visits(shown, before)}
        ),
    )


def changed_part(told: AnswerTold, now: AnswerTold) -> ChangedPart | None:
    """Answer which part of an answer is another now; ``None`` if the asker would see none."""
    plan, visits = told.plan != now.plan, told.visits != now.visits
    if told.shown == now.shown or not (plan or visits):
        return None
    if plan and visits:
        return ChangedPart.PLAN_AND_VISITS
    return ChangedPart.PLAN if plan else ChangedPart.VISITS


def changed_id(audit_id: UUID, number: int) -> UUID:
    """The id of the change with this number of the answer that was given under an audit row."""
    return uuid5(CHANGES, f"{audit_id}|{number}")


def _of_plans(answer: CheckAnswer, asked_on: date) -> frozenset[str]:
    doubt = {"doubt"} if _DOUBTS.intersection(answer.plan_reasons) else set()
    in_need = {"in need"} if answer.in_need else set()
    return frozenset(doubt | in_need | set(_standings(answer.plans, asked_on)))


def _standings(plans: Iterable[PlanShown], asked_on: date) -> Iterable[str]:
    """A plan that began only after it was asked makes nothing wrong that was said before."""
    for one in plans:
        if one.started_on is None or one.started_on <= asked_on:
            stands = "current" if one.current else "moved" if one.moved else "ended"
            yield f"{one.kind.value} {stands}"


def _of_visits(answer: CheckAnswer, before: datetime) -> frozenset[str]:
    earlier = sum(one.arrived_at < before and not one.this_visit for one in answer.presentations)
    doubt = {"doubt"} if _DOUBTS.intersection(answer.seen_reasons) else set()
    return frozenset({f"{earlier} earlier visits", *doubt})
