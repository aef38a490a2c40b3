"""Names for made-up people: heavy heads, long tails, and the customs of each origin."""

import tomllib
from bisect import bisect
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Any

from training.population.chance import happens
from training.population.spellings import words_of

FILES = ("british_and_irish", "european", "asian", "african_and_arab")
_FAMILY_OFFSET = 3.0
"""Zipf and Mandelbrot: the name of place n is as common as 1 / (n + offset). Our own choice: with
it and the shares of the tails, one child in seventy is a Smith, as in England."""
_GIVEN_OFFSET = 4.0
_GIVEN_SPREAD = 8
"""Given names spread wider: the offset is an eighth of how many an origin has, and at least 4."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Names in order, the first the commonest."""

    names: tuple[str, ...]
    summed: tuple[float, ...]

    @classmethod
    def of(cls, listed: str, *, family: bool) -> "Ranked":
        """Answer the names of a comma-separated list, each counted at its first place."""
        names = tuple(dict.fromkeys(name.strip() for name in listed.split(",") if name.strip()))
        offset = _FAMILY_OFFSET if family else max(_GIVEN_OFFSET, len(names) / _GIVEN_SPREAD)
        weights = (1 / (place + offset) for place in range(len(names)))
        return cls(names, tuple(accumulate(weights)))

    def one(self, random: Random) -> str:
        """Answer a name by chance, common ones more often."""
        return self.names[bisect(self.summed, random.random() * self.summed[-1])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Names that go together. ``weight`` is the share of families, this project's own choice."""

    name: str
    weight: float
    girls: Ranked
    boys: Ranked
    families: Ranked
    tail_share: float
    tail: tuple[tuple[str, ...], ...]
    female_ending: tuple[tuple[str, str], ...]
    called: Ranked
    called_share: float
    joined: dict[str, Ranked] = field(compare=False)
    joined_share: float
    female_families: Ranked
    female_share: float
    baptised: tuple[str, str] | None
    """The name of every girl and of every boy that a faith gives."""
    patronymic: bool
    double_barrelled: float

    @property
    def is_british(self) -> bool:
        """Whether English agencies spell these names without being told how."""
        return self.name == "British"

    def family_name(self, random: Random) -> str:
        """Answer a surname, as a man bears it."""
        name = self._plain_family(random)
        if happens(random, self.double_barrelled):
            other = self._plain_family(random)
            joined = " " if self.name.startswith("Portuguese") else "-"
            return f"{name}{joined}{other}" if other != name else name
        return name

    def _plain_family(self, random: Random) -> str:
        if self.tail and happens(random, self.tail_share):
            return "".join(random.choice(part) for part in self.tail).replace("_", " ")
        return self.families.one(random)

    def of_a_girl(self, family_name: str) -> str:
        """Answer how a surname reads for a girl, where the language has two forms."""
        for male, female in self.female_ending:
            if family_name.endswith(male):
                return family_name[: len(family_name) - len(male)] + female
        return family_name

    def given_name(self, random: Random, sex: str, taken: AbstractSet[str]) -> str:
        """Answer a given name with no word of ``taken`` in any spelling.

        The last that was drawn, if none comes in fifty tries.
        """
        ranked = self.girls if sex == "F" else self.boys
        for _ in range(50):
            name = ranked.one(random)
            if happens(random, self.joined_share):
                name = f"{name}-{self.joined[sex].one(random)}"
            if taken.isdisjoint(words_of(name)):
                break
        return name


@cache
def origins() -> tuple[Origin, ...]:
    """Answer every origin, in the order of the files."""
    folder = files("training.population").joinpath("names")
    texts = [folder.joinpath(f"{name}.toml").read_text(encoding="utf-8") for name in FILES]
    return tuple(_origin(one) for text in texts for one in tomllib.loads(text)["origin"])


def _origin(one: dict[str, Any]) -> Origin:
    baptised = one.get("baptised")
    return Origin(
        name=one["name"],
        weight=one["weight"],
        girls=Ranked.of(one["girls"], family=False),
        boys=Ranked.of(one["boys"], family=False),
        families=Ranked.of(one["families"], family=True),
        tail_share=one["tail_share"],
        tail=tuple(tuple(part.split()) for part in one.get("tail", ())),
        female_ending=tuple((male, female) for male, female in one.get("female_ending", ())),
        called=Ranked.of(one.get("called", ""), family=False),
        called_share=one.get("called_share", 0.0),
        joined={
            "F": Ranked.of(one.get("joined_girls", ""), family=False),
            "M": Ranked.of(one.get("joined_boys", ""), family=False),
        },
        joined_share=one.get("joined_share", 0.0),
        female_families=Ranked.of(one.get("female_families", ""), family=True),
        female_share=one.get("female_share", 0.0),
        baptised=(baptised[0], baptised[1]) if baptised else None,
        patronymic=one.get("patronymic", False),
        double_barrelled=one["double_barrelled"],
    )


def any_origin(random: Random) -> Origin:
    """Answer an origin by chance, by its weight."""
    every = origins()
    return random.choices(every, weights=[origin.weight for origin in every])[0]
