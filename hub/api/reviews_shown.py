"""The desk of questions behind the surfaces: from people to askers, from items to views."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.api.askers import asker_of
from hub.api.desks_shown import DesksShown
from hub.api.review_views import (
    AnswerView,
    EarlierView,
    PairRowView,
    ReviewRowView,
    ReviewsView,
    ReviewView,
    SaidView,
    SideView,
    StepView,
    UrgentView,
    WaitsView,
)
from hub.api.times import day
from hub.api.users import User
from hub.api.wording_chronology import KIND_WORDS, UNNAMED
from hub.api.wording_review import (
    CODE_WORDS,
    FIELD_WORDS,
    PROPOSED_WORDS,
    REASON_WORDS,
    REFUSAL_WORDS,
    STALE_WORDS,
    STATE_WORDS,
    URGENCY_WORDS,
    chance_words,
    joined_words,
    mark_words,
    moves_words,
    otherwise_words,
    outcome_words,
    step_words,
    though_unlikely_words,
    weight_words,
)
from hub.core.clock import london_date
from hub.core.disclosure_review import Waits
from hub.core.front_door import OWN_DESK
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.core.review import Proposed, ReviewState
from hub.core.review_pair import PairRow, Said
from hub.ports import Clock, Places
from hub.ports.review import ReviewStep, ReviewsWanted
from hub.service.asker import Surroundings
from hub.service.review_answers import AnswerOutcome, ReviewAnswers
from hub.service.review_desk import ReviewDesk
from hub.service.review_items import EarlierReview, ReviewItem, ReviewListed
from hub.service.review_said import Answer


class ReviewsShown:
    """``hub.api.review_views.Reviews`` over the use cases."""

    def __init__(self, around: Surroundings, desk: ReviewDesk, answers: ReviewAnswers) -> None:
        self._desk = desk
        self._seats = DesksShown(around)
        self._answers = answers
        self._policies: Policies = around.policies
        self._places: Places = around.places
        self._clock: Clock = around.clock
        self._names = _names(around.policies)

    def listed(self, user: User, wanted: ReviewsWanted) -> ReviewsView:
        """Answer a page of the user's queue."""
        told = self._desk.listed(asker_of(user), wanted)
        if told is None:
            return ReviewsView(shows=wanted.shows, as_of=self._clock.now())
        found = told.found
        return ReviewsView(
            rows=tuple(_row(one) for one in told.items),
            shows=wanted.shows,
            counts=found.counts,
            urgent=found.urgent,
            oldest_at=found.oldest_at,
            behind=found.behind,
            urgent_only=told.urgent_only,
            page=found.page,
            pages=max(1, -(-found.counts[wanted.shows] // wanted.size)),
            as_of=told.as_of,
        )

    def one(self, user: User, review_id: UUID) -> ReviewView | None:
        """Answer one question; ``None`` if there is none or it is not this user's."""
        user = self._at(user, review_id)
        item = self._desk.one(asker_of(user), review_id)
        return self.view(user, item) if item else None

    def answer(self, user: User, review_id: UUID, answer: Answer) -> AnswerView | None:
        """Record an answer in the user's name; ``None`` if it is not theirs to give."""
        user = self._at(user, review_id)
        taken = self._answers.answer(asker_of(user), review_id, answer)
        if taken is None:
            return None
        stale = STALE_WORDS if taken.outcome is AnswerOutcome.STALE else ""
        refused = REFUSAL_WORDS[taken.refusal] if taken.refusal else ""
        return AnswerView(
            outcome=taken.outcome,
            review=self.view(user, taken.item),
            refusal=taken.refusal,
            sentence=taken.sentence or refused or stale,
        )

    def claim(self, user: User, review_id: UUID, *, looks: bool) -> bool:
        """Note that the user looks at a question, or no longer; ``False`` if it is not theirs."""
        return self._desk.claim(asker_of(self._at(user, review_id)), review_id, looks=looks)

    def urgent(self, user: User) -> UrgentView | None:
        """Answer how many urgent questions wait; ``None`` for who has no queue."""
        found = self._desk.urgent(asker_of(user))
        return UrgentView(count=found.count, oldest_at=found.oldest_at) if found else None

    def about(self, user: User, alert_id: UUID) -> tuple[UUID, ...]:
        """Answer the open questions about the child of an alert that the user may open."""
        return self._desk.about(asker_of(user), alert_id)

    def _at(self, user: User, review_id: UUID) -> User:
        """The user at the desk whose question it is, of those that they read as one."""
        return self._seats.of_desks(user, self._desk.desks_of(review_id)) if user.desks else user

    def view(self, user: User, item: ReviewItem) -> ReviewView:
        """Answer a question as its page shows it."""
        now = self._clock.now()
        one, other = item.waits
        row = item.listed.row
        open_now = row.state is ReviewState.OPEN
        return ReviewView(
            row=_row(item.listed),
            pair=tuple(self._pair_row(row) for row in item.pair.rows),
            chance=chance_words(item.pair.chance),
            otherwise=otherwise_words(item.pair.likeliest_other),
            though_unlikely=though_unlikely_words(item.pair),
            words=item.pair.words,
            shielded=item.listed.shielded,
            waits=(self._waits(one), self._waits(other)),
            waits_total=item.waits_total,
            kept_back=item.kept_back,
            alerts=item.alerts,
            steps=tuple(_step(step) for step in item.steps),
            earlier=tuple(_earlier(one) for one in item.earlier),
            plan=item.plan,
            together=item.together,
            desks=self._desks(user, item),
            phones=self._policies.of(user.authority).phones_at(now),
            previous_id=item.neighbours[0],
            next_id=item.neighbours[1],
            own_proposal=row.proposed_by == user.user_id,
            may_answer=open_now and row.proposed is None,
            may_confirm=row.proposed is not None and row.proposed_by != user.user_id,
            may_take_back=row.state is ReviewState.DECIDED and row.proposed is None,
            may_claim=open_now and row.claimed_by != user.user_id,
            may_release=open_now and row.claimed_by == user.user_id,
            puts_together=self._puts_together(item),
            seconds=frozenset(one.value for one in Proposed if item.needs_second(one)),
            moves=moves_words(item.moves) if item.moves else "",
            stand=item.stand,
            as_of=now,
        )

    def _pair_row(self, row: PairRow) -> PairRowView:
        return PairRowView(
            label=FIELD_WORDS[row.name],
            one=tuple(self._said(said) for said in row.one),
            other=tuple(self._said(said) for said in row.other),
            tells=row.tells.value,
            mark=mark_words(row),
            weight=weight_words(row),
        )

    def _said(self, said: Said) -> SaidView:
        return SaidView(
            text=said.text,
            sources=tuple(f"{self._name(agency)}, {_on(at)}" for agency, at in said.sources),
        )

    def _waits(self, told: tuple[Waits, ...]) -> tuple[WaitsView, ...]:
        return tuple(
            WaitsView(
                kind=KIND_WORDS[one.kind],
                on=one.on,
                source=self._name(one.agency) if one.agency else UNNAMED.get(one.kind, "a council"),
            )
            for one in told
        )

    def _puts_together(self, item: ReviewItem) -> tuple[str, ...]:
        """What an answer moves, while there is one to be given or confirmed."""
        row = item.listed.row
        if row.state is not ReviewState.OPEN:
            return ()
        return tuple(
            joined_words(joined, label, [self._name(code) for code in joined.agencies])
            for label, joined in zip(("Child A", "Child B"), item.puts_together, strict=True)
        )

    def _name(self, agency: str) -> str:
        return self._names.get(agency, agency) or "an agency"

    def _desks(self, user: User, item: ReviewItem) -> tuple[str, ...]:
        desks = item.listed.row.desks
        if item.listed.shielded:
            return (user.organisation_name,)
        return tuple(
            "The hub's own desk"
            if desk == OWN_DESK
            else self._places.authority_name(GssCode(desk)) or desk
            for desk in desks
        )


def _names(policies: Policies) -> Mapping[str, str]:
    """Every agency that any policy has joined, by its code."""
    every = (*policies.authorities.values(), policies.hub)
    return {code: source.name for policy in every for code, source in policy.sources.items()}


def _on(at: datetime | None) -> str:
    return day(london_date(at)) if at else "day not known"


def _row(listed: ReviewListed) -> ReviewRowView:
    row = listed.row
    return ReviewRowView(
        review_id=row.review_id,
        reason=REASON_WORDS[row.reason],
        urgent=tuple(URGENCY_WORDS[why] for why in row.urgent),
        state=row.state.value,
        state_words=STATE_WORDS[row.state],
        sides=tuple(
            SideView(label=one.label, name=one.name, birth_date=one.birth_date)
            for one in listed.sides
        ),
        outcome=outcome_words(row, listed.ended),
        decided_by=_decided_by(listed),
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        unlikely=row.unlikely and not listed.shielded,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        choice=row.choice.value if row.choice else None,
        proposed=PROPOSED_WORDS[row.proposed] if row.proposed else None,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
    )


def _decided_by(listed: ReviewListed) -> tuple[str, ...]:
    """Who decided what is decided: the last who said it, and who confirmed it."""
    if listed.row.state is not ReviewState.DECIDED or not listed.ended:
        return ()
    by_people = [step for step in listed.ended if step.kind in DECIDING and step.by]
    last = next((step for step in reversed(by_people) if step.kind != "confirmed"), None)
    if last is None:
        return ()
    confirmed = [step for step in by_people[by_people.index(last) :] if step.kind == "confirmed"]
    return tuple(step.by for step in (last, *confirmed) if step.by)


DECIDING: Final = frozenset(
    {
        *("decided_same", "decided_different", "cannot_tell", "confirmed"),
        *("proposed_same", "proposed_different"),
    }
)
"""Steps by which a question comes to be decided."""


def _earlier(one: EarlierReview) -> EarlierView:
    return EarlierView(
        review_id=one.row.review_id,
        state_words=STATE_WORDS[one.row.state],
        last=_step(one.steps[-1]) if one.steps else None,
    )


def _step(step: ReviewStep) -> StepView:
    return StepView(
        words=step_words(step),
        at=step.at,
        by=step.by,
        reason=CODE_WORDS.get(step.code or ""),
        own_words=step.words,
    )
