"""Who is who in a hub in memory: the product's own linking and correcting over its store in memory.

Only children about whom somebody will decide are told to it; all others stand as their records say,
which is what linking would come to.
"""

from hub.adapters.decision_keys import passing_decision_keys
from hub.adapters.identity_reference import shipped_matching
from hub.adapters.memory.identity import MemoryIdentityStore
from hub.core.identity_decision import DecisionCause, decision
from hub.service.correct import Correct
from hub.service.linking import Linking, Observation
from hub.service.standing import Standing
from tests.service.laboratory import FewPlaces
from tests.simulation.messages import Decided
from tests.simulation.people import IDENTITY

SIGNING, MATCHING = passing_decision_keys(), shipped_matching()


def made(says, at):
    """The product's decisions for what a person decides."""
    return [
        decision(
            says.kind,
            one,
            other,
            cause=DecisionCause.PERSON,
            by="reviewer",
            role="reviewer",
            organisation="E08000032",
            reason="Made up.",
            at=at,
            occasion=says.name.encode(),
        )
        for one, other in says.pairs
    ]


def by_themselves(year):
    """Record -> child, as it is before anybody decides: each child's own, but for unsure ones."""
    return {
        record: IDENTITY.child_ref(record if record in year.unsure else child.anchor)
        for child in year.children
        for record in child.records()
    }


class WhoIsWho:
    """Moves records as people decide."""

    def __init__(self, year, clock):
        self.unsure = year.unsure
        self.child_of = {record: one for one in year.children for record in one.records()}
        self.clock = clock
        self.known = set()
        self.store = MemoryIdentityStore(IDENTITY)
        standing = Standing(digests=IDENTITY, matching=MATCHING, signing=SIGNING)
        self.linking = Linking(
            store=self.store,
            digests=IDENTITY,
            places=FewPlaces(),
            matching=MATCHING,
            standing=standing,
            clock=clock,
        )
        self.correct = Correct(
            store=self.store,
            standing=standing,
            signing=SIGNING,
            clock=clock,
            rederive=lambda _: None,  # the hub that asks does
        )
        self.decided = {}
        says = (one.says for one in year.arrivals)
        pairs = [pair for one in says if isinstance(one, Decided) for pair in one.pairs]
        near = {self.child_of[record] for pair in pairs for record in pair}
        for child in sorted(near, key=lambda one: one.number):
            self.tell_of(child)

    def decide(self, says):
        """Carry a decision out; answer the links of everybody whom it may have moved."""
        self.decided[says.name] = made(says, self.clock.now())
        self.correct.decide(self.decided[says.name])
        return self.links(says.pairs)

    def reverse(self, says):
        """Take a decision back; answer the links of everybody whom that may have moved."""
        pairs = [(one.one, one.other) for one in self.decided[says.name]]
        for one in self.decided[says.name]:
            self.correct.reverse(
                one.decision_id, by="other", role="reviewer", organisation="E08000032", reason="No."
            )
        return self.links(pairs)

    def links(self, pairs):
        """Record -> child, of all records of those of whom these are."""
        near = {self.child_of[record] for pair in pairs for record in pair}
        found = self.store.link_rows(sorted(ref for one in near for ref in one.records()))
        return {ref: link.child_ref for ref, link in found.items()}

    def tell_of(self, child):
        """Let linking know every record of a child, the one that founds it first."""
        for agency in child.agencies():
            record = child.record(agency)
            if record not in self.known:
                self.known.add(record)
                subject = child.subject(agency, self.unsure)
                seen = Observation(
                    record_ref=record,
                    agency=agency,
                    subject=subject,
                    revision=1,
                    shielded=False,
                    waits=agency.startswith("URN"),
                )
                self.linking.link([seen])
