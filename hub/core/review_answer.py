"""What an answer makes of a question: decided, waiting for a second person, or refused.

Pure: who says what, and how the question stands, go in; how it is to stand comes out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hub.core.review import Choice, Proposed, ReviewState


class Action(StrEnum):
    """What a person can do about a question."""

    SAME = "same"
    DIFFERENT = "different"
    CANNOT_TELL = "cannot_tell"
    CONFIRM = "confirm"
    """Say, as a second person, that what the first says is right."""
    REFUSE = "refuse"
    """Say that it is not; of one's own word: take it back."""
    TAKE_BACK = "take_back"
    """Undo what was decided."""


class Refusal(StrEnum):
    """Why an answer is not taken."""

    NOT_OPEN = "not_open"
    """Nothing is there that it would answer."""
    OWN = "own_answer"
    """Nobody is the second person to their own word, in whatever session."""
    ANSWERED = "answered"
    """A first person has said something: that is confirmed or refused first."""
    REASON_MISSING = "reason_missing"
    """A reason, of the list and in words, is needed."""


REASONS: Mapping[Action, tuple[str, ...]] = MappingProxyType(
    {
        Action.SAME: (
            "same_identifier",
            "agency_confirmed",
            "family_confirmed",
            "details_agree",
            "name_changed",
        ),
        Action.DIFFERENT: (
            "twins",
            "siblings",
            "agency_two",
            "number_wrong",
            "chance_likeness",
        ),
        Action.CANNOT_TELL: ("not_enough", "agency_asked"),
    }
)
"""The short list of reasons; words beside it say the rest."""

_WORDS_NEEDED: Final = frozenset({Action.SAME, Action.DIFFERENT, Action.REFUSE, Action.TAKE_BACK})
_CODE_NEEDED: Final = frozenset({Action.SAME, Action.DIFFERENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a question stands, as far as answers go."""

    state: ReviewState
    choice: Choice | None = None
    proposed: Proposed | None = None
    proposed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How a question is to stand after an answer."""

    standing: Standing
    step: str
    """What happened, as a step of the question."""
    unfinished: str | None = None
    """``decide`` or ``take_back``: what must be carried out now."""


def reason_is_missing(action: Action, code: str | None, words: str) -> bool:
    """Answer whether an answer lacks its reason: of the list, in words, or both."""
    if code and code not in REASONS.get(action, ()):
        return True
    return (action in _CODE_NEEDED and not code) or (action in _WORDS_NEEDED and not words.strip())


def answered(standing: Standing, action: Action, by: str, *, second: bool) -> Answered | Refusal:
    """Answer what this answer makes of a question that stands so.

    Args:
        standing: how it stands.
        action: what is said.
        by: the account that says so: two sessions of one account are one person.
        second: whether this answer needs a second person.
    """
    if action in {Action.CONFIRM, Action.REFUSE}:
        return _of_second(standing, action, by)
    if standing.proposed is not None:
        return Refusal.ANSWERED
    if action is Action.TAKE_BACK:
        return _taken_back(standing, by, second=second)
    if standing.state is not ReviewState.OPEN:
        return Refusal.NOT_OPEN
    if second and action is not Action.CANNOT_TELL:
        proposed = Proposed(action.value)
        waits = Standing(state=ReviewState.OPEN, proposed=proposed, proposed_by=by)
        return Answered(standing=waits, step=f"proposed_{action.value}")
    return _decided(Choice(action.value))


def _decided(choice: Choice, step: str | None = None) -> Answered:
    moves = choice is not Choice.CANNOT_TELL
    return Answered(
        standing=Standing(state=ReviewState.DECIDED, choice=choice),
        step=step or (f"decided_{choice.value}" if moves else choice.value),
        unfinished="decide" if moves else None,
    )


def _of_second(standing: Standing, action: Action, by: str) -> Answered | Refusal:
    if standing.proposed is None:
        return Refusal.NOT_OPEN
    own = standing.proposed_by == by
    if action is Action.REFUSE:
        back = Standing(state=standing.state, choice=standing.choice)
        return Answered(standing=back, step="retracted" if own else "refused")
    if own:
        return Refusal.OWN
    if standing.proposed is Proposed.TAKE_BACK:
        return _undone(standing, step="confirmed")
    return _decided(Choice(standing.proposed.value), step="confirmed")


def _taken_back(standing: Standing, by: str, *, second: bool) -> Answered | Refusal:
    if standing.state is not ReviewState.DECIDED:
        return Refusal.NOT_OPEN
    moved = standing.choice is not Choice.CANNOT_TELL
    if second and moved:
        waits = Standing(
            state=ReviewState.DECIDED,
            choice=standing.choice,
            proposed=Proposed.TAKE_BACK,
            proposed_by=by,
        )
        return Answered(standing=waits, step="proposed_take_back")
    return _undone(standing, step="taken_back")


def _undone(standing: Standing, *, step: str) -> Answered:
    """It is asked again; what was decided is undone if anything was moved by it."""
    moved = standing.choice is not Choice.CANNOT_TELL
    return Answered(
        standing=Standing(state=ReviewState.OPEN),
        step=step,
        unfinished="take_back" if moved else None,
    )
