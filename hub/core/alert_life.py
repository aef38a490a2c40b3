"""The life of an alert: delivered, acknowledged, decided, disputed, closed; what may follow what.

A decision says what the front door does about an alert. It takes no event out of any pattern: the
rules never read it. Whoever is only informed, or reported what it rests on, may disagree; the alert
is then undecided again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.core.alert import AlertState


class Outcome(StrEnum):
    """What the front door does about an alert: a closed list, as the field has it."""

    NO_FURTHER_ACTION = "no_further_action"
    ADVICE_GIVEN = "advice_given"
    EARLY_HELP = "early_help"
    ASSESSMENT = "assessment"
    """Children Act 1989, section 17."""
    STRATEGY_DISCUSSION = "strategy_discussion"
    """Children Act 1989, section 47."""
    ALREADY_OPEN = "already_open"
    NOT_USEFUL = "not_useful"
    """Raised in error, or of no use to who got it."""


OUTCOME_WORDS: Final = {
    Outcome.NO_FURTHER_ACTION: "No further action",
    Outcome.ADVICE_GIVEN: "Advice given",
    Outcome.EARLY_HELP: "Early help",
    Outcome.ASSESSMENT: "Assessment (section 17)",
    Outcome.STRATEGY_DISCUSSION: "Strategy discussion (section 47)",
    Outcome.ALREADY_OPEN: "Already open to us",
    Outcome.NOT_USEFUL: "Not useful, or in error",
}

WORDS_LENGTH_MAX: Final = 1000
"""Of a reason in a person's own words."""


class Act(StrEnum):
    """What a person does with an alert."""

    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    DISPUTE = "dispute"
    CLOSE = "close"


class Stage(StrEnum):
    """How far an alert has come."""

    RECORDED = "recorded"
    """Delivered to nobody."""
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    DECIDED = "decided"
    DISPUTED = "disputed"
    """Somebody disagrees with what was decided; it is to be decided again."""
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Side(StrEnum):
    """How whoever acts stands to an alert."""

    OWNER = "owner"
    """Of the authority that acts on it."""
    INFORMED = "informed"
    """Of an authority that is told beside."""
    REPORTER = "reporter"
    """Of an agency whose report it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What people have done with an alert so far."""

    state: AlertState = AlertState.STANDING
    delivered: bool = True
    acknowledged_at: datetime | None = None
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    disputed_at: datetime | None = None
    """Since when a decision is disputed that has not been made anew."""
    closed_at: datetime | None = None


def stage_of(life: Life) -> Stage:
    """Answer how far an alert has come."""
    if life.state is not AlertState.STANDING:
        return Stage.WITHDRAWN if life.state is AlertState.WITHDRAWN else Stage.SUPERSEDED
    reached: Sequence[tuple[object, Stage]] = (
        (not life.delivered, Stage.RECORDED),
        (life.closed_at, Stage.CLOSED),
        (life.decided_at, Stage.DECIDED),
        (life.disputed_at, Stage.DISPUTED),
        (life.acknowledged_at, Stage.ACKNOWLEDGED),
    )
    return next((stage for is_so, stage in reached if is_so), Stage.DELIVERED)


def refusal(
    life: Life, act: Act, side: Side, now: datetime, *, dispute_within: timedelta
) -> str | None:
    """Answer in one sentence why an act is not possible now; ``None`` if it is.

    Args:
        life: the alert's so far.
        act: what is to be done.
        side: who would do it.
        now: the instant.
        dispute_within: for how long after a decision one may disagree with it.
    """
    stage = stage_of(life)
    if stage in _ENDED:
        return _ENDED[stage]
    if act is Act.DISPUTE:
        return _no_dispute(life, stage, side, now, dispute_within)
    if side is not Side.OWNER:
        return _NOT_THEIRS
    return _NOT_AFTER.get((act, stage))


def after(life: Life, act: Act, at: datetime, outcome: Outcome | None = None) -> Life:
    """Answer an alert's life after an act that is not refused.

    Raises:
        ValueError: a decision without an outcome, or an outcome without a decision.
    """
    if (act is Act.DECIDE) is not (outcome is not None):
        raise ValueError("a decision has an outcome, and nothing else has one.")
    seen = life.acknowledged_at or at
    if act is Act.ACKNOWLEDGE:
        return replace(life, acknowledged_at=seen)
    if act is Act.DECIDE:
        decided = replace(life, acknowledged_at=seen, decided_at=at, outcome=outcome)
        return replace(decided, disputed_at=None, closed_at=None)
    if act is Act.CLOSE:
        return replace(life, closed_at=life.closed_at or at)
    return replace(
        life, acknowledged_at=None, decided_at=None, outcome=None, disputed_at=at, closed_at=None
    )


def _no_dispute(
    life: Life, stage: Stage, side: Side, now: datetime, dispute_within: timedelta
) -> str | None:
    if side is Side.OWNER:
        return "The authority that decided does not dispute its decision: it decides anew."
    if stage is Stage.DISPUTED:
        return "Somebody disagrees already, and it waits to be decided again."
    if stage not in {Stage.DECIDED, Stage.CLOSED} or life.decided_at is None:
        return "Nothing has been decided yet with which one could disagree."
    if now - life.decided_at > dispute_within:
        return (
            f"More than {dispute_within.days} days have passed since it was decided: "
            "take it up with the authority in writing, by the partnership's escalation policy."
        )
    return None


_ENDED: Final = {
    Stage.RECORDED: "This alert was recorded and told to nobody: there is nothing to do about it.",
    Stage.WITHDRAWN: "This alert was withdrawn, since what it rested on no longer holds: "
    "nothing is decided about it any more.",
    Stage.SUPERSEDED: "This alert was replaced by a newer one about the same child: "
    "decide that one.",
}
_NOT_THEIRS: Final = (
    "Only the authority that acts on this alert acknowledges, decides or closes it. "
    "Who disagrees with what it decided may say so."
)
_NOT_AFTER: Final = {
    (Act.CLOSE, Stage.DELIVERED): "Not decided yet: it is closed once its outcome is recorded.",
    (Act.CLOSE, Stage.ACKNOWLEDGED): "Not decided yet: it is closed once its outcome is recorded.",
    (Act.CLOSE, Stage.DISPUTED): "Somebody disagrees with what was decided: decide anew first.",
    (Act.DECIDE, Stage.CLOSED): "It is closed. Only what happens next, or somebody who "
    "disagrees, opens it again.",
}
