"""Every rate of the generator says where it is from, or that it has no source."""

import copy
import tomllib
from random import Random

import pytest

from tests.architecture.source_tree import ROOT
from training.population.rates import NO_SOURCE, Kind, Luck, error_rates, rates_in

TABLE = tomllib.loads((ROOT / "training" / "error_rates.toml").read_text(encoding="utf-8"))
RATES = error_rates()


def changed(**wanted):
    table = copy.deepcopy(TABLE)
    table["rates"]["given_typo"] |= wanted
    return table


@pytest.mark.parametrize("name", RATES.rates)
def test_every_rate_has_a_chance_for_every_kind_of_agency_a_source_and_a_reason(name):
    rate = RATES.rates[name]
    assert set(rate.chances) == set(Kind)
    assert all(0 <= chance <= 1 for chance in rate.chances.values())
    assert any(rate.chances.values()), "a rate of nothing but noughts is no rate"
    assert rate.what
    assert rate.why
    if rate.basis == "assumption":
        assert rate.source == NO_SOURCE
    else:
        assert all(part.strip() in RATES.sources for part in rate.source.split(","))


def test_every_source_is_named_by_something():
    naming = [one["source"] for one in TABLE["rates"].values()]
    naming += [TABLE[name]["source"] for name in ("slip", "two_slips", "first_letter")]
    naming.append(TABLE["other_origin"]["source"])
    named = {part.strip() for source in naming for part in source.split(",")}
    assert named - {NO_SOURCE} == set(RATES.sources)


def test_every_rate_is_drawn_by_the_generator():
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "training" / "population").glob("*.py"))
    )
    composed = {
        f"{of}_{what}" for of in ("given", "family") for what in ("typo", "spelled_otherwise")
    }
    undrawn = [name for name in RATES.rates if f'"{name}"' not in code and name not in composed]
    assert undrawn == []


def test_the_kinds_of_slips_share_one_whole():
    assert sum(RATES.slips.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"police": 1.2},
        {"police": None},
        {"police": True},
        {"basis": "rumour"},
        {"basis": "assumption"},
        {"source": "somebody1999"},
        {"source": ""},
        {"why": " "},
    ],
)
def test_a_rate_without_a_right_chance_or_source_is_refused(wrong):
    with pytest.raises(ValueError, match=r"rate|given_typo"):
        rates_in(changed(**wrong))


def test_a_table_that_is_missing_is_refused():
    with pytest.raises(ValueError, match=r"\[slip\]"):
        rates_in({name: part for name, part in TABLE.items() if name != "slip"})


@pytest.mark.parametrize(
    ("name", "kind"),
    [("given_nickname", Kind.POLICE), ("nhs_missing", Kind.COUNCIL), ("born_digit", Kind.POLICE)],
)
def test_a_mistake_strikes_as_often_as_its_rate_says(name, kind):
    luck = Luck(Random(7), RATES, kind)
    draws = 20_000
    struck = sum(luck.strikes(name) for _ in range(draws))
    chance = RATES.chance(name, kind)
    spread = (chance * (1 - chance) / draws) ** 0.5
    assert abs(struck / draws - chance) < 4.5 * spread
