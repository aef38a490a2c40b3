"""Both sides of the comparison, each in a process of its own, on one file."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmark.splink_beside.cells import write_for_splink
from benchmark.splink_beside.page import ALONE, CLUSTERS, HUB, HUB_SCHOOLS, PAIRS, Line
from benchmark.splink_beside.scoring import FIXED_PROBABILITY, People, Reading, Scored, readings
from benchmark.splink_beside.unguarded import FIXED, TRIED
from hub.core.identity_given import COLUMNS
from hub.core.identity_pairs import PairCounts
from hub.settings import PROJECT_ROOT

SIDE_SECONDS_MAX: Final = 3600
SCRIPT: Final = Path(__file__).with_name("splink_side.py")
SCHOOL: Final = "school"
_WHO: Final = {"clusters": CLUSTERS, "pairs": PAIRS}


class SideFailed(Exception):  # noqa: N818 - named for what is wrong, as hub.errors does
    """A side ended with an error; says which, and the last that it said."""


def lines_of_hub(file: Path) -> Iterator[Line]:
    """Yield what `hub identity evaluate` measures of a file.

    Where schools' records are in it, a second time with schools founding children, as the hub never
    lets them: Splink knows no such rule.

    Raises:
        SideFailed: the file cannot be used.
    """
    command = [sys.executable, "-m", "hub", "identity", "evaluate", str(file), "--json"]
    found = json.loads(_said("The hub", command))
    yield _of_hub(file, HUB, found)
    if SCHOOL in found["agencies"]:
        yield _of_hub(
            file, HUB_SCHOOLS, json.loads(_said("The hub", [*command, "--schools-found"]))
        )


def lines_of_weights(file: Path) -> Iterator[Line]:
    """Yield what the hub's weights come to without its guards: at the fixed band, and at its best.

    Raises:
        SideFailed: the file cannot be used.
    """
    command = [sys.executable, "-m", "benchmark.splink_beside.unguarded", str(file), "--json"]
    for link in TRIED:
        command += ["--link", str(link)]
    said = _said("The hub's scorer", command).splitlines()
    found = {
        link: _of_hub(file, ALONE, json.loads(one)) for link, one in zip(TRIED, said, strict=True)
    }
    best = max(found, key=lambda link: found[link].counts.f1 or 0.0)
    yield replace(found[best], threshold=f"best: {best}", by_truth=True)
    yield replace(found[FIXED], threshold=str(FIXED))


def _of_hub(file: Path, who: str, found: Mapping[str, Any]) -> Line:
    pairs = found["pairs"]
    counts = PairCounts(true=pairs["true"], linked=pairs["linked"], right=pairs["right"])
    return Line(
        file=file.stem,
        who=who,
        threshold="its bands",
        by_truth=False,
        counts=counts,
        seconds=found["seconds"],
    )


def lines_of_splink(
    file: Path, python: Path, beside: Path
) -> tuple[Sequence[Line], Mapping[str, Any]]:
    """Answer what comes of Splink's pairs of a file, and what was asked of it.

    Args:
        file: the records with their truth, of which Splink is given no truth.
        python: that has Splink.
        beside: a folder for what passes between the processes.

    Raises:
        SideFailed: Splink ended with an error.
    """
    rows = read_rows(file)
    given, scored, told = (beside / name for name in ("given.csv", "scored.csv", "told.json"))
    write_for_splink(rows, given)
    _said("Splink", [str(python), *map(str, (SCRIPT, given, scored, told))])
    asked = json.loads(told.read_text(encoding="utf-8"))
    people = People({row["record_id"]: row["person_id"] for row in rows})
    found = readings(people, read_scored(scored))
    return [_of_splink(file, one, asked["seconds"]) for one in found], asked


def _of_splink(file: Path, one: Reading, seconds: float) -> Line:
    fixed = f"{FIXED_PROBABILITY} ({one.weight:.1f} bits)"
    return Line(
        file=file.stem,
        who=_WHO[one.of],
        threshold=f"best: {one.weight:.1f} bits" if one.by_truth else fixed,
        by_truth=one.by_truth,
        counts=one.counts,
        seconds=seconds,
    )


def read_rows(file: Path) -> list[Mapping[str, str]]:
    """Answer the rows of a file in the layout of evaluation; a column that it lacks is empty."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        return [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in rows]


def read_scored(file: Path) -> list[Scored]:
    """Answer the pairs that Splink wrote."""
    with file.open(encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        return [Scored(one, other, float(weight)) for one, other, weight in rows]


def _said(who: str, command: Sequence[str]) -> str:
    """Answer what a command writes.

    Raises:
        SideFailed: it ended with an error.
    """
    done = subprocess.run(  # noqa: S603  # our own commands
        command,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SIDE_SECONDS_MAX,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise SideFailed(f"{who} did not finish: {said[-1] if said else 'nothing was said'}")
    return done.stdout
