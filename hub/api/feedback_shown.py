"""What became of reports behind the surfaces: from people to askers, from use cases to views."""

from datetime import datetime
from uuid import UUID

from hub.api.askers import asker_of
from hub.api.feedback_views import DisagreedView, FeedbacksView, FeedbackView
from hub.api.users import User
from hub.service.asker import Surroundings
from hub.service.feedback_desk import FeedbackDesk, FeedbackItem


class FeedbackShown:
    """``hub.api.feedback_views.Feedbacks`` over the use case."""

    def __init__(self, around: Surroundings) -> None:
        self._places = around.places
        self._desk = FeedbackDesk(around)

    def listed(self, user: User, page: int, changed_after: datetime | None) -> FeedbacksView:
        """Answer a page of what became of the reports of the user's agency."""
        found = self._desk.listed(asker_of(user), page, changed_after)
        return FeedbacksView(
            reports=tuple(self._view(one) for one in found.items),
            total=found.total,
            page=found.page,
            pages=found.pages,
            as_of=found.as_of,
            ask_since=found.ask_since,
        )

    def one(self, user: User, feedback_id: UUID) -> FeedbackView | None:
        """Answer one of them; ``None`` if there is none or it is another agency's."""
        found = self._desk.one(asker_of(user), feedback_id)
        return self._view(found) if found else None

    def disagree(
        self, user: User, feedback_id: UUID, decision: UUID, words: str
    ) -> DisagreedView | None:
        """Record that the user's agency disagrees with a decision; ``None`` as above."""
        done = self._desk.disagree(asker_of(user), feedback_id, decision, words)
        return DisagreedView(report=self._view(done.item), refused=done.refused) if done else None

    def _view(self, item: FeedbackItem) -> FeedbackView:
        told = item.feedback
        name = self._places.authority_name(told.authority) if told.authority else None
        return FeedbackView(
            feedback_id=item.feedback_id,
            kind=item.kind,
            reference=item.reference,
            occurred_at=item.occurred_at,
            received_at=item.received_at,
            stage=told.stage,
            authority_name=name or (told.authority.reveal() if told.authority else None),
            overdue=told.overdue,
            looked_at=told.looked_at,
            decided_at=told.decided_at,
            outcome=told.outcome,
            told=told.told,
            decision=item.decision,
            may_disagree_until=told.may_disagree_until,
        )
