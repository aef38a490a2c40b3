"""What counts as an emergency attendance, where it was, and who is too old to be told of."""

import pytest

from hub.core.event import CountedBecause, DepartmentType
from tests.connectors.health.messages import UNMAPPED, a_message, dropped, event_of, faults, read


@pytest.mark.parametrize(
    ("pv1", "site", "department"),
    [
        ({2: "E", 3: "ED^^^RCB55"}, "RCB55", DepartmentType.MAJOR),
        ({2: "O", 3: "ED^^^YDH"}, "RCB55", DepartmentType.MAJOR),
        ({2: "", 3: "ed^^^ydh"}, "RCB55", DepartmentType.MAJOR),
        ({2: "E", 3: "^^^RCB55^^^^^^^101001"}, "RCB55", DepartmentType.MAJOR),
        ({2: "O", 3: "WALKIN^^^RCB55"}, "RCB55", DepartmentType.WALK_IN),
        ({2: "O", 3: "UTC^^^RCBSG"}, "RCBSG", DepartmentType.MINOR_OR_URGENT),
    ],
)
def test_what_the_mapping_names_counts(pv1, site, department):
    reading = read(a_message(pv1=pv1))
    facts = reading.events[0].facts
    assert (facts.site_code, facts.department_type) == (site, department)
    assert facts.counted_because is CountedBecause.SITE_MAPPING
    assert reading.faults == ()


def test_a_class_that_the_mapping_does_not_give_the_department_does_not_count():
    assert dropped(read(a_message(pv1={2: "P", 3: "WALKIN^^^RCBSG"}))) == {"not_emergency": 1}


def test_class_e_at_an_unnamed_place_of_a_known_site_counts_and_is_named():
    reading = read(a_message(pv1={3: "ED3^^^RCB55"}))
    assert reading.events[0].facts.counted_because is CountedBecause.PATIENT_CLASS
    assert faults(reading) == {"department_not_mapped": "RCB55 ED3"}


def test_a_place_that_is_written_as_free_text_is_not_repeated_in_a_fault():
    reading = read(a_message(pv1={3: "ROOM OF DR SMITH^^^RCB55"}))
    assert faults(reading) == {"department_not_mapped": "RCB55 a place without a code"}


@pytest.mark.parametrize(
    ("facility", "site", "as_sent"),
    [
        ("RCB55", "RCB55", None),  # of the form of a trust's site: an ODS code as ITK says
        ("224", None, "224"),
        ("St Elsewhere's", None, "ST ELSEWHERE'S"),
    ],
)
def test_an_unmapped_site_counts_by_class_e_and_is_named(facility, site, as_sent):
    reading = read(a_message(pv1={3: f"ED^^^{facility}"}), UNMAPPED)
    facts = reading.events[0].facts
    assert facts.counted_because is CountedBecause.PATIENT_CLASS
    assert (facts.site_code, facts.site_as_sent) == (site, as_sent)
    assert faults(reading) == {"site_not_mapped": site or as_sent}


def test_without_a_facility_the_sender_is_the_site():
    reading = read(a_message(msh={4: "RCB55"}, pv1={3: "ED"}))
    assert reading.events[0].facts.site_code == "RCB55"
    reading = read(a_message(msh={4: "224"}, pv1={3: "ED"}), UNMAPPED)
    assert reading.events[0].facts.site_as_sent == "224"


def test_a_facility_that_is_no_name_of_a_place_is_not_repeated():
    reading = read(a_message(pv1={3: "ED^^^" + "x" * 90 + "@@"}), UNMAPPED)
    assert reading.events[0].facts.site_as_sent == "unnamed place"
    assert faults(reading) == {"site_not_mapped": "unnamed place"}


@pytest.mark.parametrize("patient_class", ["O", "I", "U"])
def test_at_an_unmapped_site_no_other_class_counts(patient_class):
    assert dropped(read(a_message(pv1={2: patient_class}), UNMAPPED)) == {"not_emergency": 1}


@pytest.mark.parametrize("trigger", ["A04", "A08", "A03"])
def test_a_visit_without_class_and_mapped_place_is_refused(trigger):
    (refusal,) = read(a_message(trigger, pv1={2: "", 3: "X"}), UNMAPPED).refusals
    assert refusal.field == "PV1-2"


def test_a_visit_message_without_pv1_is_refused():
    (refusal,) = read(a_message("A08", without=("PV1",))).refusals
    assert refusal.field == "PV1-2"


# --- injury -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("diagnosis", "injury"),
    [
        ("S52.5^Fracture of lower end of radius^I10", True),
        ("T20.2^Burn^ICD10", True),
        ("J03.0^Streptococcal tonsillitis^I10", None),
        ("T81.0^Haemorrhage complicating a procedure^I10", None),
        ("S52.5^Fracture^LOCAL", None),
        ("283545005^Wound^SCT", None),
    ],
)
def test_a_diagnosis_coded_as_an_injury_says_so(diagnosis, injury):
    assert event_of(a_message(more=(f"DG1|1||{diagnosis}",))).facts.injury is injury


# --- age ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "adult"),
    [
        ("20081121", False),  # 18 tomorrow
        ("20081120", True),  # the 18th birthday
        ("19600101", True),
        ("2008", False),
        ("2007", True),
        ("200811", False),
        ("200810", True),
        ("", False),
        ("00000000", False),
        ("19000101", False),
    ],
)
@pytest.mark.parametrize("trigger", ["A01", "A04"])
def test_an_arrival_is_left_out_only_when_the_person_is_certainly_18(trigger, birth, adult):
    reading = read(a_message(trigger, pid={7: birth}))
    assert bool(reading.events) is not adult
    assert (dropped(reading) == {"adult": 1}) is adult


def test_the_day_of_arrival_is_that_of_the_hospitals_calendar():
    late = {2: "20260701001600", 6: "20260701001500"}  # still the 30th in UTC
    message = a_message(evn=late, msh={7: "20260701001600"}, pid={7: "20080701"})
    assert dropped(read(message)) == {"adult": 1}


@pytest.mark.parametrize(
    ("birth", "code", "adult"),
    [
        ("20050101", "ED", False),
        ("20031120", "ED", True),
        ("19600101", "UD", False),
        ("20050101", "NSTS01", True),
    ],
)
def test_an_estimated_age_must_be_years_above_and_a_made_up_one_never_counts(birth, code, adult):
    assert bool(read(a_message(pid={7: birth, 32: code})).events) is not adult


@pytest.mark.parametrize("trigger", ["A08", "A03", "A28", "A31"])
def test_changes_to_adults_are_left_out(trigger):
    assert dropped(read(a_message(trigger, pid={7: "19600101"}))) == {"adult": 1}


def test_the_discharge_of_a_child_who_came_of_age_in_the_department_is_told():
    on_birthday = {7: "20081120"}
    arrived_before = {44: "20261119233000"}
    assert event_of(a_message("A03", pid=on_birthday, pv1=arrived_before))
    assert event_of(a_message("A03", pid=on_birthday))
    assert dropped(read(a_message("A03", pid={7: "20081001"}))) == {"adult": 1}


def test_what_is_dropped_of_a_person_left_out_is_not_counted_besides():
    reading = read(a_message(pid={7: "19600101", 3: "H1^^^RCB^MR~9999999999^^^NHS"}))
    assert dropped(reading) == {"adult": 1}


@pytest.mark.parametrize("place", ["ED^^^ARKWRIGHT", "ARKWRIGHT^^^RCB55"])
def test_a_name_that_stands_where_a_place_should_is_not_shown(place):
    reading = read(a_message(pv1={3: place}))
    assert "ARKWRIGHT" not in str(reading.faults)
    (event,) = reading.events
    assert "ARKWRIGHT" not in str(event.facts)
