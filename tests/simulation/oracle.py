"""What should stand at the end of a year, worked out at once from the final facts and links.

It reads the year's messages, not what the hub made of them on the way. From the hub it takes only
when each child was looked at last, for a rule may ask what day it is.
"""

from collections import defaultdict

from hub.core.alert import GroundRole
from hub.core.chronology import StoredEvent
from hub.core.correlate import findings_of
from hub.core.policy import RuleMode
from hub.core.withheld import told_by
from hub.service.correlating import chronology_of, responsible_for
from tests.simulation.memory_hub import known_of
from tests.simulation.town import Listed, Moved, RegisterRead


class Final:
    """The facts and links at the end, in whatever order they came."""

    def __init__(self, year):
        self.links = dict(year.links)
        self.events, self.register, self.read = (defaultdict(dict) for _ in range(3))
        for arrival in year.arrivals:
            says = arrival.says
            if isinstance(says, StoredEvent):
                self.events[says.record_ref].setdefault(says.event_id, says)
            elif isinstance(says, RegisterRead):
                self.read[says.record_ref][says.fact_key] = says.at
            elif isinstance(says, Moved):
                self.links[says.record_ref] = says.child_ref
            elif isinstance(says, Listed):
                held = self.register[says.entry.record_ref]
                told = held.setdefault(says.entry.fact_key, says.entry)
                if told.as_at <= says.entry.as_at:
                    held[says.entry.fact_key] = says.entry

    def children(self):
        found = defaultdict(set)
        for record, child in self.links.items():
            found[child].add(record)
        return found


def differences(year, hub):
    """Answer what stands and should not, and what should and does not; no child should be there."""
    final, wrong = Final(year), []
    children = final.children()
    for child in sorted(children.keys() | hub.standing.keys()):
        looked = hub.looked.get(child)
        if looked is None:
            if hub.standing.get(child):
                wrong.append((child, "an alert, and the child was never looked at"))
            continue
        chronology = told_by(chronology_of(known_of(final, child, children[child])), looked.now)
        authority = responsible_for(chronology, looked.policies, hub.places, looked.as_of)
        policy = looked.policies.of(authority)
        found = findings_of(chronology, policy, looked.as_of)
        should = {(rule, triggers(one)) for rule, all_of in found.items() for one in all_of}
        stands = {(one.rule, triggers(one)): one for one in hub.standing.get(child, {}).values()}
        wrong += [(child, "missing", *one) for one in should - stands.keys()]
        for key in stands.keys() - should:
            if not by_older_policy(stands[key], policy, chronology):
                wrong.append((child, "should not stand", *key))
            else:
                hub.counts["stands by an older policy"] += 1
    return wrong


def by_older_policy(alert, policy, chronology):
    """A change of policy alone withdraws nothing."""
    facts = {one.fact_key for one in chronology.attendances}
    facts |= {one.fact_key for one in chronology.incidents}
    facts |= {one.fact_key for one in chronology.absences}
    other = alert.policy_version != policy.rule_version(alert.rule)
    return (other or policy.mode_of(alert.rule) is RuleMode.OFF) and triggers(alert) <= facts


def triggers(one):
    """The facts on which a finding or an alert rests."""
    return frozenset(g.fact_key for g in one.grounds if g.role is GroundRole.TRIGGER)
