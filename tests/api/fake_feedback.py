"""A stand-in for hearing back: made-up reports of agencies, by whose they are."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.api.feedback_views import DisagreedView, FeedbacksView, FeedbackView
from hub.core.alert_life import Outcome
from hub.core.disclosure_feedback import FeedbackStage
from hub.core.event import EventKind

NOW = datetime(2026, 11, 22, 14, 2, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOLD = "A worker has rung the family and visits on Tuesday."
DECISION = uuid.UUID(int=99)
ONE_A_PAGE = 2


def feedback_id(number):
    return uuid.UUID(int=number)


def a_report(number, stage=FeedbackStage.RECEIVED, **more):
    given = {
        "feedback_id": feedback_id(number),
        "kind": EventKind.DOMESTIC_ABUSE_INCIDENT,
        "reference": f"POL13|13260704/{number}|N{number}",
        "occurred_at": NOW - number * 20 * HOUR,
        "received_at": NOW - number * 19 * HOUR,
        "stage": stage,
        "authority_name": "Bradford Council",
        **more,
    }
    return FeedbackView(**given)


DECIDED = a_report(
    1,
    FeedbackStage.DECIDED,
    looked_at=NOW - 3 * HOUR,
    decided_at=NOW - 2 * HOUR,
    outcome=Outcome.EARLY_HELP,
    told=TOLD,
    decision=DECISION,
    may_disagree_until=NOW + 600 * HOUR,
)
OVERDUE = a_report(2, overdue=True)
DISPUTED = a_report(3, FeedbackStage.DISPUTED)
TAKEN_BACK = a_report(4, FeedbackStage.TAKEN_BACK, looked_at=NOW - HOUR, authority_name=None)
ADDED = a_report(5, FeedbackStage.ADDED)
LOOKED_AT = a_report(6, FeedbackStage.LOOKED_AT, looked_at=NOW - HOUR)
REPORTS = (DECIDED, OVERDUE, DISPUTED, TAKEN_BACK, ADDED, LOOKED_AT)


class FakeFeedback:
    """Answers for ``FakeServices``, by the organisation of who asks."""

    def __init__(self, services):
        self.services = services

    def _of(self, user):
        return self.services.reports if user.organisation == "POL13" else ()

    def listed(self, user, page, changed_after):
        self.services._note("feedback", user, page, changed_after)
        found = self._of(user)
        size = self.services.reports_a_page
        return FeedbacksView(
            reports=found[(page - 1) * size : page * size],
            total=len(found),
            page=page,
            pages=max(1, -(-len(found) // size)),
            as_of=NOW,
            ask_since=NOW - timedelta(minutes=5),
        )

    def one(self, user, feedback_id):
        self.services._note("feedback on report", user, feedback_id)
        return next((one for one in self._of(user) if one.feedback_id == feedback_id), None)

    def disagree(self, user, feedback_id, decision, words):
        found = self.one(user, feedback_id)
        if found is None:
            return None
        self.services._note("dispute report", user, feedback_id, decision, words)
        if decision != found.decision:
            return DisagreedView(report=found, refused="It was decided again since you looked.")
        disputed = replace(
            a_report(1, FeedbackStage.DISPUTED), feedback_id=feedback_id, reference=found.reference
        )
        self.services.reports = tuple(
            disputed if one.feedback_id == feedback_id else one for one in self.services.reports
        )
        return DisagreedView(report=disputed)
