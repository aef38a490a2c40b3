"""Who lives where, as agencies told it: what cannot be compared makes no household."""

from dataclasses import replace

import pytest

from hub.core.household import (
    HomeTold,
    current_home,
    may_be_one_home,
    place_told,
    streets_of,
)
from tests.core.builders import digest, on_day

POSTCODE = "BD9 6RJ"


def a_ledger(*lines, postcode=POSTCODE, revision=1, lines_revision=None):
    told = {"postcode": (postcode, revision)}
    if lines:
        told["address_lines"] = (list(lines), lines_revision or revision)
    return told


def address(*lines, **more):
    return place_told(a_ledger(*lines, **more)).address


@pytest.mark.parametrize(
    "other",
    [
        ("10 PARK ROAD",),
        ("10, Park Rd", "Bradford"),
        ("10 Park Road", "BRADFORD", "West Yorkshire", "BD9 6RJ"),
        ("Rose Cottage", "10 Park Road", "bd96rj"),
    ],
)
def test_one_home_written_in_several_ways_is_one(other):
    assert address(*other) == address("10 Park Road")


@pytest.mark.parametrize(
    "other",
    [
        ("12 Park Road",),
        ("10A Park Road",),
        ("Flat 1, 10 Park Road",),
        ("Flat B", "10 Park Road"),
        ("Rose Cottage", "Park Road"),
    ],
)
def test_another_number_or_flat_is_another_home(other):
    assert address(*other) != address("10 Park Road")


def test_a_flat_is_told_from_the_flat_beside_it():
    assert address("Flat 1", "10 Park Road") != address("Flat 2", "10 Park Road")
    assert address("Flat 1", "10 Park Road") == address("Flat 1, 10 Park Road", "Bradford")


def test_the_same_number_in_another_postcode_is_another_home():
    assert address("10 Park Road", postcode="LS1 1AA") != address("10 Park Road")


def test_a_house_without_a_number_goes_by_its_name():
    assert address("Rose Cottage", "Park Lane") == address("ROSE COTTAGE", "Bradford")
    assert address("Rose Cottage") != address("Ivy Cottage")


@pytest.mark.parametrize("lines", [(), (POSTCODE,), ("",)])
def test_a_postcode_alone_is_no_home(lines):
    assert address(*lines) is None


def test_lines_from_before_the_postcode_changed_are_those_of_the_home_that_was_left():
    assert address("10 Park Road", revision=5, lines_revision=2) is None


@pytest.mark.parametrize("ledger", [{}, {"postcode": (None, 3)}])
def test_somebody_of_whom_no_postcode_is_told_lives_nowhere_known(ledger):
    assert place_told(ledger) is None


def home(place="p1", which="10", revision=1):
    told = digest(f"{place}|{which}") if which else None
    return HomeTold(place=digest(place), address=told, revision=revision, since=on_day(revision))


def test_the_latest_word_of_any_agency_is_where_a_child_lives():
    assert current_home([home(), home("p2", "3", revision=7)]) == digest("p2|3")


def test_a_move_told_in_milliseconds_is_later_than_a_visit_told_in_nanoseconds():
    """A council's word of November after a hospital's of January: the child has moved away."""
    visit = replace(home(), revision=1_767_950_000_000_000_000)
    moved = replace(home("p2", "3"), revision=1_793_450_000_000)
    assert current_home([visit, moved]) == digest("p2|3")


def test_a_postcode_told_later_agrees_with_an_address_of_it():
    assert current_home([home(), home(which=None, revision=9)]) == digest("p1|10")


def test_another_postcode_told_later_is_a_move_to_where_nobody_can_say():
    assert current_home([home(), home("p2", which=None, revision=9)]) is None


@pytest.mark.parametrize("told", [[], [home(), home("p2", "3")], [home(), home(which="12")]])
def test_nothing_told_and_words_against_words_are_no_home(told):
    assert current_home(told) is None


def street(*lines):
    return place_told(a_ledger(*lines)).street


@pytest.mark.parametrize(
    "other",
    [
        ("10 PARK ROAD",),
        ("10, Park Rd", "Bradford"),
        ("10 Park Road BRADFORD",),
        ("10", "Park Road", "Bradford"),
        ("Rose Cottage", "10 Park Road", "bd96rj"),
    ],
)
def test_one_street_written_in_several_ways_is_one(other):
    assert street(*other) == street("10 Park Road")


@pytest.mark.parametrize(
    "other", [("10 Mill Lane",), ("10 Park Lane",), ("10 Old Park Road",), ("12 Park Road",)]
)
def test_another_street_is_another(other):
    assert street(*other) != street("10 Park Road")


def test_a_saint_and_an_apostrophe_make_no_other_street():
    assert street("3 Saint Mary's Street") == street("3 St Marys St") is not None


@pytest.mark.parametrize(
    "lines", [("10",), ("Rose Cottage", "Park Road"), ("10 Park Road Flat 2",)]
)
def test_where_the_street_is_not_clear_none_is_told(lines):
    assert street(*lines) is None


def test_a_home_is_shared_unless_both_name_a_street_and_none_is_the_same():
    park, mill = digest("park"), digest("mill")
    assert may_be_one_home({park}, {park, mill})
    assert may_be_one_home(set(), {park})
    assert not may_be_one_home({park}, {mill})


def test_the_streets_of_an_address_are_those_that_are_told_with_it():
    here, there = (
        HomeTold(
            place=digest("place"),
            address=digest(name),
            street=digest(f"street of {name}"),
            revision=1,
            since=on_day(1),
        )
        for name in ("here", "there")
    )
    assert streets_of([here, there], digest("here")) == {digest("street of here")}
