"""Alerts as the surfaces lay them out, from what the use cases disclosed."""

from hub.api.life_views import DecidedShown, StepLine
from hub.api.views import AlertView, GroundShown, InboxRow, Standing
from hub.api.wording_grounds import GROUND_WORDS
from hub.api.wording_incident import incident_words
from hub.core import disclosure
from hub.core.alert import AlertState
from hub.core.alert_life import Act, Side, refusal, stage_of
from hub.core.disclosure_ended import closes_at
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.ports import Clock, Places
from hub.service.inbox_items import GroundTold, InboxItem

NOT_NAMED = "an authority that is not named"  # where who acts for a child would tell where it is


class AlertsShown:
    """Lays alerts out: as a row of a list, and on a page of their own."""

    def __init__(self, policies: Policies, places: Places, clock: Clock) -> None:
        self._policies = policies
        self._places = places
        self._clock = clock

    def row(self, item: InboxItem) -> InboxRow:
        """Answer an alert as a row of a list."""
        alert = item.disclosed.alert
        standing = item.disclosed.standing
        return InboxRow(
            alert_id=alert.alert_id,
            severity=alert.severity,
            sentence=alert.sentence,
            raised_at=alert.raised_at,
            standing=(
                Standing.OWNER if standing is disclosure.Standing.OWNER else Standing.INFORMED
            ),
            owner_name=self._authority(alert.owner, item),
            desk=item.desk.reveal() if item.desk else "",
            desk_name=self._desk_name(item.desk),
            child_label=item.child_label,
            child_name=item.child_name,
            birth_date=item.birth_date,
            state=alert.state,
            confirmed_match=item.confirmed,
            acknowledged_by=item.acknowledged_by,
            acknowledged_at=item.acknowledged_at,
            claimed_by=item.claimed_by,
            claimed_at=item.claimed_at,
            due_at=item.due_at,
            passed=item.passed,
            stage=stage_of(item.life),
            outcome=item.life.outcome,
            decided_at=item.life.decided_at,
            decided_by=item.decided_by,
            disputed_at=item.life.disputed_at,
            repeat_of=item.repeat_of,
            more=item.more,
            more_last_at=item.more_last_at,
            stand=item.stand,
        )

    def page(self, item: InboxItem) -> AlertView:
        """Answer an alert as its own page shows it."""
        alert = item.disclosed.alert
        mine_to_act = (
            alert.state is AlertState.STANDING
            and item.disclosed.standing is not disclosure.Standing.INFORMED
        )
        return AlertView(
            row=self.row(item),
            state=alert.state,
            grounds=tuple(self._ground(one) for one in item.grounds),
            not_known=alert.not_known,
            informed_names=tuple(self._authority(code, item) for code in alert.informed),
            may_acknowledge=mine_to_act and item.acknowledged_at is None,
            may_claim=mine_to_act and item.claimed_by is None,
            may_take_over=mine_to_act and item.claimed_by is not None,
            may_decide=self._may(item, Act.DECIDE),
            may_dispute=self._may(item, Act.DISPUTE),
            may_close=self._may(item, Act.CLOSE) and item.life.closed_at is None,
            steps=tuple(
                StepLine(
                    at=step.at,
                    sentence=step.sentence,
                    by=step.by,
                    words=step.words,
                    told=step.told,
                )
                for step in item.steps
            ),
            before=tuple(
                DecidedShown(outcome=one.outcome, decided_at=one.decided_at) for one in item.before
            ),
            ended_at=item.ended_at,
            ended_because=item.ended_because,
            shown_until=closes_at(item.ended_at) if item.ended_at else None,
            policy_version=alert.policy_version,
            as_of=self._clock.now(),
        )

    def _may(self, item: InboxItem, act: Act) -> bool:
        """Whether the viewer may do this now."""
        standing = item.disclosed.standing
        if standing is disclosure.Standing.HUB_DESK:
            return False
        acts = standing is disclosure.Standing.OWNER
        policy = self._policies.of(item.disclosed.alert.owner)
        side = Side.OWNER if acts else Side.INFORMED
        within = policy.contacts.dispute_within
        now = self._clock.now()
        return refusal(item.life, act, side, now, dispute_within=within) is None

    def _ground(self, told: GroundTold) -> GroundShown:
        kind = told.ground.kind
        sentence = GROUND_WORDS.get(kind, "")
        if kind is EventKind.EMERGENCY_ATTENDANCE:
            name = self._places.site_name(told.site) if told.site else None
            sentence = f"Attended {name}" if name else "Attended an emergency department"
        elif kind is EventKind.DOMESTIC_ABUSE_INCIDENT:
            sentence = incident_words(told.incident)
        return GroundShown(
            kind=kind,
            sentence=sentence,
            occurred_at=told.ground.occurred_at,
            received_at=told.received_at,
            source_name=told.source,
            role=told.ground.role,
        )

    def _desk_name(self, code: GssCode | None) -> str:
        """In whose inbox it is, where the people of one front door see those of several."""
        if code is None or len(self._policies.served_with(code)) == 1:
            return ""
        return self._policies.of(code).name

    def _authority(self, code: GssCode | None, item: InboxItem) -> str:
        if code is None:
            return NOT_NAMED if item.disclosed.location_withheld else "The hub's own desk"
        return self._places.authority_name(code) or code.reveal()
