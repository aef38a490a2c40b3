"""What a hub in memory holds, and the port of the one transaction that decides over it."""

from collections import Counter, defaultdict

from hub.core.alert import AlertState
from hub.core.siblings import HOUSEHOLD_KINDS
from hub.ports import AlertUnseen, SiblingKnown
from tests.simulation.memory_facts import Facts
from tests.simulation.memory_homes import MemoryHomes
from tests.simulation.memory_time import MemoryTime
from tests.simulation.who_is_who import by_themselves


class MemoryTables(MemoryTime):
    """Records, links, homes, alerts and timers; it answers what PostgreSQL would."""

    def __init__(self, year):
        super().__init__()
        self.facts = Facts()
        self.links = by_themselves(year)
        self.homes = MemoryHomes(self.links)
        self.records = defaultdict(set)
        for record, child in self.links.items():
            self.records[child].add(record)
        self.standing = defaultdict(dict)
        """Child -> its alerts by id."""
        self.resting = defaultdict(Counter)
        """Fact -> the children with alerts that rest on it."""
        self.child_of_alert = {}
        self.unseen = set()
        """Alerts that are delivered, and that nobody has seen."""
        self.repeats = {}
        """Alert that is counted -> the one on which it is."""
        self.marks = {}
        """Children whose links changed, and who were not looked at since."""
        self.steps, self.faults = [], []
        """What happened to alerts by itself, and what the operator was told."""

    # ---------------------------------------------------------------- what is read

    def pending_marks(self, child_refs):
        return {ref: self.marks[ref] for ref in child_refs if ref in self.marks}

    def settle_pending(self, marks):
        for ref in marks:
            del self.marks[ref]

    def at_stake(self, child_refs):
        return {
            ref: self.facts.at_stake(self.records[ref], alerts=bool(self.standing.get(ref)))
            for ref in child_refs
        }

    def known(self, child_refs):
        return [
            self.facts.known(ref, self.records[ref], tuple(self.standing[ref].values()))
            for ref in child_refs
        ]

    def households(self, child_refs, _now):
        """The other children of the households of these; nobody may be the very child."""
        found = {}
        for ref in child_refs:
            siblings = (
                SiblingKnown(
                    child_ref=other,
                    since=since,
                    events=self.facts.of_households(self.records[other]),
                )
                for other, since in self.homes.household(ref).children
            )
            if told := tuple(one for one in siblings if one.events):
                found[ref] = told
        return found

    def concerned_by_households(self, asked, _now):
        """Whom what is told of children may concern by their household; see the port."""
        beside = {}
        for ref in (*asked.told_of, *asked.others):
            address = self.homes.where(ref)
            beside[ref] = set(self.homes.ever_at(address)) - {ref} if address else set()
        found = {other for ref in asked.told_of for other in beside[ref]}
        found |= {
            ref
            for ref in asked.others
            if any(not asked.kinds.isdisjoint(self.kinds_of(other)) for other in beside[ref])
        }
        for ref in asked.told_of:
            for record in self.records[ref]:
                facts = self.facts.kept.get(record, ({},))[0]
                for kind in HOUSEHOLD_KINDS:
                    for fact in facts.get(kind, ()):
                        found.update(one for one in self.resting.get(fact, ()) if one != ref)
        return tuple(sorted(found))

    def kinds_of(self, child):
        """Of which kinds something was ever told of a child."""
        kept = self.facts.kept
        return {kind for one in self.records[child] if one in kept for kind in kept[one][0]}

    def alerts_unseen(self, alert_ids):
        """Those of these alerts that wait to be seen; nobody in the town disputes a decision."""
        waiting = self.unseen - self.repeats.keys()
        return self.unseen_of([ref for ref in sorted(set(alert_ids)) if ref in waiting])

    def unseen_of(self, alert_ids):
        """These alerts, where they stand, as they wait."""
        found = (self.standing_alert(ref) for ref in alert_ids)
        return tuple(
            AlertUnseen(
                alert_id=one.alert_id,
                child_ref=one.child_ref,
                owner=one.owner,
                severity=one.severity,
                counts_from=one.clock_began_at,
            )
            for one in found
            if one is not None
        )

    def reporters(self, _alert_ids):
        """Nobody: who reported what hears nothing back here."""
        return ()

    # ---------------------------------------------------------------- what is written

    def put(self, alert):
        """Let an alert stand as it is now."""
        self.drop(alert.alert_id)
        assert alert.state is AlertState.STANDING
        if alert.delivered and alert.seen_at is None:
            self.unseen.add(alert.alert_id)
        self.child_of_alert[alert.alert_id] = alert.child_ref
        self.standing[alert.child_ref][alert.alert_id] = alert
        for ground in alert.grounds:
            self.resting[ground.fact_key][alert.child_ref] += 1

    def drop(self, alert_id):
        """Let an alert stand no more; answer it as it stood, if it did."""
        child = self.child_of_alert.pop(alert_id, None)
        if child is None:
            return None
        before = self.standing[child].pop(alert_id)
        self.unseen.discard(alert_id)
        for ground in before.grounds:
            resting = self.resting[ground.fact_key]
            resting[child] -= 1
            if not resting[child]:
                del resting[child]
        return before

    def standing_alert(self, alert_id):
        """An alert that stands, or ``None``."""
        child = self.child_of_alert.get(alert_id)
        return None if child is None else self.standing[child][alert_id]

    def waiting_to_be_seen(self):
        """The alerts that wait for somebody."""
        return tuple(self.standing_alert(one) for one in self.unseen if one not in self.repeats)

    def write_effects(self, effects, now):
        super().write_effects(effects, now)
        self.steps += effects.steps
        self.faults += effects.faults
