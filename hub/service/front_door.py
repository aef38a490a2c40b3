"""What the front door does about alerts: decides, disputes, closes; audited before it shows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from hub.core.alert import Severity
from hub.core.alert_life import OUTCOME_WORDS, Act, Life, Outcome, Side, after, refusal
from hub.core.disclosure import Standing
from hub.ports import Effects, LifeStep, Lived, Question
from hub.service.asker import Asker, Surroundings, audit_row
from hub.service.escalating import Escalating
from hub.service.hearing_back import told_of_decision
from hub.service.inbox_items import InboxItem, InboxItems


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants done with an alert."""

    act: Act
    stand: int
    """The stand of the alert that they looked at."""
    outcome: Outcome | None = None
    words: str = field(default="", repr=False)
    """Why, in their own words; kept sealed."""
    told: str = field(default="", repr=False)
    """What those are told whose reports it rests on; only with a decision, and kept sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """An alert after somebody acted on it, or could not."""

    item: InboxItem
    refused: str = ""
    """Why nothing was done, in one sentence; empty where it was, or had been by the same person."""
    changed: bool = False
    """It was refused because the alert is not as it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActedOnAll:
    """Alerts after somebody acted on all of them, or on none."""

    acted: Mapping[UUID, Acted]
    done: bool


class FrontDoor:
    """The use cases of deciding."""

    def __init__(self, around: Surroundings) -> None:
        self._questions = around.questions
        self._policies = around.policies
        self._clock = around.clock
        self._new_id = around.new_id
        self._items = InboxItems(around.policies, around.clock)
        self._escalating = Escalating(around.policies)

    def act(self, asker: Asker, alert_id: UUID, wish: Wish) -> Acted | None:
        """Do what somebody wants done; ``None`` if there is no such alert or it is not theirs.

        The same wish again, by the same person, changes nothing. Who looked at the alert before it
        changed is told so: nobody decides about what they have not seen.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        with self._questions.question(changes=True) as asking:
            acted = [self.act_within(asking, asker, alert_id, wish)]
        return acted[0]

    def act_on_all(self, asker: Asker, wishes: Mapping[UUID, Wish]) -> ActedOnAll | None:
        """Do all of these, or none if any cannot be done; ``None`` if any is not the asker's.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        ordered = sorted(wishes)
        with self._questions.question(changes=True) as asking:
            for alert_id in ordered:
                asking.hold_alert(alert_id)
            looked = {one: self._looked(asking, asker, one, wishes[one]) for one in ordered}
            theirs = {one: acted for one, acted in looked.items() if acted is not None}
            done = len(theirs) == len(ordered) and not any(a.refused for a in theirs.values())
            for alert_id in ordered:
                if done:
                    acted = self.act_within(asking, asker, alert_id, wishes[alert_id])
                    theirs[alert_id] = acted or theirs[alert_id]
                else:
                    outcome = f"{alert_id}: {'refused' if looked[alert_id] else 'none'}"
                    self._audit(asking, asker, wishes[alert_id], looked[alert_id], outcome)
        return ActedOnAll(acted=theirs, done=done) if len(theirs) == len(ordered) else None

    def acknowledge_all(
        self, asker: Asker, alert_ids: Collection[UUID], *, only: Severity | None = None
    ) -> int:
        """Note that the asker's team has seen these; answer how many of them nobody had seen.

        Passed over is what is not theirs to act on, what does not stand, and what is not of the
        severity ``only``: who read a digest has not seen what became urgent since.

        Raises:
            HubError: it could not be written or audited; nothing may be shown then.
        """
        seen = 0
        wish = Wish(act=Act.ACKNOWLEDGE, stand=0)
        ordered = sorted(set(alert_ids))
        with self._questions.question(changes=True) as asking:
            for alert_id in ordered:
                asking.hold_alert(alert_id)
            for alert_id in ordered:
                item = self._items.one(asking, asker, alert_id)
                if item is None:
                    self._audit(asking, asker, wish, None, f"{alert_id}: none")
                    continue
                if item.life.acknowledged_at is not None:
                    continue
                if only not in {None, item.disclosed.alert.severity}:
                    continue
                now = self._clock.now()
                if self._why_not(item, wish, now) is None:
                    asking.record(alert_id, lived(asker, item.life, wish, now), now)
                    self._audit(asking, asker, wish, Acted(item=item), f"{alert_id}: acknowledged")
                    seen += 1
        return seen

    def act_within(
        self, asking: Question, asker: Asker, alert_id: UUID, wish: Wish
    ) -> Acted | None:
        """Do it as part of a larger question; as above."""
        asking.hold_alert(alert_id)
        item = self._items.one(asking, asker, alert_id)
        acted, outcome = None, "none"
        if item is not None:
            now = self._clock.now()
            acted = self._refused(asker, item, wish, now)
            if acted is None:
                after_it = lived(asker, item.life, wish, now)
                effects = self._effects(asking, item, wish, now)
                asking.record(alert_id, replace(after_it, effects=effects), now)
                done = self._items.one(asking, asker, alert_id)
                acted = Acted(item=done or item)
                outcome = wish.outcome.value if wish.outcome else "done"
            else:
                outcome = "refused" if acted.refused else "nothing changed"
        self._audit(asking, asker, wish, acted, f"{alert_id}: {outcome}")
        return acted

    def _refused(self, asker: Asker, item: InboxItem, wish: Wish, now: datetime) -> Acted | None:
        """Why nothing is done; ``None`` if it is to be done."""
        if _is_done_already(asker, item, wish):
            return Acted(item=item)
        why = self._why_not(item, wish, now)
        if why is not None:
            return Acted(item=item, refused=why)
        if wish.stand != item.stand:
            return Acted(item=item, refused=_CHANGED, changed=True)
        return None

    def _effects(self, asking: Question, item: InboxItem, wish: Wish, now: datetime) -> Effects:
        """What follows: who reported hears of a decision, and a dispute is not left lying."""
        alert_id = item.disclosed.alert.alert_id
        if wish.act is Act.DECIDE:
            return Effects(outbox=told_of_decision(asking, alert_id, now))
        if wish.act is Act.DISPUTE:
            (found,) = asking.alerts_named([alert_id])
            return self._escalating.disputed(found.alert, now)
        return Effects()

    def _why_not(self, item: InboxItem, wish: Wish, now: datetime) -> str | None:
        within = self._policies.of(item.disclosed.alert.owner).contacts.dispute_within
        return refusal(item.life, wish.act, _side(item), now, dispute_within=within)

    def _looked(self, asking: Question, asker: Asker, alert_id: UUID, wish: Wish) -> Acted | None:
        """What would come of it, and nothing of it done."""
        item = self._items.one(asking, asker, alert_id)
        if item is None:
            return None
        return self._refused(asker, item, wish, self._clock.now()) or Acted(item=item)

    def _audit(
        self, asking: Question, asker: Asker, wish: Wish, acted: Acted | None, outcome: str
    ) -> None:
        asking.write_audit(
            audit_row(
                self._new_id(),
                asker,
                at=self._clock.now(),
                action=f"{wish.act.value} alert",
                subjects={acted.item.disclosed.alert.child_ref} if acted else (),
                outcome=outcome,
                fields=("alert", "child_name", "birth_date") if acted else (),
                policies=self._policies,
            )
        )


def _side(item: InboxItem) -> Side:
    acts = item.disclosed.standing is Standing.OWNER
    return Side.OWNER if acts else Side.INFORMED


def _is_done_already(asker: Asker, item: InboxItem, wish: Wish) -> bool:
    """Whether this very person did this very thing last, as with a button pressed twice."""
    last = [step for step in item.steps if step.kind in _KINDS.values()]
    if not last or wish.stand == item.stand:
        return False
    done = last[-1]
    return (done.kind, done.by, done.code, done.words or "", done.told or "") == (
        *(_KINDS[wish.act], asker.user_id),
        *(wish.outcome.value if wish.outcome else None, wish.words, wish.told),
    )


def seen_by(asker: Asker, now: datetime) -> LifeStep:
    """Answer the step that somebody of the team has seen an alert."""
    return LifeStep(
        kind=_KINDS[Act.ACKNOWLEDGE],
        at=now,
        by=asker.user_id,
        role=asker.role.value,
        organisation=asker.organisation,
        sentence=_SENTENCES[Act.ACKNOWLEDGE](None),
    )


def lived(asker: Asker, life: Life, wish: Wish, now: datetime) -> Lived:
    """Answer the life after the act, and its steps: who decides what was not seen has seen it."""
    step = LifeStep(
        kind=_KINDS[wish.act],
        at=now,
        by=asker.user_id,
        role=asker.role.value,
        organisation=asker.organisation,
        code=wish.outcome.value if wish.outcome else None,
        words=wish.words or None,
        told=wish.told or None,
        sentence=_SENTENCES[wish.act](wish.outcome),
    )
    steps: tuple[LifeStep, ...] = (step,)
    if wish.act is Act.DECIDE and life.acknowledged_at is None:
        steps = (seen_by(asker, now), step)
    return Lived(life=after(life, wish.act, now, wish.outcome), steps=steps, by=asker.user_id)


def _decided(outcome: Outcome | None) -> str:
    return f"Decided: {OUTCOME_WORDS[outcome].lower()}." if outcome else "Decided."


_SENTENCES: dict[Act, Callable[[Outcome | None], str]] = {
    Act.ACKNOWLEDGE: lambda _: "Seen by the duty team.",
    Act.DECIDE: _decided,
    Act.DISPUTE: lambda _: "Disputed: somebody disagrees with what was decided.",
    Act.CLOSE: lambda _: "Closed: what was decided has been done.",
}
_KINDS = {
    Act.ACKNOWLEDGE: "acknowledged",
    Act.DECIDE: "decided",
    Act.DISPUTE: "disputed",
    Act.CLOSE: "closed",
}
_CHANGED = (
    "What it rests on, or what was done about it, has changed since you opened it. "
    "Look at it as it is now, and decide then."
)
