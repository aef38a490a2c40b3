"""Where agencies read what became of their own reports, and say that they disagree.

Every view and every disagreement commits its audit row before it is shown. What is told is put
together when it is read; see ``hub/core/disclosure_feedback.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.core.alert import AlertState
from hub.core.alert_life import Act
from hub.core.disclosure_feedback import (
    FEEDBACK_KEPT,
    Feedback,
    FeedbackStage,
    ReportFollowed,
    feedback_on,
    hears_back,
    no_dispute,
)
from hub.core.event import EventKind
from hub.core.policy import LocalAuthorityPolicy
from hub.ports import FeedbackFound, FeedbackRow, FeedbackWanted, Question
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.escalating import Escalating
from hub.service.front_door import Wish, lived
from hub.service.inbox_items import InboxItems
from hub.service.named_decision import decision_named, since_decided

REPORTS_A_PAGE: Final = 50
"""As the inbox has it."""

OVERLAP: Final = timedelta(minutes=5)
"""What was written before an answer and committed after it is told by the next one: no transaction
of the hub lasts so long. Own figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackItem:
    """One report of the asker's agency, and what it is told of it."""

    feedback_id: UUID
    kind: EventKind
    occurred_at: datetime
    received_at: datetime
    reference: str = field(repr=False)
    feedback: Feedback
    decision: UUID | None = None
    """Names what was decided and when; who disagrees says with which decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackListed:
    """A page of reports as of one instant."""

    items: tuple[FeedbackItem, ...]
    total: int
    page: int
    pages: int
    as_of: datetime
    ask_since: datetime
    """From when to ask next time for what has changed: some is told twice then, nothing is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreed:
    """A report after its agency disagreed, or could not."""

    item: FeedbackItem
    refused: str = ""
    """Why nothing was done, in one sentence; empty where it was, or had been."""


class FeedbackDesk:
    """The use case."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._items = InboxItems(around.policies, around.clock)
        self._escalating = Escalating(around.policies)

    def listed(
        self, asker: Asker, page: int = 1, changed_after: datetime | None = None
    ) -> FeedbackListed:
        """A page of the asker's agency's reports on which alerts rest, the latest first.

        Raises:
            HubError: they could not be read or audited; nothing may be shown then.
        """
        now = self._around.clock.now()
        with self._around.questions.question() as asking:
            wanted = FeedbackWanted(
                agency=asker.organisation,
                reader=asker.user_id,
                occurred_after=now - FEEDBACK_KEPT,
                changed_after=changed_after,
                most=REPORTS_A_PAGE,
                passed=(page - 1) * REPORTS_A_PAGE,
            )
            allowed = hears_back(asker.role, asker.organisation, wanted.agency)
            found = _page_of(asking, wanted) if allowed else None
            rows = found.rows if found else ()
            items = self._told(asking, asker, rows, now)
            self._audit(asking, asker, "feedback", rows, f"{len(items)} reports")
        total = found.total if found else 0
        return FeedbackListed(
            items=items,
            total=total,
            page=page,
            pages=max(1, -(-total // REPORTS_A_PAGE)),
            as_of=now,
            ask_since=now - OVERLAP,
        )

    def one(self, asker: Asker, feedback_id: UUID) -> FeedbackItem | None:
        """What became of one report; ``None`` if there is none or it is not this agency's.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        now = self._around.clock.now()
        with self._around.questions.question() as asking:
            row = self._row(asking, asker, feedback_id)
            items = self._told(asking, asker, (row,) if row else (), now)
            outcome = f"{feedback_id}: {'shown' if items else 'none'}"
            self._audit(
                asking, asker, "feedback on report", (row,) if items and row else (), outcome
            )
        return items[0] if items else None

    def disagree(
        self, asker: Asker, feedback_id: UUID, decision: UUID, words: str
    ) -> Disagreed | None:
        """Reopen what was decided about a report of the asker's agency; ``None`` as above.

        The same again changes nothing, whoever of the agency sends it. Who disagrees with a
        decision that was made anew since is told so.

        Raises:
            HubError: it could not be written or audited; nothing was recorded then.
        """
        now = self._around.clock.now()
        with self._around.questions.question(changes=True) as asking:
            row = self._held(asking, asker, feedback_id)
            if row is None:
                self._audit(asking, asker, "dispute report", (), f"{feedback_id}: none")
                return None
            refused = None
            if not self._said_before(asking, asker, row, decision):
                refused = self._refused(asking, row, decision, now)
                if refused is None:
                    self._record(asking, asker, row, words, now)
            outcome = f"{feedback_id}: {'refused' if refused else 'disputed'}"
            self._audit(asking, asker, "dispute report", (row,), outcome)
            after = self._row(asking, asker, feedback_id)
            items = self._told(asking, asker, (after,) if after else (), now)
        return Disagreed(item=items[0], refused=refused or "") if items else None

    def _held(self, asking: Question, asker: Asker, feedback_id: UUID) -> FeedbackRow | None:
        """The report, while nobody else changes what was decided about it."""
        row = self._row(asking, asker, feedback_id)
        if row is None:
            return None
        asking.hold_alert(row.acted_on)
        return self._row(asking, asker, feedback_id)

    def _row(self, asking: Question, asker: Asker, feedback_id: UUID) -> FeedbackRow | None:
        row = asking.feedback(feedback_id, asker.user_id)
        theirs = row is not None and hears_back(asker.role, asker.organisation, row.agency)
        return row if theirs else None

    def _said_before(
        self, asking: Question, asker: Asker, row: FeedbackRow, decision: UUID
    ) -> bool:
        """Whether the agency has disagreed with this very decision before."""
        found = asking.alert(row.acted_on)
        after = since_decided(found.steps if found else (), row, decision)
        return any(
            step.kind == "disputed" and step.organisation == asker.organisation for step in after
        )

    def _refused(
        self, asking: Question, row: FeedbackRow, decision: UUID, now: datetime
    ) -> str | None:
        shielded = row.child_ref in self._items.shielded_among(asking, [row.child_ref])
        within = self._policy(row, shielded=shielded).contacts.dispute_within
        why = no_dispute(self._report(row, shielded=shielded), now, dispute_within=within)
        if why is None and decision != decision_named(row.feedback_id, row.life.decided_at):
            return _DECIDED_ANEW
        return why

    def _record(
        self, asking: Question, asker: Asker, row: FeedbackRow, words: str, now: datetime
    ) -> None:
        (acted,) = asking.alerts_named([row.acted_on])
        wish = Wish(act=Act.DISPUTE, stand=acted.stand, words=words)
        effects = self._escalating.disputed(acted.alert, now)
        asking.record(
            row.acted_on, replace(lived(asker, row.life, wish, now), effects=effects), now
        )

    def _told(
        self, asking: Question, asker: Asker, rows: Sequence[FeedbackRow], now: datetime
    ) -> tuple[FeedbackItem, ...]:
        shielded = self._items.shielded_among(asking, sorted({one.child_ref for one in rows}))
        told = (self._item(asker, row, now, shielded=row.child_ref in shielded) for row in rows)
        return tuple(one for one in told if one is not None)

    def _item(
        self, asker: Asker, row: FeedbackRow, now: datetime, *, shielded: bool
    ) -> FeedbackItem | None:
        within = self._policy(row, shielded=shielded).contacts.dispute_within
        feedback = feedback_on(self._report(row, shielded=shielded), now, dispute_within=within)
        if feedback is None or not hears_back(asker.role, asker.organisation, row.agency):
            return None
        decided = feedback.stage is FeedbackStage.DECIDED
        return FeedbackItem(
            feedback_id=row.feedback_id,
            kind=row.kind,
            occurred_at=row.occurred_at,
            received_at=row.received_at,
            reference=row.reference,
            feedback=feedback,
            decision=decision_named(row.feedback_id, row.life.decided_at) if decided else None,
        )

    def _report(self, row: FeedbackRow, *, shielded: bool) -> ReportFollowed:
        return ReportFollowed(
            agency=row.agency,
            owner=row.owner,
            part_since=row.part_since,
            due_at=self._due_at(row, shielded=shielded),
            life=row.life,
            counted=row.counted,
            told=row.told,
            shielded=shielded,
        )

    def _policy(self, row: FeedbackRow, *, shielded: bool) -> LocalAuthorityPolicy:
        """By whose numbers a report is told of: an authority's own would tell which it is."""
        return self._around.policies.of(None if shielded else row.owner)

    def _due_at(self, row: FeedbackRow, *, shielded: bool) -> datetime | None:
        """By when the front door should look at it, by its policy."""
        if row.life.state is not AlertState.STANDING:
            return None
        policy = self._policy(row, shielded=shielded)
        if row.life.disputed_at is not None:
            return policy.dispute_due_at(row.severity, row.life.disputed_at)
        return policy.due_at(row.severity, row.counts_from)

    def _audit(
        self,
        asking: Question,
        asker: Asker,
        action: str,
        rows: Sequence[FeedbackRow],
        outcome: str,
    ) -> None:
        asking.write_audit(
            audit_row(
                self._around.new_id(),
                asker,
                at=self._around.clock.now(),
                action=action,
                subjects={row.child_ref for row in rows},
                outcome=outcome,
                fields=("reference", "outcome", "told") if rows else (),
                policies=self._around.policies,
            )
        )


def _page_of(asking: Question, wanted: FeedbackWanted) -> FeedbackFound:
    """The page; of one beyond the last, how many there are all the same."""
    found = asking.feedback_of(wanted)
    if found.rows or not wanted.passed:
        return found
    return replace(found, total=asking.feedback_of(replace(wanted, passed=0, most=1)).total)


_DECIDED_ANEW: Final = (
    "It was decided again since you looked. Look at what was decided, and say then whether you "
    "disagree."
)
