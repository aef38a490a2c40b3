"""When an alert is counted on one that was seen, and when one that was seen is to be seen again."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.alert import Alert, AlertState, Ground, GroundRole, Severity
from hub.core.event import EventKind
from hub.core.identifiers import GssCode
from hub.core.repeats import raised_again, repeat_of
from tests.core.builders import digest, on_day

WINDOW = timedelta(days=14)
VISIT, INCIDENT = EventKind.EMERGENCY_ATTENDANCE, EventKind.DOMESTIC_ABUSE_INCIDENT
PLAN = EventKind.CHILD_PROTECTION_PLAN


def a_ground(name, kind=VISIT, **more):
    return Ground(
        fact_key=digest(name), event_id=digest(name), kind=kind, occurred_at=on_day(0), **more
    )


A1 = a_ground("a1")


def an_alert(number=1, *, day=0.0, grounds=(A1,), **more):
    alert = Alert(
        alert_id=uuid.UUID(int=number),
        child_ref=digest("mira"),
        rule="plan_match",
        severity=Severity.TODAY,
        state=AlertState.STANDING,
        sentence="Arrived.",
        not_known=(),
        grounds=grounds,
        owner=GssCode("E08000032"),
        informed=(),
        delivered=True,
        policy_version="E08000032 1 plan_match:1",
        raised_at=on_day(day),
    )
    return replace(alert, **more)


SEEN = an_alert(seen_at=on_day(0.1))
AGAIN = an_alert(2, day=3, grounds=(a_ground("a2"),))


def test_the_same_again_within_the_window_is_counted_on_what_was_seen():
    assert repeat_of(AGAIN, [SEEN], WINDOW) == SEEN.alert_id
    last = replace(AGAIN, raised_at=SEEN.seen_at + WINDOW)
    assert repeat_of(last, [SEEN], WINDOW) == SEEN.alert_id
    later = replace(AGAIN, raised_at=SEEN.seen_at + WINDOW + timedelta(seconds=1))
    assert repeat_of(later, [SEEN], WINDOW) is None


@pytest.mark.parametrize(
    ("alert", "earlier"),
    [
        (replace(AGAIN, severity=Severity.IMMEDIATE), replace(SEEN, severity=Severity.IMMEDIATE)),
        (AGAIN, replace(SEEN, seen_at=None)),
        (replace(AGAIN, raised_at=on_day(15)), SEEN),
        (replace(AGAIN, rule="repeat_attendance"), SEEN),
        (replace(AGAIN, child_ref=digest("sam")), SEEN),
        (replace(AGAIN, owner=None), SEEN),
        (replace(AGAIN, delivered=False), SEEN),
        (AGAIN, replace(SEEN, severity=Severity.INFORMATION)),
        (AGAIN, replace(SEEN, state=AlertState.WITHDRAWN)),
        (replace(AGAIN, grounds=(a_ground("a2"), a_ground("i1", INCIDENT))), SEEN),
    ],
    ids=[
        *("immediate", "not seen", "later than the window", "another rule", "another child"),
        *("another owner", "told to nobody", "more urgent", "withdrawn", "another kind of agency"),
    ],
)
def test_anything_else_is_told_by_itself(alert, earlier):
    assert repeat_of(alert, [earlier], WINDOW) is None


def test_a_policy_may_count_nothing_away():
    assert repeat_of(AGAIN, [SEEN], timedelta()) is None


def test_a_further_ground_of_the_same_kind_is_counted_and_not_told_again():
    more = replace(SEEN, grounds=(a_ground("a1"), a_ground("a2")))

    assert raised_again(SEEN, more) is None


def test_what_has_become_more_urgent_is_to_be_seen_again():
    assert "more urgent" in raised_again(SEEN, replace(SEEN, severity=Severity.IMMEDIATE))
    assert raised_again(SEEN, replace(SEEN, severity=Severity.INFORMATION)) is None


def test_another_kind_of_agency_makes_it_to_be_seen_again_and_is_named():
    more = replace(SEEN, grounds=(a_ground("a1"), a_ground("i1", INCIDENT)))

    assert raised_again(SEEN, more) == "To be seen again: the police told of it too."


@pytest.mark.parametrize(
    "ground",
    [a_ground("i1", INCIDENT, live=False), a_ground("p1", PLAN, role=GroundRole.CONTEXT)],
    ids=["history", "context"],
)
def test_history_and_context_are_no_news(ground):
    assert raised_again(SEEN, replace(SEEN, grounds=(a_ground("a1"), ground))) is None


def test_more_of_what_is_immediate_is_always_to_be_seen():
    immediate = replace(SEEN, severity=Severity.IMMEDIATE)
    more = replace(immediate, grounds=(a_ground("a1"), a_ground("a2")))

    assert "there is more of it" in raised_again(immediate, more)
    assert raised_again(immediate, immediate) is None


@given(st.sampled_from(Severity), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_nothing_immediate_is_ever_counted_away(severity, seen, raised, window):
    earlier = replace(SEEN, severity=severity, seen_at=on_day(seen))
    alert = an_alert(2, day=raised, severity=Severity.IMMEDIATE)

    assert repeat_of(alert, [earlier], timedelta(days=window)) is None
