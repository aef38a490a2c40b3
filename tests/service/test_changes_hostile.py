"""What an agency that errs, or is hostile, tells about who a person is."""

from dataclasses import replace

import pytest

from tests.service.changes import a_merge, somebody
from tests.service.laboratory import BRADFORD, a_child, a_plan, an_attendance
from tests.service.test_changes_told import Lab

pytestmark = pytest.mark.stack

MIRA = a_child(0)
OTHER = a_child(1, given_names=("Noor",))
PLAN = a_plan(child=replace(MIRA, local_id="C1"))


@pytest.fixture
def lab(laboratory):
    return Lab(laboratory)


def visits(lab, *children):
    lab.told(*(an_attendance(f"V-{n}", child=child) for n, child in enumerate(children)))


def elsewhere(lab, child):
    """A visit of this child at another hospital, under a number of its own there."""
    lab.told(
        an_attendance("V9", child=replace(child, local_id="O1"), site="RR801"),
        by=lab.hub.other_hospital,
    )


def asked(lab):
    both = {lab.record("H1"), lab.record("H2")}
    return ("agency_merge", "RAE", both) in lab.questions()


def test_empty_registrations_that_were_merged_join_no_two_children_later(lab):
    elsewhere(lab, OTHER)
    lab.hub.receive(lab.hub.extract(lab.hub.council, PLAN))
    visits(lab, somebody("H1"), somebody("H2"))
    lab.told(a_merge("H2", somebody("H1")))
    assert lab.outcomes() == ["decided"]
    lab.told(an_attendance("V3", child=replace(MIRA, local_id="H1")))
    lab.told(an_attendance("V4", child=replace(OTHER, local_id="H2")))
    assert lab.child("C1", BRADFORD) == lab.child("H1")
    assert lab.child("O1", "RR8") == lab.child("H2") != lab.child("H1")
    assert asked(lab)


def test_a_merged_registration_that_is_filled_with_a_child_on_a_plan_is_asked_about(lab):
    """The same is asked where the hospital tells the merger after it knew who the patient is."""
    elsewhere(lab, replace(OTHER, nhs_number=None))
    lab.hub.receive(lab.hub.extract(lab.hub.council, PLAN))
    visits(lab, somebody("H1"), replace(OTHER, nhs_number=None, local_id="H2"))
    lab.told(a_merge("H2", somebody("H1")))
    assert lab.child("H1") == lab.child("H2")
    bare = replace(MIRA, local_id="H1", given_names=None, birth_date=None)
    lab.told(an_attendance("V3", child=bare))
    assert lab.child("H1") == lab.child("C1", BRADFORD)
    assert lab.child("H2") == lab.child("O1", "RR8") != lab.child("H1")
    assert asked(lab)


def test_registrations_filled_with_two_children_whom_nobody_knows_yet_are_parted(lab):
    visits(lab, somebody("H1"), somebody("H2"))
    lab.told(a_merge("H2", somebody("H1")))
    lab.told(an_attendance("V3", child=replace(MIRA, local_id="H1")))
    lab.told(an_attendance("V4", child=replace(OTHER, local_id="H2")))
    lab.hub.receive(lab.hub.extract(lab.hub.council, PLAN))
    assert lab.child("C1", BRADFORD) == lab.child("H1")
    elsewhere(lab, OTHER)
    assert lab.child("O1", "RR8") != lab.child("C1", BRADFORD)
    assert asked(lab)


def test_a_merger_holds_when_the_number_is_learnt_or_a_slip_is_corrected(lab):
    unnumbered = replace(MIRA, nhs_number=None)
    visits(lab, replace(unnumbered, local_id="H1"), replace(unnumbered, local_id="H2"))
    lab.told(a_merge("H2", replace(unnumbered, local_id="H1")))
    lab.told(an_attendance("V3", child=replace(MIRA, local_id="H1")))
    elsewhere(lab, MIRA)
    assert lab.child("H1") == lab.child("H2") == lab.child("O1", "RR8")
    assert lab.outcomes() == ["decided"]
