"""Joined, parted and put back again, over a real PostgreSQL: links, alerts and chronologies.

Histories follow from a seed. Hospitals tell of visits, late ones and the same ones again; people
decide and reverse in any order; a second hub is told the same and nobody decides anything.
"""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.event import EventState
from hub.core.identity_decision import DecisionKind
from hub.errors import DecisionRefused
from hub.service.correlating import chronology_of
from tests.service.laboratory import NOW, Laboratory, a_child, a_plan, an_attendance
from tests.service.test_correct import decided, links, record_of, reverse

pytestmark = pytest.mark.stack

SEEDS = range(4)
STEPS = 14


@pytest.fixture
def plain(local_stack, new_database):
    """A hub where nobody decides anything."""
    url = new_database("nothing_decided")
    found = Laboratory(url)
    yield found
    found.close()
    local_stack.drop_database("nothing_decided")


def people():
    """Two girls, each known twice; the second time without anything that is right of her."""
    for number, name in enumerate(("Mira", "Ada")):
        known = a_child(number, local_id=f"K{number}", given_names=(name,))
        yield "hospital", known
        yield "other_hospital", replace(
            known, local_id=f"L{number}", nhs_number=None, family_name="Nobody",
            given_names=(f"{name}else",), birth_date=None, postcode=None,
        )  # fmt: skip


PEOPLE = tuple(people())


class History:
    """What happens to both hubs, and what is decided in the first alone."""

    def __init__(self, seed, hub, plain):
        self.chance = random.Random(seed)  # noqa: S311  # a history is to be the same again
        self.hub, self.plain = hub, plain
        self.told, self.made, self.moved = [], [], 0

    def begin(self):
        """A plan of the first girl, and one visit of each as each hospital knows her."""
        plan = a_plan(child=replace(PEOPLE[0][1], local_id="C1"))
        for hub in (self.hub, self.plain):
            hub.receive(hub.extract(hub.council, plan))
        for number in range(len(PEOPLE)):
            self.tell(self.a_visit(number))

    def a_visit(self, number):
        where, child = PEOPLE[number]
        site = "RAE01" if where == "hospital" else "RR801"
        days = self.chance.randrange(60)
        visit = f"V{len(self.told)}"
        return where, an_attendance(visit, days_ago=days, site=site, child=child)

    def one_again(self):
        """A visit told before, word for word, or corrected, or withdrawn."""
        where, event = self.chance.choice(self.told)
        if self.chance.random() < 0.5:
            return where, event
        state = self.chance.choice([EventState.CORRECTED, EventState.WITHDRAWN])
        return where, replace(event, revision=event.revision + 1, state=state)

    def tell(self, told):
        self.told.append(told)
        where, event = told
        for hub in (self.hub, self.plain):
            hub.receive([hub.says(getattr(hub, where), event)])

    def step(self, number):
        match self.chance.choice(["new", "again", "decide", "decide", "reverse"]):
            case "new":
                self.tell(self.a_visit(self.chance.randrange(len(PEOPLE))))
            case "again":
                self.tell(self.one_again())
            case "decide":
                self.decide(number)
            case _:
                self.reverse()

    def decide(self, number):
        kind = self.chance.choice([DecisionKind.SAME, DecisionKind.SAME, DecisionKind.DIFFERENT])
        (here, one), (there, other) = self.chance.sample(PEOPLE, 2)
        refs = [
            record_of(self.hub, getattr(self.hub, where), child)
            for where, child in ((here, one), (there, other))
        ]
        at = NOW + timedelta(minutes=number)
        new = replace(decided(kind, *refs, occasion=bytes([number])), at=at)
        with suppress(DecisionRefused):
            self.moved += self.hub.a_correct().decide([new]).records_moved
            self.made.append(new)

    def reverse(self):
        if self.made:
            made = self.made.pop(self.chance.randrange(len(self.made)))
            reverse(self.hub, made)


def chronologies(hub):
    with hub.store.transaction() as transaction:
        refs = [bytes(ref) for (ref,) in hub.rows("SELECT DISTINCT child_ref FROM link")]
        return {one.child_ref: chronology_of(one) for one in transaction.known(refs)}


def settle(hub):
    while hub.receive.settle_pending():
        pass


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_decided_and_reversed_leaves_links_alerts_and_chronologies(laboratory, plain, seed):
    history = History(seed, laboratory, plain)
    history.begin()
    for number in range(STEPS):
        history.step(number)
    while history.made:
        history.reverse()
    settle(laboratory)
    settle(plain)

    assert history.moved, "this seed decides nothing that moves a record"
    assert links(laboratory) == links(plain)
    assert laboratory.standing() == plain.standing()
    assert chronologies(laboratory) == chronologies(plain)
    assert laboratory.one("SELECT count(*) FROM identity_base") == 0
