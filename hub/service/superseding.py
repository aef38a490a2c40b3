"""Acts on an NHS number that was replaced: records are read under the number that stands now.

What records say is left as it was told. Where both numbers have a child already, the two are joined
as an agency's word joins them: by a decision that is taken back with the word, or by people where
one has or had a plan or the two contradict each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from hub.core.change_verdict import Side, contradict, had_plan
from hub.core.event import EventState
from hub.core.identity import RecordEvidence
from hub.core.identity_decision import (
    DecisionCause,
    DecisionKind,
    IdentityDecision,
    decision,
)
from hub.core.review import ReviewReason
from hub.core.superseded import Supersession, at_odds, current_numbers
from hub.errors import DecisionRefused
from hub.ports import Clock
from hub.ports.changes import ChangeOutcome, ChangeRow
from hub.ports.numbers import NumberRow, NumberStanding, NumberStore, NumberTransaction
from hub.ports.review import ReviewAsked
from hub.service.records import evidence_in, under_current

_REASON: Final = "The NHS number that one record has was replaced by the other's."


class Deciding(Protocol):
    """What carries a decision about two records out; see ``hub.service.correct``."""

    def decide(self, decisions: Sequence[IdentityDecision]) -> object:
        """Let these decisions hold; again changes nothing."""
        ...


class Rereading(Protocol):
    """What reads records again under the numbers that stand now; see ``hub.service.linking``."""

    def read_again(self, record_refs: Sequence[bytes], *, link: bool) -> None:
        """Note which number stands now for each record's; ``link``: link them all again by it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """What came of a supersession."""

    outcome: ChangeOutcome
    decided: IdentityDecision | None = None


class Superseding:
    """The use case of one supersession; what is done twice is as if once."""

    def __init__(
        self, *, store: NumberStore, rereading: Rereading, correct: Deciding, clock: Clock
    ) -> None:
        self._store = store
        self._rereading = rereading
        self._correct = correct
        self._clock = clock

    def __call__(self, row: ChangeRow) -> Superseded:
        """Let a supersession hold, or hold no longer, as it was last told.

        Whatever an earlier revision decided has been reversed before.

        Raises:
            TransientFault: the database was away or busy.
        """
        with self._store.number_transaction() as transaction:
            told = transaction.told_number(row.fact_key)
            if told is None:  # taken back before it was told
                return Superseded(outcome=ChangeOutcome.DONE)
            standing, decided = self._look(transaction, row, told)
        if decided is not None and not self._decides(decided):
            with self._store.number_transaction() as transaction:
                _ask(transaction, row, (decided.one, decided.other), self._clock)
            standing, decided = NumberStanding.ASKED, None
        with self._store.number_transaction() as transaction:
            transaction.stand(row.fact_key, standing)
        held = self._read(told.told, standing)
        outcome = _OUTCOMES[standing] if held else ChangeOutcome.DONE
        return Superseded(outcome=outcome, decided=decided)

    def _look(
        self, transaction: NumberTransaction, row: ChangeRow, told: NumberRow
    ) -> tuple[NumberStanding, IdentityDecision | None]:
        """How it is to stand, and what is decided for it; a question is asked at once."""
        if row.state is EventState.WITHDRAWN:
            return NumberStanding.WITHDRAWN, None
        around = transaction.around(told.told)
        if at_odds(around.values()):
            transaction.tell_at_odds(row.fact_key, self._clock.now())
        refs = transaction.bearers(_numbers([*around.values(), told.told]))
        if transaction.adopted_among(refs):
            return NumberStanding.REFUSED, None
        sides = _sides(transaction, refs, current_numbers(around.values()), told.told)
        if len(sides) < 2:  # noqa: PLR2004  # two children are to be joined, or there is nothing to join
            return NumberStanding.IN_FORCE, None
        if len(sides) > 2 or _needs_people(sides):  # noqa: PLR2004  # more than the two it speaks of
            for other in sides[1:]:
                pair = sides[0].record.record_ref, other.record.record_ref
                _ask(transaction, row, pair, self._clock)
            return NumberStanding.ASKED, None
        return NumberStanding.IN_FORCE, _decision(row, *sides)

    def _decides(self, decided: IdentityDecision) -> bool:
        """Whether it could be decided; else it contradicts what people decided."""
        try:
            self._correct.decide([decided])
        except DecisionRefused:
            return False
        return True

    def _read(self, one: Supersession, standing: NumberStanding) -> bool:
        """Read every record anew that bears a number tied to this one's; answer if it is followed.

        Who is joined by a decision keeps the link of its own, so that the decision can be taken
        back. Where none joins those who bear one number now, they are linked again by it.
        """
        with self._store.number_transaction() as transaction:
            around = transaction.around(one)
            refs = transaction.bearers(_numbers([*around.values(), one]))
            transaction.doubt_answers(refs)
            odd = bool(at_odds(around.values()))
            transaction.look_again(
                sorted(around),
                ChangeOutcome.DECIDED if odd else ChangeOutcome.DONE,
                self._clock.now(),
            )
        self._rereading.read_again(refs, link=odd or standing is NumberStanding.WITHDRAWN)
        if standing is NumberStanding.IN_FORCE and not odd:
            with self._store.number_transaction() as transaction:
                current = current_numbers(around.values())
                apart = len(_sides(transaction, refs, current, one)) > 1
            if apart:
                self._rereading.read_again(refs, link=True)
        return not odd


_OUTCOMES: Final = {
    NumberStanding.IN_FORCE: ChangeOutcome.DECIDED,
    NumberStanding.ASKED: ChangeOutcome.ASKED,
    NumberStanding.REFUSED: ChangeOutcome.DONE,
    NumberStanding.WITHDRAWN: ChangeOutcome.DONE,
}


def _numbers(told: Sequence[Supersession]) -> Sequence[str]:
    return sorted({number for one in told for number in (one.former, one.now)})


def _sides(
    transaction: NumberTransaction,
    refs: Sequence[bytes],
    current: Mapping[str, str],
    told: Supersession,
) -> list[Side]:
    """The children who bear the number that stands now, or one that it replaced.

    Of each its record to decide about: one that says no such number where there is any, since
    that one stays with its child when the others are read again.
    """
    now = current.get(told.former)
    links = transaction.links(refs)
    sides = []
    for known in transaction.known(sorted({link.child_ref for link in links.values()})):
        said = [evidence_in(row) for row in known.records]
        everything = [under_current(one, current) for one in said]
        bearing = [one for one in everything if now is not None and _is(one, now)]
        if bearing:
            others = [one for one in everything if one not in bearing]
            sides.append(
                Side(
                    record=(others or bearing)[0],
                    child_ref=known.child_ref,
                    everything=tuple(everything),
                    register=frozenset(entry.kind for entry in known.register),
                )
            )
    return sides


def _is(evidence: RecordEvidence, number: str) -> bool:
    return evidence.nhs_number is not None and evidence.nhs_number.reveal() == number


def _needs_people(sides: Sequence[Side]) -> bool:
    one, other = sides
    return contradict(one, other) or had_plan(one) or had_plan(other)


def _ask(
    transaction: NumberTransaction, row: ChangeRow, pair: tuple[bytes, bytes], clock: Clock
) -> None:
    asked = ReviewAsked(
        one=pair[0],
        other=pair[1],
        reason=ReviewReason.AGENCY_MERGE,
        evidence=row.event_id,
        asked_by=row.agency,
    )
    transaction.ask_review([asked], clock.now())


def _decision(row: ChangeRow, one: Side, other: Side) -> IdentityDecision:
    return decision(
        DecisionKind.SAME,
        one.record.record_ref,
        other.record.record_ref,
        cause=DecisionCause.AGENCY,
        by=row.agency,
        role="agency",
        organisation=row.agency,
        reason=_REASON,
        at=row.recorded_at,
        occasion=row.event_id,
    )
