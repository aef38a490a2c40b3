"""The made-up town: the same for one seed, valid throughout, and every story's people are in it."""

from datetime import date, timedelta

import pytest

from hub.adapters.places import Places
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.demo.attendances import day_visits, history
from hub.demo.every_story import STORIES
from hub.demo.names import origins
from hub.demo.people import Quirk
from hub.demo.town import build_town, story_named
from hub.settings import load_settings

ANCHOR = date(2026, 11, 21)


@pytest.fixture(scope="module")
def town():
    return build_town(seed=2009, anchor=ANCHOR, children=300)


def test_the_same_seed_and_day_make_the_same_town(town):
    assert build_town(seed=2009, anchor=ANCHOR, children=300) == town


def test_another_seed_makes_another_town(town):
    other = build_town(seed=2010, anchor=ANCHOR, children=300)
    numbers = {person.nhs_number for person in town.people}
    assert len(numbers & {person.nhs_number for person in other.people}) < 5


@pytest.mark.parametrize("children", [100, 300, 777])
def test_the_town_has_as_many_children_as_asked_for(children):
    town = build_town(seed=3, anchor=ANCHOR, children=children)
    assert len(town.people) == children


@pytest.mark.parametrize("seed", [1, 2009])
def test_every_nhs_number_is_valid_of_the_999_range_and_one_persons(seed):
    town = build_town(seed=seed, anchor=ANCHOR, children=1000)
    numbers = [one.nhs_number for one in (*town.people, *town.adults) if one.nhs_number]
    assert len(numbers) == len(set(numbers))
    assert all(number.startswith("999") for number in numbers)
    for number in numbers:
        NhsNumber.parse(number, test_numbers=True)


def test_every_upn_and_postcode_is_valid(town):
    upns = [person.upn for person in town.people if person.upn]
    assert len(upns) > 50
    for upn in upns:
        Upn.parse(upn)
    for person in town.people:
        Postcode.parse(person.home.postcode)


def test_everyone_called_a_child_is_under_eighteen_on_the_day(town):
    youngest = ANCHOR.replace(year=ANCHOR.year - 18)
    assert all(person.birth_date > youngest for person in town.people)
    assert all(person.birth_date < ANCHOR for person in town.people)


def test_names_come_from_many_origins(town):
    found = {
        origin.name
        for origin in origins()
        for person in town.people
        if person.family_name in origin.families
    }
    assert len(found) >= 10


def test_nobody_shares_a_birth_date_with_a_story_by_chance(town):
    """Else a check would rightly say "possibly another child", and the table would be wrong."""
    by_birth = {}
    for person in town.people:
        by_birth.setdefault(person.birth_date, set()).add(person.mother)
    of_stories = {one.birth_date for story in town.stories for one in story.people}
    assert {day for day in of_stories if len(by_birth[day]) > 1} == set()


def test_the_home_of_every_child_lies_where_the_hub_places_it(town):
    """In a two-tier county a postcode lies in a district, and the county has the duty."""
    places = Places.open(load_settings().cache, today=lambda: ANCHOR)
    for person in town.people:
        placed = places.authority_of_postcode(Postcode.parse(person.home.postcode))
        assert placed is not None
        assert placed.reveal() == person.home.authority


@pytest.mark.parametrize("teller", STORIES, ids=lambda teller: teller.__name__)
def test_every_storys_people_plans_and_visits_are_in_the_town(town, teller):
    story = story_named(town, teller.__name__)
    known = town.by_key
    assert story.people
    assert all(person.key in known for person in (*story.people, *story.adults))
    assert set(story.plans) <= set(town.plans)
    assert set(story.unborn_plans) <= set(town.unborn_plans)
    assert set(story.care) <= set(town.care)
    past = {(visit.person.key, visit.site.ods) for visit in history(town)}
    today = {(visit.person.key, visit.site.ods) for visit in day_visits(town, ANCHOR)}
    for arrival in story.arrivals:
        where = past if arrival.days_ago else today
        assert (arrival.person.key, arrival.site.ods) in where


def test_every_question_is_about_someone_of_its_story(town):
    for story in town.stories:
        numbers = {person.nhs_number for person in (*story.people, *story.adults)}
        for question in story.questions:
            assert question.story == story.name
            assert question.nhs_number in numbers


def test_the_twins_differ_by_given_name_and_number_only(town):
    first, second = story_named(town, "twins").people
    assert first.birth_date == second.birth_date
    assert first.home == second.home
    assert first.family_name == second.family_name
    assert first.given_names != second.given_names
    assert first.nhs_number != second.nhs_number


def test_the_baby_has_been_at_three_hospitals_in_ten_days(town):
    (baby,) = story_named(town, "baby_at_three_hospitals").people
    visits = [
        visit
        for visit in (*history(town), *day_visits(town, ANCHOR))
        if visit.person.key == baby.key
    ]
    assert len({visit.site.ods for visit in visits}) == 3
    span = max(visit.arrived_at for visit in visits) - min(visit.arrived_at for visit in visits)
    assert span < timedelta(days=10)


def test_each_fault_of_a_message_comes_once_a_day_and_to_nobody_on_a_register(town):
    held = {plan.person for plan in town.plans} | {care.person for care in town.care}
    for quirk in (Quirk.NO_VISIT_NUMBER, Quirk.WRONG_CHECK_DIGIT, Quirk.IMPOSSIBLE_BIRTH_DATE):
        faulty = [visit for visit in day_visits(town, ANCHOR) if quirk in visit.quirks]
        assert len(faulty) == 1
        assert faulty[0].person.key not in held


def test_a_later_day_brings_other_visits_of_the_same_people(town):
    first, later = day_visits(town, ANCHOR), day_visits(town, ANCHOR + timedelta(days=1))
    assert not {visit.number for visit in first} & {visit.number for visit in later}
    assert {visit.person.key for visit in later} <= set(town.by_key)
