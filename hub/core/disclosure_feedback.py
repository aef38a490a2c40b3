"""What whoever reported a concern is told of what became of it: of its own report, and no more.

Told are that the report came, whether the front door has looked at it and since when, the outcome,
and words that whoever decided wrote for this. Not told are the alert's sentence and rule, its other
grounds, the reason of the decision, who decided it, and anything of the child. What is told is put
together when it is read, so a correction counts at once.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from hub.core.alert import AlertState
from hub.core.alert_life import Act, Life, Outcome, Side, refusal
from hub.core.disclosure import Role
from hub.core.event import EventKind
from hub.core.identifiers import GssCode

TOLD_LENGTH_MAX: Final = 500
"""Of what is written for those who reported: a few sentences; this project's own figure."""

REPORTED_KINDS: Final = (
    EventKind.DOMESTIC_ABUSE_INCIDENT,
    EventKind.EMERGENCY_ATTENDANCE,
    EventKind.SCHOOL_ABSENCE,
)
"""Of what agencies report. A council's register is no concern that somebody reported."""

FEEDBACK_KEPT: Final = timedelta(days=182)
"""For how long after it happened an agency is shown what became of its report. Own figure: half a
year holds an assessment of 45 working days (Working Together) and a dispute after it."""


class FeedbackStage(StrEnum):
    """How far the front door has come with a report, as its reporter is told."""

    RECEIVED = "received"
    """It waits to be looked at."""
    LOOKED_AT = "looked_at"
    ADDED = "added"
    """Counted with what the front door has in hand; not looked at by itself."""
    DECIDED = "decided"
    DISPUTED = "disputed"
    """Somebody disagrees with what was decided; it is to be decided again."""
    TAKEN_BACK = "taken_back"
    """The front door had looked at it, and what was concluded from it no longer holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFollowed:
    """One report that stands among the live triggers of one alert, and what became of that."""

    agency: str
    """Whose report it is."""
    owner: GssCode | None
    """Whose front door acts on it."""
    part_since: datetime
    """When the hub made it part of the alert; that may have stood, and been decided, before."""
    due_at: datetime | None = None
    """By when it should be looked at; ``None`` where it waits for nobody."""
    life: Life
    """Of the alert; of the one on which it is counted, if it is."""
    counted: bool = False
    """The alert is counted on another that the front door had seen."""
    told: str | None = field(default=None, repr=False)
    """What was written with the last decision for those who reported."""
    shielded: bool = False
    """Where the child is must not be disclosed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a reporter is told of one report of its own."""

    stage: FeedbackStage
    authority: GssCode | None = None
    """Whose front door; ``None`` for the hub's own desk, and where it would tell where the child
    is."""
    overdue: bool = False
    """It waits beyond the time by which it should have been looked at."""
    looked_at: datetime | None = None
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    told: str | None = field(default=None, repr=False)
    may_disagree_until: datetime | None = None
    """``None``: the reporter cannot disagree now."""


def hears_back(role: Role, organisation: str, agency: str) -> bool:
    """Answer whether somebody of this role and organisation is told of an agency's reports."""
    return role in _HEARERS and organisation == agency


def feedback_on(
    report: ReportFollowed, now: datetime, *, dispute_within: timedelta
) -> Feedback | None:
    """Answer what the reporter is told of its report; ``None`` if nothing.

    Nothing is told of what was delivered to nobody, of an alert that another has replaced (which
    tells of the report itself, if it rests on it), and of one that was withdrawn before anybody had
    looked at it.

    Args:
        report: what became of the report.
        now: the instant.
        dispute_within: for how long after a decision one may disagree with it.
    """
    stage = _stage(report)
    if stage is None:
        return None
    life = report.life
    decided = stage is FeedbackStage.DECIDED
    return Feedback(
        stage=stage,
        authority=None if report.shielded else report.owner,
        overdue=_is_overdue(report, stage, now),
        looked_at=None if stage is FeedbackStage.ADDED else life.acknowledged_at,
        decided_at=life.decided_at if decided else None,
        outcome=life.outcome if decided else None,
        told=report.told if decided else None,
        may_disagree_until=_until(report, stage, now, dispute_within),
    )


def no_dispute(report: ReportFollowed, now: datetime, *, dispute_within: timedelta) -> str | None:
    """Answer in one sentence why the reporter cannot disagree now; ``None`` if it can."""
    if report.counted or _was_in_hand(report):
        return _COUNTED
    return refusal(report.life, Act.DISPUTE, Side.REPORTER, now, dispute_within=dispute_within)


def _stage(report: ReportFollowed) -> FeedbackStage | None:
    life = report.life
    if not life.delivered or life.state is AlertState.SUPERSEDED:
        return None
    if life.state is AlertState.WITHDRAWN:
        return FeedbackStage.TAKEN_BACK if life.acknowledged_at else None
    if _was_in_hand(report):
        return FeedbackStage.ADDED
    reached = (
        (life.decided_at, FeedbackStage.DECIDED),
        (life.disputed_at, FeedbackStage.DISPUTED),
        (life.acknowledged_at, FeedbackStage.LOOKED_AT),
    )
    return next((stage for is_so, stage in reached if is_so), FeedbackStage.RECEIVED)


def _was_in_hand(report: ReportFollowed) -> bool:
    """Answer whether what was done so far was done before this report was part: of others."""
    life = report.life
    if report.counted:
        return life.decided_at is None or life.decided_at < report.part_since
    done_at = life.decided_at or life.disputed_at or life.acknowledged_at
    return done_at is not None and done_at < report.part_since


def _is_overdue(report: ReportFollowed, stage: FeedbackStage, now: datetime) -> bool:
    waits = stage in {FeedbackStage.RECEIVED, FeedbackStage.DISPUTED}
    return waits and report.due_at is not None and report.due_at <= now


def _until(
    report: ReportFollowed, stage: FeedbackStage, now: datetime, within: timedelta
) -> datetime | None:
    decided_at = report.life.decided_at
    if stage is not FeedbackStage.DECIDED or decided_at is None:
        return None
    return None if no_dispute(report, now, dispute_within=within) else decided_at + within


_HEARERS: Final = frozenset(
    {Role.POLICE_DESK, Role.SCHOOL_SAFEGUARDING_LEAD, Role.HOSPITAL_SAFEGUARDING_TEAM}
)
_COUNTED: Final = (
    "It was counted with what the front door has in hand, and nothing is decided about it alone: "
    "ring the front door."
)
