"""The desk at which people say who is who: its queue, and one question with both children.

Every look commits its audit row, which names both children, before anything is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hub.core.disclosure_review import REVIEW_READERS, desk_of, may_review
from hub.core.identity_matching import Matching
from hub.core.review import ReviewState
from hub.ports.review import (
    ReviewRow,
    ReviewsFound,
    ReviewShows,
    ReviewStore,
    ReviewsWanted,
    ReviewTransaction,
)
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.review_items import ReviewItem, ReviewItems, ReviewListed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsListed:
    """A page of the queue, and how much there is."""

    items: tuple[ReviewListed, ...]
    found: ReviewsFound
    urgent_only: bool
    """Whether this reader sees the urgent ones alone."""
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentQuestions:
    """How many urgent questions wait at a desk, and since when the oldest."""

    count: int
    oldest_at: datetime | None


class ReviewDesk:
    """The use cases of looking."""

    def __init__(self, around: Surroundings, store: ReviewStore, matching: Matching) -> None:
        self._around = around
        self._store = store
        self._items = ReviewItems(matching)

    def listed(self, asker: Asker, wanted: ReviewsWanted) -> ReviewsListed | None:
        """A page of the questions of the asker's desk; ``None`` if the asker has none.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        desk = desk_of(asker.role, asker.authority)
        if desk is None:
            return None
        now = self._around.clock.now()
        only = wanted.urgent_only or REVIEW_READERS[asker.role].urgent_only
        with self._store.review_transaction() as transaction:
            found = transaction.reviews_at([desk], replace(wanted, urgent_only=only), now)
            items, children = self._items.listed(transaction, asker, found.rows, now)
            outcome = f"{len(items)} questions"
            self.audit(transaction, asker, "review queue", children, outcome, ("child_name",))
        return ReviewsListed(items=items, found=found, urgent_only=only, as_of=now)

    def one(self, asker: Asker, review_id: UUID) -> ReviewItem | None:
        """One question; ``None`` if there is none or it is not this asker's.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        with self._store.review_transaction() as transaction:
            row = transaction.review(review_id)
            item = self.item(transaction, asker, row)
            outcome = f"{review_id}: {'shown' if item else 'none'}"
            self.audit_item(transaction, asker, "review", item, outcome)
        return item

    def claim(self, asker: Asker, review_id: UUID, *, looks: bool) -> bool:
        """Note that the asker looks at a question, or no longer does; ``False`` if not theirs.

        It hides nothing and keeps nobody from answering: whoever says so last, looks at it. One
        who does not look at it changes nothing by saying so.

        Raises:
            HubError: it could not be read, written or audited; nothing was noted then.
        """
        with self._store.review_transaction() as transaction:
            row = transaction.review(review_id, hold=True)
            item = self.item(transaction, asker, row)
            told = "looks" if looks else "looks no longer"
            outcome = f"{review_id}: {told if item else 'none'}"
            self.audit_item(transaction, asker, "claim question", item, outcome)
            if item is None or row is None:
                return False
            open_now = row.state is ReviewState.OPEN
            if open_now and (looks or row.claimed_by == asker.user_id):
                by, at = (asker.user_id, self._around.clock.now()) if looks else (None, None)
                transaction.save_reviews([(replace(row, claimed_by=by, claimed_at=at), ())])
        return True

    def item(
        self, transaction: ReviewTransaction, asker: Asker, row: ReviewRow | None
    ) -> ReviewItem | None:
        """A question as this asker may see it; ``None`` if it is not theirs."""
        if row is None or not may_review(asker.role, asker.authority, row.desks, row.urgent):
            return None
        item = self._items.one(transaction, asker, row, self._around.clock.now())
        desk = desk_of(asker.role, asker.authority)
        if item is None or desk is None:
            return item
        only = REVIEW_READERS[asker.role].urgent_only
        before, after = transaction.neighbours(desk, row, urgent_only=only)
        return replace(item, neighbours=(before, after))

    def urgent(self, asker: Asker) -> UrgentQuestions | None:
        """How many urgent questions wait for the desks that the asker reads; it shows nobody.

        Raises:
            HubError: it could not be read.
        """
        if desk_of(asker.role, asker.authority) is None:
            return None
        wanted = ReviewsWanted(shows=ReviewShows.WAITING, urgent_only=True, size=1)
        with self._store.review_transaction() as transaction:
            found = transaction.reviews_at(asker.reads, wanted, self._around.clock.now())
        return UrgentQuestions(count=found.urgent, oldest_at=found.oldest_at)

    def about(self, asker: Asker, alert_id: UUID) -> tuple[UUID, ...]:
        """The open questions about an alert's child that this asker may open; it shows nobody.

        Raises:
            HubError: it could not be read.
        """
        with self._store.review_transaction() as transaction:
            rows = transaction.reviews_about_alert(alert_id)
        return tuple(
            row.review_id
            for row in rows
            if row.state is ReviewState.OPEN
            and any(
                may_review(one.role, one.authority, row.desks, row.urgent) for one in asker.at_each
            )
        )

    def desks_of(self, review_id: UUID) -> tuple[str, ...]:
        """Whose a question is; none, where there is no such. It shows nobody.

        Raises:
            HubError: it could not be read.
        """
        with self._store.review_transaction() as transaction:
            row = transaction.review(review_id)
        return row.desks if row else ()

    def audit_item(
        self,
        transaction: ReviewTransaction,
        asker: Asker,
        action: str,
        item: ReviewItem | None,
        outcome: str,
    ) -> None:
        """Write the audit row of a look at one question: which children, which fields."""
        fields = [row.name.value for row in item.pair.rows] if item else []
        children = item.children if item else ()
        self.audit(transaction, asker, action, children, outcome, fields)

    def audit(  # noqa: PLR0913, PLR0917  # an audit row says all of it
        self,
        transaction: ReviewTransaction,
        asker: Asker,
        action: str,
        subjects: Iterable[bytes],
        outcome: str,
        fields: Iterable[str],
    ) -> None:
        """Write the audit row in this same transaction."""
        transaction.write_audit(
            audit_row(
                self._around.new_id(),
                asker,
                at=self._around.clock.now(),
                action=action,
                subjects=subjects,
                outcome=outcome,
                fields=fields,
                policies=self._around.policies,
            )
        )
