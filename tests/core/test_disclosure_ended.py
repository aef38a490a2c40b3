"""What an alert opens: everything while it stands, its grounds for a while, then nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.alert import Alert, AlertState, Severity, alert_id
from hub.core.disclosure_ended import ENDED_OPENS_FOR, Opening, closes_at, opening_of
from tests.core.builders import BRADFORD, on_day

ALERT = Alert(
    alert_id=alert_id("plan_match", b"child", b"event"),
    child_ref=b"child",
    rule="plan_match",
    severity=Severity.TODAY,
    state=AlertState.STANDING,
    sentence="Arrived at an emergency department.",
    not_known=(),
    grounds=(),
    owner=BRADFORD,
    informed=(),
    delivered=True,
    policy_version="1",
    raised_at=on_day(0),
)
ENDED = on_day(10)


def test_one_that_stands_opens_what_each_may_see_however_old_it_is():
    assert opening_of(ALERT, None, on_day(4000)) is Opening.WHOLE


@pytest.mark.parametrize("state", [AlertState.WITHDRAWN, AlertState.SUPERSEDED])
def test_one_that_ended_opens_its_grounds_for_28_days_and_then_nothing(state):
    ended = replace(ALERT, state=state)

    assert opening_of(ended, ENDED, ENDED) is Opening.GROUNDS
    assert opening_of(ended, ENDED, closes_at(ENDED) - timedelta(seconds=1)) is Opening.GROUNDS
    assert opening_of(ended, ENDED, ENDED + ENDED_OPENS_FOR) is Opening.NOTHING


def test_one_of_which_nobody_knows_when_it_ended_opens_nothing():
    assert opening_of(replace(ALERT, state=AlertState.WITHDRAWN), None, ENDED) is Opening.NOTHING
