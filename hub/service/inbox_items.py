"""Alerts as one viewer may see them, each with the child it is about: alone, or many in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from hub.core.alert import AlertState, Ground
from hub.core.alert_life import Life
from hub.core.chronology import Chronology
from hub.core.clock import london_date
from hub.core.disclosure import (
    DisclosedAlert,
    Purpose,
    Relationship,
    Standing,
    disclose_alert,
)
from hub.core.disclosure_ended import Opening, opening_of
from hub.core.disclosure_incident import disclose_incident
from hub.core.disclosure_life import StepShown, disclose_step
from hub.core.escalation import Passed, passed
from hub.core.front_door import seen_at
from hub.core.identifiers import GssCode, OdsCode
from hub.core.incident import Incident
from hub.core.policy import Policies
from hub.ports import ChildInBrief, Clock, DecidedBefore, InboxAlert, Question
from hub.service.asker import Asker
from hub.service.correlating import chronology_of
from hub.service.described import described, in_brief_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTold:
    """One ground as this viewer may see it."""

    ground: Ground
    received_at: datetime | None
    source: str
    site: OdsCode | None
    incident: Incident | None = None
    """What of a domestic-abuse incident this viewer may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxItem:
    """One alert as this viewer may see it, with the child it is about."""

    disclosed: DisclosedAlert
    desk: GssCode | None = None
    """In whose inbox the viewer sees it."""
    child_label: str
    child_name: str | None = field(default=None, repr=False)
    birth_date: date | None = field(default=None, repr=False)
    confirmed: bool = True
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    """``None`` also where the name of somebody of the team that acts would tell which it is."""
    claimed_at: datetime | None = None
    claimed_by: str | None = None
    """Who of the team that acts has it in hand; only that team is told."""
    due_at: datetime | None = None
    """By when it should be seen; ``None`` where it waits for nobody any more."""
    passed: Passed | None = None
    """Whose turn it is, if nobody acknowledged it by then; only the team that acts is told."""
    ended_at: datetime | None = None
    """Since when it no longer stands; not in a list."""
    ended_because: str = ""
    """Why not, in words."""
    grounds: tuple[GroundTold, ...] = ()
    life: Life = field(default_factory=Life)
    """What people have done with it so far."""
    stand: int = 1
    """Rises with every change; who acts on it says which they looked at."""
    decided_by: str | None = None
    """``None`` also as for ``acknowledged_by``."""
    repeat_of: UUID | None = None
    """The alert on which this one is counted."""
    more: int = 0
    """How many facts were told of since it was seen, which are counted and not told anew."""
    more_last_at: datetime | None = None
    """When the last of them was."""
    steps: tuple[StepShown, ...] = ()
    """Not in a list."""
    before: tuple[DecidedBefore, ...] = ()
    """What was decided about other alerts of the child that are this viewer's too."""


class InboxItems:
    """Reads what alerts are about and cuts it down to what a viewer may see."""

    def __init__(self, policies: Policies, clock: Clock) -> None:
        self._policies = policies
        self._clock = clock

    def one(self, asking: Question, asker: Asker, alert_id: UUID) -> InboxItem | None:
        """One alert with its grounds; ``None`` if there is none, or not this asker's still."""
        found = asking.alert(alert_id)
        if found is None:
            return None
        now = self._clock.now()
        if opening_of(found.alert, found.ended_at, now) is Opening.NOTHING:
            return None
        (known,) = asking.known([found.alert.child_ref])
        chronology = chronology_of(known)
        item = self._item(asker, found, in_brief_of(known), shielded=chronology.shielded)
        if item is None:
            return None
        grounds = self._grounds(asker, item.disclosed, found, chronology)
        return replace(
            item,
            grounds=grounds,
            ended_at=found.ended_at,
            ended_because=found.ended_because,
            steps=_steps(asker, item.disclosed, found),
            before=tuple(
                one
                for one in found.before
                if disclose_alert(asker.role, asker.authority, one.alert, shielded=False)
            ),
        )

    def listed(
        self, asking: Question, asker: Asker, found: Sequence[InboxAlert]
    ) -> tuple[InboxItem, ...]:
        """These alerts as a list shows them: without their grounds.

        Who reads several desks as one is shown each as that desk's own worker is.
        """
        seats = {one.desk: one for one in asker.at_each}
        briefs = {one.child_ref: one for one in asking.in_brief([f.alert.child_ref for f in found])}
        shielded = _shielded(asking, briefs)
        items = (
            self._item(
                _seat(asker, one, seats),
                one,
                briefs[one.alert.child_ref],
                shielded=one.alert.child_ref in shielded,
            )
            for one in found
        )
        return tuple(item for item in items if item is not None)

    def shielded_among(self, asking: Question, child_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Of which of these children it must not be told where they are."""
        briefs = {one.child_ref: one for one in asking.in_brief(child_refs)}
        return _shielded(asking, briefs)

    def without_relations(self, asking: Question, child_refs: Sequence[bytes]) -> frozenset[bytes]:
        """Which of these children no list relates to another: shielded, or not sure who it is."""
        briefs = {one.child_ref: one for one in asking.in_brief(child_refs)}
        unsure = {ref for ref, one in briefs.items() if one.unsure}
        return _shielded(asking, briefs) | unsure

    def _item(
        self, asker: Asker, found: InboxAlert, child: ChildInBrief, *, shielded: bool
    ) -> InboxItem | None:
        disclosed = disclose_alert(asker.role, asker.authority, found.alert, shielded=shielded)
        if disclosed is None:
            return None
        name, born, label = described(child, london_date(self._clock.now()))
        is_informed = disclosed.standing is Standing.INFORMED
        unnamed = is_informed and disclosed.location_withheld
        return InboxItem(
            disclosed=disclosed,
            desk=asker.authority,
            child_label=label,
            child_name=name,
            birth_date=born,
            confirmed=not child.unsure,
            acknowledged_at=found.acknowledged_at,
            acknowledged_by=None if unnamed else found.acknowledged_by,
            claimed_at=None if is_informed else found.claimed_at,
            claimed_by=None if is_informed else found.claimed_by,
            due_at=self._due_at(found),
            life=found.life,
            stand=found.stand,
            decided_by=None if unnamed else found.decided_by,
            repeat_of=found.repeat_of,
            passed=None if is_informed else self._passed(found),
            more=found.more,
            more_last_at=found.more_last_at,
        )

    def _due_at(self, found: InboxAlert) -> datetime | None:
        """By when it should be seen, by the policy of the authority that acts on it.

        What is disputed waits until it is decided again: that somebody saw it is no answer.
        """
        waits = found.acknowledged_at is None or found.disputed_at is not None
        if not waits or found.alert.state is not AlertState.STANDING:
            return None
        policy, severity = self._policies.of(found.alert.owner), found.alert.severity
        if found.disputed_at is not None:
            return policy.dispute_due_at(severity, found.disputed_at)
        return policy.due_at(severity, found.alert.clock_began_at)

    def _passed(self, found: InboxAlert) -> Passed | None:
        """Whose turn it is to see it, by the policy of the authority that acts on it."""
        if self._due_at(found) is None:
            return None
        alert = found.alert
        policy = self._policies.of(alert.owner)
        if found.disputed_at is not None:
            turns = policy.dispute_turns(alert.severity, found.disputed_at)
            return passed(turns, self._clock.now())
        return passed(policy.turns(alert.severity, alert.clock_began_at), self._clock.now())

    def _grounds(
        self, asker: Asker, disclosed: DisclosedAlert, found: InboxAlert, chronology: Chronology
    ) -> tuple[GroundTold, ...]:
        told = {fact: (received, agency) for fact, received, agency in found.told}
        sites = {one.fact_key: one.site_code for one in chronology.attendances}
        incidents = self._incidents(asker, chronology)
        withheld = disclosed.location_withheld
        return tuple(
            GroundTold(
                ground=ground,
                received_at=told.get(ground.fact_key, (None, ""))[0],
                source=self._source(told.get(ground.fact_key, (None, ""))[1], withheld=withheld),
                site=None if withheld else sites.get(ground.fact_key),
                incident=incidents.get(ground.fact_key),
            )
            for ground in disclosed.alert.grounds
        )

    def _incidents(self, asker: Asker, chronology: Chronology) -> dict[bytes, Incident]:
        """What the asker, to whom an alert about the child was disclosed, may see of incidents."""
        now = self._clock.now()
        shown = (
            disclose_incident(
                asker.role,
                Purpose.SAFEGUARDING,
                Relationship.AUTHORITY_CONCERNED,
                one,
                now,
                shielded=chronology.shielded,
            )
            for one in chronology.incidents
        )
        return {one.fact_key: one for one in shown if one is not None}

    def _source(self, agency: str, *, withheld: bool) -> str:
        if withheld:
            return "an agency"
        for policy in self._policies.every():
            if agency in policy.sources:
                return policy.sources[agency].name
        return agency or "an agency"


def _seat(asker: Asker, found: InboxAlert, seats: Mapping[str, Asker]) -> Asker:
    """At which of their desks an asker sees an alert; at their own, what is in no inbox of them."""
    owner = found.alert.owner.reveal() if found.alert.owner else None
    informed = [code.reveal() for code in found.alert.informed]
    return seats.get(seen_at(owner, informed, list(seats)) or "", asker)


def _steps(asker: Asker, disclosed: DisclosedAlert, found: InboxAlert) -> tuple[StepShown, ...]:
    """What happened to an alert, as this viewer may see it."""
    withheld = disclosed.location_withheld
    shown = (
        disclose_step(
            StepShown(
                kind=step.kind,
                at=step.at,
                sentence=step.sentence,
                by=step.by,
                organisation=step.organisation,
                code=step.code,
                words=step.words,
                told=step.told,
            ),
            disclosed.standing,
            asker.organisation,
            withheld=withheld,
        )
        for step in found.steps
    )
    return tuple(step for step in shown if step is not None)


def _shielded(asking: Question, briefs: Mapping[bytes, ChildInBrief]) -> frozenset[bytes]:
    """Which children are shielded, as their whole chronologies would tell."""
    told = {ref for ref, one in briefs.items() if one.shielded}
    perhaps = sorted(ref for ref, one in briefs.items() if one.perhaps_shielded and ref not in told)
    looked_at = {one.child_ref for one in asking.known(perhaps) if chronology_of(one).shielded}
    return frozenset(told | looked_at)
