"""By which of a child's records a list names it."""

from datetime import date

import pytest

from hub.ports import ChildInBrief
from hub.service.described import described

NAMED = {"family_name": "Rushworth", "given_names": ["Isla"], "birth_date": "2025-06-28"}
DAY = date(2026, 11, 22)


def a_ledger(**said):
    return {name: (value, 1) for name, value in said.items()}


def name_of(*told):
    ledgers = tuple(a_ledger(**one) for one in told)
    child = ChildInBrief(
        child_ref=b"c" * 16, ledgers=ledgers, unsure=False, shielded=False, perhaps_shielded=False
    )
    return described(child, DAY)[0]


@pytest.mark.parametrize("given", ["Unknown", "Baby", "Twin 1"])
@pytest.mark.parametrize("first", [True, False])
def test_a_child_whom_one_agency_names_is_not_called_unknown_or_baby(given, first):
    unnamed = NAMED | {"given_names": [given]}
    told = (unnamed, NAMED) if first else (NAMED, unnamed)
    assert name_of(*told) == "Isla Rushworth"


def test_where_nobody_names_the_child_what_was_written_stands():
    assert name_of(NAMED | {"given_names": ["Baby"]}) == "Baby Rushworth"


def test_a_birth_date_says_more_than_a_given_name():
    undated = {"family_name": "Rushworth", "given_names": ["Isla"]}
    assert name_of(undated, NAMED | {"given_names": ["Baby"]}) == "Baby Rushworth"
