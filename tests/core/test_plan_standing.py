"""How a plan stands on a day, and whether its holder may be somebody else: every outcome, named."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.chronology import Listing
from hub.core.event import EventKind
from hub.core.identity_compare import person_of
from hub.core.plan_standing import (
    DisplayWindows,
    PlanStanding,
    in_need_on,
    plan_standing,
    register_on,
)
from hub.core.status_others import Doubt, doubt
from tests.core.builders import LEEDS, a_date, a_number, a_record, an_entry
from tests.core.status_builders import somebody

WINDOWS = DisplayWindows()
NEED = EventKind.CHILD_IN_NEED_PERIOD
UNBORN = EventKind.UNBORN_CHILD_PROTECTION_PLAN
TWIN = {"birth_date": a_record().birth_date, "family_name": "Holroyd"}


@pytest.mark.parametrize(
    ("entry", "day", "standing"),
    [
        (an_entry(), 100, PlanStanding.CURRENT),
        (an_entry(end=10), 10, PlanStanding.CURRENT),
        (an_entry(end=10), 11, PlanStanding.ENDED),
        (an_entry(end=10), 374, PlanStanding.ENDED),
        (an_entry(end=10), 375, PlanStanding.CLOSED),
        (an_entry(end=10, end_reason="transferred"), 11, PlanStanding.TRANSFERRED),
        (an_entry(end=10, end_reason="E3"), 11, PlanStanding.TRANSFERRED),
        (an_entry(end=10, held_for_another_authority=True), 11, PlanStanding.TRANSFERRED),
        (an_entry(end=10, end_reason="transferred"), 375, PlanStanding.CLOSED),
        (an_entry(kind=UNBORN, end=10, due_on=a_date(30)), 58, PlanStanding.ENDED),
        (an_entry(kind=UNBORN, end=10, due_on=a_date(30)), 59, PlanStanding.CLOSED),
        (an_entry(kind=UNBORN, end=40, due_on=a_date(30)), 68, PlanStanding.ENDED),
    ],
)
def test_a_plan_stands_on_a_day_as_its_register_told(entry, day, standing):
    assert plan_standing(entry, a_date(day), WINDOWS) is standing


@pytest.mark.parametrize(
    ("listing", "standing"),
    [(Listing.LISTED, PlanStanding.CURRENT), (Listing.NOT_LISTED, PlanStanding.ENDED)],
)
def test_a_plan_that_is_no_longer_listed_has_ended_then(listing, standing):
    entry = an_entry(listing=listing, not_listed_since=a_date(20))
    assert plan_standing(entry, a_date(20), WINDOWS) is PlanStanding.CURRENT
    assert plan_standing(entry, a_date(21), WINDOWS) is standing


def test_a_plan_that_moved_has_ended_only_once_another_authority_holds_it():
    moved = an_entry("p1", end=10, end_reason="transferred")
    ((_, alone),) = register_on([moved], a_date(20), WINDOWS)
    assert alone is PlanStanding.TRANSFERRED

    taken_up = an_entry("p2", start=9, authority=LEEDS)
    standings = [standing for _, standing in register_on([moved, taken_up], a_date(20), WINDOWS)]
    assert standings == [PlanStanding.ENDED, PlanStanding.CURRENT]


def test_what_is_closed_is_not_shown():
    assert register_on([an_entry(end=10)], a_date(400), WINDOWS) == ()


@pytest.mark.parametrize(
    ("asked", "other", "expected"),
    [
        ({}, {"family_name": "Holroyd"}, Doubt.EXCLUDED),
        ({}, {**TWIN}, Doubt.POSSIBLE),
        ({}, {**TWIN, "nhs_number": a_number("0026")}, Doubt.EXCLUDED),
        ({"given_names": ()}, {**TWIN, "nhs_number": a_number("0026")}, Doubt.NAME_NEEDED),
        ({}, {"nhs_number": a_number()}, Doubt.POSSIBLE),
        ({"family_name": None}, {**TWIN, "family_name": "Pemberton"}, Doubt.NAME_NEEDED),
    ],
)
def test_somebody_else_is_excluded_possible_or_told_by_the_name(asked, other, expected):
    person = person_of(replace(a_record(), **asked))
    assert doubt(person, somebody(**other)) is expected


def test_a_birth_date_a_day_off_excludes_whoever_is_otherwise_alike():
    later = a_record().birth_date + timedelta(days=1)
    assert doubt(person_of(a_record()), somebody(**{**TWIN, "birth_date": later})) is Doubt.EXCLUDED


def test_a_child_in_need_never_stands_where_a_plan_is_asked_for():
    entries = [an_entry("n1", kind=NEED), an_entry("n2", kind=NEED, end=50)]
    assert register_on(entries, a_date(100), WINDOWS) == ()


@pytest.mark.parametrize(
    ("entry", "stands"),
    [
        (an_entry(kind=NEED), True),
        (an_entry(kind=NEED, end=100), True),
        (an_entry(kind=NEED, end=99), False),
        (replace(an_entry(kind=NEED), started_on=a_date(101)), False),
        (replace(an_entry(kind=NEED), started_on=None), True),
        (
            replace(an_entry(kind=NEED), listing=Listing.NOT_LISTED, not_listed_since=a_date(99)),
            False,
        ),
        (an_entry(), False),
    ],
)
def test_a_period_in_need_stands_from_its_first_day_to_its_last(entry, stands):
    assert in_need_on([entry], a_date(100)) == ((entry,) if stands else ())
