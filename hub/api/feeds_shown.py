"""Feeds and alarms as the surfaces show them."""

from typing import Final

from hub.api.feed_views import (
    Alarm,
    FeedsView,
    FeedView,
    HubFault,
    ParkedShown,
    Refusal,
    SequenceGap,
)
from hub.api.wording_faults import fault_shown, field_shown, outcome_shown, refused_event_words
from hub.core.front_door import OWN_DESK
from hub.core.identifiers import GssCode
from hub.core.policy import Policies
from hub.ports import FeedActivity, ParkedFound, RefusalFound, Unsettled
from hub.ports.escalating import ALERT_UNANSWERED_FAULT
from hub.ports.operator_flags import POLICY_REFUSED, POLICY_WAITS
from hub.service.asker import Asker, Surroundings
from hub.service.feed_health import Alarms, FeedHealth
from hub.service.living import in_words
from hub.service.source_states import known_since


class FeedsShown:
    """From what the feeds have done to what a page and a client are shown of it."""

    def __init__(self, around: Surroundings) -> None:
        self._health = FeedHealth(around)
        self._policies = around.policies
        self._clock = around.clock

    def feeds(self, asker: Asker, *, mine: bool) -> FeedsView:
        """The asker's feeds; where they are not ``mine``, without the agencies' references.

        Raises:
            HubError: it could not be read or audited; nothing may be shown then.
        """
        found = self._health.feeds(asker)
        return FeedsView(
            feeds=tuple(self._feed(one, mine=mine) for one in found.feeds),
            alarms=alarms_shown(found.alarms) if found.alarms else (),
            faults=tuple(
                HubFault(
                    reference="" if one.place[0] in _GOES_BY_ITSELF else one.reference,
                    sentence=self._sentence(one),
                )
                for one in (found.alarms.faults if found.alarms else ())
            ),
        )

    def alarms(self) -> tuple[Alarm, ...]:
        """What alarms, without a word of any agency or person.

        Raises:
            HubError: it could not be read.
        """
        return alarms_shown(self._health.alarms())

    def _sentence(self, fault: Unsettled) -> str:
        """The fault's sentence; where somebody is to be rung, with whom and by which number now."""
        code, _, whose = fault.place
        if code != ALERT_UNANSWERED_FAULT:
            return fault.sentence
        policy = self._policies.of(None if whose == OWN_DESK else GssCode(str(whose)))
        phones = policy.phones_at(self._clock.now())
        numbers = "; ".join(f"{one.label}, {one.number}" for one in phones)
        return f"{fault.sentence} {policy.name}: {numbers or 'its policy says no number'}."

    def _feed(self, one: FeedActivity, *, mine: bool) -> FeedView:
        return FeedView(
            feed=one.feed,
            agency=one.agency,
            agency_name=agency_name(self._policies, one.agency),
            last_heard_at=one.last_received_at,
            source_as_of=known_since(one.source_as_of),
            fresh=self._health.is_fresh(one),
            accepted=one.accepted,
            parked=one.parked,
            parked_overdue=self._health.is_overdue(one),
            conflicts=one.conflicts,
            parked_reports=tuple(_parked(parked) for parked in one.parked_found),
            gaps=tuple(
                SequenceGap(
                    first_missing=gap.first_missing,
                    last_missing=gap.last_missing,
                )
                for gap in one.gaps
            ),
            refusals=tuple(_refusal(refusal, mine=mine) for refusal in one.refusals),
            refusals_total=one.refusals_total,
            faults=tuple(fault_shown(*fault) for fault in one.faults if fault[0] != "refused"),
        )


def _parked(found: ParkedFound) -> ParkedShown:
    return ParkedShown(
        number=found.sequence,
        sentence=found.sentence,
        received_at=found.received_at,
        settled=found.settled,
    )


def _refusal(found: RefusalFound, *, mine: bool) -> Refusal:
    return Refusal(
        outcome=outcome_shown(found.outcome),
        reference=_reference(found) if mine else "",
        field_name=field_shown(found.field),
        expected=found.expected,
        refused_at=found.refused_at,
    )


def _reference(found: RefusalFound) -> str:
    return refused_event_words(found.event) if found.event else found.reference


_GOES_BY_ITSELF = frozenset({POLICY_REFUSED, POLICY_WAITS})
"""What is settled when it is mended, and by nothing else."""

PROCESSES_SILENT: Final = "processes_silent"
"""The alarm that no worker of a feed, or no timekeeper, is at work."""

NOT_KNOWN: Final = "not_known"
"""The alarm that it cannot be said what alarms."""

_RINGS = {
    "parked_reports": "Reports have been parked for too long; see 'hub reports list'.",
    "late_notices": "Notices to schools were not acknowledged in time: their desks can ring them.",
    "timers_behind": "Nothing looks at what is due; does 'hub timekeeper' run?",
    "timers_parked": "The hub failed on something that was due; see 'hub timers list'.",
}


def alarms_shown(found: Alarms) -> tuple[Alarm, ...]:
    """The alarms that ring, in counts."""
    out_of_time = found.out_of_time
    counted = {
        "parked_reports": found.overdue,
        "late_notices": out_of_time.late_notices,
        "timers_behind": out_of_time.timers_behind,
        "timers_parked": out_of_time.timers_parked,
    }
    rings = [
        Alarm(name=name, count=one.count, since=one.oldest_at, sentence=_RINGS[name])
        for name, one in counted.items()
        if one.count
    ]
    if found.silent:
        rings.append(
            Alarm(
                name=PROCESSES_SILENT,
                count=len(found.silent),
                since=min((one.since for one in found.silent if one.since), default=None),
                sentence=f"No process is at work for: {in_words(found.silent)}.",
            )
        )
    if found.faults:
        rings.append(
            Alarm(
                name="hub_faults",
                count=len(found.faults),
                since=min((one.since for one in found.faults if one.since), default=None),
                sentence="Faults of the hub's own stand; see 'hub feeds gaps'.",
            )
        )
    return tuple(rings)


def agency_name(policies: Policies, agency: str) -> str:
    """An agency's name for people, or its code where no policy names it."""
    for policy in policies.every():
        if agency in policy.sources:
            return policy.sources[agency].name
    return agency
