"""A hub that keeps everything in memory: the pure core decides, as it does in the one transaction.

It takes messages as they come and never looks back; whether what stands is right, ``oracle.py``
says. What has happened on the way is counted, so that a year can be seen to have held it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.core.alert import GroundRole, Severity
from hub.core.alert_change import Raise, Revise, Supersede, Withdraw
from hub.core.correlate import may_concern
from hub.core.event import EventKind
from hub.core.identity_decision import DecisionKind
from hub.core.person import ledger_of
from hub.core.policy import Policies
from hub.core.rules import said_yes
from hub.ports import WAKE, Known, RecordRow
from hub.service.correlating import Correlating, Seen
from hub.service.tick import Tick
from hub.service.waking import WakeUp, Waking
from tests.service.laboratory import SetClock
from tests.simulation.memory_time import MemoryTime
from tests.simulation.messages import (
    Beat,
    Decided,
    DeskLooks,
    PolicyChanged,
    RegisterRead,
    Reversed,
    Told,
    Year,
)
from tests.simulation.town import FEEDS
from tests.simulation.who_is_who import WhoIsWho, by_themselves

LATE = timedelta(days=3)
ROUND = timedelta(hours=6)
"""How often it is looked which wakes are due."""


@dataclass(frozen=True, slots=True)
class Looked:
    """When a child was looked at last, and by which policies."""

    as_of: datetime
    now: datetime
    policies: Policies


class Facts:
    """Everything that agencies have told, in whatever order."""

    def __init__(self, year):
        self.events = defaultdict(dict)
        """Record -> its events by id."""
        self.register = defaultdict(dict)
        self.read = {}
        """Session -> when a complete register of it was last read."""
        self.missing = defaultdict(set)
        """Session -> records with a mark of it."""
        self.rows = {
            child.record(agency): _row(child, agency, year.unsure)
            for child in year.children
            for agency in child.agencies()
        }

    def take(self, says, at):
        """Note what one message says; answer the records that it is about."""
        if isinstance(says, RegisterRead):
            self.read[says.key] = max(says.at, self.read.get(says.key, says.at))
            return self.missing[says.key]
        record = says.stored.record_ref
        if says.entry is not None:
            held = self.register[record]
            if says.entry.as_at >= held.setdefault(says.entry.fact_key, says.entry).as_at:
                held[says.entry.fact_key] = says.entry
        else:
            self.events[record].setdefault(says.stored.event_id, says.come(at))
            if says.stored.kind is EventKind.SCHOOL_ABSENCE:
                self.missing[session_of(says.stored)].add(record)
        return (record,)

    def known(self, child, records, standing=()):
        """What is held of a child with these records."""
        register = [entry for record in records for entry in self.register[record].values()]
        events = tuple(event for record in records for event in self.events[record].values())
        marks = (event for event in events if event.kind is EventKind.SCHOOL_ABSENCE)
        return Known(
            child_ref=child,
            records=tuple(self.rows[record] for record in sorted(records)),
            events=events,
            register=tuple(sorted(register, key=lambda one: (one.started_on, one.fact_key))),
            standing=standing,
            registers_read={
                mark.fact_key: self.read[session]
                for mark in marks
                if (session := session_of(mark)) in self.read
            },
        )


class MemoryHub:
    """Everything a hub holds of a town."""

    def __init__(self, places, every_policy, year: Year):
        self.places, self.every_policy = places, every_policy
        self.clock = SetClock(year.arrivals[0].at)
        self.facts = Facts(year)
        self.links = by_themselves(year)
        self.who_is_who = WhoIsWho(year, self.clock)
        self.records = defaultdict(set)
        for record, child in self.links.items():
            self.records[child].add(record)
        self.standing = defaultdict(dict)
        """Child -> its alerts by id."""
        self.repeats = {}
        """Alert that is counted -> the one on which it is."""
        self.ended, self.looked = {}, {}
        self.raised = []
        """Each alert as it was when it was raised."""
        self.counts = Counter()
        """What has happened on the way, by name."""
        self.time = MemoryTime()
        self.tick = Tick(store=self.time, clock=self.clock, handlers={WAKE: self.woken})
        self.ticked = self.clock.instant
        self.after_downtime = False
        self.go_by(every_policy[0])

    def go_by(self, policies):
        """Let these policies hold."""
        self.policies = policies
        self.correlating = Correlating(policies=policies, places=self.places)
        self.waking = Waking.of(self.correlating)

    def live_through(self, year: Year):
        """Take everything in order; what came while the hub was down is taken after it."""
        for arrival in year.arrivals:
            down = year.downtime_at(arrival.at)
            self.time_passes(down or arrival.at, after_downtime=down is not None)
            if down:
                self.counts["taken after a downtime"] += 1
            self.take(arrival, self.clock.instant)
        self.time_passes(year.ends)
        self.fire()

    def time_passes(self, now, *, after_downtime=False):
        """Fire what is due, at most some hours late; what was due in a stop after it, all at once.

        Feeds have not told of the stop then: what they told waits to be read.
        """
        self.clock.instant = max(now, self.clock.instant)
        if now < self.ticked + ROUND:
            return
        self.after_downtime = after_downtime
        self.fire()
        self.after_downtime = False

    def fire(self):
        """Fire everything that is due."""
        while self.tick():
            pass
        self.ticked = self.clock.instant

    def take(self, arrival, now: datetime):
        """Take one message."""
        says = arrival.says
        self.counts[type(says).__name__] += 1
        match says:
            case Told() | RegisterRead():
                self.told(says, arrival, now)
            case Beat():
                self.time.heard(says.agency, says.feed, arrival.read_at)
            case Decided():
                self.move(self.who_is_who.decide(says), arrival.at, now, says.kind)
            case Reversed():
                links = self.who_is_who.reverse(says)
                self.counts["decision reversed"] += 1
                self.move(links, arrival.at, now, None)
            case DeskLooks():
                self.acknowledge(says, now)
            case PolicyChanged():
                self.go_by(self.every_policy[says.number])
                self.counts["policy changed"] += 1

    def told(self, says, arrival, now):
        """Take what an agency tells, and look at the children whom it concerns."""
        if isinstance(says, Told):
            self.time.heard(says.agency, FEEDS[says.agency], arrival.read_at)
            record = says.stored.record_ref
            self.counts["told twice"] += says.stored.event_id in self.facts.events[record]
            held = self.facts.register[record].get(says.stored.fact_key)
            older = says.entry is not None and held is not None and held.as_at > says.entry.as_at
            self.counts["an older register told late"] += older
        self.counts["feed down"] += arrival.at > arrival.read_at
        concerned = {self.links[record] for record in self.facts.take(says, arrival.at)}
        for child in sorted(concerned):
            self.look(child, arrival.at, now)

    def move(self, links, at, now, kind):
        """Let records be of whom they are by now; all who gain or lose one are looked at again."""
        moved = {ref: child for ref, child in links.items() if self.links[ref] != child}
        if kind is DecisionKind.SAME:
            self.counts["merge"] += bool(moved)
        else:
            self.counts["split"] += bool(moved)
        touched = set(moved.values()) | {self.links[ref] for ref in moved}
        for record, child in moved.items():
            self.records[self.links[record]].discard(record)
            self.records[child].add(record)
            self.links[record] = child
        for child in sorted(touched):
            self.look(child, at, now, corrected=True)

    def acknowledge(self, says, now):
        """Let the desks see most of what was delivered to them and nobody has seen."""
        for held in self.standing.values():
            for ref, alert in held.items():
                unseen = alert.delivered and alert.seen_at is None and ref not in self.repeats
                if unseen and alert.owner is not None and says.sees(alert_key(alert)):
                    held[ref] = replace(alert, seen_at=now)
                    self.counts["seen"] += 1

    def woken(self, transaction, timer, now):
        """Let the product's handler look at a child whose wake has come."""
        if self.after_downtime:
            self.counts["timer after downtime"] += 1
        WakeUp(self.look_woken)(transaction, timer, now)
        wake = self.time.wakes[timer.timer_id]
        self.counts["a wake fired"] += 1
        self.counts["a wake waited for a feed in vain"] += bool(wake.silent)

    def look_woken(self, transaction, child_ref, now):
        """Look at a child when a wake of it has come; what comes of a late one is for the list."""
        before = len(self.raised)
        self.look(child_ref, now, now, always=True)
        late = {
            (one.terms.rule, one.terms.cause)
            for one in transaction.wakes_kept([child_ref])
            if one.state == "fired" and one.late
        }
        for alert in self.raised[before:]:
            causes = {(alert.rule, ground.event_id) for ground in alert.grounds}
            if causes & late:
                self.counts["a late wake told for information"] += 1
                assert alert.severity is not Severity.TODAY, "a burst of what was due long ago"
        return len(self.raised) - before

    def look(self, child, as_of, now, *, corrected=False, always=False):
        """Decide on a child with everything known of it."""
        self.looked[child] = Looked(as_of, now, self.policies)
        if not (corrected or always or self.standing.get(child) or self.may_concern(child)):
            return
        self.counts["looks"] += 1
        standing = tuple(self.standing[child].values())
        known = self.facts.known(child, self.records[child], standing)
        (known,), kept = self.waking.known(self.time, [known], now)
        seen = Seen.of(known)
        for change in self.correlating.changes(seen, as_of, now):
            self.apply(change, corrected=corrected)
        self.waking.keep(self.time, [seen], kept, now)

    def may_concern(self, child):
        counts = Counter()
        facts, said = set(), set()
        for record in self.records[child]:
            for event in self.facts.events[record].values():
                said.update(said_yes(event.facts))
                if event.fact_key not in facts:
                    facts.add(event.fact_key)
                    counts[event.kind] += 1
            counts.update(entry.kind for entry in self.facts.register[record].values())
        return may_concern(counts, said)

    def apply(self, change, *, corrected):
        alert = change.alert
        held = self.standing[alert.child_ref]
        if isinstance(change, Raise):
            name = "raised again" if alert.alert_id in self.ended else "raised"
            self.raise_(change)
        elif isinstance(change, Revise):
            name = "revised"
            before = held[alert.alert_id]
            self.counts["severity changed"] += before.severity is not alert.severity
            again = change.again is not None and before.seen_at is not None
            self.counts["to be seen again"] += again
            held[alert.alert_id] = replace(alert, seen_at=None) if again else alert
        else:
            name = "withdrawn" if isinstance(change, Withdraw) else "superseded"
            assert isinstance(change, Withdraw | Supersede)
            before = held.pop(alert.alert_id)
            self.ended[alert.alert_id] = alert
            self.repeats.pop(alert.alert_id, None)
            self.repeats = {one: on for one, on in self.repeats.items() if on != alert.alert_id}
            if name == "withdrawn" and before.delivered:
                seen = "after it was seen" if before.seen_at else "after delivery"
                self.counts[f"withdrawn {seen}"] += 1
        self.counts[name] += 1
        if corrected:
            self.counts[f"{name} by a correction of who is who"] += 1

    def raise_(self, change):
        alert = change.alert
        self.raised.append(alert)
        self.standing[alert.child_ref][alert.alert_id] = alert
        if change.repeat_of is not None:
            self.repeats[alert.alert_id] = change.repeat_of
            self.counts["suppressed repeat"] += 1
        newest = max(one.occurred_at for one in triggers_of(alert))
        self.counts["raised by what came late"] += newest + LATE < alert.raised_at
        events = {
            event.event_id: event.received_at
            for record in self.records[alert.child_ref]
            for event in self.facts.events[record].values()
        }
        self.counts["late completion"] += any(
            one.occurred_at + LATE < newest and events.get(one.event_id) == alert.raised_at
            for one in triggers_of(alert)
        )

    def repeats_counted(self):
        """How many alerts are counted on others now."""
        return len(self.repeats)


def triggers_of(alert):
    return [one for one in alert.grounds if one.role is GroundRole.TRIGGER]


def alert_key(alert):
    """What an alert is known by in any hub: its rule and the fact that triggered it first."""
    first = min((one.occurred_at, one.fact_key) for one in triggers_of(alert))
    return alert.rule, first[1]


def session_of(event):
    """The session of a mark."""
    return event.agency, event.facts["session_date"], event.facts["session"]


def _row(child, agency, unsure):
    return RecordRow(
        record_ref=child.record(agency),
        agency=agency,
        ledger=ledger_of(child.subject(agency, unsure), 1),
        shielded=False,
        authorities={},
    )
