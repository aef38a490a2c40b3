"""What staff say of a visit is read where a hospital says that it keeps it, and nowhere else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.health.mapping_file import load_mapping
from connectors.health.staff import Fact, Observation, StaffMapping
from hub.core.attendance_facts import ClinicianConcern, DepartureManner
from hub.core.identifiers import SnomedCode
from hub.errors import ConfigurationError
from tests.connectors.health.messages import YORK, a_message, event_of, faults, read

CONCERN = SnomedCode("836881000000105")
HOLD = Observation(fact=Fact.HOLD, values={"ON": "open", "OFF": "ended"})
TAP = Observation(fact=Fact.CLINICIAN, values={"Y": "injury_or_bruise_not_yet_mobile", "N": "none"})
CODED = Observation(fact=Fact.CONCERN, values={"Y": CONCERN.reveal(), "N": "none"})
SAYS = replace(
    YORK,
    staff=StaffMapping(
        concerns={"SG": CONCERN},
        departures={"ABS": DepartureManner.LEFT},
        categories={"NEW": "1"},
        observations={"HOLD": HOLD, "TAP": TAP, "CODED": CODED},
    ),
)
TAPPED = "OBX|1|CE|TAP||Y||||||F"
DIAGNOSED = "DG1|1||SG^Concern^LOCAL"


def told(*more, trigger="A08", mapping=SAYS, **fields):
    return event_of(a_message(trigger, more=more, **fields), mapping)


def test_a_hospital_that_names_nothing_is_told_of_as_before():
    event = told(TAPPED, DIAGNOSED, "ZU3||||||NEW", mapping=YORK)
    assert event == told(mapping=YORK)


def test_what_is_named_is_read():
    facts = told(TAPPED, DIAGNOSED, "ZU3||||||NEW").facts
    assert facts.clinician_concern is ClinicianConcern.INJURY_OR_BRUISE_NOT_YET_MOBILE
    assert facts.safeguarding_concerns == (CONCERN,)
    assert facts.attendance_category == "1"


@pytest.mark.parametrize("back", ["OBX|1|CE|TAP||N", 'OBX|1|CE|TAP||""', "OBX|1|CE|TAP||Y||||||W"])
def test_a_tap_is_taken_back(back):
    event = told(back)
    assert event.facts.clinician_concern is None
    assert event.cleared == ("clinician_concern",)


def test_a_concern_beside_one_that_is_taken_back_stands():
    event = told(DIAGNOSED, "OBX|1|CE|CODED||N")
    assert event.facts.safeguarding_concerns == (CONCERN,)
    assert event.cleared == ()


def test_a_concern_that_is_said_twice_is_one():
    assert told(DIAGNOSED, "OBX|1|CE|CODED||Y").facts.safeguarding_concerns == (CONCERN,)


def test_a_hold_has_the_time_that_it_is_given():
    at = datetime(2026, 11, 20, 9, 28, tzinfo=UTC)
    assert told("OBX|1|CE|HOLD||ON|||||||||20261120092800").facts.held_from == at
    assert told("OBX|1|CE|HOLD||OFF|||||||||20261120092800").facts.hold_ended_at == at


def test_a_hold_without_a_time_began_with_the_visit_and_ends_when_it_is_told():
    arrived = {"pv1": {44: "20261120090000"}}
    began = told("OBX|1|CE|HOLD||ON", **arrived).facts
    assert began.held_from == datetime(2026, 11, 20, 9, tzinfo=UTC)
    ended = told("OBX|1|CE|HOLD||OFF", **arrived).facts
    assert ended.hold_ended_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def test_a_hold_without_a_time_that_ends_with_the_departure_was_not_open_after_it():
    facts = told("OBX|1|CE|HOLD||OFF", trigger="A03", pv1={36: "3", 45: "20261120091300"}).facts
    assert facts.hold_ended_at == facts.departed_at


@pytest.mark.parametrize(
    ("disposition", "how"),
    [
        ("ABS", DepartureManner.LEFT),
        ("1", DepartureManner.ADMITTED),
        ("3", DepartureManner.DISCHARGED),
    ],
)
def test_how_a_patient_left_is_told_by_the_hospital_s_codes_or_table_0112(disposition, how):
    assert told(trigger="A03", pv1={36: disposition}).facts.departure is how


def test_a_departure_of_which_nothing_is_said_takes_an_earlier_manner_back():
    assert told(trigger="A03").cleared == ("departure",)
    assert told(trigger="A03", mapping=YORK).cleared == ()


def test_a_departure_that_is_taken_back_takes_its_manner_with_it():
    event = told(trigger="A13", pv1={36: "ABS"})
    assert event.facts.departure is None
    assert "departure" in event.cleared


def test_a_move_to_a_ward_is_an_admission():
    moved = {2: "I", 3: "WARD7^^^RCB55", 6: "ED^^^RCB55"}
    assert told(trigger="A02", pv1=moved).facts.departure is DepartureManner.ADMITTED
    assert told(trigger="A02", pv1=moved, mapping=YORK).facts.departure is None


def test_a_value_that_the_mapping_lacks_is_named_by_its_kind_and_never_shown():
    message = a_message("A08", more=("OBX|1|CE|TAP||ARKWRIGHT", "ZU3||||||ARKWRIGHT"))
    found = faults(read(message, SAYS))
    assert found == {
        "observation_not_mapped": "TAP",
        "attendance_category_not_mapped": "ZU3-6",
    }


WRONG = {
    "concerns": '[concerns]\n"SG" = "836881000000106"',
    "departures": '[departures]\n"ABS" = "unknown"',
    "attendance_categories": '[attendance_categories]\n"NEW" = "5"',
    "observation.0": '[[observation]]\ncode = "H"\nfact = "hold"\nvalues = { "Y" = "yes" }',
    "observation.0.fact": '[[observation]]\ncode = "H"\nfact = "note"\nvalues = { "Y" = "open" }',
    "H is named twice": 2 * '[[observation]]\ncode = "H"\nfact = "hold"\nvalues = {Y = "open"}\n',
}


@pytest.mark.parametrize("expected", WRONG)
def test_a_mapping_that_says_what_cannot_be_is_refused_by_the_place(tmp_path, expected):
    path = tmp_path / "york.toml"
    path.write_text(f"version = 1\n{WRONG[expected]}")
    with pytest.raises(ConfigurationError, match=expected):
        load_mapping(path)
