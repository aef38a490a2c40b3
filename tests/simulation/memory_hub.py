"""A hub that keeps everything in memory: the pure core decides, as it does in the one transaction.

It takes messages as they come and never looks back; whether what stands is right, ``oracle.py``
says. What has happened on the way is counted, so that a year can be seen to have held it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.core.alert_change import Raise, Revise, Supersede, Withdraw
from hub.core.chronology import StoredEvent
from hub.core.correlate import may_concern
from hub.core.policy import Policies
from hub.core.rules import said_yes
from hub.ports import Known
from hub.service.correlating import Correlating
from tests.simulation.town import Arrival, Listed, Moved, PolicyChanged, RegisterRead, Year

LATE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Looked:
    """When a child was looked at last, and by which policies."""

    as_of: datetime
    now: datetime
    policies: Policies


@dataclass
class MemoryHub:
    """Everything a hub holds of a town."""

    places: object
    every_policy: tuple[Policies, ...]
    """The policies in the order in which they come to hold."""
    links: dict[bytes, bytes]
    events: dict[bytes, dict[bytes, StoredEvent]] = field(default_factory=lambda: defaultdict(dict))
    """Record -> its events by id."""
    register: dict[bytes, dict[bytes, object]] = field(default_factory=lambda: defaultdict(dict))
    read: dict[bytes, dict[bytes, datetime]] = field(default_factory=lambda: defaultdict(dict))
    standing: dict[bytes, dict] = field(default_factory=lambda: defaultdict(dict))
    """Child -> its alerts by id."""
    ended: dict = field(default_factory=dict)
    looked: dict[bytes, Looked] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    """What has happened on the way, by name."""
    raised: list = field(default_factory=list)
    """Each alert as it was when it was raised, with the instant."""

    def __post_init__(self):
        self.records = defaultdict(set)
        for record, child in self.links.items():
            self.records[child].add(record)
        self.policies = self.every_policy[0]
        self.correlating = Correlating(policies=self.policies, places=self.places)

    def live_through(self, year: Year):
        """Take everything in order; what came while the hub was down is taken after it."""
        for arrival in year.arrivals:
            down = next((end for start, end in year.downtimes if start <= arrival.at < end), None)
            if down:
                self.counts["taken after a downtime"] += 1
            self.take(arrival, down or arrival.at)

    def take(self, arrival: Arrival, now: datetime):
        """Take one message."""
        self.counts["messages"] += 1
        says = arrival.says
        if isinstance(says, StoredEvent):
            self.counts["events"] += 1
            known = self.events[says.record_ref]
            if says.event_id in known:
                self.counts["told twice"] += 1
                return
            known[says.event_id] = says
            self.look(self.links[says.record_ref], arrival.at, now)
        elif isinstance(says, Listed):
            self.list(says.entry)
            self.look(self.links[says.entry.record_ref], arrival.at, now)
        elif isinstance(says, RegisterRead):
            self.read[says.record_ref][says.fact_key] = says.at
            self.look(self.links[says.record_ref], arrival.at, now)
        elif isinstance(says, Moved):
            self.move(says, arrival.at, now)
        elif isinstance(says, PolicyChanged):
            self.policies = self.every_policy[says.number]
            self.correlating = Correlating(policies=self.policies, places=self.places)
            self.counts["policy changed"] += 1

    def list(self, entry):
        """The register as it was read last, whenever that is told."""
        held = self.register[entry.record_ref].get(entry.fact_key)
        if held is None or held.as_at <= entry.as_at:
            self.register[entry.record_ref][entry.fact_key] = entry
        else:
            self.counts["an older register told late"] += 1

    def move(self, says: Moved, at: datetime, now: datetime):
        """Let a record be another child's; both are looked at again."""
        before = self.links[says.record_ref]
        if before == says.child_ref:
            return
        self.links[says.record_ref] = says.child_ref
        self.records[before].discard(says.record_ref)
        self.records[says.child_ref].add(says.record_ref)
        self.counts["record moved"] += 1
        for child in sorted((before, says.child_ref)):
            self.look(child, at, now, corrected=True)

    def known(self, child) -> Known:
        """Everything held of a child."""
        return known_of(self, child, self.records[child], tuple(self.standing[child].values()))

    def look(self, child, as_of, now, *, corrected=False):
        """Decide on a child with everything known of it."""
        self.looked[child] = Looked(as_of, now, self.policies)
        if not self.standing.get(child) and not self.may_concern(child):
            return
        self.counts["looks"] += 1
        for change in self.correlating.changes(self.known(child), as_of, now):
            self.apply(change, corrected=corrected)

    def may_concern(self, child):
        counts = Counter()
        facts, said = set(), set()
        for record in self.records[child]:
            for event in self.events[record].values():
                said.update(said_yes(event.facts))
                if event.fact_key not in facts:
                    facts.add(event.fact_key)
                    counts[event.kind] += 1
            counts.update(entry.kind for entry in self.register[record].values())
        return may_concern(counts, said)

    def apply(self, change, *, corrected):
        alert = change.alert
        held = self.standing[alert.child_ref]
        if isinstance(change, Raise):
            name = "raised again" if alert.alert_id in self.ended else "raised"
            self.raised.append(alert)
            held[alert.alert_id] = alert
            if max(one.occurred_at for one in alert.grounds) + LATE < alert.raised_at:
                self.counts["raised by what came late"] += 1
        elif isinstance(change, Revise):
            name = "revised"
            if held[alert.alert_id].severity is not alert.severity:
                self.counts["severity changed"] += 1
            held[alert.alert_id] = alert
        else:
            name = "withdrawn" if isinstance(change, Withdraw) else "superseded"
            assert isinstance(change, Withdraw | Supersede)
            before = held.pop(alert.alert_id)
            self.ended[alert.alert_id] = alert
            if before.delivered and name == "withdrawn":
                self.counts["withdrawn after delivery"] += 1
        self.counts[name] += 1
        if corrected:
            self.counts[f"{name} by a correction of who is who"] += 1


def known_of(hub, child, records, standing=()):
    """What is held of a child with these records."""
    register = [entry for record in records for entry in hub.register[record].values()]
    return Known(
        child_ref=child,
        records=(),
        events=tuple(event for record in records for event in hub.events[record].values()),
        register=tuple(sorted(register, key=lambda one: (one.started_on, one.fact_key))),
        standing=standing,
        registers_read={fact: at for record in records for fact, at in hub.read[record].items()},
    )
