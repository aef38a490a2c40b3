"""Names for made-up people, of the origins that a northern English town has."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Given and family names that go together, and how common they are in the town."""

    name: str
    weight: int
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    families: tuple[str, ...]

    def given(self, sex: str) -> tuple[str, ...]:
        """Answer the given names for a sex, ``F`` or ``M``."""
        return self.girls if sex == "F" else self.boys


@cache
def origins() -> tuple[Origin, ...]:
    """Answer every origin, in the order of ``names.toml``."""
    table = tomllib.loads(files("hub.demo").joinpath("names.toml").read_text(encoding="utf-8"))
    return tuple(
        Origin(
            name=one["name"],
            weight=one["weight"],
            girls=tuple(one["girls"]),
            boys=tuple(one["boys"]),
            families=tuple(one["families"]),
        )
        for one in table["origin"]
    )


def origin_named(name: str) -> Origin:
    """Answer the origin of this name.

    Raises:
        KeyError: ``names.toml`` has no such origin.
    """
    return {origin.name: origin for origin in origins()}[name]


def any_origin(random: Random) -> Origin:
    """Answer an origin by chance, common ones more often."""
    every = origins()
    return random.choices(every, weights=[origin.weight for origin in every])[0]


def given_name(
    random: Random, origin: Origin, sex: str, taken: frozenset[str] = frozenset()
) -> str:
    """Answer a given name that no brother or sister has."""
    return random.choice([name for name in origin.given(sex) if name not in taken])
