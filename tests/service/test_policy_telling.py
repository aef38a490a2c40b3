"""Where the policies in force are not what their files say, the operator is told why."""

from dataclasses import replace

import pytest

from hub.adapters.store.operator_flags import PostgresOperatorFlags
from hub.api.feeds_shown import FeedsShown
from hub.core.identity_weights import Bands
from hub.service.policies_in_force import PoliciesInForce
from hub.service.policy_telling import PolicyTelling
from tests.service.test_triage import OPERATOR, surroundings

pytestmark = pytest.mark.stack

WRONG = "E08000032.toml: clocks.immediate_minutes: this key is needed."


@pytest.fixture
def why():
    """Why the files are not taken, as their watch says it; empty: they are."""
    return [""]


@pytest.fixture
def in_force(laboratory):
    return PoliciesInForce(laboratory.policies)


@pytest.fixture
def telling(laboratory, in_force, why):
    flags = PostgresOperatorFlags(laboratory.store)
    return PolicyTelling(in_force, lambda: why[0], flags, laboratory.clock)


def told(laboratory):
    return FeedsShown(surroundings(laboratory)).feeds(OPERATOR, mine=False).faults


def test_files_that_are_refused_are_told_with_the_error_until_they_are_right(
    laboratory, telling, why
):
    telling()
    assert told(laboratory) == ()
    why[0] = WRONG
    telling()
    telling()
    (fault,) = told(laboratory)
    assert fault.sentence.endswith(f"what held before holds on. {WRONG}")
    assert fault.reference == ""
    why[0] = ""
    telling()
    assert told(laboratory) == ()


def test_another_error_takes_the_place_of_the_first(laboratory, telling, why):
    for why[0] in (WRONG, "hub.toml: a TOML file was expected."):
        telling()
    (fault,) = told(laboratory)
    assert "a TOML file" in fault.sentence


def test_after_a_restart_over_files_that_are_right_nothing_is_told(laboratory, telling, why):
    why[0] = WRONG
    telling()
    flags = PostgresOperatorFlags(laboratory.store)
    PolicyTelling(laboratory.policies, lambda: "", flags, laboratory.clock)()
    assert told(laboratory) == ()


def test_what_waits_for_a_restart_is_told(laboratory, telling, in_force):
    now = laboratory.policies
    bands = Bands(link=0.98, link_unnamed=0.999, review=0.1)
    in_force.take(replace(now, hub=replace(now.hub, bands=bands)))
    telling()
    (fault,) = told(laboratory)
    assert "[matching]" in fault.sentence
    in_force.take(now)
    telling()
    assert told(laboratory) == ()
