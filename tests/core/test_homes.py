"""Addresses name one home however flats, ranges and street words are written."""

import pytest

from hub.core.homes import home_of, same_numbers, same_street


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Flat 2, 12 High St", "12/2 HIGH STREET"),
        ("8 FLAT 6 NELSON WAY", "Apt 6, 8 Nelson Wy"),
        ("47-49 Harrogate Drive", "47 - 49 HARROGATE DR."),
        ("10A Hawthorn Avenue", "10a hawthorn ave, Bradford"),
        ("Fold House, Wood Rd.", "FOLD HOUSE WOOD ROAD"),
    ],
)
def test_one_home_is_recognised(one, other):
    homes = home_of((one,)), home_of((other,))
    assert same_numbers(*homes) is True
    assert same_street(*homes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 High Street", "Flat 2, 12 High Street"),
        ("47-49 High Street", "47 High Street"),
        ("Fold House, High Street", "9 High Street"),
    ],
)
def test_a_flat_left_out_a_range_and_a_house_name_do_not_tell(one, other):
    assert same_numbers(home_of((one,)), home_of((other,))) is None


def test_other_numbers_are_another_home():
    assert same_numbers(home_of(("12 High Street",)), home_of(("14 High Street",))) is False


def test_a_kind_of_street_in_common_is_no_street_in_common():
    assert not same_street(home_of(("1 Oak Road",)), home_of(("1 Elm Road",)))


def test_nothing_written_is_no_home():
    assert home_of(()) is None
    assert home_of((" ", ",")) is None


def test_a_home_shows_no_address():
    assert "high" not in repr(home_of(("12 High St",)))
