"""A named person settles what is missing from a feed, so that answers no longer wait for it.

A report that is lost for good would forbid "not seen before" and "no plan found" for ever. Whoever
knows what became of it (the hospital has sent it again, the visits were looked up) says so, with a
name and a reason; what can be answered then is said before and kept with it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from hub.core.answer import CannotSay
from hub.core.disclosure import Role
from hub.core.report import Feed
from hub.core.status_registers import (
    FeedState,
    RegisterState,
    feed_problems,
    register_problems,
)
from hub.errors import ConfigurationError
from hub.ports import FeedFacts, Question, Questions, RegisterFacts, Unsettled
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.source_states import feed_state, register_state

_ANSWERS = {Feed.HEALTH.value: '"none known"', Feed.SOCIAL_CARE.value: '"no plan found"'}
"""Which answer of absence rests on each feed."""

_STANDS = (
    ("sequence_gap", "other reports are missing or were removed"),
    ("parked_reports", "reports are parked"),
    ("rejected_plan_events", "plan events were rejected"),
    ("rejected_events", "attendances were rejected in the last day"),
    ("conflicting_plan_events", "plan events are in conflict"),
    ("refused_rows", "rows of the register were refused"),
    ("waiting_approval", "an extract waits for a person"),
)
_STALE = {CannotSay.FEED_STALE: "it is out of date", CannotSay.REGISTER_STALE: "it is out of date"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was settled, or would be, and in sentences what can be answered then."""

    one: Unsettled
    answerable: tuple[str, ...]
    done: bool


class _OnlyForeseen(Exception):  # noqa: N818  # no error: it leaves the transaction undone
    """It was only to be seen what would follow."""


class Settle:
    """The use case over what is missing, parked or faulty."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def standing(self) -> tuple[Unsettled, ...]:
        """Everything that nobody has settled."""
        return standing_in(self._around.questions)

    def faults(self) -> tuple[Unsettled, ...]:
        """Those of them that are faults of no one agency."""
        with self._around.questions.question() as asking:
            return asking.operator_faults()

    def foresee(self, reference: str) -> Settled:
        """What could be answered if it were settled; nothing is changed.

        Raises:
            ConfigurationError: nothing of this reference stands.
        """
        with (
            suppress(_OnlyForeseen),
            self._around.questions.question(changes=True) as asking,
        ):
            one = _find(asking, reference)
            asking.settle(one, self._around.clock.now())
            answerable = tuple(self._answerable(asking, one))
            raise _OnlyForeseen
        return Settled(one=one, answerable=answerable, done=False)

    def __call__(self, reference: str, *, by: str, reason: str) -> Settled:
        """Settle it; who, why and what can be answered then is kept, and audited.

        Raises:
            ConfigurationError: nothing of this reference stands, or name or reason is blank.
            TransientFault: it could not be written or not be audited; then nothing was settled.
        """
        if not by.strip() or not reason.strip():
            raise ConfigurationError(
                "settling needs the name of a person and a reason: neither --by nor --reason may"
                " be blank."
            )
        around = self._around
        now, settlement_id = around.clock.now(), around.new_id()
        with around.questions.question(changes=True) as asking:
            one = _find(asking, reference)
            asking.settle(one, now)
            answerable = tuple(self._answerable(asking, one))
            asking.note_settlement(
                settlement_id, one, by=by, reason=reason, answerable=answerable, at=now
            )
            asking.write_audit(
                audit_row(
                    settlement_id,
                    Asker(user_id=by, role=Role.HUB_OPERATOR, organisation="HUB"),
                    at=now,
                    action="settle",
                    subjects=(),
                    outcome=reference,
                    fields=("settlement",),
                    policies=around.policies,
                )
            )
        return Settled(one=one, answerable=answerable, done=True)

    def _answerable(self, asking: Question, one: Unsettled) -> Iterator[str]:
        """For each agency that it puts in doubt, what can be answered and what still not."""
        if one.feed not in _ANSWERS or not one.agencies:
            yield "No answer of the check rests on this; it is no longer shown."
            return
        found: dict[str, RegisterFacts | FeedFacts] = (
            {facts.agency: facts for facts in asking.feeds([one.feed])}
            if one.feed == Feed.HEALTH
            else {
                facts.agency: facts
                for facts in asking.search((), councils=one.agencies, feeds=()).registers
            }
        )
        for agency in one.agencies:
            facts = found.get(agency)
            still = "nothing of it is known" if facts is None else self._still(one.feed, facts)
            answer = _ANSWERS[one.feed]
            if still:
                yield f"{agency}: {answer} still cannot be answered: {still}."
            else:
                yield f"{agency}: {answer} can be answered, as far as this feed goes."

    def _still(self, feed: str, facts: RegisterFacts | FeedFacts) -> str:
        """What else stands against the answer, in words; empty if nothing does."""
        ages = [
            source.maximum_age
            for policy in self._around.policies.every()
            for source in policy.sources.values()
            if source.agency == facts.agency and source.feed.value == feed
        ]
        if not ages:
            return "no policy has joined it"
        now = self._around.clock.now()
        state: FeedState | RegisterState
        if isinstance(facts, FeedFacts):
            state = feed_state(facts)
            problems = feed_problems(state, min(ages), now)
        else:
            state = register_state(facts)
            problems = register_problems(state, min(ages), now)
        return ", ".join(dict.fromkeys(_words(state, problems)))


def standing_in(questions: Questions) -> tuple[Unsettled, ...]:
    """Everything that nobody has settled; no policy has a word in it.

    Raises:
        HubError: it could not be read.
    """
    with questions.question() as asking:
        return asking.unsettled()


def _words(state: FeedState | RegisterState, problems: tuple[CannotSay, ...]) -> Iterator[str]:
    if not problems:
        return
    yield from (_STALE[one] for one in problems if one in _STALE)
    yield from (words for name, words in _STANDS if getattr(state, name, False))
    if isinstance(state, RegisterState):
        if not (state.first_load_whole and state.last_extract_whole):
            yield "its last full extract is not whole"
        if state.statement_agrees is not True:
            yield "its statement does not agree"


def _find(asking: Question, reference: str) -> Unsettled:
    found = next((one for one in asking.unsettled() if one.reference == reference), None)
    if found is None:
        raise ConfigurationError(
            f"nothing stands under {reference}: 'hub feeds gaps' lists what does; a gap that was"
            " filled in part has another reference since."
        )
    return found
