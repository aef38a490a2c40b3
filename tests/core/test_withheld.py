"""From when a fact may be told: which wish holds, and what rests on a fact that may not be yet."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from hub.core.absence_fold import absences
from hub.core.alert import AlertState
from hub.core.alert_change import Raise, Revise, Withdraw
from hub.core.chronology import Chronology, attendances, fold_attendance
from hub.core.correlate import correlate
from hub.core.event import Audience, EventState, Handling
from hub.core.handling import WITHHELD_MAX
from hub.core.incident_fold import incidents
from hub.core.routing import Routing
from hub.core.withheld import told_by, told_later
from tests.core.builders import BRADFORD, a_policy, an_absence, an_event, an_incident_event, on_day

LATER = Handling(not_before=on_day(5))
HOUR = timedelta(hours=1)


def told(*, revision=1, wish=None, **more):
    handling = Handling(not_before=wish) if not isinstance(wish, Handling) else wish
    return an_event("visit", revision=revision, handling=handling, **more)


def waits_until(*revisions):
    return fold_attendance(revisions).handling.not_before


def test_the_latest_revision_says_from_when_whatever_order_they_came_in():
    later = told(revision=2, wish=on_day(9), state=EventState.CORRECTED)
    sooner = told(revision=3, wish=on_day(2), state=EventState.CORRECTED)
    lifted = told(revision=4, state=EventState.CORRECTED)
    first = told(wish=on_day(5))

    for order in permutations([first, later, sooner, lifted]):
        assert waits_until(*order) is None
    for order in permutations([first, later, sooner]):
        assert waits_until(*order) == on_day(2)
    assert waits_until(first, later) == on_day(9)
    assert waits_until(told(), later) == on_day(9)


def test_audience_and_family_stay_narrow_when_the_time_is_lifted():
    narrow = Handling(audience=Audience.SOCIAL_CARE_ONLY, not_before=on_day(5), not_to_family=True)

    folded = fold_attendance([told(wish=narrow), told(revision=2)])

    assert folded.handling == replace(narrow, not_before=None)


def test_a_time_absurdly_far_away_ends_28_days_after_the_fact_was_first_received():
    typo = on_day(36 * 365)
    again = told(revision=2, wish=typo, received_at=on_day(20))

    assert waits_until(told(wish=typo)) == on_day(0) + WITHHELD_MAX
    assert waits_until(told(wish=typo), again) == on_day(0) + WITHHELD_MAX


@pytest.mark.parametrize(
    ("fold", "event"),
    [
        (attendances, an_event("v", handling=LATER)),
        (incidents, an_incident_event("i", handling=LATER)),
        (lambda events: absences(events, {}), an_absence("m", handling=LATER)),
    ],
)
def test_every_kind_of_fact_is_left_out_until_its_time(fold, event):
    (fact,) = fold([event])
    name = {"Attendance": "attendances", "Incident": "incidents", "Absence": "absences"}
    kind = name[type(fact).__name__]
    whole = Chronology(child_ref=b"c", shielded=True, **{kind: (fact,)})

    before, at = told_by(whole, on_day(5) - HOUR), told_by(whole, on_day(5))

    assert getattr(before, kind) == ()
    assert before.withheld == {fact.fact_key}
    assert before.shielded
    assert at == whole
    assert told_later(whole, on_day(0)) == (on_day(5),)
    assert told_later(whole, on_day(5)) == ()


def decided(events, standing, now):
    chronology = told_by(Chronology(child_ref=b"child", attendances=attendances(events)), now)

    def route(finding):
        return Routing(owner=BRADFORD, informed=(), reason=finding.sentence)

    return correlate(chronology, tuple(standing), a_policy(), on_day(4), route)


VISITS = (
    an_event("a", day=0),
    an_event("b", day=1, facts={"counted_because": "site_mapping", "site_code": "RR801"}),
    an_event("c", day=2, handling=Handling(not_before=on_day(6))),
)


def test_an_alert_stands_at_once_on_what_may_be_told_and_takes_the_rest_in_at_its_time():
    (raised,) = decided(VISITS, (), on_day(4))
    assert isinstance(raised, Raise)
    assert len(raised.alert.grounds) == 2
    assert decided(VISITS, [raised.alert], on_day(5)) == ()

    (revised,) = decided(VISITS, [raised.alert], on_day(6))

    assert isinstance(revised, Revise)
    assert revised.alert.alert_id == raised.alert.alert_id
    assert len(revised.alert.grounds) == 3


def test_an_alert_whose_ground_is_to_be_told_later_by_now_is_shown_to_nobody():
    first, second = VISITS[:2]
    (raised,) = decided((first, second), (), on_day(4))
    later = replace(
        second,
        event_id=b"b" * 16,
        revision=2,
        state=EventState.CORRECTED,
        facts={},
        handling=Handling(not_before=on_day(6)),
    )

    (taken,) = decided((first, second, later), [raised.alert], on_day(5))
    (back,) = decided((first, second, later), (), on_day(6))

    assert isinstance(taken, Withdraw)
    assert taken.alert.state is AlertState.WITHDRAWN
    assert not taken.alert.delivered
    assert isinstance(back, Raise)
    assert back.alert.delivered
    assert back.alert.alert_id == raised.alert.alert_id
