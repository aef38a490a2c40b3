"""A year of a town comes to what its final facts and links say, whatever happened on the way."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from hub.adapters.calendar_files import load_calendars
from hub.adapters.policy_files import load_policies
from hub.core.policy import RuleMode
from hub.core.rules import RULES
from hub.settings import PROJECT_ROOT
from tests.service.laboratory import FewPlaces
from tests.simulation.memory_hub import MemoryHub
from tests.simulation.oracle import differences
from tests.simulation.town import DAYS, PolicyChanged, a_year

SEEDS = tuple(map(int, (Path(__file__).parent / "seeds.txt").read_text().split()))
"""The first few, and every one that ever failed."""

WEEKS = DAYS / 7
STATES = frozenset(
    {
        "told twice",
        "taken after a downtime",
        "an older register told late",
        "record moved",
        "policy changed",
        "raised",
        "raised again",
        "raised by a correction of who is who",
        "raised by what came late",
        "revised",
        "severity changed",
        "superseded",
        "withdrawn",
        "withdrawn after delivery",
        "withdrawn by a correction of who is who",
        "stands by an older policy",
    }
)
"""What a year must have held to be worth anything."""


def rule_set(policies, rule, mode=None, **numbers):
    """The same policies, which say otherwise of one rule."""

    def of(policy):
        setting = policy.rules[rule]
        changed = replace(
            setting,
            mode=mode or setting.mode,
            parameters=replace(setting.parameters, **numbers),
        )
        return replace(policy, rules={**policy.rules, rule: changed})

    authorities = {code: of(policy) for code, policy in policies.authorities.items()}
    return replace(policies, hub=of(policies.hub), authorities=authorities)


@pytest.fixture(scope="module")
def calendars():
    return load_calendars(PROJECT_ROOT / "deploy" / "calendars")


@pytest.fixture(scope="module")
def policies(calendars):
    first = load_policies(PROJECT_ROOT / "deploy" / "policies").with_calendars(calendars)
    second = rule_set(first, "repeat_attendance", attendances=5, sites_within_days=14)
    third = rule_set(second, "unexplained_absence", mode=RuleMode.SHADOW, on_plan_days=2)
    return first, second, rule_set(third, "cumulative_concern", mode=RuleMode.OFF)


def lived(year, policies, hub=MemoryHub):
    found = hub(FewPlaces(), policies, dict(year.links))
    found.live_through(year)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_what_stands_at_the_end_follows_from_the_final_facts_and_links(seed, calendars, policies):
    year = a_year(seed, 2_000, calendars)
    hub = lived(year, policies)
    assert differences(year, hub) == []
    assert sum(map(len, hub.standing.values())) > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rule_tells_a_front_door_more_than_its_ceiling(seed, calendars, policies):
    year = a_year(seed, 2_000, calendars)
    raised = Counter(one.rule for one in lived(year, policies).raised)
    ceilings = {rule.name: rule.ceiling for rule in RULES}
    weekly = {rule: count / len(year.children) * 1_000 / WEEKS for rule, count in raised.items()}
    assert {rule: each for rule, each in weekly.items() if each > ceilings[rule]} == {}
    assert sum(weekly.values()) > 1


SAID_BY_STAFF = {"safeguarding_concern_coded", "injury_not_yet_mobile", "left_while_held"}


def test_where_much_happens_to_each_every_state_of_an_alert_is_met(calendars, policies):
    year = a_year(7, 600, calendars, times=6)
    hub = lived(year, policies)
    assert SAID_BY_STAFF - {one.rule for one in hub.raised} == set()
    assert differences(year, hub) == []
    assert STATES - {name for name, count in hub.counts.items() if count} == set()


def test_any_order_of_arrival_comes_to_the_same(calendars, policies):
    year = a_year(8, 200, calendars, times=4)
    facts = [one for one in year.arrivals if not isinstance(one.says, PolicyChanged)]
    turned = tuple(
        replace(one, place=place, at=year.ends) for place, one in enumerate(reversed(facts))
    )
    there = lived(replace(year, arrivals=tuple(facts), downtimes=()), policies)
    back = lived(replace(year, arrivals=in_order_of_links(turned), downtimes=()), policies)
    assert standing(there) == standing(back)


def in_order_of_links(arrivals):
    """The same, each record's moves in their own order: the last says whose it is."""
    moves = [one for one in arrivals if type(one.says).__name__ == "Moved"]
    return (*(one for one in arrivals if one not in set(moves)), *reversed(moves))


def standing(hub):
    return {
        (child, one.rule, frozenset(ground.fact_key for ground in one.grounds))
        for child, alerts in hub.standing.items()
        for one in alerts.values()
    }


class Forgetful(MemoryHub):
    """A hub that does not look again where a record turns out to be another child's."""

    def move(self, says, at, now):
        looked = self.look
        self.look = lambda *_, **__: None
        super().move(says, at, now)
        self.look = looked


class Hasty(MemoryHub):
    """A hub that takes nothing back."""

    def apply(self, change, *, corrected):
        if type(change).__name__ != "Withdraw":
            super().apply(change, corrected=corrected)


@pytest.mark.parametrize("wrong", [Forgetful, Hasty])
def test_a_hub_that_is_wrong_is_found_out(wrong, calendars, policies):
    year = a_year(9, 400, calendars, times=6)
    assert differences(year, lived(year, policies, wrong))
