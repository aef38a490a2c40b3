"""Matching is never worse than the floor in febrl_floor.toml, on the FEBRL sets.

They are in the package that training/requirements.lock pins: `scripts/setup.sh --tests` has it.
"""

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.commands.identity import app
from training.febrl import SETS, installed_sets, rows_of
from training.population.files import HEADER, write_rows

FLOOR = tomllib.loads((Path(__file__).parent / "febrl_floor.toml").read_text(encoding="utf-8"))


def measured(number, folder):
    """What `hub identity evaluate --json` says of the pairs of a set."""
    path = folder / f"febrl{number}.csv"
    write_rows(path, HEADER, rows_of(number, installed_sets()))
    done = CliRunner().invoke(app, ["evaluate", str(path), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["pairs"]


def below(floor, told):
    """What of a floor is not reached, in words."""
    for name, least in floor.items():
        if told[name] is None or told[name] < least:
            yield f"{name} is {told[name]}; at least {least} was expected"


def test_every_set_has_a_floor():
    assert set(FLOOR) == {f"febrl{number}" for number in SETS}


@pytest.mark.parametrize("number", sorted(SETS))
def test_a_set_is_not_matched_worse_than_its_floor(number, tmp_path):
    assert list(below(FLOOR[f"febrl{number}"], measured(number, tmp_path))) == []


def test_what_is_worse_than_a_floor_is_seen():
    assert list(below({"f1": 0.5}, {"f1": 0.49}))
    assert list(below({"f1": 0.5}, {"f1": None}))
    assert not list(below({"f1": 0.5}, {"f1": 0.5}))
