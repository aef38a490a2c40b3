"""A year of a town comes to what its final facts and links say, whatever happened on the way."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from hub.adapters.calendar_files import load_calendars
from hub.core.alert import AlertState
from hub.core.rules import RULES
from hub.settings import PROJECT_ROOT
from tests.service.laboratory import FewPlaces
from tests.simulation.ladders import passed_on_to, wrongly_passed_on
from tests.simulation.memory_hub import OF_A_HOUSEHOLD, MemoryHub
from tests.simulation.messages import DeskLooks, RegisterRead, Told
from tests.simulation.oracle import differences
from tests.simulation.policies import policies_of_the_year
from tests.simulation.town import DAYS, a_year

SEEDS = tuple(map(int, (Path(__file__).parent / "seeds.txt").read_text().split()))
"""The first few, and every one that ever failed."""

WEEKS = DAYS / 7
STATES = frozenset(
    {
        "a late wake told for information",
        "a look for another",
        "a look for another changed something",
        "a wake fired",
        "a wake waited for a feed in vain",
        "an address of too many",
        "an older register told late",
        "decision reversed",
        "feed down",
        "late completion",
        "merge",
        "moved",
        "of a household, withdrawn since somebody moved",
        "of a household, withdrawn since who is who was corrected",
        "of a household, withdrawn with what was told",
        "policy changed",
        "raised",
        "raised again",
        "raised of a household: household_attendances",
        "raised of a household: household_incident",
        "raised by a correction of who is who",
        "raised by what came late",
        "revised",
        "severity changed",
        "split",
        "stands by an older policy",
        "superseded",
        "suppressed repeat",
        "taken after a downtime",
        "timer after downtime",
        "to be seen again",
        "told twice",
        "withdrawn",
        "withdrawn after delivery",
        "withdrawn after it was seen",
        "withdrawn by a correction of who is who",
    }
)
"""What a year must have held to be worth anything."""


@pytest.fixture(scope="module")
def calendars():
    return load_calendars(PROJECT_ROOT / "deploy" / "calendars")


@pytest.fixture(scope="module")
def policies(calendars, tmp_path_factory):
    return policies_of_the_year(tmp_path_factory.mktemp("policies"), calendars)


def lived(year, policies, hub=MemoryHub):
    found = hub(FewPlaces(), policies, year)
    found.live_through(year)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_what_stands_at_the_end_follows_from_the_final_facts_and_links(seed, calendars, policies):
    year = a_year(seed, 2_000, calendars)
    hub = lived(year, policies)
    assert differences(year, hub) == []
    assert wrongly_passed_on(hub, policies[0]) == []
    assert sum(map(len, hub.standing.values())) > 100
    raised = Counter(one.rule for one in hub.raised)
    ceilings = {rule.name: rule.ceiling for rule in RULES}
    weekly = {rule: count / len(year.children) * 1_000 / WEEKS for rule, count in raised.items()}
    over = {rule: each for rule, each in weekly.items() if each > ceilings[rule]}
    assert over == {}, "a rule raises more than its ceiling says"
    assert sum(weekly.values()) > 1


SAID_BY_STAFF = {"safeguarding_concern_coded", "injury_not_yet_mobile", "left_while_held"}


PASSED_ON_TO = {
    "Next duty worker of the front door",
    "Manager of the front door",
    "Out-of-hours team",
    "the operator",
}

SICKNESS_MET = {"raised", "withdrawn", "an unexplained absence that was sickness"}


def long_sickness(hub):
    """What became in a year of what schools told of long sickness."""
    ended = {(one.rule, one.state) for one in hub.ended.values()}
    found = {"raised"} if "sickness_return" in {one.rule for one in hub.raised} else set()
    if ("sickness_return", AlertState.WITHDRAWN) in ended:
        found.add("withdrawn")
    sick = {g.fact_key for one in hub.raised if one.rule == "sickness_return" for g in one.grounds}
    missed = (one for one in hub.ended.values() if one.rule == "unexplained_absence")
    if any(not sick.isdisjoint(g.fact_key for g in one.grounds) for one in missed):
        found.add("an unexplained absence that was sickness")
    return found


def test_where_much_happens_to_each_every_state_of_an_alert_is_met(calendars, policies):
    year = a_year(13, 300, calendars, times=6)
    hub = lived(year, policies)
    assert SAID_BY_STAFF - {one.rule for one in hub.raised} == set()
    assert long_sickness(hub) == SICKNESS_MET
    assert wrongly_passed_on(hub, policies[0]) == []
    assert PASSED_ON_TO - passed_on_to(hub).keys() == set()
    assert differences(year, hub) == []
    assert STATES - {name for name, count in hub.counts.items() if count} == set()


def test_any_order_of_arrival_comes_to_the_same(calendars, policies):
    year = replace(a_year(8, 120, calendars, times=4, days=300), downtimes=())
    policies = [whenever_homes_are_told(one) for one in policies]
    facts = [one for one in year.arrivals if isinstance(one.says, Told | RegisterRead)]
    turned = tuple(
        replace(one, place=place, at=year.ends) for place, one in enumerate(reversed(facts))
    )
    there = lived(replace(year, arrivals=tuple(facts)), policies)
    back = lived(replace(year, arrivals=turned), policies)
    assert standing(there) == standing(back)
    assert there.counts["raised of a household: household_incident"] > 0


def whenever_homes_are_told(policies):
    """The same by which a household is read from however long before its home was told.

    Since when a home is known is when the hub first heard of it, so it follows from the order.
    """

    def of(policy):
        rules = dict(policy.rules)
        for name in OF_A_HOUSEHOLD:
            parameters = replace(rules[name].parameters, before_days=366)
            rules[name] = replace(rules[name], parameters=parameters)
        return replace(policy, rules=rules)

    authorities = {code: of(one) for code, one in policies.authorities.items()}
    return replace(policies, hub=of(policies.hub), authorities=authorities)


def test_whether_and_when_a_desk_sees_alerts_changes_nothing_of_what_stands(calendars, policies):
    year = a_year(10, 120, calendars, times=4)
    never = tuple(one for one in year.arrivals if not isinstance(one.says, DeskLooks))
    seen, unseen = (
        lived(replace(year, arrivals=some), policies) for some in (year.arrivals, never)
    )
    assert standing(seen) == standing(unseen)
    assert seen.counts["suppressed repeat"] > 0
    assert unseen.counts["suppressed repeat"] == 0


def standing(hub):
    return {
        (child, one.rule, frozenset(ground.fact_key for ground in one.grounds))
        for child, alerts in hub.standing.items()
        for one in alerts.values()
    }


class Forgetful(MemoryHub):
    """A hub that does not look again where a record turns out to be another child's."""

    def move(self, *moved):
        looked = self.look
        self.look = lambda *_, **__: None
        super().move(*moved)
        self.look = looked
        self.marks = {}


class Patient(MemoryHub):
    """A hub that passes on what somebody has seen, and not what nobody has."""

    def alerts_unseen(self, alert_ids):
        waiting = {one.alert_id for one in super().alerts_unseen(alert_ids)}
        return self.unseen_of([one for one in alert_ids if one not in waiting])


def test_a_ladder_that_is_climbed_wrongly_is_found_out(calendars, policies):
    year = a_year(46, 40, calendars, times=8, days=75)
    assert wrongly_passed_on(lived(year, policies), policies[0]) == []
    wrong = {what for what, *_ in wrongly_passed_on(lived(year, policies, Patient), policies[0])}
    assert {"not passed on", "passed on for nothing"} <= wrong


class Hasty(MemoryHub):
    """A hub that takes nothing back."""

    def apply(self, write, *, corrected):
        if write.step != "withdrawn":
            super().apply(write, corrected=corrected)


class Asleep(MemoryHub):
    """A hub that fires nothing."""

    def fire(self):
        """Nothing."""


class Estranged(MemoryHub):
    """A hub that looks at no child for what is told of another of its household."""

    def looked_at_for_another(self, *fired):
        """Nothing."""


class Headstrong(MemoryHub):
    """A hub that joins and parts nobody."""

    def move(self, *moved):
        """Nothing: who came first is right."""


@pytest.mark.parametrize("wrong", [Forgetful, Hasty, Asleep, Estranged, Headstrong])
def test_a_hub_that_is_wrong_is_found_out(wrong, calendars, policies):
    year = a_year(12, 150, calendars, times=6)
    assert differences(year, lived(year, policies, wrong))
