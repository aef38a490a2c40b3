"""A hub that keeps everything in memory: the pure core decides, as it does in the one transaction.

The product's own ``Decide``, ``Looking``, ``Households``, ``Waking``, ``Escalating`` and ``Tick``
work over what ``memory_tables.py`` holds. It takes messages as they come and never looks back;
whether what stands is right, ``oracle.py`` says. What has happened on the way is counted, so that a
year can be seen to have held it.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.core.alert import GroundRole, Severity
from hub.core.identity_decision import DecisionKind
from hub.core.policy import Policies
from hub.core.rules import RULES
from hub.ports import WAKE
from hub.service.correlating import Correlating
from hub.service.decide import Decide
from hub.service.escalating import ALERT_UNSEEN, Escalating
from hub.service.hearing_back import REPORT_UNSEEN, report_unseen
from hub.service.households import (
    HOUSEHOLD_LOOK,
    Households,
    LookForAnother,
    says_nothing_of_homes,
)
from hub.service.tick import Tick
from hub.service.waking import WakeUp, Waking
from tests.service.laboratory import SetClock
from tests.simulation.memory_tables import MemoryTables
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
from tests.simulation.who_is_who import WhoIsWho

LATE = timedelta(days=3)
ROUND = timedelta(hours=6)
"""How often it is looked which timers are due."""
OF_A_HOUSEHOLD = frozenset(rule.name for rule in RULES if rule.household)


@dataclass(frozen=True, slots=True)
class Looked:
    """When a child was looked at last, and by which policies."""

    as_of: datetime
    now: datetime
    policies: Policies


class MemoryHub(MemoryTables):
    """Everything a hub holds of a town, and what it does with it."""

    def __init__(self, places, every_policy, year: Year):
        super().__init__(year)
        self.places, self.every_policy = places, every_policy
        self.clock = SetClock(year.arrivals[0].at)
        self.who_is_who = WhoIsWho(year, self.clock)
        self.ended, self.looked = {}, {}
        self.beats = []
        """When timers were fired, and what waited to be seen before and after."""
        self.raised = []
        """Each alert as it was when it was raised."""
        self.related = {}
        """Alert of a household -> whose each fact was, and where they lived, when it was raised."""
        self.counts = Counter()
        """What has happened on the way, by name."""
        handlers = {
            WAKE: self.woken,
            HOUSEHOLD_LOOK: self.looked_at_for_another,
            ALERT_UNSEEN: lambda *fired: self.escalating(*fired),  # noqa: PLW0108  # that of then
            REPORT_UNSEEN: report_unseen,
        }
        self.tick = Tick(store=self, clock=self.clock, handlers=handlers)
        self.ticked = self.clock.instant
        self.after_downtime = False
        self.go_by(every_policy[0])

    def go_by(self, policies):
        """Let these policies hold."""
        self.policies = policies
        correlating = Correlating(policies=policies, places=self.places)
        self.escalating = Escalating(policies)
        self.decide = Decide(
            store=self,
            correlator=correlating,
            clock=self.clock,
            noticing=lambda *_: 0,
            households=Households.of(policies),
            waking=Waking.of(correlating),
            escalating=self.escalating,
        )

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
        before = self.waiting_to_be_seen()
        while self.tick():
            pass
        self.beats.append((self.clock.instant, before, self.waiting_to_be_seen()))
        self.ticked = self.clock.instant

    def take(self, arrival, now: datetime):
        """Take one message."""
        says = arrival.says
        self.counts[type(says).__name__] += 1
        match says:
            case Told() | RegisterRead():
                self.told(says, arrival, now)
            case Beat():
                self.heard(says.agency, says.feed, arrival.read_at)
            case Decided():
                self.move(self.who_is_who.decide(says), now, says.kind)
            case Reversed():
                links = self.who_is_who.reverse(says)
                self.counts["decision reversed"] += 1
                self.move(links, now, None)
            case DeskLooks():
                self.acknowledge(says, now)
            case PolicyChanged():
                self.go_by(self.every_policy[says.number])
                self.counts["policy changed"] += 1

    def told(self, says, arrival, now):
        """Take what an agency tells, and look at the children whom it concerns."""
        if isinstance(says, Told):
            self.heard(says.agency, FEEDS[says.agency], arrival.read_at)
            record = says.stored.record_ref
            self.counts["told twice"] += says.stored.event_id in self.facts.events[record]
            held = self.facts.register[record].get(says.stored.fact_key)
            older = says.entry is not None and held is not None and held.as_at > says.entry.as_at
            self.counts["an older register told late"] += older
        self.counts["feed down"] += arrival.at > arrival.read_at
        records = self.facts.take(says, arrival.at)
        if isinstance(says, Told):
            self.counts["moved"] += self.homes.take(self.facts.rows[record], now)
        quiet = isinstance(says, RegisterRead) or says_nothing_of_homes(says.event)
        self.look(sorted({self.links[one] for one in records}), arrival.at, now, quiet=quiet)

    def move(self, links, now, kind):
        """Let records be of whom they are by now; all who gain or lose one are looked at again."""
        moved = {ref: child for ref, child in links.items() if self.links[ref] != child}
        if kind is DecisionKind.SAME:
            self.counts["merge"] += bool(moved)
        else:
            self.counts["split"] += bool(moved)
        touched = set(moved.values()) | {self.links[ref] for ref in moved}
        for record, child in moved.items():
            former = self.links[record]
            self.records[former].discard(record)
            self.records[child].add(record)
            self.links[record] = child
            self.homes.move(record, former, child)
        self.marks = dict.fromkeys(touched, 1)
        self.look(sorted(touched), now, now)

    def acknowledge(self, says, now):
        """Let the desks see most of what was delivered to them and nobody has seen."""
        for ref in sorted(self.unseen):
            alert = self.standing_alert(ref)
            waits = ref not in self.repeats and alert.owner is not None
            if waits and says.sees(alert_key(alert)):
                self.put(replace(alert, seen_at=now))
                self.counts["seen"] += 1

    def heard_of_homes(self):
        """Since when the home is known that each record tells."""
        return {record: home.since for record, home in self.homes.told.items()}

    def look(self, children, as_of, now, *, quiet=False):
        """Decide on children with everything known of them."""
        self.looked |= dict.fromkeys(children, Looked(as_of, now, self.policies))
        self.decide.correlate(self, children, as_of, quiet=quiet)

    def looked_at_for_another(self, transaction, timer, now):
        """Let the product's handler look at a child for what was told of one of its household."""
        self.looked[timer.child_ref] = Looked(now, now, self.policies)
        before = self.counts["written"]
        LookForAnother(self.decide.for_another)(transaction, timer, now)
        self.counts["a look for another"] += 1
        self.counts["a look for another changed something"] += self.counts["written"] > before
        self.counts["an address of too many"] += self.homes.household(timer.child_ref).too_many

    def woken(self, transaction, timer, now):
        """Let the product's handler look at a child whose wake has come."""
        if self.after_downtime:
            self.counts["timer after downtime"] += 1
        self.looked[timer.child_ref] = Looked(now, now, self.policies)
        before = len(self.raised)
        WakeUp(self.decide.for_another)(transaction, timer, now)
        self.not_in_a_burst(timer.child_ref, self.raised[before:])
        wake = self.wakes[timer.timer_id]
        self.counts["a wake fired"] += 1
        self.counts["a wake waited for a feed in vain"] += bool(wake.silent)

    def not_in_a_burst(self, child, raised):
        """See that what comes of a late wake is for the list."""
        late = {
            (one.terms.rule, one.terms.cause)
            for one in self.wakes_kept([child])
            if one.state == "fired" and one.late
        }
        for alert in raised:
            causes = {(alert.rule, ground.event_id) for ground in alert.grounds}
            if causes & late:
                self.counts["a late wake told for information"] += 1
                assert alert.severity is not Severity.TODAY, "a burst of what was due long ago"

    # ---------------------------------------------------------------- what comes of it

    def write_alerts(self, writes, _now):
        """Let alerts stand as they were decided, and count what has become of them."""
        for write in writes:
            self.apply(write, corrected=write.alert.child_ref in self.marks)

    def apply(self, write, *, corrected):
        alert, name = write.alert, write.step
        if name == "raised":
            name = "raised again" if alert.alert_id in self.ended else "raised"
            self.raise_(write)
        elif name == "revised":
            before = self.standing_alert(alert.alert_id)
            self.counts["severity changed"] += before.severity is not alert.severity
            seen = before.seen_at is not None or alert.alert_id in self.repeats
            again = write.again is not None and seen
            self.counts["to be seen again"] += again
            self.put(alert)
            if again:
                self.open_again(alert.alert_id)
        else:
            self.end(alert, name)
        self.counts["written"] += 1
        self.counts[name] += 1
        if corrected:
            self.counts[f"{name} by a correction of who is who"] += 1

    def end(self, alert, name):
        """Let an alert stand no more, and tell by itself what was counted on it."""
        before = self.drop(alert.alert_id)
        self.ended[alert.alert_id] = alert
        self.repeats.pop(alert.alert_id, None)
        for one in [one for one, on in self.repeats.items() if on == alert.alert_id]:
            self.counts["told by itself after all"] += 1
            self.open_again(one)
        if name == "withdrawn" and before.delivered:
            seen = "after it was seen" if before.seen_at else "after delivery"
            self.counts[f"withdrawn {seen}"] += 1
        if name == "withdrawn" and alert.rule in OF_A_HOUSEHOLD:
            self.counts[f"of a household, withdrawn {self.why_no_relation(before)}"] += 1

    def open_again(self, alert_id):
        """Let an alert be seen anew, and its clock begin."""
        self.repeats.pop(alert_id, None)
        alert = self.standing_alert(alert_id)
        self.put(replace(alert, seen_at=None, counts_from=self.clock.instant))

    def why_no_relation(self, alert):
        """What has changed since an alert was raised that rests on a household."""
        whose, where = self.related[alert.alert_id]
        now, there = self.relation_of(alert)
        if whose != now:
            return "since who is who was corrected"
        return "since somebody moved" if where != there else "with what was told"

    def relation_of(self, alert):
        """Whose each fact of an alert is now, and where they live."""
        facts = [ground.fact_key for ground in triggers_of(alert)]
        whose = {fact: self.links[self.facts.record_of[fact]] for fact in facts}
        children = {alert.child_ref, *whose.values()}
        return whose, {child: self.homes.where(child) for child in children}

    def raise_(self, write):
        alert = write.alert
        self.raised.append(alert)
        self.put(alert)
        if write.repeat_of is not None:
            self.repeats[alert.alert_id] = write.repeat_of
            self.counts["suppressed repeat"] += 1
        if alert.rule in OF_A_HOUSEHOLD:
            self.related[alert.alert_id] = self.relation_of(alert)
            self.counts[f"raised of a household: {alert.rule}"] += 1
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


def triggers_of(alert):
    return [one for one in alert.grounds if one.role is GroundRole.TRIGGER]


def alert_key(alert):
    """What an alert is known by in any hub: its rule and the fact that triggered it first."""
    first = min((one.occurred_at, one.fact_key) for one in triggers_of(alert))
    return alert.rule, first[1]
