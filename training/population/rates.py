"""How often agencies err: the rates of ``error_rates.toml``, each with where it is from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from random import Random

from training.population.chance import happens

BASES = frozenset({"published", "pattern", "assumption"})
NO_SOURCE = "no source: this project's own assumption"


class Kind(StrEnum):
    """A kind of agency; all of one kind err alike."""

    GP = "gp"
    HOSPITAL = "hospital"
    COUNCIL = "council"
    SCHOOL = "school"
    POLICE = "police"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The chance, for each kind of agency, that a record that could have a mistake has it."""

    what: str
    chances: Mapping[Kind, float]
    basis: str
    source: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """All that the generator knows of mistakes."""

    rates: Mapping[str, Rate]
    sources: Mapping[str, str]
    slips: Mapping[str, float]
    """Each kind of slip of the pen and its share of all slips."""
    second_slip: float
    first_letter: float
    """How likely a slip is in the first letter, against any other."""
    other_origin: float
    """By how much mistakes in names are likelier for names of other than British origin."""

    def chance(self, name: str, kind: Kind) -> float:
        """Answer the chance of a mistake in one record of a kind of agency.

        Raises:
            KeyError: there is no rate of that name.
        """
        return self.rates[name].chances[kind]


@cache
def error_rates() -> Rates:
    """Answer the rates that are kept in the repository."""
    text = files("training").joinpath("error_rates.toml").read_text(encoding="utf-8")
    return rates_in(tomllib.loads(text))


def rates_in(table: Mapping[str, object]) -> Rates:
    """Answer the rates in a table of the form of ``error_rates.toml``.

    Raises:
        ValueError: a rate has no chance for a kind of agency, one outside 0 to 1, or no source.
    """
    sources = _of(table, "sources")
    slip = _of(table, "slip")
    told = {"what", "basis", "source", "why"}
    for name in ("slip", "two_slips", "first_letter", "other_origin"):
        _check_source(name, _of(table, name), sources)
    return Rates(
        rates={name: _rate(name, one, sources) for name, one in _of(table, "rates").items()},
        sources={key: str(text) for key, text in sources.items()},
        slips={name: _number(share) for name, share in slip.items() if name not in told},
        second_slip=_number(_of(table, "two_slips")["chance"]),
        first_letter=_number(_of(table, "first_letter")["chance"]),
        other_origin=_number(_of(table, "other_origin")["factor"]),
    )


def _rate(name: str, one: object, sources: Mapping[str, object]) -> Rate:
    if not isinstance(one, dict):
        raise TypeError(f"The rate {name} must be a table.")
    _check_source(name, one, sources)
    chances = {kind: _number(one.get(kind.value)) for kind in Kind}
    if any(not 0 <= chance <= 1 for chance in chances.values()):
        raise ValueError(f"The rate {name} must be between 0 and 1 for every kind of agency.")
    return Rate(
        what=one["what"],
        chances=chances,
        basis=one["basis"],
        source=one["source"],
        why=one["why"],
    )


def _check_source(name: str, one: Mapping[str, object], sources: Mapping[str, object]) -> None:
    if not all(str(one.get(key, "")).strip() for key in ("what", "basis", "source", "why")):
        raise ValueError(f"The rate {name} must say what, basis, source and why.")
    source = str(one["source"])
    if one["basis"] not in BASES:
        raise ValueError(f"The basis of {name} must be one of {', '.join(sorted(BASES))}.")
    named = NO_SOURCE if one["basis"] == "assumption" else None
    known = all(part.strip() in sources for part in source.split(","))
    if source != named if named else not known:
        raise ValueError(f"The source of {name} is neither in [sources] nor said to be missing.")


def _of(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = table.get(name)
    if not isinstance(part, dict):
        raise ValueError(f"The rates must have a table [{name}].")  # noqa: TRY004 - the file's content is wrong, not a caller's type
    return part


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("A rate must be a number for every kind of agency.")  # noqa: TRY004 - as above
    return float(value)


class Luck:
    """What happens by chance in one record of one kind of agency."""

    def __init__(self, random: Random, rates: Rates, kind: Kind) -> None:
        """Draw from ``random``."""
        self.random = random
        self.rates = rates
        self.kind = kind

    def strikes(self, name: str, factor: float = 1.0) -> bool:
        """Answer whether a mistake happens; a number is drawn either way."""
        return happens(self.random, self.rates.chance(name, self.kind) * factor)
