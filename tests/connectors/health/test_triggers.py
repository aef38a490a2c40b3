"""What each ADT trigger becomes, and in what order a visit's messages stand."""

from dataclasses import replace
from itertools import pairwise

import pytest

from connectors.mapping_toml import EDITION_MAX
from hub.core.event import (
    EmergencyAttendanceFacts,
    EventKind,
    EventState,
    PersonDetailsFacts,
    Subject,
)
from tests.connectors.health.messages import (
    UNMAPPED,
    YORK,
    a_message,
    dropped,
    event_of,
    faults,
    read,
)

ADMITTED = {2: "I", 3: "W12^^^RCB55", 4: "21"}


@pytest.mark.parametrize("trigger", ["A01", "A04"])
def test_an_arrival_is_reported_as_an_attendance(trigger):
    event = event_of(a_message(trigger))
    assert event.kind is EventKind.EMERGENCY_ATTENDANCE
    assert event.state is EventState.REPORTED
    assert event.facts.site_code == "RCB55"


def test_an_update_corrects_the_attendance():
    event = event_of(a_message("A08"))
    assert event.state is EventState.CORRECTED
    assert event.facts.site_code == "RCB55"


def test_a_move_inside_the_department_corrects_the_attendance():
    event = event_of(a_message("A02", pv1={3: "ED^CUBICLE4^^RCB55", 6: "ED^^^RCB55"}))
    assert event.state is EventState.CORRECTED
    assert event.facts.departed_at is None


def test_a_move_to_another_site_keeps_the_key_of_the_visit():
    arrival = event_of(a_message("A04", pv1={3: "UTC^^^RCBSG"}))
    move = event_of(a_message("A02", pv1={3: "ED^^^RCB55", 6: "UTC^^^RCBSG"}))
    assert move.source_key == arrival.source_key
    assert (arrival.facts.site_code, move.facts.site_code) == ("RCBSG", "RCB55")


def test_a_move_from_the_department_to_a_ward_ends_the_attendance():
    event = event_of(
        a_message("A02", evn={6: "20261120131500"}, pv1={2: "I", 3: "W12^^^RCB55", 6: "ED^^^RCB55"})
    )
    assert event.kind is EventKind.EMERGENCY_ATTENDANCE
    assert event.facts == EmergencyAttendanceFacts(departed_at=event.occurred_at)


def test_a_discharge_says_when_and_how_the_attendance_ended():
    event = event_of(a_message("A03", pv1={36: "2", 45: "20261120143000"}))
    assert event.state is EventState.CORRECTED
    assert event.facts.departed_at.isoformat() == "2026-11-20T14:30:00+00:00"
    assert (event.facts.disposition, event.facts.left_before_seen) == ("2", False)


def test_a_discharge_without_pv1_45_departs_when_the_event_occurred():
    event = event_of(a_message("A03", evn={6: "20261120141000"}))
    assert event.facts.departed_at.isoformat() == "2026-11-20T14:10:00+00:00"


@pytest.mark.parametrize("code", ["12", "13"])
def test_a_child_who_leaves_before_treatment_is_said_to_have_left(code):
    assert event_of(a_message("A03", pv1={36: code})).facts.left_before_seen is True


def test_a_disposition_that_is_no_code_is_dropped_and_named():
    reading = read(a_message("A03", pv1={36: "left with Uncle Bert"}))
    assert dropped(reading) == {"disposition_not_a_code": 1}
    assert reading.events[0].facts.disposition is None


def test_a_cancelled_visit_is_withdrawn_without_saying_who_it_was():
    event = event_of(a_message("A11"))
    assert event.state is EventState.WITHDRAWN
    assert event.subject == Subject(local_id="RCB|H123456")
    assert event.facts == EmergencyAttendanceFacts()


@pytest.mark.parametrize(
    "message",
    [
        a_message("A11", pv1={2: "O", 3: "OPD^^^RCB55"}),
        a_message("A11", pid={7: "19600101"}),
        a_message("A11", pv1={2: "", 3: ""}),
        a_message("A11", without=("PID",)),
    ],
    ids=["outpatient", "adult", "without a class", "without a person"],
)
def test_a_cancel_is_always_sent(message):
    event = event_of(message)
    assert event.state is EventState.WITHDRAWN
    assert event.source_key == "RCB|VISITID|V1001"


def test_a_cancelled_discharge_clears_what_the_discharge_said():
    event = event_of(a_message("A13", pv1={36: "12", 45: "20261120143000"}))
    assert event.state is EventState.CORRECTED
    assert event.cleared == ("departed_at", "disposition", "left_before_seen")
    facts = event.facts
    assert (facts.departed_at, facts.disposition, facts.left_before_seen) == (None, None, None)


@pytest.mark.parametrize("trigger", ["A28", "A31"])
def test_demographics_are_a_person_and_no_attendance(trigger):
    event = event_of(a_message(trigger, without=("PV1",)))
    assert event.facts == PersonDetailsFacts()
    assert event.state is EventState.REPORTED
    assert event.source_key == "RCB|person|RCB|H123456"


@pytest.mark.parametrize("trigger", ["A24", "A37", "A06", "Z99"])
def test_other_triggers_are_named_and_counted(trigger):
    reading = read(a_message(trigger))
    assert not reading.events
    assert not reading.refusals
    assert dropped(reading) == {f"trigger_{trigger}_not_handled": 1}
    assert reading.source_as_of is not None


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("ORU^R01", "message_ORU_not_read"), ("Robin Arkwright", "message_unknown_not_read")],
)
def test_messages_that_are_not_adt_are_named_and_counted(kind, reason):
    assert dropped(read(a_message(msh={9: kind}))) == {reason: 1}


@pytest.mark.parametrize("kind", ["ADT^A04", "ADT^A04^ADT_A01", "adt^a04"])
def test_every_form_of_the_message_type_is_read(kind):
    assert event_of(a_message(msh={9: kind})).state is EventState.REPORTED


def test_a_trigger_that_stands_only_in_evn_1_is_read():
    assert event_of(a_message(msh={9: "ADT"}, evn={1: "A04"})).state is EventState.REPORTED


@pytest.mark.parametrize("kind", ["ADT", "", "ADT^?"])
def test_a_message_that_does_not_say_what_it_is_is_refused(kind):
    assert [r.field for r in read(a_message(msh={9: kind})).refusals] == ["MSH-9"]


@pytest.mark.parametrize("version", ["", "2.3", "2.5.1", "9"])
def test_another_version_is_read(version):
    assert event_of(a_message(msh={12: version}))


# --- after admission: the same visit number runs on ---------------------------------------------


@pytest.mark.parametrize("trigger", ["A01", "A08", "A03", "A13", "A02"])
def test_after_admission_only_the_person_is_told(trigger):
    event = event_of(a_message(trigger, pv1=ADMITTED | {36: "12", 45: "20261125100000"}))
    assert event.facts == PersonDetailsFacts()
    assert event.cleared == ()
    assert event.subject.family_name == "ARKWRIGHT"


def test_a_shield_that_is_set_on_the_ward_is_told():
    event = event_of(a_message("A08", pv1=ADMITTED | {16: "S"}))
    assert event.shielded


def test_a_patient_who_waits_in_the_department_for_a_bed_is_no_new_attendance():
    event = event_of(a_message("A01", pv1={2: "I", 3: "ED^^^RCB55"}))
    assert event.facts == PersonDetailsFacts()


@pytest.mark.parametrize("trigger", ["A01", "A04", "A08", "A02", "A03", "A13"])
@pytest.mark.parametrize("patient_class", ["I", "O", "P", "R", "B", "N"])
def test_visits_that_have_nothing_to_do_with_the_department_are_left_out(trigger, patient_class):
    reading = read(a_message(trigger, pv1={2: patient_class, 3: "OPD^^^RCB55"}))
    assert not reading.events
    assert dropped(reading) == {"not_emergency": 1}


def test_an_inpatient_discharge_of_an_elective_stay_is_never_a_departure():
    elective = {2: "I", 3: "W12^^^RCB55", 4: "11", 36: "12"}
    assert dropped(read(a_message("A03", pv1=elective))) == {"not_emergency": 1}


# --- keys and order -----------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", ["A01", "A04", "A08", "A02", "A03", "A13", "A11"])
def test_every_message_of_a_visit_has_the_same_key(trigger):
    assert event_of(a_message(trigger)).source_key == "RCB|VISITID|V1001"


def test_every_spelling_of_the_sender_gives_the_same_key():
    event = event_of(a_message(msh={4: "York Teaching"}))
    assert event.source_key == "RCB|VISITID|V1001"


def test_an_unmapped_sender_keys_by_its_own_name():
    assert event_of(a_message(msh={4: "224"}), UNMAPPED).source_key == "224|VISITID|V1001"


def test_visit_numbers_of_two_issuers_are_two_visits():
    one = event_of(a_message(pv1={19: "77^^^PAS&1.2.3&ISO"}))
    other = event_of(a_message(pv1={19: "77^^^EDIS"}))
    assert (one.source_key, other.source_key) == ("RCB|PAS|77", "RCB|EDIS|77")


@pytest.mark.parametrize(
    ("message", "key", "code"),
    [
        (
            a_message(pv1={19: "", 50: "ALT7^^^PAS"}),
            "RCB|PV1_50:PAS|ALT7",
            "visit_number_from_pv1_50",
        ),
        (a_message(pv1={19: ""}, pid={18: "ACC7"}), "RCB|PID_18:|ACC7", "visit_number_from_pid_18"),
    ],
)
def test_a_missing_visit_number_falls_back_and_is_named(message, key, code):
    reading = read(message)
    assert reading.events[0].source_key == key
    assert faults(reading) == {code: "RCB"}


@pytest.mark.parametrize("trigger", ["A04", "A03", "A11"])
def test_a_visit_without_any_number_is_refused(trigger):
    (refusal,) = read(a_message(trigger, pv1={19: ""})).refusals
    assert refusal.field == "PV1-19"
    assert refusal.reference == "control id MSG0001"


def test_a_visit_number_that_is_too_long_is_refused():
    (refusal,) = read(a_message(pv1={19: "9" * 150})).refusals
    assert refusal.field == "PV1-19"


def test_an_empty_sender_is_refused():
    assert [r.field for r in read(a_message(msh={4: ""})).refusals] == ["MSH-4"]


def test_the_revision_follows_evn_2_then_msh_7_then_the_trigger():
    first = event_of(a_message("A04"))
    later_recorded = event_of(
        a_message("A01", evn={2: "20261120091501"}, msh={7: "20261120091501"})
    )
    later_sent = event_of(a_message("A04", msh={7: "20261120091531"}))
    discharge = event_of(a_message("A03"))
    cancel = event_of(a_message("A11"))
    ordered = [first, discharge, cancel, later_sent, later_recorded]
    revisions = [event.revision for event in ordered]
    assert revisions == sorted(set(revisions))


def test_the_revision_is_seconds_then_delay_then_rank():
    event = event_of(a_message("A08"))
    recorded = int(event.recorded_at.timestamp())
    assert event.revision == recorded * 1_000_000_000 + 30 * 100 + 30


@pytest.mark.parametrize(("sent", "after"), [("20261120091400", 0), ("20270601000000", 9_999_999)])
def test_the_delay_in_a_revision_is_capped_at_both_ends(sent, after):
    event = event_of(a_message("A08", msh={7: sent}))
    recorded = int(event.recorded_at.timestamp())
    assert event.revision == recorded * 1_000_000_000 + after * 100 + 30


def test_what_a_mended_mapping_makes_of_a_message_is_the_later_and_disturbs_no_order():
    mended = replace(YORK, edition=EDITION_MAX)
    for trigger, following in pairwise(["A28", "A04", "A08", "A02", "A03", "A13", "A11"]):
        before, after = event_of(a_message(trigger)), event_of(a_message(trigger), mended)
        assert after.source_key == before.source_key
        assert before.revision < after.revision < event_of(a_message(following)).revision


def test_the_same_message_always_has_the_same_revision():
    assert event_of(a_message()) == event_of(a_message())


@pytest.mark.parametrize("processing", ["T", "D", "", "X"])
def test_a_live_feed_refuses_test_messages_by_name(processing):
    (refusal,) = read(a_message(msh={11: processing})).refusals
    assert refusal.field == "MSH-11"


def test_a_test_feed_takes_test_messages():
    assert event_of(a_message(msh={11: "T"}), live=False)


def test_a_processing_mode_after_the_processing_id_is_passed_over():
    assert event_of(a_message(msh={11: "P^T"}))


def test_two_messages_in_one_are_refused_rather_than_half_read():
    (refusal,) = read(a_message() + a_message()).refusals
    assert refusal.field == "MSH"


def test_a_message_without_a_person_is_refused():
    assert [r.field for r in read(a_message(without=("PID",))).refusals] == ["PID"]
