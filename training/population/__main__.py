"""``python -m training.population``: writes a population, or describes one that was written."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from training.population.described import described
from training.population.files import groups_file, write_population
from training.population.rates import error_rates
from training.population.records import PEOPLE_MAX, population


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the population that the command line asks for, or describe a file."""
    wanted = _parser().parse_args(arguments)
    if wanted.describe is not None:
        sys.stdout.write(described(wanted.describe))
        return
    made = population(wanted.people, wanted.seed, error_rates())
    write_population(made, wanted.out)
    sys.stdout.write(
        f"{len(made.records):,} records of {len(made.children):,} made-up children in"
        f" {wanted.out.name}; their groups in {groups_file(wanted.out).name}\n"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.population",
        description="Makes up children and what agencies write of them; the same for one seed.",
    )
    parser.add_argument("--people", type=_people, default=20_000, help="how many children")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other children")
    do = parser.add_mutually_exclusive_group(required=True)
    do.add_argument("--out", type=Path, metavar="FILE.csv", help="write the records here")
    do.add_argument("--describe", type=Path, metavar="FILE.csv", help="count what is in a file")
    return parser


def _people(text: str) -> int:
    number = int(text)
    if not 0 < number <= PEOPLE_MAX:
        raise argparse.ArgumentTypeError(f"1 to {PEOPLE_MAX:,} was expected")
    return number


if __name__ == "__main__":
    main()
