"""Which alerts are one piece of front-door work."""

import uuid
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.core.alert import Severity
from hub.core.contact import Listed, contacts, relating
from tests.core.builders import digest, on_day

DAY = timedelta(days=1)


def a_listed(number=1, *, child="mira", day=0.0, causes=(), **more):
    listed = Listed(
        alert_id=uuid.UUID(int=number),
        child_ref=digest(child),
        owner="E08000032",
        severity=Severity.TODAY,
        raised_at=on_day(day),
        causes=frozenset(digest(one) for one in causes),
    )
    return replace(listed, **more)


def grouped(*alerts, apart=()):
    found = contacts(alerts, same_child=DAY, apart={digest(one) for one in apart})
    return [[one.alert_id.int for one in contact.alerts] for contact in found]


def test_alerts_of_one_child_within_a_day_are_one_contact():
    assert grouped(a_listed(1), a_listed(2, day=0.9), a_listed(3, day=9)) == [[1, 2], [3]]


def test_brother_and_sister_by_one_incident_are_one_contact():
    mira, zane = a_listed(1, causes=["i1"]), a_listed(2, child="zane", causes=["i1"], day=2)

    assert grouped(mira, zane) == [[1, 2]]
    assert relating([mira, zane]) == {digest("mira"), digest("zane")}


def test_children_who_share_no_cause_are_two_contacts():
    assert grouped(a_listed(1, causes=["i1"]), a_listed(2, child="zane", causes=["i2"])) == [
        [1],
        [2],
    ]


def test_a_shielded_child_is_in_a_contact_of_its_own():
    mira, zane = a_listed(1, causes=["i1"]), a_listed(2, child="zane", causes=["i1"])
    again = a_listed(3, child="zane", causes=["i1"], day=5)

    assert grouped(mira, zane, again, apart=["zane"]) == [[1], [2, 3]]


def test_what_is_raised_after_a_decision_is_a_new_contact():
    decided = a_listed(1, decided_at=on_day(0.2), acknowledged=True)

    assert grouped(decided, a_listed(2, day=0.5)) == [[2], [1]]
    assert grouped(decided, a_listed(2, day=0.1)) == [[1, 2]]


def test_alerts_of_other_owners_are_other_contacts():
    assert grouped(a_listed(1, causes=["i1"]), a_listed(2, causes=["i1"], owner=None)) == [[1], [2]]


def test_a_contact_is_as_urgent_as_the_most_urgent_that_waits():
    seen = a_listed(1, severity=Severity.IMMEDIATE, acknowledged=True)
    waits = a_listed(2, severity=Severity.INFORMATION, day=0.1)
    (both,) = contacts([seen, waits], same_child=DAY)

    assert (both.severity, both.waits, both.waits_since) == (
        Severity.INFORMATION,
        True,
        on_day(0.1),
    )


def test_what_waits_comes_first_then_the_urgent_then_what_waits_longest():
    seen = a_listed(1, child="a", severity=Severity.IMMEDIATE, acknowledged=True)
    today = [a_listed(2, child="b", day=2), a_listed(3, child="c", day=1)]
    urgent = a_listed(4, child="d", day=3, severity=Severity.IMMEDIATE)

    assert grouped(seen, *today, urgent) == [[4], [3], [2], [1]]


LISTED = st.builds(
    a_listed,
    st.integers(1, 10**6),
    child=st.sampled_from("abcd"),
    day=st.integers(0, 12).map(lambda quarter: quarter / 4),
    causes=st.lists(st.sampled_from(["i1", "i2", "i3"]), max_size=2),
    decided_at=st.none() | st.integers(0, 12).map(lambda quarter: on_day(quarter / 4)),
    severity=st.sampled_from(Severity),
)
DESKS = st.lists(LISTED, max_size=9, unique_by=lambda one: one.alert_id)


@given(DESKS, st.randoms(use_true_random=False), st.sets(st.sampled_from("abcd")))
def test_contacts_do_not_depend_on_the_order_and_hold_each_alert_once(desk, random, apart):
    shuffled = list(desk)
    random.shuffle(shuffled)

    found = grouped(*desk, apart=apart)

    assert grouped(*shuffled, apart=apart) == found
    assert sorted(one for some in found for one in some) == sorted(one.alert_id.int for one in desk)


@given(DESKS, st.sets(st.sampled_from("abcd")))
def test_nobody_who_is_kept_apart_is_with_another_child(desk, apart):
    refs = {digest(one) for one in apart}
    for contact in contacts(desk, same_child=DAY, apart=refs):
        children = {one.child_ref for one in contact.alerts}
        assert len(children) == 1 or not children & refs


@given(DESKS)
def test_only_who_may_be_related_is_ever_with_another_child(desk):
    related = relating(desk)
    for contact in contacts(desk, same_child=DAY):
        children = {one.child_ref for one in contact.alerts}
        assert len(children) == 1 or children <= related
