"""``python -m training.splink_train``: has Splink estimate the two classes that it knows.

Splink (Fellegi and Sunter, two classes) is given the comparisons that are made online: a record
of seed 1 on one side, all that was known of a child before a record on the other, at the hub's own
levels. It estimates how often each level is seen of the same child, from the truth, and of two
children drawn at random. Of those, pairs of one family are told to it as not known: it has no
classes for twins and brothers, and takes all who are drawn at random for strangers. What it
estimates is kept in ``splink_estimates.toml`` beside what ``training.train`` counts, and compared.

It needs the packages of ``splink.lock``, which the hub does not: training/README.md says how.
"""

import argparse
import logging
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from math import log2
from pathlib import Path
from random import Random
from typing import Any, Final

import duckdb
from splink import Linker, SettingsCreator
from splink import comparison_level_library as levels_of_splink
from splink import comparison_library as comparisons_of_splink
from splink.backends.duckdb import DuckDBAPI

from hub.adapters.identity_reference import (
    FREQUENCIES,
    GIVEN_NAMES,
    LEVELS,
    UNTOLD,
    WEIGHTS,
    read_names,
)
from hub.core.identity_levels import Levels, levels_of
from hub.core.identity_profile import Profile, profile_of
from training.evidence import evidence_of_all
from training.population.rates import error_rates
from training.population.records import population
from training.train import SEED

ESTIMATES: Final = Path(__file__).parent / "splink_estimates.toml"

Estimates = Mapping[str, Mapping[str, tuple[float, float]]]
"""Field -> level -> how often it is seen of the same child, and of two at random."""

PAIRS: Final = 600_000
"""Of two children drawn at random, at most."""

_RECORDS, _CHILDREN = "a_records", "b_children"


class Pairs:
    """The records of a population, and what was known of their children before each of them."""

    def __init__(self, people: int) -> None:
        """Make the population of the training seed."""
        made = population(people, SEED, error_rates())
        evidence = evidence_of_all(made)
        self.names = read_names(GIVEN_NAMES, FREQUENCIES)
        self.records: list[Profile] = []
        self.known: list[Profile] = []
        self.families: list[str] = []
        before: dict[str, list[Any]] = defaultdict(list)
        for record, one in zip(made.records, evidence, strict=True):
            key = record.child.key
            if before[key]:
                self.records.append(profile_of([one]))
                self.known.append(profile_of(before[key]))
                self.families.append(str(record.child.family))
            before[key].append(one)
        self.strangers_only = True
        """Whether pairs of one family or one child are told as not known."""
        self._last: tuple[int, int] = (-1, -1)
        self._levels: Levels | None = None

    def level(self, field: str, one: int, other: int) -> str:
        """Answer at which level a field of a record agrees with a child; called by Splink."""
        if (one, other) != self._last:
            kin = self.strangers_only and self.families[one] == self.families[other]
            self._levels = (
                None if kin else levels_of(self.records[one], self.known[other], self.names)
            )
            self._last = (one, other)
        return UNTOLD if self._levels is None else str(getattr(self._levels, field).name)


def estimated(pairs: Pairs) -> Estimates:
    """Answer what Splink estimates of these pairs."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1").fetchall()
    connection.create_function("level_of", pairs.level, ["VARCHAR", "BIGINT", "BIGINT"], "VARCHAR")
    order = list(range(len(pairs.records)))
    for table in (_RECORDS, _CHILDREN):
        Random(f"{table} {SEED}").shuffle(order)
        connection.execute(f"CREATE TABLE {table} (unique_id VARCHAR, place BIGINT)").fetchall()
        rows = [(f"{table}{place}", place) for place in order]
        for start in range(0, len(rows), 10_000):
            some = ", ".join(f"('{name}', {place})" for name, place in rows[start : start + 10_000])
            connection.execute(f"INSERT INTO {table} VALUES {some}").fetchall()  # noqa: S608  # our own numbers
    backend = DuckDBAPI(connection=connection)
    tables = [backend.register(table) for table in (_RECORDS, _CHILDREN)]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(field) for field in LEVELS],
        additional_columns_to_retain=["place"],
    )
    linker = Linker(tables, settings, log_level=logging.ERROR)
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=SEED)
    pairs.strangers_only = False
    linker.training.estimate_m_from_label_column("place")
    return _read(linker.misc.save_model_to_json())


def _comparison(field: str) -> Any:  # noqa: ANN401  # Splink has no types for it
    def when(level: str) -> Any:  # noqa: ANN401  # the same
        told = f"level_of('{field}', place_l, place_r) = '{level}'"
        return levels_of_splink.CustomLevel(told, label_for_charts=level)

    told = [level.name for level in LEVELS[field] if level.name != UNTOLD]
    return comparisons_of_splink.CustomComparison(
        output_column_name=field,
        comparison_levels=[
            when(UNTOLD).configure(is_null_level=True),
            *(when(level) for level in told[:-1]),
            levels_of_splink.ElseLevel().configure(label_for_charts=told[-1]),
        ],
    )


def _read(model: Mapping[str, Any]) -> Estimates:
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison in model["comparisons"]:
        rows = found.setdefault(comparison["output_column_name"], {})
        for level in comparison["comparison_levels"]:
            if "m_probability" in level and "u_probability" in level:
                told = (level["m_probability"], level["u_probability"])
                rows[level["label_for_charts"].lower()] = told
    return found


def as_toml(found: Estimates, people: int) -> str:
    """Answer the file of estimates."""
    parts = [
        "# How often Splink finds each level of agreement: [the same child, two at random].",
        "# Written by `python -m training.splink_train`; nothing in it is of anybody.",
        "",
        "[made]",
        f"seed = {SEED}",
        f"people = {people}",
        f'splink = "{version("splink")}"',
        f'duckdb = "{version("duckdb")}"',
        "",
    ]
    for field, levels in found.items():
        parts.append(f"[levels.{field}]")
        parts += [f"{level} = [{same:.6g}, {other:.6g}]" for level, (same, other) in levels.items()]
        parts.append("")
    return "\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> None:
    """Estimate and keep the result."""
    parser = argparse.ArgumentParser(prog="python -m training.splink_train", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--out", type=Path, default=ESTIMATES)
    wanted = parser.parse_args(arguments)
    text = as_toml(estimated(Pairs(wanted.people)), wanted.people)
    tomllib.loads(text)
    wanted.out.write_text(text, encoding="utf-8")
    sys.stdout.write("\n".join(compared(tomllib.loads(text)["levels"])) + "\n")


def compared(found: Mapping[str, Mapping[str, Sequence[float]]]) -> Iterator[str]:
    """Yield each level with its weight in bits by Splink and by the direct counts."""
    counted = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))["levels"]
    for field, levels in found.items():
        for level, (same, other) in levels.items():
            ours = counted[field][level]
            bits, direct = log2(same / other), log2(ours[0] / ours[3])
            yield f"{field:<12} {level:<20} Splink {bits:+6.1f}  counted {direct:+6.1f}"


if __name__ == "__main__":
    main()
