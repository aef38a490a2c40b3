"""What hospitals tell about who a person is: A40 (merge), A47 (new number), A45 (visit moved)."""

import pytest

from hub.core.event import EmergencyAttendanceFacts, EventKind, EventState
from hub.core.identity_change import Change
from tests.connectors.health.messages import (
    NHS_NUMBER,
    OTHER_NHS_NUMBER,
    a_message,
    dropped,
    event_of,
    read,
    segment,
)

MERGES = {"A40": Change.RECORDS_MERGED, "A47": Change.IDENTIFIER_CHANGED}
ADULT = {7: "19790504"}


def merged(former, *, trigger="A40", pid=None, more=(), **message):
    """Who was known by ``former`` (MRG-1) is who PID says."""
    without = message.pop("without", ("PV1",))
    mrg = segment("MRG", {1: former})
    return a_message(trigger, pid=pid, more=(mrg, *more), without=without, **message)


def moved(*visits, pid=None, **message):
    """Visits (PV1-19, MRG-1, MRG-5) that are the patient's whom PID names."""
    groups = [
        text
        for now, former, before in visits
        for text in (segment("MRG", {1: former, 5: before}), segment("PV1", {2: "E", 19: now}))
    ]
    return a_message("A45", pid=pid, more=tuple(groups), without=("PV1",), **message)


def former(message):
    """The former local ids of what a message becomes, and whom they are now."""
    reading = read(message)
    assert not reading.refusals, reading.refusals
    return [(one.facts.former_local_id, one.subject.local_id) for one in reading.events]


@pytest.mark.parametrize(("trigger", "change"), MERGES.items())
def test_the_number_before_leads_to_who_the_person_is_now(trigger, change):
    event = event_of(merged("H777^^^RCB^MR", trigger=trigger))
    assert event.kind is EventKind.IDENTITY_CHANGE
    assert event.state is EventState.REPORTED
    assert event.facts.change is change
    assert event.facts.former_local_id == "RCB|H777"
    assert event.subject.local_id == "RCB|H123456"
    assert event.subject.nhs_number.reveal() == NHS_NUMBER
    assert event.subject.family_name == "ARKWRIGHT"


def test_the_record_merged_away_has_the_local_id_that_its_own_messages_gave_it():
    arrival = event_of(a_message(pid={3: f"h777^^^RCB^MR~{NHS_NUMBER}^^^NHS"}))
    assert former(merged("H777^^^RCB^MR")) == [(arrival.subject.local_id, "RCB|H123456")]


def test_every_number_of_the_record_merged_away_is_told():
    pid = {3: f"H1^^^RCB^MR~C1^^^CLINIC^PI~{NHS_NUMBER}^^^NHS"}
    told = former(merged(f"H2^^^RCB^MR~C2^^^CLINIC^PI~{OTHER_NHS_NUMBER}^^^NHS", pid=pid))
    assert told == [("RCB|H2", "RCB|H1"), ("CLINIC|C2", "RCB|H1")]


def test_a_number_without_its_authority_has_that_of_the_number_in_its_place():
    pid = {3: f"{NHS_NUMBER}^^^NHS~H1^^^RCB^MR~C1^^^CLINIC^PI"}
    assert former(merged(f"{OTHER_NHS_NUMBER}~H2~C2", pid=pid)) == [
        ("RCB|H2", "RCB|H1"),
        ("CLINIC|C2", "RCB|H1"),
    ]


def test_an_empty_place_keeps_the_places_of_the_others():
    pid = {3: f"H1^^^RCB^MR~C1^^^CLINIC^PI~{NHS_NUMBER}^^^NHS"}
    assert former(merged("~C2", pid=pid)) == [("CLINIC|C2", "RCB|H1")]


def test_a_number_without_any_authority_has_that_of_the_sender():
    assert former(merged("H777")) == [("RCB|H777", "RCB|H123456")]
    pid = {3: "H1"}
    assert former(merged("H777~H778", pid=pid)) == [("RCB|H777", "RCB|H1"), ("RCB|H778", "RCB|H1")]


def test_the_national_example_with_a_usable_number_is_a_merge():
    pid = {3: f"{NHS_NUMBER}^^^NHS"}
    assert former(merged("22789^^^LOCALID||||44455^^^VISITID", pid=pid)) == [
        ("LOCALID|22789", f"NHS|{NHS_NUMBER}")
    ]


def test_a_record_known_by_its_nhs_number_alone_is_told_by_it():
    assert former(merged(f"{OTHER_NHS_NUMBER}^^^NHS")) == [
        (f"NHS|{OTHER_NHS_NUMBER}", "RCB|H123456")
    ]


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
def test_line_ends_change_nothing(line_end):
    assert former(merged("H777^^^RCB^MR", line_end=line_end)) == [("RCB|H777", "RCB|H123456")]


@pytest.mark.parametrize(
    "number", ["", '""', '""^^^RCB^MR', "^^^RCB^MR", "QQ123456C^^^^NI", "12345^^^HMRC^SS", "  "]
)
@pytest.mark.parametrize("trigger", MERGES)
def test_a_merge_that_does_not_say_of_whom_is_refused(trigger, number):
    (refusal,) = read(merged(number, trigger=trigger)).refusals
    assert refusal.field == "MRG-1"


@pytest.mark.parametrize("trigger", MERGES)
def test_a_merge_without_its_segment_is_refused(trigger):
    (refusal,) = read(a_message(trigger, without=("PV1",))).refusals
    assert refusal.field == "MRG-1"


def test_a_record_merged_with_itself_is_refused_by_name_and_without_its_number():
    reading = read(merged("h123456^^^RCB^MR"))
    (refusal,) = reading.refusals
    assert (refusal.field, reading.events) == ("MRG-1", ())
    assert "H123456" not in refusal.expected.upper()


def test_numbers_that_stay_are_no_change_beside_one_that_is():
    pid = {3: "H1^^^RCB^MR~C1^^^CLINIC^PI"}
    assert former(merged("H1^^^RCB^MR~C2^^^CLINIC^PI", pid=pid)) == [("CLINIC|C2", "RCB|H1")]


def test_a_survivor_without_any_number_is_refused():
    (refusal,) = read(merged("H777", pid={3: ""})).refusals
    assert refusal.field == "PID-3"


def test_a_later_merge_of_the_same_number_replaces_the_one_before():
    first = event_of(merged("H777", pid={3: "H1^^^RCB^MR"}))
    later = event_of(merged("H777", pid={3: "H2^^^RCB^MR"}, evn={2: "20261121091500"}))
    assert first.source_key == later.source_key
    assert later.revision > first.revision


def test_a_merge_the_other_way_round_is_another_fact():
    one = event_of(merged("H2^^^RCB^MR", pid={3: "H1^^^RCB^MR"}))
    other = event_of(merged("H1^^^RCB^MR", pid={3: "H2^^^RCB^MR"}))
    assert one.source_key != other.source_key


def test_the_same_merge_twice_is_the_same_event():
    assert event_of(merged("H777")) == event_of(merged("H777"))


def test_adults_are_left_out_of_merges():
    assert dropped(read(merged("H777", pid=ADULT))) == {"adult": 1}


def test_a_shielded_survivor_is_told_without_where_it_lives():
    event = event_of(merged("H777", more=(segment("ZU8", {4: "1"}),)))
    assert event.shielded
    assert event.subject.postcode is None
    assert "postcode" in event.subject.cleared


def test_a_moved_visit_has_the_key_of_its_attendance():
    arrival = event_of(a_message(pid={3: "H777^^^RCB^MR"}))
    event = event_of(moved(("V1001^^^VISITID", "H777^^^RCB^MR", "")))
    assert event.facts.change is Change.VISIT_MOVED
    assert event.facts.visit_key == arrival.source_key
    assert event.facts.former_local_id is None
    assert event.subject.local_id == "RCB|H123456"


def test_a_message_may_move_several_visits():
    reading = read(moved(("V1^^^V", "H7", ""), ("V2^^^V", "H7", "")))
    assert [one.facts.visit_key for one in reading.events] == ["RCB|V|V1", "RCB|V|V2"]
    assert len({one.source_key for one in reading.events}) == 2


def test_a_visit_that_is_numbered_anew_moves_under_both_numbers():
    reading = read(moved(("V2^^^V", "H7", "V1")))
    assert [one.facts.visit_key for one in reading.events] == ["RCB|V|V2", "RCB|V|V1"]


def test_a_visit_with_its_own_number_repeated_moves_once():
    (event,) = read(moved(("V1^^^V", "H7", "V1"))).events
    assert event.facts.visit_key == "RCB|V|V1"


def test_a_moved_visit_without_a_number_is_refused():
    (refusal,) = read(moved(("", "H7", ""))).refusals
    assert refusal.field == "PV1-19"


def test_a_visit_that_is_an_adults_is_taken_back():
    arrival = event_of(a_message(pid={3: "H777^^^RCB^MR"}))
    event = event_of(moved(("V1001^^^VISITID", "H777^^^RCB^MR", ""), pid=ADULT))
    assert isinstance(event.facts, EmergencyAttendanceFacts)
    assert (event.state, event.source_key) == (EventState.WITHDRAWN, arrival.source_key)
    assert event.subject.local_id == "RCB|H777"
    assert event.subject.family_name is None


def test_a_visit_moved_again_is_a_later_version_of_one_fact():
    once = event_of(moved(("V1^^^V", "H7", "")))
    later = event_of(moved(("V1^^^V", "H1", ""), pid={3: "H8"}, evn={2: "20261121091500"}))
    assert later.source_key == once.source_key
    assert later.revision > once.revision
