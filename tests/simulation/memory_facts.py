"""Everything that agencies of the made-up town have told, in whatever order."""

from collections import Counter, defaultdict

from hub.core.event import EventKind
from hub.core.rules import said_yes
from hub.core.siblings import HOUSEHOLD_KINDS
from hub.ports import AtStake, Known
from hub.service.records import combined
from tests.simulation.messages import RegisterRead


class Facts:
    """Events, registers and what records say, by record; who is whose child others know."""

    def __init__(self):
        self.events = defaultdict(dict)
        """Record -> its events by id."""
        self.register = defaultdict(dict)
        self.read = {}
        """Session -> when a complete register of it was last read."""
        self.missing = defaultdict(set)
        """Session -> records with a mark of it."""
        self.rows = {}
        """Record -> what it says, all messages together."""
        self.kept = {}
        """Record -> which kinds of facts it holds, and which answers were yes."""
        self.record_of = {}
        """Fact -> the record that it is about."""

    def take(self, says, at):
        """Note what one message says; answer the records that it is about."""
        if isinstance(says, RegisterRead):
            self.read[says.key] = max(says.at, self.read.get(says.key, says.at))
            return self.missing[says.key]
        record = says.stored.record_ref
        self.rows[record] = combined(self.rows.get(record), says.record)
        kinds, said = self.kept.setdefault(record, (defaultdict(set), set()))
        kinds[says.stored.kind].add(says.stored.fact_key)
        self.record_of[says.stored.fact_key] = record
        if says.entry is not None:
            held = self.register[record]
            if says.entry.as_at >= held.setdefault(says.entry.fact_key, says.entry).as_at:
                held[says.entry.fact_key] = says.entry
        else:
            self.events[record].setdefault(says.stored.event_id, says.come(at))
            said.update(said_yes(says.stored.facts))
            if says.stored.kind is EventKind.SCHOOL_ABSENCE:
                self.missing[session_of(says.stored)].add(record)
        return (record,)

    def at_stake(self, records, *, alerts):
        """How much there is of one child with these records."""
        counts, yes = Counter(), set()
        for record in records:
            if record in self.kept:
                kinds, said = self.kept[record]
                yes |= said
                for kind, facts in kinds.items():
                    counts[kind] += len(facts)
        return AtStake(facts=counts, alerts=alerts, said=frozenset(yes))

    def of_households(self, records):
        """What rules may read of a child with these records, if another lives with it."""
        return tuple(
            event
            for record in records
            for event in self.events[record].values()
            if event.kind in HOUSEHOLD_KINDS
        )

    def known(self, child, records, standing=()):
        """What is held of a child with these records."""
        register = [entry for record in records for entry in self.register[record].values()]
        events = tuple(event for record in records for event in self.events[record].values())
        marks = (event for event in events if event.kind is EventKind.SCHOOL_ABSENCE)
        return Known(
            child_ref=child,
            records=tuple(self.rows[record] for record in sorted(records) if record in self.rows),
            events=events,
            register=tuple(sorted(register, key=lambda one: (one.started_on, one.fact_key))),
            standing=standing,
            registers_read={
                mark.fact_key: self.read[session]
                for mark in marks
                if (session := session_of(mark)) in self.read
            },
        )


def session_of(event):
    """The session of a mark."""
    return event.agency, event.facts["session_date"], event.facts["session"]
