"""Answers to questions about who is who: checked, kept with their reason, and then carried out.

An answer is committed first, with its audit row, and carried out after: links move in a transaction
of their own (``hub.service.correct``). What dies between is finished by whoever looks next, since
the decision's id follows from the question and its version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from hub.core.identity_decision import IdentityDecision
from hub.core.review import Proposed
from hub.core.review_answer import Action, Refusal, answered, reason_is_missing
from hub.errors import ConfigurationError, DecisionRefused, TransientFault
from hub.ports import Clock
from hub.ports.review import ReviewRow, ReviewStep, ReviewStore, ReviewTransaction
from hub.service.asker import Asker
from hub.service.review_desk import ReviewDesk
from hub.service.review_items import ReviewItem
from hub.service.review_said import (
    Answer,
    after,
    as_before,
    decision_of,
    is_told_again,
    said_by,
    standing_of,
    step_of,
)

UNFINISHED_PER_ROUND: Final = 10


class Corrections(Protocol):
    """What carries decisions out: ``hub.service.correct.Correct``."""

    def decide(self, decisions: Sequence[IdentityDecision]) -> object:
        """Let these decisions hold; twice changes nothing."""
        ...

    def reverse(
        self, decision_id: bytes, *, by: str, role: str, organisation: str, reason: str
    ) -> object:
        """Let a decision hold no longer; twice changes nothing."""
        ...


class AnswerOutcome(StrEnum):
    """What became of an answer."""

    DONE = "done"
    """It is recorded; where a second person is needed, it waits for them."""
    STALE = "stale"
    """Something has changed since the page was made: nothing was recorded."""
    CONTRADICTS = "contradicts"
    """Another decision stands against it: it was undone, and the question is asked again."""
    REFUSED = "refused"
    """It cannot be taken; ``refusal`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTaken:
    """What became of an answer, and the question as it stands now."""

    outcome: AnswerOutcome
    item: ReviewItem
    refusal: Refusal | None = None
    sentence: str = ""
    """Why it contradicts; names nobody."""


class ReviewAnswers:
    """The use case of answering."""

    def __init__(
        self,
        *,
        desk: ReviewDesk,
        store: ReviewStore,
        corrections: Corrections,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._store = store
        self._corrections = corrections
        self._clock = clock

    def answer(self, asker: Asker, review_id: UUID, answer: Answer) -> AnswerTaken | None:
        """Record an answer in the asker's name and carry it out; ``None`` if it is not theirs.

        The same answer of the same person again, as by a second click, changes nothing.

        Raises:
            HubError: it could not be read, written or audited; nothing was recorded then.
        """
        with self._store.review_transaction() as transaction:
            row = transaction.review(review_id, hold=True)
            item = self._desk.item(transaction, asker, row)
            if row is None or item is None:
                self._audit(transaction, asker, None, f"{review_id}: not theirs")
                return None
            taken = self._taken(transaction, asker, row, item, answer)
            self._audit(transaction, asker, item, f"{review_id}: {_in_words(taken, answer)}")
        sentence = ""
        if taken.outcome is AnswerOutcome.DONE:
            sentence = self._carry_out(review_id)
        if not sentence:
            return replace(taken, item=self._now(asker, review_id) or item)
        now = self._now(asker, review_id) or item
        return AnswerTaken(outcome=AnswerOutcome.CONTRADICTS, item=now, sentence=sentence)

    def finish(self) -> int:
        """Carry out what was decided and is not carried out yet; answer how many those were.

        Raises:
            TransientFault: the database was busy with some of them; the others were carried out.
        """
        with self._store.review_transaction() as transaction:
            waiting = transaction.unfinished(UNFINISHED_PER_ROUND)
        busy: TransientFault | None = None
        for review_id in waiting:
            try:
                self._carry_out(review_id)
            except TransientFault as fault:
                busy = fault
        if busy is not None:
            raise busy
        return len(waiting)

    def _taken(
        self,
        transaction: ReviewTransaction,
        asker: Asker,
        row: ReviewRow,
        item: ReviewItem,
        answer: Answer,
    ) -> AnswerTaken:
        if is_told_again(item.steps, asker, answer):
            return AnswerTaken(outcome=AnswerOutcome.DONE, item=item)
        if answer.stand != item.stand or row.unfinished:
            return AnswerTaken(outcome=AnswerOutcome.STALE, item=item)
        if reason_is_missing(answer.action, answer.code, answer.words):
            return _refused(item, Refusal.REASON_MISSING)
        second = _needs_second(item, answer.action)
        found = answered(standing_of(row), answer.action, asker.user_id, second=second)
        if isinstance(found, Refusal):
            return _refused(item, found)
        now = self._clock.now()
        transaction.save_reviews([(after(row, found, now), [step_of(asker, found, answer, now)])])
        return AnswerTaken(outcome=AnswerOutcome.DONE, item=item)

    def _carry_out(self, review_id: UUID) -> str:
        """Do what was decided, if it is not done yet; answer why it cannot be, if so."""
        with self._store.review_transaction() as transaction:
            row = transaction.review(review_id)
            steps = transaction.steps([review_id]).get(review_id, ())
        if row is None or row.unfinished is None:
            return ""
        try:
            decision_id = self._carried_out(row, steps)
        except (DecisionRefused, ConfigurationError) as refused:
            step = ReviewStep(kind="not_carried_out", at=self._clock.now(), words=str(refused))
            self._note(row, as_before(row, steps, step.at), step)
            return str(refused)
        done = replace(row, unfinished=None, decision_id=decision_id, version=row.version + 1)
        self._note(row, done)
        return ""

    def _carried_out(self, row: ReviewRow, steps: Sequence[ReviewStep]) -> bytes | None:
        """Decide, or reverse; answer the id of the decision that holds then."""
        if row.unfinished == "decide":
            made = decision_of(row, steps)
            self._corrections.decide([made])
            return made.decision_id
        if row.decision_id is not None:
            said = said_by(steps)
            self._corrections.reverse(
                row.decision_id,
                by=said.by,
                role=said.role,
                organisation=said.organisation,
                reason=said.reason,
            )
        return None

    def _note(self, row: ReviewRow, done: ReviewRow, *steps: ReviewStep) -> None:
        """Note what came of it, unless somebody else has done it meanwhile."""
        with self._store.review_transaction() as transaction:
            held = transaction.review(row.review_id, hold=True)
            if held is not None and held.version == row.version:
                transaction.save_reviews([(done, steps)])

    def _now(self, asker: Asker, review_id: UUID) -> ReviewItem | None:
        """The question as it stands after the answer; that look is part of the answer's audit."""
        with self._store.review_transaction() as transaction:
            return self._desk.item(transaction, asker, transaction.review(review_id))

    def _audit(
        self, transaction: ReviewTransaction, asker: Asker, item: ReviewItem | None, outcome: str
    ) -> None:
        self._desk.audit_item(transaction, asker, "answer question", item, outcome)


def _needs_second(item: ReviewItem, action: Action) -> bool:
    if action in {Action.SAME, Action.DIFFERENT, Action.TAKE_BACK}:
        return item.needs_second(Proposed(action.value))
    return False


def _refused(item: ReviewItem, refusal: Refusal) -> AnswerTaken:
    return AnswerTaken(outcome=AnswerOutcome.REFUSED, item=item, refusal=refusal)


def _in_words(taken: AnswerTaken, answer: Answer) -> str:
    if taken.refusal:
        return f"{answer.action.value} refused, {taken.refusal.value}"
    return f"{answer.action.value} {taken.outcome.value}"
