"""Splink's side: scores the pairs of one file of records. Run by the Python that has Splink.

It is a script of its own and imports nothing of this repository, for Splink and DuckDB are in an
environment beside the hub's: ``splink_side.py RECORDS.csv PAIRS.csv TOLD.json``. The first is what
``cells.py`` writes and holds no truth; to the others go the scored pairs, and what was asked of
Splink and how long it took. Settings are as in Splink's own tutorials, and no truth goes into them:
its ready-made comparisons with term frequencies, several narrow blocking rules, *u* from random
pairs, *m* by expectation maximisation, and the prior from rules that are nearly always right.
"""

import json
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

LEAST_WEIGHT = -10.0
"""Pairs below this match weight, in bits, are not written: nobody would link them."""

RANDOM_PAIRS = 5_000_000
"""For *u*, at most."""

SEED = 1
RECALL_GUESSED = 0.7
"""Of the rules that are nearly always right, as the tutorials put it: a guess that anyone makes."""

COLUMNS = ("given_name", "family_name", "date_of_birth", "sex", "postcode", "address")
NUMBERS = ("nhs_number", "upn")

NEARLY_CERTAIN = (
    ("nhs_number",),
    ("upn",),
    ("given_name", "family_name", "date_of_birth"),
    ("given_name", "date_of_birth", "postcode"),
    ("family_name", "date_of_birth", "postcode"),
)
BLOCKING = (
    *(("nhs_number",), ("upn",), ("date_of_birth",), ("address",)),
    *(("given_name", "family_name"), ("given_name", "postcode"), ("family_name", "postcode")),
    ("substr(given_name, 1, 3)", "substr(family_name, 1, 3)"),
    ("substr(family_name, 1, 4)", "substr(date_of_birth, 1, 7)"),
    ("substr(given_name, 1, 4)", "substr(date_of_birth, 1, 7)"),
)
TRAINING = (("date_of_birth",), ("given_name", "family_name"))
"""Each pass of estimation learns the fields that it does not block on. None blocks on the home:
brothers and sisters outnumber the same child there, and the estimate would be of families."""


def main(records: Path, pairs: Path, told: Path) -> None:
    """Score the pairs of a file; write them, and what was asked."""
    began = time.monotonic()
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE records AS SELECT * FROM read_csv(?, all_varchar = true, header = true)",
        [str(records)],
    ).fetchall()
    filled = _filled(connection)
    linker = _trained(DuckDBAPI(connection=connection), filled)
    predicted = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
    connection.execute(
        f"COPY (SELECT unique_id_l, unique_id_r, match_weight FROM {predicted.physical_name})"  # noqa: S608  # a table that Splink named
        f" TO '{pairs}' (HEADER)"
    ).fetchall()
    seconds = time.monotonic() - began
    asked = {
        "versions": {name: version(name) for name in ("splink", "duckdb")},
        "columns": filled,
        "comparisons": _told(linker.misc.save_model_to_json()),
        "blocking": _usable(BLOCKING, filled),
        "training": _usable(TRAINING, filled),
        "nearly_certain": _usable(NEARLY_CERTAIN, filled),
        "recall_guessed": RECALL_GUESSED,
        "random_pairs": RANDOM_PAIRS,
        "seconds": seconds,
    }
    told.write_text(json.dumps(asked, indent=2), encoding="utf-8")


def _filled(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Answer the columns that have a value at all; the others tell Splink nothing."""
    counts = ", ".join(f"count({name})" for name in (*COLUMNS, *NUMBERS))
    [found] = connection.execute(f"SELECT {counts} FROM records").fetchall()  # noqa: S608  # our own names
    return [name for name, count in zip((*COLUMNS, *NUMBERS), found, strict=True) if count]


def _trained(backend: DuckDBAPI, filled: Sequence[str]) -> Linker:
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(filled),
        blocking_rules_to_generate_predictions=_rules(BLOCKING, filled),
    )
    linker = Linker(backend.register("records"), settings, log_level=logging.ERROR)
    training = linker.training
    certain = _rules(NEARLY_CERTAIN, filled)
    training.estimate_probability_two_random_records_match(certain, recall=RECALL_GUESSED)
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for rule in _rules(TRAINING, filled):
        training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def _comparisons(filled: Sequence[str]) -> list[Any]:
    """Answer Splink's ready-made comparisons of the columns, all with term frequencies."""
    ready = {
        "given_name": compare.NameComparison("given_name"),
        "family_name": compare.NameComparison("family_name"),
        "date_of_birth": compare.DateOfBirthComparison(
            "date_of_birth",
            input_is_string=True,
            datetime_format="%Y-%m-%d",
            invalid_dates_as_null=False,
        ),
        "sex": compare.ExactMatch("sex"),
        "postcode": compare.LevenshteinAtThresholds("postcode", [1, 2]).configure(
            term_frequency_adjustments=True
        ),
        "address": compare.JaroWinklerAtThresholds("address", [0.95, 0.88, 0.7]).configure(
            term_frequency_adjustments=True
        ),
        "nhs_number": compare.DamerauLevenshteinAtThresholds("nhs_number", [1]),
        "upn": compare.DamerauLevenshteinAtThresholds("upn", [1]),
    }
    return [ready[name] for name in filled]


def _usable(rules: Sequence[Sequence[str]], filled: Sequence[str]) -> list[Sequence[str]]:
    """Answer the rules of whose columns each has a value."""
    empty = {*COLUMNS, *NUMBERS} - set(filled)
    return [rule for rule in rules if not any(name in part for name in empty for part in rule)]


def _rules(rules: Sequence[Sequence[str]], filled: Sequence[str]) -> list[Any]:
    return [block_on(*rule) for rule in _usable(rules, filled)]


def _told(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer the levels of each comparison with the chances that were estimated."""
    return {
        one["output_column_name"]: [
            {
                "level": level["label_for_charts"],
                "m": level.get("m_probability"),
                "u": level.get("u_probability"),
                "term_frequencies": bool(level.get("tf_adjustment_column")),
            }
            for level in one["comparison_levels"]
        ]
        for one in model["comparisons"]
    }


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
