"""Who of those at an address is a household with a child, and since when both are known there."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.core.household import ADDRESS_CHILDREN_READ_MAX, HOUSEHOLD_CHILDREN_MAX, HomeTold
from hub.core.household_members import HouseholdFound, household_at

FIRST = datetime(2026, 9, 1, tzinfo=UTC)


def told(day=0, address=b"2 10", street=None, revision=1):
    since = FIRST + timedelta(days=day)
    return HomeTold(place=b"BD1", address=address, street=street, revision=revision, since=since)


def found(homes, shielded=()):
    return household_at(b"mira", b"2 10", sorted(homes), homes, frozenset(shielded))


def test_each_other_child_there_is_known_since_the_hub_knew_of_both():
    homes = {b"mira": [told(3)], b"sam": [told(1)], b"tom": [told(9), told(5)]}
    day = {name: FIRST + timedelta(days=days) for name, days in ((b"sam", 3), (b"tom", 5))}
    assert found(homes).children == tuple(day.items())


def test_who_was_told_to_have_moved_or_lives_in_another_street_is_not_of_it():
    moved = [told(), told(address=b"9", revision=2)]
    elsewhere = [told(street=b"MILL LN")]
    homes = {b"mira": [told(street=b"PARK RD")], b"sam": moved, b"tom": elsewhere}
    assert found(homes) == HouseholdFound()


def test_a_shielded_child_makes_it_nobodys_household():
    homes = {b"mira": [told()], b"sam": [told()], b"tom": [told()]}
    assert found(homes, [b"tom"]) == HouseholdFound(withheld=True)


@pytest.mark.parametrize(
    ("children", "too_many"),
    [
        (HOUSEHOLD_CHILDREN_MAX, False),
        (HOUSEHOLD_CHILDREN_MAX + 1, True),
        (ADDRESS_CHILDREN_READ_MAX + 1, True),
    ],
)
def test_more_than_a_household_has_are_none(children, too_many):
    homes = {b"mira": [told()]} | {b"%d" % number: [told()] for number in range(1, children)}
    household = found(homes)
    assert household.too_many is too_many
    assert len(household.children) == (0 if too_many else children - 1)
