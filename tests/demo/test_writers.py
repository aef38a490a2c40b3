"""What the town's hospitals and councils write is what the connectors read, and nothing is lost."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from connectors.contract import ConnectorContext
from connectors.health import connector as health
from connectors.health.mapping import map_or_refuse
from connectors.health.mapping_file import load_mapping
from connectors.social_care import connector as social_care
from hub.core.event import DepartmentType, EmergencyAttendanceFacts, EventKind, EventState
from hub.core.report import Feed
from hub.demo.attendances import history
from hub.demo.day import day_messages, plan_day, write_history
from hub.demo.deliveries import instant
from hub.demo.hl7_writer import messages
from hub.demo.places import BRADFORD, LEEDS
from hub.demo.town import build_town, story_named

ANCHOR = date(2026, 11, 21)
READ_AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
MAPPINGS = Path(__file__).parents[2] / "deploy" / "demo"


@pytest.fixture(scope="module")
def town():
    return build_town(seed=2009, anchor=ANCHOR, children=300)


def read_history(folder, trust):
    context = ConnectorContext(
        started_at=READ_AT,
        mapping_path=MAPPINGS / f"{trust}.toml",
        test_numbers=True,
        backfill=True,
    )
    return list(health.read(folder, context))


def read_day(town, day=ANCHOR):
    for message in day_messages(town, day):
        context = ConnectorContext(started_at=message.at, test_numbers=True)
        mapping = load_mapping(MAPPINGS / f"{message.trust}.toml")
        yield message, map_or_refuse(message.content, mapping, context)


def read_extract(folder):
    context = ConnectorContext(started_at=READ_AT, test_numbers=True)
    return list(social_care.read(folder, context))


def morning_extracts(plan):
    return [one for one in plan.first if one.feed is Feed.SOCIAL_CARE]


def day_extracts(plan):
    return [one for one in plan.deliveries if one.feed is Feed.SOCIAL_CARE]


def extracts_of(plan):
    return [*morning_extracts(plan), *day_extracts(plan)]


def test_the_same_seed_and_day_give_the_same_bytes(tmp_path):
    written = []
    for name in ("first", "second"):
        again = build_town(seed=2009, anchor=ANCHOR, children=300)
        list(write_history(tmp_path / name / "history", again))
        plan = plan_day(tmp_path / name / "registers", again, ANCHOR)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append(
            (
                {str(path.relative_to(tmp_path / name)): path.read_bytes() for path in files},
                [message.content for message in plan.messages],
            )
        )
    assert written[0] == written[1]
    assert len(written[0][0]) > 50


def test_the_connector_reads_all_history_and_refuses_nothing(tmp_path, town):
    folders = dict(write_history(tmp_path, town))
    readings = [one for trust in ("RAE", "RR8") for one in read_history(folders[trust], trust)]
    assert [refusal for reading in readings for refusal in reading.refusals] == []
    assert [fault for reading in readings for fault in reading.faults] == []
    events = [event for reading in readings for event in reading.events]
    assert len({event.source_key for event in events}) == len(history(town))
    arrived = Counter(visit.arrived_at for visit in history(town))
    assert Counter(event.facts.arrived_at for event in events) == arrived


def test_visits_to_the_walk_in_unit_count_by_its_mapping_alone(tmp_path, town):
    folders = dict(write_history(tmp_path, town))
    readings = read_history(folders["RR8"], "RR8")
    facts = [event.facts for reading in readings for event in reading.events]
    walk_in = [one for one in facts if one.department_type is DepartmentType.WALK_IN]
    assert {one.site_code for one in walk_in} == {"RR8KL"}
    unmapped = list(
        health.read(
            folders["RR8"] / "RR8KL.hl7",
            ConnectorContext(started_at=READ_AT, test_numbers=True, backfill=True),
        )
    )
    assert [event for reading in unmapped for event in reading.events] == []


def test_of_a_day_only_the_visit_without_a_number_is_refused(town):
    refusals = [refusal for _, reading in read_day(town) for refusal in reading.refusals]
    assert {refusal.field for refusal in refusals} == {"PV1-19"}
    assert len(refusals) == 3


def test_what_is_left_out_of_a_day_is_counted_by_its_reason(town):
    dropped = Counter()
    for _, reading in read_day(town):
        dropped.update({one.reason: one.count for one in reading.dropped})
    assert set(dropped) == {
        "adult",
        "birth_date_not_a_date",
        "nhs_number_check_digit",
        "nhs_number_repeated_digit",
    }
    assert dropped["adult"] > 50


def test_the_cancelled_arrival_is_withdrawn(town):
    events = [event for _, reading in read_day(town) for event in reading.events]
    withdrawn = [event.source_key for event in events if event.state is EventState.WITHDRAWN]
    (child,) = story_named(town, "cancelled_arrival").people
    told_of_child = {
        event.source_key
        for event in events
        if event.subject.nhs_number and event.subject.nhs_number.reveal() == child.nhs_number
    }
    assert len(withdrawn) == 1
    assert set(withdrawn) == told_of_child


def test_a_shielded_childs_address_stays_in_the_hospital(town):
    shielded = [
        event for _, reading in read_day(town) for event in reading.events if event.shielded
    ]
    assert len(shielded) >= 3
    assert all(event.subject.postcode is None for event in shielded)


def test_a_visits_revisions_never_share_an_instant_with_other_content(town):
    """Two revisions of one fact with one id and other content would be a conflict."""
    seen = {}
    for _, reading in read_day(town):
        for event in reading.events:
            key = (event.source_key, event.revision)
            assert seen.setdefault(key, event) == event


def test_an_update_may_overtake_its_arrival_and_a_message_may_come_twice(town):
    written = [message for message, _ in read_day(town)]
    controls = Counter(message.control_id for message in written)
    assert max(controls.values()) == 2
    order = {}
    for message in written:
        order.setdefault(message.control_id[:-2], []).append(message.trigger)
    assert any(triggers[0] == "A08" for triggers in order.values())


def test_no_message_leaves_after_the_end_of_the_day(town):
    end = instant(ANCHOR + timedelta(days=1), time(0))
    assert all(message.at < end for message in day_messages(town, ANCHOR))


def test_names_of_many_alphabets_survive_the_way_to_the_event(town):
    (baby,) = story_named(town, "baby_at_three_hospitals").people
    spelled = {
        event.subject.family_name
        for message, reading in read_day(town)
        for event in reading.events
        if message.trust == "RR8" and event.subject.family_name
    }
    assert baby.family_name in spelled
    assert any(not name.isascii() for name in spelled)


def test_each_councils_register_is_read_whole_without_a_fault(tmp_path, town):
    plan = plan_day(tmp_path, town, ANCHOR)
    for extract in extracts_of(plan):
        readings = read_extract(extract.path)
        assert [one for reading in readings for one in (*reading.refusals, *reading.faults)] == []
        assert any(reading.statement for reading in readings)


def test_the_morning_registers_hold_the_towns_plans_of_each_council(tmp_path, town):
    plan = plan_day(tmp_path, town, ANCHOR)
    for extract in morning_extracts(plan):
        events = [event for one in read_extract(extract.path) for event in one.events]
        plans = [one for one in town.plans if one.council == extract.agency]
        unborn = [one for one in town.unborn_plans if one.council == extract.agency]
        care = [one for one in town.care if one.council == extract.agency]
        kinds = Counter(event.kind for event in events)
        assert kinds[EventKind.CHILD_PROTECTION_PLAN] == len(plans)
        assert kinds[EventKind.UNBORN_CHILD_PROTECTION_PLAN] == len(unborn)
        assert kinds[EventKind.LOOKED_AFTER_PERIOD] == len(care)


def test_at_noon_bradford_adds_a_plan_and_leeds_deletes_one(tmp_path, town):
    noon = {e.agency: e for e in extracts_of(plan_day(tmp_path, town, ANCHOR)) if not e.full}
    added = [event for one in read_extract(noon[BRADFORD].path) for event in one.events]
    gone = [event for one in read_extract(noon[LEEDS].path) for event in one.events]
    assert [event.state for event in added] == [EventState.REPORTED]
    assert {event.state for event in gone} == {EventState.WITHDRAWN}


def test_a_statement_after_changes_lists_what_the_next_whole_register_does(tmp_path, town):
    plan = plan_day(tmp_path, town, ANCHOR)
    for council in (BRADFORD, LEEDS):
        stated = [
            {
                (one.kind, one.source_key)
                for reading in read_extract(extract.path)
                if reading.statement
                for one in reading.statement.open_plans
            }
            for extract in day_extracts(plan)
            if extract.agency == council
        ]
        assert stated[0] == stated[1]


def test_on_a_later_day_the_register_is_as_the_first_day_left_it(tmp_path, town):
    later = plan_day(tmp_path, town, ANCHOR + timedelta(days=1))
    assert all(extract.full for extract in extracts_of(later))
    (new,) = story_named(town, "plan_at_noon").noon_plans
    bradford = next(one for one in morning_extracts(later) if one.agency == BRADFORD)
    assert new.key in (bradford.path / "ssd_cp_plans.csv").read_text()


def test_a_left_before_seen_visit_says_so(town):
    left = [
        event.facts
        for _, reading in read_day(town)
        for event in reading.events
        if isinstance(event.facts, EmergencyAttendanceFacts) and event.facts.left_before_seen
    ]
    assert left


def test_every_visit_ends_after_it_begins(town):
    for visit in history(town):
        written = list(messages(visit))
        assert visit.departed_at > visit.arrived_at
        assert written[-1].at >= written[0].at
