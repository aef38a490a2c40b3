"""Acts on what agencies told about who a person is: joins, parts, shares a plan, or asks people.

The change stands in a row of its own, written with the event that tells it. It is looked at when
both records are known, in whatever order they came, and again when a later revision comes. What is
decided has an id that follows from the event, so that looking twice decides once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from hub.core.change_verdict import ChangeVerdict, Side, verdict
from hub.core.event import EventState
from hub.core.identity_change import Change
from hub.core.identity_decision import DecisionCause, DecisionKind, IdentityDecision, decision
from hub.core.identity_names import Synonyms
from hub.core.review import ReviewReason
from hub.errors import DecisionRefused, TransientFault
from hub.ports import Clock
from hub.ports.changes import ChangeOutcome, ChangeRow, ChangeStore, ChangeTransaction
from hub.ports.review import ReviewAsked
from hub.service.failing import place_of
from hub.service.records import evidence_in
from hub.service.superseding import Superseding

CHANGES_MAX: Final = 50
"""So many changes are looked at at once; the rest at the next time."""

DEFERRED: Final = timedelta(minutes=10)
"""For how long a change that could not be acted on waits for the next try."""

BUSY_DEFERRED: Final = timedelta(minutes=1)
"""The same where the database was busy: one child who is always in hand holds up nobody else."""

ROLE: Final = "agency"
"""In what role an agency decides about its own records."""

_REASONS: Final = {
    Change.RECORDS_MERGED: "The agency has merged two of its records.",
    Change.IDENTIFIER_CHANGED: "The agency has given the person another number.",
    Change.BORN: "The agency says that the unborn child is this child.",
    Change.ADOPTED: "The agency keeps the two apart.",
}
"""An adoption is called one nowhere that a reader of reasons may look."""

log = logging.getLogger(__name__)


class Deciding(Protocol):
    """What carries decisions about two records out; see ``hub.service.correct``."""

    def decide(self, decisions: Sequence[IdentityDecision]) -> object:
        """Let these decisions hold; again changes nothing."""
        ...

    def reverse(  # noqa: PLR0913  # a reversal names who, in what role, of whom and why
        self,
        decision_id: bytes,
        *,
        by: str,
        role: str,
        organisation: str,
        reason: str,
        adoption: bool = False,
    ) -> object:
        """Let a decision hold no longer; again changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class _Made:
    """What is to be made of a change: what it comes to, and what is decided."""

    outcome: ChangeOutcome
    decided: IdentityDecision | None = None
    rows: tuple[ChangeRow, ...] = ()
    """Other changes that come to the same: the births of brothers and sisters."""


class Changes:
    """The use case; several processes may run it."""

    def __init__(
        self,
        *,
        store: ChangeStore,
        correct: Deciding,
        superseding: Superseding,
        synonyms: Synonyms,
        clock: Clock,
    ) -> None:
        self._store = store
        self._correct = correct
        self._superseding = superseding
        self._synonyms = synonyms
        self._clock = clock

    def __call__(self) -> int:
        """Act on the changes that are due; one that fails waits and costs nobody else.

        Answers how many were acted on.

        Raises:
            TransientFault: the database was away.
        """
        acted = 0
        for fact_key in self._store.changes_due(CHANGES_MAX, self._clock.now()):
            try:
                self._act(fact_key)
                acted += 1
            except TransientFault as fault:
                self._store.defer_change(fact_key, self._clock.now() + BUSY_DEFERRED)
                log.warning("%s; a change waits", fault)
            except Exception as error:  # noqa: BLE001  # told, and tried again later
                log.error("change waits: %s in %s", type(error).__name__, place_of(error))  # noqa: TRY400  # the trace may hold content
                self._store.defer_change(fact_key, self._clock.now() + DEFERRED)
        return acted

    def _act(self, fact_key: bytes) -> None:
        """Take back, look, carry out, note: what is carried out twice is as if once.

        What was decided on an earlier revision is taken back before anything is looked at, or the
        children would be seen as it left them.
        """
        with self._store.change_transaction() as transaction:
            row = transaction.change(fact_key)
        if row is not None and row.decision_id is not None:
            self._take_back(row, row.decision_id)
        if row is not None and row.change is Change.NUMBER_SUPERSEDED:
            self._supersede(row)
            return
        with self._store.change_transaction() as transaction:
            row = transaction.change(fact_key)
            if row is None:
                return
            made = self._look(transaction, row)
        for one in made.rows:
            if one.decision_id is not None:
                self._take_back(one, one.decision_id)
        refused = made.decided is not None and not self._decides(row, made.decided)
        with self._store.change_transaction() as transaction:
            if refused:
                made = _ask(transaction, row, self._clock)
            decided = made.decided.decision_id if made.decided else None
            for one in (row, *made.rows):
                transaction.note_outcome(one, made.outcome, decided)

    def _supersede(self, row: ChangeRow) -> None:
        came = self._superseding(row)
        with self._store.change_transaction() as transaction:
            decided = came.decided.decision_id if came.decided else None
            transaction.note_outcome(row, came.outcome, decided)

    def _take_back(self, row: ChangeRow, decision_id: bytes) -> None:
        self._correct.reverse(
            decision_id,
            by=row.agency,
            role=ROLE,
            organisation=row.agency,
            reason="The agency has told it otherwise since.",
            adoption=row.change is Change.ADOPTED,
        )

    def _decides(self, row: ChangeRow, decided: IdentityDecision) -> bool:
        """Whether it could be decided; else it contradicts what people or others decided.

        What was decided on this very revision and is looked at again has been taken back by the
        hub itself, which does not decide it twice.
        """
        if decided.decision_id == row.decision_id:
            return False
        try:
            self._correct.decide([decided])
        except DecisionRefused:
            return False
        return True

    def _look(self, transaction: ChangeTransaction, row: ChangeRow) -> _Made:
        """What is to be made of a change; a question is asked, and a plan shared, at once."""
        if row.state is EventState.WITHDRAWN or row.former_ref is None:
            if row.change is Change.BORN and row.former_ref:
                _share(transaction, row.former_ref, self._clock)
            return _Made(ChangeOutcome.DONE)
        links = transaction.links([row.record_ref, row.former_ref])
        if len(links) < 2:  # noqa: PLR2004  # one of the two records is not known yet
            return _Made(ChangeOutcome.WAITS)
        births = transaction.births(row.former_ref) if row.change is Change.BORN else ()
        former, now = (
            _side(transaction, ref, links[ref].child_ref)
            for ref in (row.former_ref, row.record_ref)
        )
        records = {one.record_ref for one in births if _may_be_born(one, row)}
        found = verdict(row.change, former, now, born=len(records), synonyms=self._synonyms)
        if found is ChangeVerdict.ASK:
            return _ask(transaction, row, self._clock)
        if births:
            transaction.share_plans(sorted(records), row.former_ref, self._clock.now())
        if found is ChangeVerdict.SHARE:
            others = tuple(one for one in births if _may_be_born(one, row) and one != row)
            return _Made(ChangeOutcome.SHARED, rows=others)
        return _Made(ChangeOutcome.DECIDED, decided=_decision(row, row.former_ref))


def _ask(transaction: ChangeTransaction, row: ChangeRow, clock: Clock) -> _Made:
    """Ask people what the agency says; the question stands on the desk with both records."""
    parting = row.change is Change.ADOPTED
    asked = ReviewAsked(
        one=row.former_ref or b"",
        other=row.record_ref,
        reason=ReviewReason.AGENCY_SPLIT if parting else ReviewReason.AGENCY_MERGE,
        evidence=row.event_id,
        asked_by=row.agency,
    )
    transaction.ask_review([asked], clock.now())
    return _Made(ChangeOutcome.ASKED)


def _share(transaction: ChangeTransaction, former_ref: bytes, clock: Clock) -> None:
    """Let the births that still stand, and fit, be those of an unborn child."""
    kept = [one for one in transaction.births(former_ref) if one.outcome in _FITTING]
    transaction.share_plans(sorted({o.record_ref for o in kept}), former_ref, clock.now())


_FITTING: Final = frozenset({ChangeOutcome.DECIDED, ChangeOutcome.SHARED})


def _may_be_born(one: ChangeRow, row: ChangeRow) -> bool:
    """Whether a birth was found to fit, or is the one that is looked at."""
    return one.outcome in _FITTING or one.fact_key == row.fact_key


def _side(transaction: ChangeTransaction, record_ref: bytes, child_ref: bytes) -> Side:
    (known,) = transaction.known([child_ref])
    everything = {one.record_ref: evidence_in(one) for one in known.records}
    return Side(
        record=everything[record_ref],
        child_ref=child_ref,
        everything=tuple(everything.values()),
        register=frozenset(entry.kind for entry in known.register),
    )


def _decision(row: ChangeRow, former_ref: bytes) -> IdentityDecision:
    adopted = row.change is Change.ADOPTED
    return decision(
        DecisionKind.ADOPTED if adopted else DecisionKind.SAME,
        former_ref,
        row.record_ref,
        cause=DecisionCause.BORN if row.change is Change.BORN else DecisionCause.AGENCY,
        by=row.agency,
        role=ROLE,
        organisation=row.agency,
        reason=_REASONS[row.change],
        at=row.recorded_at,
        occasion=row.event_id,
    )
