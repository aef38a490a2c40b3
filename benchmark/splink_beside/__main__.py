"""``python -m benchmark.splink_beside``: the hub's matching and Splink's on the same files."""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmark.results import RESULTS, circumstances
from benchmark.splink_beside.page import Page
from benchmark.splink_beside.sides import (
    SideFailed,
    lines_of_hub,
    lines_of_splink,
    lines_of_weights,
)
from benchmark.splink_beside.surroundings import NotSetUp, febrl_sets, set_up
from training.febrl import NotFebrl, rows_of
from training.population.files import HEADER, write_population, write_rows
from training.population.rates import error_rates
from training.population.records import population

POPULATION: Final = "population"
DEFAULT: Final = (POPULATION, "febrl1", "febrl2", "febrl3", "febrl4")
_FEBRL: Final = re.compile("febrl([1-4])")

PEOPLE: Final = 20_000
SEED: Final = 2
"""Of the population that weights were never trained on: training/README.md."""


def main(arguments: Sequence[str] | None = None) -> Page:
    """Measure what is asked for, print the table, keep it, and answer it."""
    parser = _parser()
    wanted = parser.parse_args(arguments)
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", file=sys.stderr, flush=True)

    here = circumstances(datetime.now(UTC), Path(tempfile.gettempdir()))
    command = " ".join(["python -m benchmark.splink_beside", *sys.argv[1:]])
    page = Page(circumstances=replace(here, command=command))
    try:
        tell("the environment with Splink: made where it is missing, from hash-locked files")
        python = set_up()
        with tempfile.TemporaryDirectory() as folder:
            for what in wanted.what or DEFAULT:
                file = _file(what, Path(folder), wanted.people)
                tell(f"{file.stem}: the hub")
                page.lines += lines_of_hub(file)
                if what != POPULATION:
                    tell(f"{file.stem}: the hub's weights alone")
                    page.lines += lines_of_weights(file)
                tell(f"{file.stem}: Splink")
                lines, page.asked[file.stem] = lines_of_splink(file, python, Path(folder))
                page.lines += lines
    except (NotSetUp, NotFebrl, SideFailed) as error:
        parser.exit(1, f"{error}\n")
    print(page.markdown())
    tell(f"kept as {page.keep(wanted.results).name} in {wanted.results.name}/")
    return page


def _file(what: str, folder: Path, people: int) -> Path:
    """Answer the file of records that is meant by a word; made in the folder unless it is one."""
    if what == POPULATION:
        path = folder / f"{people}-people-seed-{SEED}.csv"
        write_population(population(people, SEED, error_rates()), path)
        return path
    if febrl := _FEBRL.fullmatch(what):
        path = folder / f"{what}.csv"
        write_rows(path, HEADER, rows_of(int(febrl[1]), febrl_sets()))
        return path
    return Path(what)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmark.splink_beside",
        description="Runs `hub identity evaluate` and Splink on the same files, prints one table, "
        "keeps it, asserts nothing. Splink is set up beside the hub where it is missing.",
    )
    parser.add_argument(
        "what",
        nargs="*",
        help=f"{', '.join(DEFAULT)}, or a CSV file of the layout of `hub identity evaluate`; "
        "default: the five that are named",
    )
    parser.add_argument("--people", type=int, default=PEOPLE, help="of the made-up population")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the kept tables")
    return parser


if __name__ == "__main__":
    main()
