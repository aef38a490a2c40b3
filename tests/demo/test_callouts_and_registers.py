"""What the town's force and schools hand over is what their connectors read, and none is lost."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext
from connectors.police import connector as police
from connectors.schools import connector as schools
from hub.adapters.calendar_files import load_calendars
from hub.adapters.policy_files import load_policies
from hub.core.event import EventState, SubjectRole
from hub.core.identifiers import Urn
from hub.core.incident_facts import RiskGrade
from hub.core.report import Feed
from hub.core.school_calendar import is_school_day as is_school_day_of
from hub.demo.agencies import AGENCIES, FORCE, VENDOR
from hub.demo.day import plan_day, write_history
from hub.demo.incidents import opening, past_versions, recent_versions
from hub.demo.school_days import is_school_day, last_school_day, write_calendars
from hub.demo.schools import SCHOOLS, school_of
from hub.demo.town import build_town, story_named
from hub.settings import PROJECT_ROOT

SATURDAY, MONDAY = date(2026, 11, 21), date(2026, 11, 23)
MAPPING = Path(__file__).parents[2] / "deploy" / "demo" / "POL13.toml"


@pytest.fixture(scope="module", params=[SATURDAY, MONDAY], ids=["saturday", "monday"])
def day(request):
    return request.param


@pytest.fixture(scope="module")
def town(day):
    return build_town(seed=2009, anchor=day, children=300)


@pytest.fixture(scope="module")
def plan(tmp_path_factory, town, day):
    return plan_day(tmp_path_factory.mktemp("handed-over"), town, day)


@pytest.fixture(scope="module")
def past(tmp_path_factory, town):
    return dict(write_history(tmp_path_factory.mktemp("history"), town))


def read(connector, path, day, mapping=None):
    context = ConnectorContext(
        started_at=datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC),
        mapping_path=mapping,
        test_numbers=True,
    )
    return list(connector.read(path, context))


def handed_over(plan, feed):
    return [one for one in (*plan.first, *plan.deliveries) if one.feed is feed]


def callouts(plan, day):
    """Every reading of the force's exports of a plan."""
    return [
        reading
        for one in handed_over(plan, Feed.POLICE)
        for reading in read(police, one.path, day, MAPPING)
    ]


def registers(plan, day):
    return [
        reading
        for one in handed_over(plan, Feed.SCHOOLS)
        for reading in read(schools, one.path, day)
    ]


def events_about(readings, person):
    found = [event for reading in readings for event in reading.events]
    number = int(person.key[1:])
    return [one for one in found if one.subject.local_id in {f"N{number:07d}", f"M{number:05d}"}]


def faultless(readings):
    return [one for reading in readings for one in (*reading.refusals, *reading.faults)] == []


def test_the_connectors_read_all_history_and_refuse_nothing(past, town, day):
    told = read(police, past[FORCE.code], day, MAPPING)
    assert faultless(told)
    occurrences = {one.occurrence.number for one in past_versions(town)}
    found = {event.facts.occurrence for one in told for event in one.events}
    assert found - {None} == occurrences  # what takes an occurrence back says no more of it
    marks = read(schools, past[VENDOR.code], day)
    assert faultless(marks)
    assert len(marks) == 20 * 2 * len(SCHOOLS)
    assert all(reading.attendance_register.complete for reading in marks)


def test_the_connectors_read_what_is_handed_over_and_refuse_nothing(plan, day):
    assert faultless(callouts(plan, day))
    told = registers(plan, day)
    assert faultless(told)
    assert {one.agency for one in told} == {school.agency for school in SCHOOLS}
    assert all(reading.attendance_register.complete for reading in told)


def test_a_callout_is_told_of_the_child_there_the_child_away_and_the_unborn_child(plan, town, day):
    (callout,) = story_named(town, "callout_at_night").callouts
    there, away = (one.person for one in callout.children)
    told = callouts(plan, day)
    assert [one.facts.present for one in events_about(told, there)] == [True]
    assert [one.facts.present for one in events_about(told, away)] == [False]
    unborn = [
        event
        for reading in told
        for event in reading.events
        if event.subject.role is SubjectRole.UNBORN and event.subject.due_on == callout.due_on
    ]
    assert len(unborn) == 1


def test_a_withdrawn_callout_is_withdrawn_after_it_was_reported(plan, town, day):
    (child,) = story_named(town, "withdrawn_report").people
    told = events_about(callouts(plan, day), child)
    assert [one.state for one in told] == [EventState.REPORTED, EventState.WITHDRAWN]
    assert told[0].source_key == told[1].source_key


def test_a_callout_is_graded_again_as_the_force_says(plan, town, day):
    (child,) = story_named(town, "callout_regraded").people
    told = events_about(callouts(plan, day), child)
    assert [one.facts.officer_grade for one in told] == [RiskGrade.STANDARD, RiskGrade.HIGH]


def test_the_earlier_two_of_three_callouts_are_history(past, plan, town, day):
    (child,) = story_named(town, "third_callout").people
    assert len(events_about(read(police, past[FORCE.code], day, MAPPING), child)) == 2
    assert len(events_about(callouts(plan, day), child)) == 1


def test_the_callout_before_a_school_day_is_told_and_the_day_is_missed(past, plan, town, day):
    story = story_named(town, "absent_after_callout")
    (child,) = story.people
    assert events_about(read(police, past[FORCE.code], day, MAPPING), child) == []
    assert len(events_about(callouts(plan, day), child)) == 1
    missed = events_about(registers(plan, day), child)
    assert {one.facts.session_date for one in missed} == {last_school_day(day)}
    assert {one.state for one in missed} == {EventState.REPORTED}


def test_an_absence_that_is_explained_is_withdrawn_by_the_next_reading(plan, town, day):
    (child,) = story_named(town, "late_explanation").people
    told = events_about(registers(plan, day), child)
    assert [one.state for one in told] == [EventState.REPORTED, EventState.WITHDRAWN]


def test_of_a_days_marks_nearly_all_are_only_counted(plan, day):
    counted, told = Counter(), 0
    for reading in registers(plan, day):
        counted.update({one.reason: one.count for one in reading.dropped})
        told += len(reading.events)
    assert told > 3
    assert sum(counted.values()) > 15 * told


def test_every_pupil_goes_to_one_school_of_its_council_and_siblings_to_one(town, day):
    pupils = [(one, school_of(one, day)) for one in town.people]
    assert all(school.authority == one.home.authority for one, school in pupils if school)
    families = {}
    for one, school in pupils:
        if school:
            families.setdefault((one.mother, school.phase, school.authority), set()).add(school.urn)
    assert {len(urns) for urns in families.values()} == {1}


def test_every_school_and_the_force_are_joined_by_policy_and_may_report():
    joined = set(load_policies(PROJECT_ROOT / "deploy" / "policies").hub.sources)
    told = {code for agency in AGENCIES for code, feed in agency.reports_for}
    assert {school.agency for school in SCHOOLS} | {FORCE.code} <= joined & told
    for school in SCHOOLS:
        Urn(school.urn)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 22), date(2026, 11, 20)),
        (date(2026, 12, 28), date(2026, 12, 24)),
        (date(2027, 3, 29), date(2027, 3, 25)),
        (date(2026, 8, 12), date(2026, 8, 12)),
    ],
)
def test_school_is_held_on_every_weekday_that_is_no_bank_holiday(day, expected):
    assert last_school_day(day) == expected


def test_the_calendars_of_the_town_say_so_to_the_hub(tmp_path, day):
    calendars = load_calendars(write_calendars(tmp_path, day))
    for number in range(-30, 60):
        on = day + timedelta(days=number)
        assert is_school_day_of(calendars.usual, on) is is_school_day(on)
        assert is_school_day_of(calendars.of(Urn(SCHOOLS[0].urn)), on) is is_school_day(on)
    assert len(calendars.schools) == len(SCHOOLS)


def test_what_is_history_and_what_is_recent_have_no_version_in_common(town, day):
    old, new = past_versions(town), recent_versions(town, day)
    assert {one.updated_at for one in old} & {one.updated_at for one in new} == set()
    assert max(one.updated_at for one in old) < opening(day)


def test_a_second_plan_of_the_same_day_has_the_same_bytes(plan, town, day, tmp_path):
    again = plan_day(tmp_path, town, day)
    for one, other in zip(plan.first, again.first, strict=True):
        assert (one.at, one.agency, one.path.name) == (other.at, other.agency, other.path.name)
    for one, other in zip(plan.deliveries, again.deliveries, strict=True):
        if one.path.is_file():
            assert one.path.read_bytes() == other.path.read_bytes()
