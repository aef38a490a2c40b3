"""Where the children of the made-up town live, and when they move: the addresses are nobody's.

Families move, brothers and sisters go to live elsewhere, families move in with others, and some
live in blocks that are told without the number of the flat. What is drawn here has a chance of its
own, so that everything else of a town is as it was without homes.
"""

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from hub.core.identifiers import GssCode, Postcode
from hub.settings import PROJECT_ROOT

# Shares of families in a year; this project's own assumptions, chosen so that a year holds many.
MOVED = 0.08
MOVED_TO_THE_OTHER_COUNCIL = 0.2  # of those
PARTED = 0.06  # of families with several children: one lives elsewhere from then on
JOINED = 0.04  # moves in with another family
IN_A_BLOCK = 0.02
FAMILIES_OF_A_BLOCK = 7
_STREETS = (("High Street", "HIGH ST"), ("Mill Lane", "MILL LN"), ("Park Road", "PARK RD"))


@dataclass(frozen=True, slots=True)
class Home:
    """An address, as everybody would know it."""

    postcode: Postcode
    number: int
    street: int

    def lines(self, how):
        """How one of several kinds of agency writes it."""
        name, short = _STREETS[self.street]
        return (
            (f"{self.number} {name}",),
            (f"{self.number} {short}", self.postcode.reveal()),
            (str(self.number), name.upper()),
        )[how % 3]


class Homes:
    """Who lives where, and since when."""

    def __init__(self, seed, children, often, first, days):
        self.chance = random.Random(f"homes {seed}")  # noqa: S311  # made-up homes, and no secret
        self.first, self.days, self.built = first, days, 0
        self.of_child = {}
        """Number of a child -> since which day it lives where, the earliest first."""
        families = {}
        for child in children:
            families.setdefault(child.family, []).append(child)
        self.settle(list(families.values()), min(often, 4))

    def at(self, child, day):
        """Where a child lives on a day."""
        lived = self.of_child[child.number]
        return next((home for since, home in reversed(lived) if since <= day), lived[0][1])

    def settle(self, families, often):
        """Let everybody live somewhere, and some move in the course of the year."""
        chance = self.chance
        blocks = []
        for members in families:
            home = self.build(members[0].authority)
            if chance.random() < IN_A_BLOCK * often:
                blocks.append(members)
            for one in members:
                self.of_child[one.number] = [(date.min, home)]
        for start in range(0, len(blocks), FAMILIES_OF_A_BLOCK):
            some = blocks[start : start + FAMILIES_OF_A_BLOCK]
            block = self.at(some[0][0], self.first)
            for one in (one for members in some for one in members):
                self.of_child[one.number] = [(date.min, block)]
        for members in families:
            self.live(members, families, often)

    def live(self, members, families, often):
        """Let a family, or one of it, move or not; nobody moves twice."""
        chance, drawn = self.chance, self.chance.random()
        limit = MOVED * often
        if drawn < limit:
            authority = members[0].authority
            if chance.random() < MOVED_TO_THE_OTHER_COUNCIL:
                authority = next(one for one in _postcodes() if one != authority)
            self.move(members, self.build(authority))
        elif drawn < (limit := limit + PARTED * often) and len(members) > 1:
            self.move([chance.choice(members)], self.build(members[0].authority))
        elif drawn < limit + JOINED * often:
            hosts = chance.choice(families)
            day = self.some_day()
            self.move(members, self.at(hosts[0], day), day)

    def move(self, who, home, day=None):
        """Let some live elsewhere from a day on."""
        day = day or self.some_day()
        for one in who:
            self.of_child[one.number].append((day, home))

    def some_day(self):
        return self.first + timedelta(days=self.chance.randrange(5, self.days))

    def build(self, authority):
        """An address at which nobody lives yet."""
        self.built += 1
        street = self.chance.randrange(len(_STREETS))
        return Home(self.chance.choice(_postcodes()[authority]), self.built, street)


@cache
def _postcodes():
    """Some postcodes that lie where their letters say, by council."""
    found = {}
    with (PROJECT_ROOT / "hub" / "demo" / "postcodes.csv").open() as opened:
        for row in csv.DictReader(opened):
            code, letters = row["authority"], row["postcode"][:2]
            if (code, letters) in {("E08000032", "BD"), ("E08000035", "LS")}:
                found.setdefault(GssCode(code), []).append(Postcode.parse(row["postcode"]))
    return {code: tuple(some) for code, some in found.items()}
