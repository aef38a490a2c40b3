"""Asks people what linking is not sure of, and asks no longer what has settled itself.

A round looks at the records whose links changed. Every child that an uncertain record may be of
makes a question about two records; a question whose link was settled otherwise is withdrawn, and
one that people could not answer is asked again when something new is known. Then the questions
that were not looked at lately are: a plan may have come, or a baby grown.

What a round fails on is narrowed down by halves: one record that cannot be looked at holds up no
other. It keeps its mark, is told in the log, and is tried again later.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from hub.core.chronology import Chronology
from hub.core.front_door import OWN_DESK
from hub.core.identity_matching import Matching
from hub.core.person import birth_date_of
from hub.core.policy import Policies
from hub.core.review import ReviewState, urgency
from hub.errors import TransientFault
from hub.ports import Clock, Known, Places
from hub.ports.review import ReviewRow, ReviewStep, ReviewStore, ReviewTransaction
from hub.service.correlating import chronology_of, responsible_for
from hub.service.failing import place_of
from hub.service.question_telling import told_on_duty
from hub.service.review_asking import Change, asked, settled, wanted
from hub.service.review_likelihood import is_unlikely

MARKS_PER_ROUND: Final = 100
ASSESSED_PER_ROUND: Final = 20
ASSESSED_AGAIN_AFTER: Final = timedelta(minutes=5)
"""How old the urgency of an open question may be: an alert or a plan may have come since."""

TRIED_AGAIN_AFTER: Final = timedelta(minutes=10)
"""When what could not be looked at is tried again; this project's own figure."""

_T = TypeVar("_T")
log = logging.getLogger(__name__)


class Reviewing:
    """The use case; several processes may run it, one of them at a time does a round."""

    def __init__(
        self,
        *,
        store: ReviewStore,
        policies: Policies,
        places: Places,
        matching: Matching,
        clock: Clock,
    ) -> None:
        self._store = store
        self._policies = policies
        self._places = places
        self._matching = matching
        self._clock = clock
        self._failed: dict[bytes | UUID, datetime] = {}
        """Records and questions that could not be looked at, and when. Of this process alone:
        another tries them too, and tells of it."""

    def __call__(self) -> int:
        """Do one round; answer how many changed links it has looked at.

        Raises:
            TransientFault: the database was away or busy; nothing of the round stands then.
        """
        now = self._clock.now()
        self._failed = {one: at for one, at in self._failed.items() if at > now - TRIED_AGAIN_AFTER}
        try:
            return self._round(now)
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # narrowed down by halves, and told
            log.warning("a round is done by halves: %s", type(error).__name__)
            return self._by_halves(now)

    def _round(self, now: datetime) -> int:
        with self._store.review_transaction() as transaction:
            if not transaction.take_round():
                return 0
            marks = self._marks(transaction)
            self._look(transaction, marks, now)
            self._assess(transaction, self._due(transaction, now), now)
        return len(marks)

    def _by_halves(self, now: datetime) -> int:
        """Do a round of which something fails, so that only that is left out."""
        with self._store.review_transaction() as transaction:
            marks = self._marks(transaction)
        looked = self._halved(
            sorted(marks),
            lambda transaction, refs: self._look(transaction, {r: marks[r] for r in refs}, now),
        )
        with self._store.review_transaction() as transaction:
            due = [row.review_id for row in self._due(transaction, now)]
        self._halved(due, lambda transaction, ids: self._assess_held(transaction, ids, now))
        return looked

    def _halved(
        self, some: Sequence[_T], act: Callable[[ReviewTransaction, Sequence[_T]], None]
    ) -> int:
        """Act on these in transactions of their own; answer on how many that succeeded."""
        if not some:
            return 0
        try:
            with self._store.review_transaction() as transaction:
                if not transaction.take_round():
                    return 0
                act(transaction, some)
        except TransientFault:
            raise
        except Exception as error:  # noqa: BLE001  # what fails alone is told, and tried again later
            if len(some) == 1:
                self._leave_out(some[0], error)
                return 0
            middle = len(some) // 2
            return self._halved(some[:middle], act) + self._halved(some[middle:], act)
        return len(some)

    def _leave_out(self, one: object, error: Exception) -> None:
        if isinstance(one, bytes | UUID):
            self._failed[one] = self._clock.now()
        log.error(
            "a question cannot be asked or looked at, and is tried again: %s in %s",
            type(error).__name__,
            place_of(error),
        )

    def _marks(self, transaction: ReviewTransaction) -> Mapping[bytes, int]:
        left_out = [one for one in self._failed if isinstance(one, bytes)]
        return transaction.marks(MARKS_PER_ROUND, left_out)

    def _due(self, transaction: ReviewTransaction, now: datetime) -> tuple[ReviewRow, ...]:
        left_out = [one for one in self._failed if isinstance(one, UUID)]
        before = now - ASSESSED_AGAIN_AFTER
        return transaction.assessed_before(before, ASSESSED_PER_ROUND, left_out)

    def _look(
        self, transaction: ReviewTransaction, marks: Mapping[bytes, int], now: datetime
    ) -> None:
        """Ask what the links of these records ask now, and withdraw what they no longer ask."""
        if not marks:
            return
        marked = sorted(marks)
        beside = transaction.reviews_of(marked)
        everyone = {*marked, *(ref for row in beside for ref in (row.one, row.other))}
        held = transaction.reviews_of(sorted(everyone))
        links = transaction.links(sorted({*everyone, *(r for h in held for r in (h.one, h.other))}))
        asking = list(wanted(transaction, marked, held, links))
        changes = [*settled(beside, links, now), *asked(asking, held, now)]
        if changes:
            transaction.save_reviews(changes)
        transaction.settle_marks(marks)

    def _assess_held(
        self, transaction: ReviewTransaction, ids: Collection[UUID], now: datetime
    ) -> None:
        rows = (transaction.review(one, hold=True) for one in sorted(ids))
        still = [row for row in rows if row is not None and row.state is ReviewState.OPEN]
        self._assess(transaction, still, now)

    def _assess(
        self, transaction: ReviewTransaction, rows: Iterable[ReviewRow], now: datetime
    ) -> None:
        """Look again at whose these questions are, how urgent and how likely."""
        before = list(rows)
        changes = [self._assessed(transaction, row, now) for row in before]
        told = [
            each
            for was, (found, _) in zip(before, changes, strict=True)
            for each in told_on_duty(was, found, self._policies, now)
        ]
        if changes:
            transaction.save_reviews(changes, told)

    def _assessed(self, transaction: ReviewTransaction, row: ReviewRow, now: datetime) -> Change:
        links = transaction.links([row.one, row.other])
        children = transaction.known(sorted({link.child_ref for link in links.values()}))
        sides = [(chronology_of(one), one.standing) for one in children]
        desks = {self._desk(chronology, now) for chronology, _ in sides} - {None}
        urgent = urgency(sides, _births(children), now, self._policies.hub.windows)
        found = replace(
            row,
            desks=tuple(sorted(desk for desk in desks if desk)) or (OWN_DESK,),
            urgent=urgent,
            unlikely=is_unlikely(row, links, children, self._matching),
            assessed_at=now,
        )
        opened = ReviewStep(kind="opened", at=row.opened_at, code=row.reason.value)
        return found, () if row.desks else (opened,)

    def _desk(self, chronology: Chronology, now: datetime) -> str | None:
        found = responsible_for(chronology, self._policies, self._places, now)
        return found.reveal() if found else None


def _births(children: Sequence[Known]) -> Iterator[date]:
    for child in children:
        for record in child.records:
            if born := birth_date_of(record.ledger):
                yield born
