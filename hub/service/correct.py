"""Corrects who is who: joins and parts children by what was decided about two of their records.

A decision is stored, signed, with its reason; links move with it in one transaction, and then the
children concerned are looked at again, all in one transaction more. Nothing else is rewritten:
events hang on records. What is reversed leaves everything as if it had never been decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hub.core.identity_decision import (
    DecisionCause,
    DecisionKind,
    IdentityDecision,
    Reversal,
    objection,
    signed_reversal,
)
from hub.errors import ConfigurationError, DecisionRefused, TransientFault
from hub.ports import Clock, DecisionSigning, IdentityStore, IdentityTransaction, LinkRow
from hub.service.standing import Settled, Standing

RECORDS_MAX: Final = 500
"""Of so many records at the most the links are worked out anew in one transaction. A child has
tens; more come of a decision that joins whom it should not."""

TRIES: Final = 3
"""How often a correction is begun again when the database was busy."""

BY_A_PERSON_ONLY: Final = frozenset({DecisionCause.BRIDGED, DecisionCause.AGENCY})
"""By these, children of whom one has or ever had a plan are not joined."""

Rederive = Callable[[Sequence[bytes]], None]
"""Looks at children again, all in one transaction: ``Decide.recorrelate``."""


class PersonNeeded(DecisionRefused):
    """One of the children has, or ever had, a plan: people decide whether they are one."""


class TooManyRecords(DecisionRefused):
    """More records would be concerned than one transaction works out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision, or its reversal, did."""

    children: tuple[bytes, ...] = ()
    """Everybody whose records moved or who is named otherwise, those left without any too."""
    records_moved: int = 0
    """How many records stand with another child than before."""
    rederived: bool = True
    """Whether their alerts are as they are to be; else a worker does it within seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRead:
    """A decision as it is stored, and whether the hub's signature on it is right."""

    decision: IdentityDecision
    genuine: bool
    moved: tuple[LinkRow, ...]
    """The links that it moved, as they were before."""


class Correct:
    """The use case. Everything here may be called again: a second time changes nothing."""

    def __init__(
        self,
        *,
        store: IdentityStore,
        standing: Standing,
        signing: DecisionSigning,
        clock: Clock,
        rederive: Rederive,
    ) -> None:
        self._store = store
        self._standing = standing
        self._signing = signing
        self._clock = clock
        self._rederive = rederive

    def decide(self, decisions: Sequence[IdentityDecision]) -> Decided:
        """Let these decisions hold, all of them or none.

        One that was made already changes nothing; nor does one that was reversed, which is made
        anew only on another occasion. Records that nobody has told of yet are joined or parted
        when they come.

        Raises:
            DecisionRefused: one contradicts others that hold, see ``identity_decision.objection``;
                ``PersonNeeded`` or ``TooManyRecords`` where that is why.
            TransientFault: the database was away or busy; nothing was decided.
        """
        return self._again(lambda transaction: self._decide(transaction, decisions))

    def reverse(  # noqa: PLR0913  # a reversal names who, in what role, of whom and why
        self,
        decision_id: bytes,
        *,
        by: str,
        role: str,
        organisation: str,
        reason: str,
        adoption: bool = False,
    ) -> Decided:
        """Let a decision hold no longer; what it moved stands as if it had never been made.

        What was decided or learnt since stands. One that is reversed already changes nothing.

        Args:
            decision_id: which.
            by: who reverses it.
            role: in what role.
            organisation: of what organisation.
            reason: in words for people.
            adoption: that it keeps records apart since an adoption, and that is meant.

        Raises:
            DecisionRefused: there is none of this id, or it keeps apart since an adoption.
            ConfigurationError: its signature is not the hub's.
            TransientFault: the database was away or busy; nothing was reversed.
        """
        reversal = Reversal(
            by=by, role=role, organisation=organisation, reason=reason, at=self._clock.now()
        )
        return self._again(
            lambda transaction: self._reverse(transaction, decision_id, reversal, adoption)
        )

    def about(self, record_refs: Sequence[bytes]) -> tuple[DecisionRead, ...]:
        """Every decision about these records, reversed ones too, the oldest first."""
        return tuple(
            DecisionRead(
                decision=one,
                genuine=self._standing.genuine(one) and self._reversal_is_genuine(one),
                moved=self._store.decision_moves(one.decision_id),
            )
            for one in self._store.decisions_about(record_refs)
        )

    def _again(self, correct: Callable[[IdentityTransaction], Settled]) -> Decided:
        """Correct in a transaction, tried again while the database is busy; then look again."""
        for left in reversed(range(TRIES)):
            try:
                with self._store.identity_transaction() as transaction:
                    transaction.lock_identity()
                    settled = correct(transaction)
                    now = transaction.filed([link.record_ref for link in settled.before], ())
                break
            except TransientFault:
                if not left:
                    raise
        moved = [
            link
            for link in settled.before
            if link.child_ref != now[link.record_ref].standing.child_ref
        ]
        children = tuple(sorted(settled.children))
        return Decided(
            children=children,
            records_moved=len(moved),
            rederived=self._rederived(children),
        )

    def _rederived(self, children: Sequence[bytes]) -> bool:
        """Look at the children again now; they are marked, so a worker does it if this cannot."""
        try:
            if children:
                self._rederive(children)
        except TransientFault:
            return False
        return True

    def _decide(
        self, transaction: IdentityTransaction, decisions: Sequence[IdentityDecision]
    ) -> Settled:
        settled = Settled()
        for one in decisions:
            if transaction.decision(one.decision_id) is not None:
                continue
            self._refuse(transaction, one)
            transaction.save_decisions([self._standing.signed(one)])
            done = self._standing.settle(transaction, one.pair, (), self._clock.now())
            if done.before:
                transaction.note_moves(one.decision_id, done.before)
            settled = _both(settled, done)
        return settled

    def _refuse(self, transaction: IdentityTransaction, new: IdentityDecision) -> None:
        told = transaction.decisions(new.pair)
        why = objection(new, [one for one in told if self._standing.genuine(one)])
        if why is not None:
            raise DecisionRefused(f"This cannot be decided: {why}")
        concerned = self._standing.around(transaction, new.pair, ())
        if len(concerned) > RECORDS_MAX:
            raise TooManyRecords(
                f"This concerns {len(concerned)} records; at most {RECORDS_MAX} are worked out at"
                " once: so many are hardly one child's, look at what joined them first."
            )
        if new.kind is DecisionKind.SAME and new.cause in BY_A_PERSON_ONLY:
            _refuse_with_a_plan(transaction, new)

    def _reverse(
        self,
        transaction: IdentityTransaction,
        decision_id: bytes,
        reversal: Reversal,
        adoption: bool,  # noqa: FBT001  # handed through
    ) -> Settled:
        held = transaction.decision(decision_id)
        if held is None:
            raise DecisionRefused("There is no decision of this id.")
        if held.reversal is not None:
            return Settled()
        if not self._standing.genuine(held):
            raise ConfigurationError(
                "The signature of this decision is not the hub's: see whether the keys are all"
                " there, and who can write to the database."
            )
        if held.kind is DecisionKind.ADOPTED and not adoption:
            raise DecisionRefused(
                "These records are kept apart since an adoption: no ordinary review reverses it."
            )
        signature = self._signing.sign_decision(signed_reversal(decision_id, reversal))
        transaction.reverse_decision(decision_id, replace(reversal, signature=signature))
        return self._standing.settle(transaction, held.pair, (), self._clock.now())

    def _reversal_is_genuine(self, one: IdentityDecision) -> bool:
        if one.reversal is None:
            return True
        signed = signed_reversal(one.decision_id, one.reversal)
        return self._signing.verify_decision(signed, one.reversal.signature)


def _refuse_with_a_plan(transaction: IdentityTransaction, new: IdentityDecision) -> None:
    filed = transaction.filed(new.pair, ())
    children = {one.standing.child_ref for one in filed.values()}
    records = [
        ref
        for ref, one in transaction.filed((), sorted(children)).items()
        if one.standing.child_ref in children
    ]
    if len(children) > 1 and transaction.planned(records):
        raise PersonNeeded(
            "One of the two children has, or ever had, an entry in a register: whether they are"
            " one is decided by people."
        )


def _both(one: Settled, other: Settled) -> Settled:
    """Both, with the links as they were before the first."""
    before = {link.record_ref: link for link in (*other.before, *one.before)}
    return Settled(before=tuple(before.values()), children=one.children | other.children)
