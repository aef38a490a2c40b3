"""From what people said of a question to the decision that it comes to, and to its next state."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from hub.core.identity_decision import (
    DecisionCause,
    DecisionKind,
    IdentityDecision,
    decision,
)
from hub.core.review import Choice, ReviewState
from hub.core.review_answer import Action, Answered, Standing
from hub.ports.review import ReviewRow, ReviewStep
from hub.service.asker import Asker

_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person says, and what they saw when they said it."""

    action: Action
    stand: str
    """That of the page they had before them."""
    code: str | None = None
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBy:
    """Who said it last, in what role and of whom, and why; both where two people did."""

    by: str
    role: str
    organisation: str
    reason: str = field(repr=False)
    at: datetime


def decision_of(row: ReviewRow, steps: Sequence[ReviewStep]) -> IdentityDecision:
    """Answer the decision that a question's last answers come to; the same each time."""
    said = said_by(steps)
    return decision(
        DecisionKind.SAME if row.choice is Choice.SAME else DecisionKind.DIFFERENT,
        row.one,
        row.other,
        cause=DecisionCause.PERSON,
        by=said.by,
        role=said.role,
        organisation=said.organisation,
        reason=said.reason,
        at=said.at,
        occasion=row.review_id.bytes + row.version.to_bytes(8, "big"),
    )


_FIRST: Final = ("decided_", "proposed_", "taken_back")


def said_by(steps: Sequence[ReviewStep]) -> SaidBy:
    """Answer who said last what is to be carried out, alone or with a second person."""
    place = max(n for n, step in enumerate(steps) if step.kind.startswith(_FIRST))
    both = [steps[place], *(step for step in steps[place + 1 :] if step.kind == "confirmed")]
    reasons = [": ".join(part for part in (step.code, step.words) if part) for step in both]
    return SaidBy(
        by=" and ".join(step.by or "" for step in both),
        role=" and ".join(dict.fromkeys(step.role or "" for step in both)),
        organisation=" and ".join(dict.fromkeys(step.organisation or "" for step in both)),
        reason=" Confirmed: ".join(reason for reason in reasons if reason),
        at=both[-1].at,
    )


def standing_of(row: ReviewRow) -> Standing:
    """Answer how a question stands, as far as answers go."""
    return Standing(
        state=row.state, choice=row.choice, proposed=row.proposed, proposed_by=row.proposed_by
    )


def after(row: ReviewRow, found: Answered, now: datetime) -> ReviewRow:
    """Answer the question as it is to stand after an answer."""
    standing = found.standing
    asked_again = standing.state is ReviewState.OPEN and row.state is not ReviewState.OPEN
    return replace(
        row,
        state=standing.state,
        choice=standing.choice,
        proposed=standing.proposed,
        proposed_by=standing.proposed_by,
        proposed_at=now if standing.proposed else None,
        unfinished=found.unfinished,
        claimed_by=None,
        claimed_at=None,
        opened_at=now if asked_again else row.opened_at,
        assessed_at=_NEVER if asked_again else row.assessed_at,
        changed_at=now,
        version=row.version + 1,
    )


def as_before(row: ReviewRow, steps: Sequence[ReviewStep], now: datetime) -> ReviewRow:
    """Answer the question as it stood before an answer that cannot be carried out."""
    if row.unfinished == "decide":
        before = Standing(state=ReviewState.OPEN)
    else:
        before = Standing(state=ReviewState.DECIDED, choice=_decided(steps))
    return after(row, Answered(standing=before, step=""), now)


def _decided(steps: Sequence[ReviewStep]) -> Choice:
    kinds = [step.kind.partition("_") for step in steps]
    told = [what for kind, _, what in kinds if kind in {"decided", "proposed"}]
    return next(Choice(what) for what in reversed(told) if what != "take_back")


def step_of(asker: Asker, found: Answered, answer: Answer, now: datetime) -> ReviewStep:
    """Answer the step that keeps who said what, and why."""
    return ReviewStep(
        kind=found.step,
        at=now,
        by=asker.user_id,
        role=asker.role.value,
        organisation=asker.organisation,
        code=answer.code,
        words=answer.words.strip() or None,
    )


def is_told_again(steps: Sequence[ReviewStep], asker: Asker, answer: Answer) -> bool:
    """Answer whether the last that happened is this very answer of this very person."""
    last = steps[-1] if steps else None
    if last is None or last.by != asker.user_id:
        return False
    same_words = (last.code, last.words) == (answer.code, answer.words.strip() or None)
    return same_words and last.kind in _STEPS_OF[answer.action]


_STEPS_OF: Final = {
    Action.SAME: {"proposed_same", "decided_same"},
    Action.DIFFERENT: {"proposed_different", "decided_different"},
    Action.CANNOT_TELL: {"cannot_tell"},
    Action.CONFIRM: {"confirmed"},
    Action.REFUSE: {"refused", "retracted"},
    Action.TAKE_BACK: {"proposed_take_back", "taken_back"},
}
