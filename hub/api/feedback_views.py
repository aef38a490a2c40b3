"""What pages and JSON show agencies of what became of their own reports."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.api.json_values import Json, instant_json
from hub.api.users import User
from hub.core.alert_life import OUTCOME_WORDS, Outcome
from hub.core.disclosure_feedback import FeedbackStage
from hub.core.event import EventKind

KIND_WORDS = {
    EventKind.DOMESTIC_ABUSE_INCIDENT: "Domestic abuse incident",
    EventKind.EMERGENCY_ATTENDANCE: "Emergency attendance",
    EventKind.SCHOOL_ABSENCE: "Absence from school",
}
STAGE_WORDS = {
    FeedbackStage.RECEIVED: "Received, not looked at yet",
    FeedbackStage.LOOKED_AT: "Looked at, not decided yet",
    FeedbackStage.ADDED: "Added to what the front door has in hand",
    FeedbackStage.DECIDED: "Decided",
    FeedbackStage.DISPUTED: "Disputed, to be decided again",
    FeedbackStage.TAKEN_BACK: "Taken back: what was concluded from it no longer holds",
}
FRONT_DOOR = "the responsible front door"
"""Where no authority may be named, or none could be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackView:
    """One report of the user's agency, and what became of it."""

    feedback_id: UUID
    kind: EventKind
    reference: str = field(repr=False)
    """The agency's own key of it; shown to that agency alone."""
    occurred_at: datetime
    received_at: datetime
    stage: FeedbackStage
    authority_name: str | None = None
    overdue: bool = False
    looked_at: datetime | None = None
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    told: str | None = field(default=None, repr=False)
    decision: UUID | None = None
    may_disagree_until: datetime | None = None

    @property
    def kind_words(self) -> str:
        """What kind of report it is."""
        return KIND_WORDS[self.kind]

    @property
    def heading(self) -> str:
        """What became of it, in a few words."""
        return OUTCOME_WORDS[self.outcome] if self.outcome else STAGE_WORDS[self.stage]

    @property
    def front_door(self) -> str:
        """Who looks at it."""
        return f"the front door of {self.authority_name}" if self.authority_name else FRONT_DOOR

    @property
    def shown_reference(self) -> str:
        """The reference without the agency's own code in front."""
        return self.reference.partition("|")[2].replace("|", ", ") or self.reference


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbacksView:
    """A page of them, the latest report first."""

    reports: tuple[FeedbackView, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 1
    as_of: datetime
    ask_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DisagreedView:
    """A report after its agency disagreed, or could not."""

    report: FeedbackView
    refused: str = ""


class Feedbacks(Protocol):
    """The use cases of hearing back; each commits its audit row before it answers."""

    def listed(self, user: User, page: int, changed_after: datetime | None) -> FeedbacksView:
        """Answer a page of what became of the reports of the user's agency."""

    def one(self, user: User, feedback_id: UUID) -> FeedbackView | None:
        """Answer one of them; ``None`` if there is none or it is another agency's."""

    def disagree(
        self, user: User, feedback_id: UUID, decision: UUID, words: str
    ) -> DisagreedView | None:
        """Record that the user's agency disagrees with a decision; ``None`` as above."""


def feedbacks_json(view: FeedbacksView) -> Json:
    """Answer a page of what became of reports."""
    return {
        "reports": [feedback_json(one) for one in view.reports],
        "total": view.total,
        "page": view.page,
        "pages": view.pages,
        "as_of": instant_json(view.as_of),
        "ask_since": instant_json(view.ask_since),
    }


def feedback_json(one: FeedbackView) -> Json:
    """Answer what became of one report."""
    return {
        "feedback_id": str(one.feedback_id),
        "kind": one.kind.value,
        "reference": one.reference,
        "occurred_at": instant_json(one.occurred_at),
        "received_at": instant_json(one.received_at),
        "stage": one.stage.value,
        "overdue": one.overdue,
        "front_door": one.authority_name,
        "looked_at": instant_json(one.looked_at),
        "decided_at": instant_json(one.decided_at),
        "outcome": one.outcome.value if one.outcome else None,
        "outcome_words": OUTCOME_WORDS[one.outcome] if one.outcome else None,
        "told": one.told,
        "decision": str(one.decision) if one.decision else None,
        "may_disagree_until": instant_json(one.may_disagree_until),
    }
