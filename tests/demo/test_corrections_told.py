"""The stories of corrections: each step hands over what the connectors read as that correction."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext
from connectors.health.mapping import map_or_refuse
from connectors.health.mapping_file import load_mapping
from connectors.nhs_numbers import connector as nhs_numbers
from connectors.social_care import connector as social_care
from hub.api.users import DEMO_USERS_BY_ID, Permission
from hub.core.event import EventKind, PlanFacts, SubjectRole
from hub.core.identity_change import Change
from hub.demo.agencies import NUMBERS, agency_of
from hub.demo.commands_of import read_delivery
from hub.demo.every_story import ON_REQUEST
from hub.demo.happenings import Adoption, Birth
from hub.demo.holdings import whole_register
from hub.demo.home import Play
from hub.demo.newcomers import told_again
from hub.demo.places import LEEDS
from hub.demo.sights import Moment, Page
from hub.demo.story_files import StoryFiles, sent_at
from hub.demo.story_guide import find_story, in_full
from hub.demo.story_sights import sights_of
from hub.demo.story_steps import steps
from hub.demo.town import build_town

DAY = date(2026, 11, 21)
NAMES = [tell.__name__ for tell in ON_REQUEST]
LATER = datetime(2026, 11, 22, 4, tzinfo=UTC)
MAPPINGS = Path(__file__).parents[2] / "deploy" / "demo"
OPENS = {
    Page.CHECK: Permission.CHECK,
    Page.CHANGED: Permission.CHECK,
    Page.ALERT: Permission.INBOX,
    Page.QUESTION: Permission.REVIEWS,
    Page.NO_QUESTION: Permission.REVIEWS,
}


@pytest.fixture(scope="module")
def town():
    return build_town(seed=2009, anchor=DAY, children=150)


def told(town, name):
    return told_again(town, Play(number=1, story=name, day=DAY))


def read_messages(step):
    """What the hospital's connector makes of the messages of a step."""
    mapping = load_mapping(MAPPINGS / "RAE.toml")
    context = ConnectorContext(started_at=LATER, test_numbers=True)
    readings = [map_or_refuse(one.content, mapping, context) for one in sent_at(step, DAY)]
    assert [refusal for reading in readings for refusal in reading.refusals] == []
    return [event for reading in readings for event in reading.events]


def changes_in(events):
    found = [one for one in events if one.kind is EventKind.IDENTITY_CHANGE]
    return [(one.facts.change, one.subject.nhs_number.reveal()) for one in found]


def read_files(town, name, tmp_path, moment, connector):
    """What a connector makes of what is handed over at a step."""
    play = Play(number=1, story=name, day=DAY)
    story = told_again(town, play)
    files = StoryFiles(folder=tmp_path, town=town, story=story, play=play)
    (step,) = (one for one in steps(town, story, DAY) if one.moment is moment)
    delivery = files.delivery(step, 1)
    context = ConnectorContext(
        started_at=LATER, agency=agency_of(delivery.agency).code, test_numbers=True
    )
    readings = list(connector.read(delivery.path, context))
    assert [fault for one in readings for fault in (*one.refusals, *one.faults)] == []
    return story, [event for reading in readings for event in reading.events]


@pytest.mark.parametrize("name", NAMES)
def test_every_correction_states_what_must_be_seen_by_somebody_who_may_look(town, name):
    story = told(town, name)
    moments = {one.moment for one in steps(town, story, DAY) if not one.past} | {Moment.END}
    sights = sights_of(story)
    assert {one.after for one in sights} <= moments
    assert [one for one in sights if one.until_end]
    assert any(one.page is Page.CHANGED for one in sights) == bool(story.askings)
    for one in sights:
        assert DEMO_USERS_BY_ID[one.who].may(OPENS[one.page])
        assert one.shown or one.page is Page.NO_QUESTION


@pytest.mark.parametrize("name", NAMES)
def test_a_correction_is_in_no_day_and_is_found_and_shown_by_its_name(town, name):
    assert name not in {one.name for one in town.stories}
    story = told(town, name)
    assert find_story(town, name, [story]) is story
    lines = "\n".join(in_full(town, story, DAY))
    assert "What to look at" in lines
    assert all(one.told in lines for one in sights_of(story) if one.until_end)


def test_a_moved_visit_is_sent_as_one_of_whom_it_is_and_stays_there(town):
    story = told(town, "visit_moved")
    on_plan, other = story.people
    arrival, moved = [one for one in steps(town, story, DAY) if not one.past and sent_at(one, DAY)]
    visits = read_messages(arrival)
    assert {one.subject.nhs_number.reveal() for one in visits} == {on_plan.nhs_number}
    corrected = read_messages(moved)
    assert changes_in(corrected) == [(Change.VISIT_MOVED, other.nhs_number)]
    assert {one.subject.nhs_number.reveal() for one in corrected} == {other.nhs_number}
    assert corrected[0].facts.visit_key == visits[0].source_key


def test_a_number_that_was_mistyped_is_given_twice_to_the_same_former_one(town):
    story = told(town, "number_mistyped")
    first, second, _ = story.people
    days = [one for one in steps(town, story, DAY) if not one.past and sent_at(one, DAY)]
    found = [read_messages(one) for one in days]
    changes = [one for one in found if changes_in(one)]
    assert [changes_in(one)[0] for one in changes] == [
        (Change.IDENTIFIER_CHANGED, first.nhs_number),
        (Change.IDENTIFIER_CHANGED, second.nhs_number),
    ]
    one, other = (events[0] for events in changes)
    assert one.source_key == other.source_key
    assert one.revision < other.revision


def test_a_newborn_is_told_with_the_number_of_its_mother(town):
    story = told(town, "born_on_plan")
    (arrival,) = [one for one in steps(town, story, DAY) if one.moment is Moment.ARRIVAL]
    (mother,) = story.adults
    numbers = {one.subject.mother.nhs_number.reveal() for one in read_messages(arrival)}
    assert numbers == {mother.nhs_number}


def test_a_birth_ends_the_plan_before_it_and_begins_the_childs(town, tmp_path):
    story, events = read_files(town, "born_on_plan", tmp_path, Moment.BORN, social_care)
    (birth,) = story.births
    (change,) = (one for one in events if one.kind is EventKind.IDENTITY_CHANGE)
    assert change.facts.change is Change.BORN
    assert change.subject.due_on == birth.unborn.due_on
    assert change.subject.mother.nhs_number.reveal() == story.adults[0].nhs_number
    plans = {one.subject.role: one.facts for one in events if isinstance(one.facts, PlanFacts)}
    assert plans[SubjectRole.UNBORN].ended_on == birth.child.birth_date
    assert plans[SubjectRole.CHILD].ended_on is None
    stated = (tmp_path / "step-1" / "open_plans.csv").read_text()
    assert birth.plan.key in stated
    assert birth.unborn.key not in stated


def test_an_adoption_is_told_of_the_former_id_and_the_present_one(town, tmp_path):
    story, events = read_files(town, "adopted", tmp_path, Moment.ADOPTED, social_care)
    former, now = story.people
    (change,) = events
    assert change.facts.change is Change.ADOPTED
    assert change.facts.former_local_id == f"L-{former.key}"
    assert change.subject.nhs_number.reveal() == now.nhs_number


def test_a_replaced_number_is_told_by_the_keeper_of_the_numbers(town, tmp_path):
    story, events = read_files(
        town, "number_replaced", tmp_path, Moment.NUMBER_REPLACED, nhs_numbers
    )
    now, former = story.people
    (change,) = events
    assert change.facts.change is Change.NUMBER_SUPERSEDED
    assert change.facts.former_nhs_number.reveal() == former.nhs_number
    assert change.subject.nhs_number.reveal() == now.nhs_number
    command = read_delivery(NUMBERS, tmp_path)
    assert command[:3] == ("connector", "run", "nhs_numbers")
    assert "--mapping" not in command


def test_on_later_days_a_council_goes_on_telling_what_it_corrected(town):
    """Else a whole register would open the plan of the unborn child again, by telling it anew."""
    stories = [told(town, name) for name in ("born_on_plan", "adopted")]
    later = replace(town, newcomers=tuple(stories))
    held = whole_register(later, LEEDS, after_noon=True)
    (birth,) = stories[0].births
    (unborn,) = (one for one in held.unborn_plans if one.key == birth.unborn.key)
    assert unborn.ended_on == birth.child.birth_date
    assert birth.plan in held.plans
    assert {one.change for one in held.changes} == {"born", "adopted"}
    assert {type(one) for one in (*stories[0].births, *stories[1].adoptions)} == {Birth, Adoption}
