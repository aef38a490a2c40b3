"""A batch looks only at children whom a rule, an alert or a change of links may concern."""

from dataclasses import replace

import pytest

from hub.core.event import EventState
from tests.service.laboratory import a_child, a_plan, an_attendance

pytestmark = pytest.mark.stack


@pytest.fixture
def looked_at(laboratory):
    """How many children each transaction looked at, where no policy reads a household."""
    authorities = laboratory.policies.authorities.items()
    laboratory.policies = replace(
        laboratory.policies,
        authorities={
            code: replace(one, household_correlation=frozenset()) for code, one in authorities
        },
    )
    counts = []
    decide = laboratory.a_decide()
    looking = decide._looking
    correlator = looking._correlator  # watched, not changed

    def watched(seen, as_of, now):
        counts.append(len(seen))
        return correlator(seen, as_of, now)

    looking._correlator = watched  # as above
    laboratory.receive._decide = decide  # as above
    return counts


def test_one_visit_of_a_child_without_a_plan_is_not_looked_at_and_the_second_is(
    laboratory, looked_at
):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance("V1", days_ago=5))])
    assert looked_at == [0]
    second = an_attendance("V2", site="RR801", child=a_child(local_id="L9"))
    laboratory.receive([laboratory.says(laboratory.other_hospital, second)])
    assert looked_at[-1] == 1
    assert laboratory.one("SELECT count(*) FROM alert WHERE rule = 'repeat_attendance'") == 1


@pytest.mark.parametrize("fact", ["injury", "left_before_seen"])
def test_one_visit_of_which_a_rule_wants_to_know_is_looked_at_whatever_is_said_later(
    laboratory, looked_at, fact
):
    told = an_attendance("V1", days_ago=5)
    first = replace(told, facts=replace(told.facts, **{fact: True}))
    laboratory.receive([laboratory.says(laboratory.hospital, first)])
    later = replace(told, revision=2, facts=replace(told.facts, **{fact: False}))
    laboratory.receive([laboratory.says(laboratory.hospital, later)])
    assert looked_at == [1, 1]


def test_a_visit_and_a_plan_are_looked_at_in_either_order(laboratory, looked_at):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    assert looked_at[-1] == 1
    assert laboratory.one("SELECT count(*) FROM alert WHERE rule = 'plan_match'") == 1


def test_a_child_for_whom_an_alert_stands_is_looked_at_until_it_is_withdrawn(laboratory, looked_at):
    plan = a_plan()
    laboratory.receive([laboratory.says(laboratory.council, plan)])
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    gone = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, gone)])
    assert looked_at[-1] == 1
    assert laboratory.one("SELECT state FROM alert WHERE rule = 'plan_match'") == "withdrawn"
