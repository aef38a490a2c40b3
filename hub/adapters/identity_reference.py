"""Reads the versioned files by which records are matched: weights, names, how common names are."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from math import log2
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, RootModel

from hub.adapters.toml_files import typed_file
from hub.core.identity_levels import (
    BirthLevel,
    NumberLevel,
    PlaceLevel,
    SexLevel,
)
from hub.core.identity_matching import Matching
from hub.core.identity_names import FamilyLevel, GivenLevel, Synonyms
from hub.core.identity_weights import Bands, Bits, IdentityWeights, NameFrequencies
from hub.errors import ConfigurationError

REFERENCE: Final = Path(__file__).parent / "reference"
WEIGHTS: Final = REFERENCE / "identity_weights.v1.toml"
FREQUENCIES: Final = REFERENCE / "name_frequencies.v1.csv"
GIVEN_NAMES: Final = REFERENCE / "given_names.v1.toml"

LEVELS: Final[Mapping[str, type[StrEnum]]] = {
    "nhs_number": NumberLevel,
    "upn": NumberLevel,
    "given": GivenLevel,
    "family": FamilyLevel,
    "birth": BirthLevel,
    "sex": SexLevel,
    "place": PlaceLevel,
}  # fmt: skip
"""Every field with its levels."""

UNTOLD: Final = "MISSING"
"""The level that carries no weight, since it tells nothing."""

BITS_MAX: Final = 6.0
"""How many bits a common or a rare name moves a weight at most."""

KNOWN_SHARE_MIN: Final = 0.0003
"""Of so large a share of children a written given name is one, and no slip; this project's own."""

_Chance = Annotated[float, Field(gt=0, lt=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Prior(_Strict):
    known_before: _Chance
    twins: Annotated[float, Field(gt=0)]
    siblings: Annotated[float, Field(gt=0)]
    children_least: Annotated[int, Field(ge=100)]


class _Bands(_Strict):
    link: _Chance
    link_unnamed: Annotated[float, Field(gt=0, le=1)]
    review: _Chance


class _Weights(_Strict):
    version: str
    made: dict[str, str | int]
    bands: _Bands
    prior: _Prior
    levels: dict[str, dict[str, tuple[_Chance, _Chance, _Chance, _Chance]]]


class _Groups(RootModel[dict[str, str | list[str]]]):
    pass


@lru_cache(1)
def shipped_matching() -> Matching:
    """Answer the matching that the hub is shipped with.

    Raises:
        ConfigurationError: a file is not of its form; the sentence names it.
    """
    weights = read_weights(WEIGHTS, FREQUENCIES, GIVEN_NAMES)
    return Matching(weights=weights, children=weights.children_least)


def matching_within(bands: Bands | None, *, children: int = 0) -> Matching:
    """Answer the shipped matching with these bands and among so many children, if told.

    Raises:
        ConfigurationError: a file is not of its form; the sentence names it.
    """
    shipped = shipped_matching()
    weights = replace(shipped.weights, bands=bands) if bands else shipped.weights
    return Matching(weights=weights, children=children or shipped.children)


def read_weights(weights: Path, frequencies: Path, given_names: Path) -> IdentityWeights:
    """Answer the weights that three files hold.

    Raises:
        ConfigurationError: a file is not of its form, or a level has no weight.
    """
    told = typed_file(weights, _Weights)
    given, family = read_frequencies(frequencies)
    return IdentityWeights(
        version=told.version,
        levels={name: _levels(weights, name, told.levels.get(name, {})) for name in LEVELS},
        given=given,
        family=family,
        synonyms=read_names(given_names, frequencies),
        known_before=told.prior.known_before,
        twins=told.prior.twins,
        siblings=told.prior.siblings,
        children_least=told.prior.children_least,
        bands=Bands(**told.bands.model_dump()),
    )


def _levels(
    path: Path, name: str, told: Mapping[str, tuple[float, float, float, float]]
) -> Mapping[str, Bits]:
    found: dict[str, Bits] = {}
    for level in LEVELS[name]:
        if level.name == UNTOLD:
            found[level.value] = (0.0, 0.0, 0.0, 0.0)
            continue
        if level.name.lower() not in told:
            raise ConfigurationError(
                f"{path.name}: levels.{name}: {level.name.lower()} is missing."
            )
        same, twin, sibling, stranger = told[level.name.lower()]
        found[level.value] = (log2(same), log2(twin), log2(sibling), log2(stranger))
    return found


def read_names(given_names: Path, frequencies: Path) -> Synonyms:
    """Answer, for each given name that is known as one, the groups of names that it is in.

    Known are the names of the table of groups, and those that enough children bear.

    Raises:
        ConfigurationError: a file is not of its form.
    """
    groups: dict[str, set[int]] = defaultdict(set)
    for name, share in _shares(frequencies)["given"].items():
        if share >= KNOWN_SHARE_MIN:
            groups[name] = set()
    told_lists = typed_file(given_names, _Groups).root.values()
    lists = [told for told in told_lists if isinstance(told, list)]
    for number, group in enumerate(one for told in lists for one in told):
        for name in group.replace("-", " ").split():
            groups[name].add(number)
    return {name: frozenset(numbers) for name, numbers in groups.items()}


def read_frequencies(path: Path) -> tuple[NameFrequencies, NameFrequencies]:
    """Answer how common given and family names are, against the usual chance agreement.

    Raises:
        ConfigurationError: a line is not kind, name and share.
    """
    shares = _shares(path)
    return _frequencies(shares["given"]), _frequencies(shares["family"])


def _shares(path: Path) -> Mapping[str, Mapping[str, float]]:
    shares: dict[str, dict[str, float]] = {"given": {}, "family": {}}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                shares[row["kind"]][row["name"]] = float(row["share"])
            except (KeyError, ValueError):
                raise ConfigurationError(
                    f"{path.name}: every line was expected to be given or family, a name, a share."
                ) from None
    return shares


def _frequencies(shares: Mapping[str, float]) -> NameFrequencies:
    """Answer the bits: two strangers agree by chance on a name as often as it is borne twice."""
    chance = sum(share * share for share in shares.values()) or 1.0
    least = min(shares.values(), default=chance)
    bits = {name: log2(share / chance) for name, share in shares.items()}
    return NameFrequencies(
        bits={name: max(-BITS_MAX, min(BITS_MAX, one)) for name, one in bits.items()},
        unseen=max(-BITS_MAX, log2(least / chance)),
    )
