"""Who lives with whom in a hub in memory: what PostgreSQL is asked, over the same core."""

from collections import defaultdict
from functools import lru_cache

from hub.core.household import HomeTold, current_home, place_told
from hub.core.household_members import HouseholdFound, household_at


class MemoryHomes:
    """The homes that records tell, as of whose they are by now."""

    def __init__(self, links):
        self.links = links
        """Record -> child; others change it, and say so."""
        self.told = {}
        """Record -> the home that it tells."""
        self.of_child = defaultdict(dict)
        self.at_address = defaultdict(set)
        """Address -> the records that tell it."""
        self.address = {}
        """Child -> where it lives now, as far as that has been asked."""

    def take(self, row, now):
        """Let the home of a record be what it says now, and answer whether that is another."""
        place, address, street, revision = _place(row.ledger)
        if place is None:
            return False
        held = self.told.get(row.record_ref)
        same = held is not None and (held.place, held.address) == (place, address)
        home = HomeTold(
            place=place,
            address=address,
            street=street,
            revision=revision,
            since=held.since if same else now,
        )
        child = self.links[row.record_ref]
        self.told[row.record_ref] = self.of_child[child][row.record_ref] = home
        self.address.pop(child, None)
        if held is not None and not same:
            self.at_address[held.address].discard(row.record_ref)
        self.at_address[address].add(row.record_ref)
        return held is not None and not same

    def move(self, record, former, child):
        """Let a record be another child's."""
        for one in (former, child):
            self.address.pop(one, None)
        home = self.of_child[former].pop(record, None)
        if home is not None:
            self.of_child[child][record] = home

    def told_of(self, child):
        """What is told of a child's home."""
        return tuple(self.of_child[child].values())

    def where(self, child):
        """Where a child lives; ``None`` if that cannot be said."""
        if child not in self.address:
            self.address[child] = current_home(self.told_of(child))
        return self.address[child]

    def ever_at(self, address):
        """The children of whom a record tells an address."""
        return sorted({self.links[record] for record in self.at_address.get(address, ())})

    def household(self, child):
        """The household of a child; nobody in the town is shielded."""
        address = self.where(child)
        if address is None:
            return HouseholdFound()
        there = self.ever_at(address)
        if there == [child]:
            return HouseholdFound()
        told = {one: self.told_of(one) for one in (child, *there)}
        return household_at(child, address, there, told, frozenset())


def _place(ledger):
    postcode, revision = ledger.get("postcode", (None, 0))
    lines, of_lines = ledger.get("address_lines", ((), 0))
    return *_digested(postcode, tuple(lines), of_lines < revision), revision


@lru_cache(maxsize=50_000)
def _digested(postcode, lines, old):
    """Postcode, address and street as bytes: what digests are, but that these can be read."""
    ledger = {"postcode": (postcode, 1), "address_lines": (lines, 0 if old else 1)}
    found = place_told(ledger) if postcode else None
    if found is None:
        return None, None, None
    texts = (found.postcode, found.address, found.street)
    return tuple(one.encode() if one else None for one in texts)
