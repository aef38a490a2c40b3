"""What should stand at the end of a year, worked out at once from the final facts and links.

It reads the year's messages, not what the hub made of them on the way: who is who follows from what
people have decided and not taken back, and every wake has come whose time was long enough ago. From
the hub it takes only when each child was looked at last, and by which policies (a change of policy
alone changes nothing), and since when it knows each home: that is when it heard of it. Who lives
with whom it works out by itself, from the plain addresses.
"""

from collections import defaultdict
from dataclasses import replace

from hub.core.alert import GroundRole
from hub.core.correlate import findings_of
from hub.core.household import HOUSEHOLD_CHILDREN_MAX
from hub.core.identity_decision import DecisionKind
from hub.core.policy import RuleMode
from hub.core.rules import RULES
from hub.core.waking import wakes_of
from hub.core.withheld import told_by
from hub.ports import SiblingKnown
from hub.service.correlating import chronology_of, responsible_for
from tests.simulation.memory_facts import Facts
from tests.simulation.messages import Decided, RegisterRead, Reversed, Told

OLDER = "stands by an older policy"


def stands(hub):
    """What stands, whoever is whose child: each rule with what it rests on."""
    every = (one for held in hub.standing.values() for one in held.values())
    return {(one.rule, triggers(one)) for one in every}


def final_facts(year):
    """Everything that was told."""
    facts = Facts()
    for arrival in year.arrivals:
        if isinstance(arrival.says, Told | RegisterRead):
            facts.take(arrival.says, arrival.at)
    return facts


def final_groups(year):
    """The records of each child, as they are in the end: what is joined, and what is parted.

    Nobody is in two decisions (``town.py``), so none stands against another.
    """
    in_force = {}
    for arrival in year.arrivals:
        if isinstance(arrival.says, Decided):
            in_force[arrival.says.name] = arrival.says
        elif isinstance(arrival.says, Reversed):
            in_force.pop(arrival.says.name, None)
    of = {}
    for child in year.children:
        sure = {record for record in child.records() if record not in year.unsure}
        of |= dict.fromkeys(sure, sure)
        of |= {record: {record} for record in child.records() if record in year.unsure}
    for says in in_force.values():
        if says.kind is DecisionKind.SAME:
            for one, other in says.pairs:
                joined = of[one] | of[other]
                of |= dict.fromkeys(joined, joined)
        else:
            own = says.pairs[0][0]
            rest = of[own] - {own}
            of |= dict.fromkeys(rest, rest) | {own: {own}}
    return {frozenset(group) for group in of.values()}


def households(year, groups, facts, heard):
    """The brothers and sisters of each child, by its records: who was last told to live there.

    ``heard`` says since when the hub knows the home that a record tells last.
    """
    last = {}
    for arrival in year.arrivals:
        if isinstance(arrival.says, Told) and arrival.says.home is not None:
            record = arrival.says.stored.record_ref
            told = (arrival.says.event.recorded_at, arrival.says.home)
            last[record] = max(told, last.get(record, told), key=lambda one: one[0])
    there = defaultdict(dict)
    for group in groups:
        known = [(*last[record], record) for record in group if record in last]
        if known:
            home = max(known, key=lambda one: one[0])[1]
            since = min(heard[record] for _, its, record in known if its == home)
            there[home][group] = since
    return {
        group: tuple(
            SiblingKnown(
                child_ref=min(other),
                since=max(since, some[other]),
                events=facts.of_households(other),
            )
            for other in sorted(some, key=min)
            if other != group and facts.of_households(other)
        )
        for home, some in there.items()
        if len(some) <= HOUSEHOLD_CHILDREN_MAX
        for group, since in some.items()
    }


def should_stand(known, ends, places, looked):
    """The findings of one child, as (rule, triggers), and the policy and chronology behind them."""
    chronology = told_by(chronology_of(known), looked.now)
    authority = responsible_for(chronology, looked.policies, places, looked.as_of)
    policy = looked.policies.of(authority)
    waited = ends - policy.patience.waits
    come = [
        one.came()
        for one in wakes_of(chronology, policy, looked.as_of, RULES)
        if one.wake.due_at <= waited
    ]
    chronology = replace(chronology, woken=tuple(come))
    found = findings_of(chronology, policy, looked.as_of)
    should = {(rule, triggers(one)) for rule, all_of in found.items() for one in all_of}
    return should, policy, chronology


def differences(year, hub, told=None):
    """Answer what stands and should not, and what should and does not; no child should be there.

    ``told`` are the records of which a hub knows, if it does not know all.
    """
    facts, wrong = final_facts(year), []
    groups = final_groups(year)
    if told is not None:
        groups = {group & told for group in groups} - {frozenset()}
    living = households(year, groups, facts, hub.heard_of_homes())
    child_of = {frozenset(some): child for child, some in hub.records.items() if some}
    wrong += [("joined or parted wrongly", group) for group in groups ^ child_of.keys()]
    wrong += [
        (c, "stands of nobody") for c, held in hub.standing.items() if held and not hub.records[c]
    ]
    for group in sorted(groups & child_of.keys(), key=sorted):
        child = child_of[group]
        looked = hub.looked.get(child)
        if looked is None:
            if hub.standing.get(child):
                wrong.append((child, "an alert, and the child was never looked at"))
            continue
        known = replace(facts.known(child, group), household=living.get(group, ()))
        should, policy, chronology = should_stand(known, year.ends, hub.places, looked)
        there = {(one.rule, triggers(one)): one for one in hub.standing.get(child, {}).values()}
        wrong += [(child, "missing", *one) for one in should - there.keys()]
        for key in there.keys() - should:
            if not by_older_policy(there[key], policy, chronology):
                wrong.append((child, "should not stand", *key))
            else:
                hub.counts[OLDER] += 1
    return wrong


def by_older_policy(alert, policy, chronology):
    """A change of policy alone withdraws nothing."""
    facts = {one.fact_key for one in chronology.attendances}
    facts |= {one.fact_key for one in chronology.incidents}
    facts |= {one.fact_key for one in chronology.absences}
    for sibling in chronology.household:
        facts |= {one.fact_key for one in (*sibling.incidents, *sibling.attendances)}
    other = alert.policy_version != policy.rule_version(alert.rule)
    return (other or policy.mode_of(alert.rule) is RuleMode.OFF) and triggers(alert) <= facts


def triggers(one):
    """The facts on which a finding or an alert rests."""
    return frozenset(g.fact_key for g in one.grounds if g.role is GroundRole.TRIGGER)
