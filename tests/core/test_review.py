"""Questions about who is who: their ids, what makes them urgent, when two people must answer."""

import uuid
from datetime import date

import pytest

from hub.core.alert import Alert, AlertState, Severity
from hub.core.chronology import Chronology
from hub.core.event import EventKind
from hub.core.plan_standing import DisplayWindows
from hub.core.review import (
    Proposed,
    ReviewReason,
    Urgency,
    had_plan,
    needs_second,
    review_id,
    urgency,
)
from tests.core.builders import DAY_0, a_date, an_entry

WINDOWS = DisplayWindows()


def a_child(*entries):
    return Chronology(child_ref=b"child", register=entries)


def an_alert(severity=Severity.IMMEDIATE, *, delivered=True):
    return Alert(
        alert_id=uuid.UUID(int=1),
        child_ref=b"child",
        rule="plan_match",
        severity=severity,
        state=AlertState.STANDING,
        sentence="Why.",
        not_known=(),
        grounds=(),
        owner=None,
        informed=(),
        delivered=delivered,
        policy_version="1",
        raised_at=DAY_0,
    )


def why(*entries, alerts=(), births=()):
    sides = [(a_child(*entries), alerts), (Chronology(child_ref=b"other"), ())]
    return urgency(sides, births, DAY_0, WINDOWS)


def test_the_order_of_two_records_makes_no_other_question():
    assert review_id(b"one", b"other") == review_id(b"other", b"one")
    assert review_id(b"one", b"other") != review_id(b"one", b"another")


def test_nothing_is_urgent_about_two_children_of_whom_nothing_is_known():
    assert why() == ()


@pytest.mark.parametrize(
    ("kind", "urgent"),
    [
        (EventKind.CHILD_PROTECTION_PLAN, (Urgency.PLAN,)),
        (EventKind.UNBORN_CHILD_PROTECTION_PLAN, (Urgency.PLAN,)),
        (EventKind.LOOKED_AFTER_PERIOD, (Urgency.LOOKED_AFTER,)),
        (EventKind.CHILD_IN_NEED_PERIOD, ()),
    ],
)
def test_a_plan_or_care_of_either_is_urgent(kind, urgent):
    assert why(an_entry(kind=kind)) == urgent


def test_a_plan_that_has_ended_is_not_urgent_and_still_asks_for_two_people():
    ended = an_entry(ended_on=a_date(-20))
    assert why(ended) == ()
    assert had_plan(a_child(ended))
    assert not had_plan(a_child(an_entry(kind=EventKind.CHILD_IN_NEED_PERIOD)))


@pytest.mark.parametrize(
    ("born", "urgent"),
    [
        (date(2025, 3, 2), ()),
        (date(2025, 3, 3), (Urgency.UNDER_ONE,)),
        (date(2026, 3, 2), (Urgency.UNDER_ONE,)),
        (date(2026, 5, 1), (Urgency.UNDER_ONE,)),
    ],
)
def test_a_baby_is_one_until_its_first_birthday(born, urgent):
    assert why(births=[born]) == urgent


def test_an_immediate_alert_is_urgent_if_anybody_was_told_of_it():
    assert why(alerts=(an_alert(),)) == (Urgency.IMMEDIATE_ALERT,)
    assert why(alerts=(an_alert(delivered=False), an_alert(Severity.TODAY))) == ()


@pytest.mark.parametrize(
    ("proposed", "plan", "together", "second"),
    [
        (Proposed.SAME, True, False, True),
        (Proposed.SAME, False, False, False),
        (Proposed.DIFFERENT, True, False, False),
        (Proposed.DIFFERENT, True, True, True),
        (Proposed.DIFFERENT, False, True, False),
        (Proposed.TAKE_BACK, True, False, True),
        (Proposed.TAKE_BACK, False, True, False),
    ],
)
def test_two_people_answer_where_a_plan_would_be_moved(proposed, plan, together, second):
    assert needs_second(proposed, plan=plan, together=together) is second


def test_what_linking_asks_lasts_as_long_as_its_doubt_and_what_an_agency_asks_does_not():
    asked = {reason for reason in ReviewReason if reason.from_linking}
    assert asked == {ReviewReason.POSSIBLE, ReviewReason.MANY}
