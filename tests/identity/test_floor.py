"""Matching is never worse than the floor in floor.toml, on people made up for this alone."""

import json
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.commands.identity import app
from training.population.files import groups_file, write_population
from training.population.rates import error_rates
from training.population.records import population

FLOOR = tomllib.loads((Path(__file__).parent / "floor.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What `hub identity evaluate --json` says of the floor's population."""
    path = tmp_path_factory.mktemp("identity") / "people.csv"
    of = FLOOR["population"]
    write_population(population(of["people"], of["seed"], error_rates()), path)
    groups = str(groups_file(path))
    done = CliRunner().invoke(app, ["evaluate", str(path), "--groups", groups, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def below(floor, told):
    """What of a floor is not reached, in words."""
    for name, least in floor.items():
        if told[name] is None or told[name] < least:
            yield f"{name} is {told[name]}; at least {least} was expected"


def worst_group(measured, least_pairs):
    """The group that is found least, of those large enough to tell; and its recall."""
    groups = measured["by_group"].items()
    large = {name: one for name, one in groups if one["tellable"] >= least_pairs}
    return min((one["tellable_recall"], name) for name, one in large.items())


def test_no_measure_is_below_its_floor(measured):
    assert list(below(FLOOR["all"], measured["pairs"])) == []


def test_pairs_without_a_number_in_common_are_not_below_their_floor(measured):
    unnumbered = measured["no_strong_identifier_shared"]
    assert list(below(FLOOR["no_strong_identifier_shared"], unnumbered)) == []


def test_no_group_is_further_below_the_whole_than_the_floor_allows(measured):
    of = FLOOR["groups"]
    recall, name = worst_group(measured, of["pairs_min"])
    behind = 100 * (measured["pairs"]["tellable_recall"] - recall)
    assert behind <= of["points_below_the_whole_max"], name


def test_no_group_that_is_hard_to_match_is_below_its_floor(measured):
    floor = FLOOR["group_recall"]
    told = {name: measured["by_group"][name]["tellable_recall"] for name in floor}
    assert list(below(floor, told)) == []


def test_no_linked_group_is_less_precise_than_the_floor_allows(measured):
    least = FLOOR["groups"]["precision"]
    groups = measured["by_group"].items()
    worse = [name for name, one in groups if one["linked"] and one["precision"] < least]
    assert worse == []


def test_what_is_worse_than_a_floor_is_seen():
    assert list(below({"recall": 0.5}, {"recall": 0.49}))
    assert list(below({"recall": 0.5}, {"recall": None}))
    assert not list(below({"recall": 0.5}, {"recall": 0.5}))
