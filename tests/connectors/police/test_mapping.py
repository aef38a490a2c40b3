"""What is told of an incident: children, the unborn, adults, shields, order and handling."""

import json

import pytest

from connectors.police.mapping_file import load_mapping
from hub.core.event import Audience, EventState, SubjectRole
from hub.core.incident_facts import AdultRole, RelationToChild, RiskGrade
from hub.errors import ConfigurationError
from tests.connectors.police.conftest import FATHER, MAPPING, MIRA, MOTHER, an_incident

PREGNANT = {**MOTHER, "pregnant": True, "due_date": "2027-03-14", "postcode": "BD1 1HX"}
LATER = {"status": "amended", "updated_at": "2026-11-21T09:30:00Z"}


def test_present_and_resident_are_told_apart(exports):
    child = {**MIRA, "present": False}
    (event,) = exports.events(an_incident(children=[child]))
    assert (event.facts.present, event.facts.resident) == (False, True)


def test_the_grade_is_taken_as_given_and_never_worked_out_from_the_answers(exports):
    told = an_incident(risk_tool="dash", yes_answers=27, officer_grade="standard")
    (event,) = exports.events(told)
    assert event.facts.officer_grade is RiskGrade.STANDARD
    (ungraded,) = exports.events(an_incident(risk_tool="dash", yes_answers=27, officer_grade=None))
    assert ungraded.facts.officer_grade is None


def test_an_amended_grade_is_a_later_revision_of_the_same_fact(exports):
    first, second = exports.events(an_incident(), an_incident(**LATER, officer_grade="high"))
    assert first.source_key == second.source_key
    assert first.revision < second.revision
    assert (second.state, second.facts.officer_grade) == (EventState.CORRECTED, RiskGrade.HIGH)


def test_what_a_mended_mapping_makes_of_a_version_is_the_later_and_disturbs_no_order(exports):
    versions = (an_incident(), an_incident(status="withdrawn"), an_incident(**LATER))
    before = exports.events(*versions)
    exports.says(f"{MAPPING}edition = 9\n")
    after = exports.events(*versions)
    assert [event.source_key for event in after] == [event.source_key for event in before]
    new, withdrawn, later = zip(before, after, strict=True)
    assert new[0].revision < new[1].revision < withdrawn[1].revision
    assert withdrawn[0].revision < withdrawn[1].revision < later[0].revision < later[1].revision


def test_of_two_versions_of_one_instant_the_withdrawal_is_the_later(exports):
    statuses = ["new", "reinstated", "amended", "withdrawn"]
    events = exports.events(*(an_incident(status=status) for status in statuses))
    assert sorted(events, key=lambda event: event.revision) == events
    assert events[-1].state is EventState.WITHDRAWN


def test_a_pregnant_victim_makes_an_unborn_subject_with_mother_and_due_date(exports):
    born, unborn = exports.events(an_incident(adults=[PREGNANT, FATHER]))
    assert born.facts.victim_pregnant is True
    assert unborn.subject.role is SubjectRole.UNBORN
    assert unborn.subject.due_on.isoformat() == "2027-03-14"
    assert unborn.subject.mother.family_name == "Ashworth"
    assert unborn.facts.unborn is True
    relations = [(one.role, one.relation) for one in unborn.facts.adults]
    assert relations == [
        (AdultRole.VICTIM, RelationToChild.MOTHER),
        (AdultRole.SUSPECT, RelationToChild.UNKNOWN),
    ]


def test_a_later_pregnancy_is_another_childs(exports):
    later = {**PREGNANT, "due_date": "2028-05-01"}
    told = [
        an_incident(adults=[PREGNANT], children=[]),
        an_incident(
            occurrence_number="2",
            began_at="2027-12-01T10:00:00Z",
            updated_at="2027-12-01T10:00:00Z",
            adults=[later],
            children=[],
        ),
    ]
    first, second = exports.events(*told)
    assert first.subject.local_id != second.subject.local_id


@pytest.mark.parametrize("due", ["2020-01-01", "2030-01-01", "soon"])
def test_a_due_date_that_no_pregnancy_has_is_left_out(exports, due):
    (event,) = exports.events(an_incident(adults=[{**PREGNANT, "due_date": due}], children=[]))
    assert event.subject.due_on is None


def test_names_and_addresses_of_adults_are_in_no_fact(exports):
    mother = {**PREGNANT, "address": "4 Made Up Row"}
    for event in exports.events(an_incident(adults=[mother, FATHER], circumstances="words")):
        facts = str(event.facts)
        for secret in ("Ashworth", "Pryce", "Made Up Row", "BD1 1HX", "words", "N1002"):
            assert secret not in facts


def test_what_is_told_in_words_stands_in_the_detail_alone(exports):
    child = {**MIRA, "voice": "made-up words", "injury": "a bruise"}
    other = {**MIRA, "person_id": "N9", "voice": "other words"}
    event, _ = exports.events(an_incident(children=[child, other]))
    told = json.loads(event.detail)
    assert (told["voice"], told["injury"]) == ("made-up words", "a bruise")
    assert "other words" not in event.detail.decode()
    assert event.facts.voice_recorded is True
    assert "made-up words" not in str(event.facts)


@pytest.mark.parametrize(
    "mark",
    [
        {"premises": "refuge"},
        {"premises": "Women's Refuge (code 7)"},
        {"premises": "safe house"},
        {"restricted": True},
        {"restricted": "see supervisor"},
    ],
)
def test_at_a_refuge_or_restricted_no_address_leaves_and_every_child_is_shielded(exports, mark):
    child = {**MIRA, "postcode": "BD1 1HX", "address": "A Street", "school_urn": "107201"}
    told = an_incident(
        **mark,
        adults=[PREGNANT, FATHER],
        children=[child],
        location_postcode="BD1 1HX",
        location_address="A Street",
        circumstances="words",
    )
    events = exports.events(told)
    assert len(events) == 2
    for event in events:
        assert event.shielded
        assert event.subject.postcode is None
        assert event.subject.address_lines is None
        assert set(event.subject.cleared) == {"postcode", "address_lines"}
        assert event.facts.school_urn is None
        assert event.subject.mother is None or event.subject.mother.postcode is None
        assert "BD1 1HX" not in event.detail.decode()
        assert "A Street" not in event.detail.decode()


def test_a_refugee_is_not_at_a_refuge(exports):
    (event,) = exports.events(an_incident(premises="Refugee accommodation"))
    assert not event.shielded


def test_a_restricted_child_is_shielded_and_its_sibling_is_not(exports):
    sibling = {**MIRA, "person_id": "N1004", "given_names": "Joe", "postcode": "BD1 1HX"}
    shielded, plain = exports.events(an_incident(children=[{**MIRA, "restricted": "Y"}, sibling]))
    assert (shielded.shielded, plain.shielded) == (True, False)
    assert plain.subject.postcode is not None


def test_a_resident_child_lives_where_it_happened_and_another_does_not(exports):
    away = {**MIRA, "person_id": "N1004", "resident": False}
    told = an_incident(children=[MIRA, away], location_postcode="BD1 1HX")
    resident, visitor = exports.events(told)
    assert resident.subject.postcode.reveal() == "BD1 1HX"
    assert visitor.subject.postcode is None


def test_a_name_that_stands_where_the_handling_code_should_is_not_shown(exports):
    (reading,) = exports.told(an_incident(handling_code="ashworth"))
    event = reading.events[0]
    assert event.handling.audience is Audience.SOCIAL_CARE_ONLY
    assert event.facts.handling_code is None
    assert [fault.subject for fault in reading.faults] == ["handling_code"]


def test_a_handling_code_that_is_not_mapped_is_the_narrowest_and_named(exports):
    (reading,) = exports.told(an_incident(handling_code="z9"))
    (event,) = reading.events
    assert event.handling.audience is Audience.SOCIAL_CARE_ONLY
    assert event.facts.handling_code == "Z9"
    assert [(f.code, f.subject) for f in reading.faults] == [("handling_code_not_mapped", "Z9")]


def test_nothing_of_an_incident_may_become_known_to_the_family_unless_the_mapping_says_so(exports):
    (event,) = exports.events(an_incident())
    assert event.handling.not_to_family
    exports.says(MAPPING + '[handling_default]\naudience = "entitled"\nnot_to_family = false\n')
    (event,) = exports.events(an_incident())
    assert not event.handling.not_to_family


def test_a_list_in_another_order_changes_nothing_where_names_and_birth_date_are_told(exports):
    mira = {name: value for name, value in MIRA.items() if name != "person_id"}
    joe = {**mira, "given_names": "Joe"}
    one = exports.events(an_incident(children=[mira, joe]))
    other = exports.events(an_incident(children=[joe, mira]))
    assert {e.source_key for e in one} == {e.source_key for e in other}
    assert len({e.source_key for e in one}) == 2


def test_a_merged_occurrence_is_taken_back_from_each_child_it_lists(exports):
    events = exports.events(
        an_incident(),
        an_incident(status="merged", merged_into="13260000001", updated_at="2026-11-21T09:30:00Z"),
    )
    assert [event.state for event in events] == [EventState.REPORTED, EventState.WITHDRAWN]
    assert events[0].source_key == events[1].source_key
    assert events[1].subject.family_name is None


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ("version = 1\n", "force"),
        ('version = 1\nforce = "West Yorkshire"\n', "force"),
        (MAPPING + '[names]\nshoe_size = "x"\n', "names.shoe_size"),
        (MAPPING + '[codes.shoes]\n"x" = "y"\n', "codes.shoes"),
        (MAPPING + '[codes.risk_grade]\n"x" = "gold"\n', "codes.risk_grade"),
        (MAPPING + '[areas]\n"x" = "Bradford"\n', "areas"),
        (MAPPING + '[handling."P"]\naudience = "everybody"\n', "handling"),
        (MAPPING + "owner = 1\n", "owner"),
        ("version = ", "not TOML"),
    ],
)
def test_a_mapping_file_that_is_wrong_is_refused_whole(exports, mapping, told):
    exports.says(mapping)
    with pytest.raises(ConfigurationError, match=told):
        load_mapping(exports.mapping)


def test_a_mapping_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"gone\.toml cannot be read"):
        load_mapping(tmp_path / "gone.toml")


@pytest.mark.parametrize("status", ["amended", "withdrawn"])
def test_an_incident_that_turns_out_to_be_no_domestic_abuse_is_taken_back(exports, status):
    first, second = exports.events(
        an_incident(), an_incident(**(LATER | {"status": status}), domestic_abuse=False)
    )
    assert second.source_key == first.source_key
    assert second.revision > first.revision
    assert second.state is EventState.WITHDRAWN


def test_what_was_never_domestic_abuse_is_left_out(exports):
    readings = exports.told(
        an_incident(domestic_abuse=False),
        an_incident(**LATER, domestic_abuse=False, children=[]),
    )
    assert [reading.events for reading in readings] == [(), ()]
    left_out = [[drop.reason for drop in reading.dropped] for reading in readings]
    assert left_out == [["not_domestic_abuse"]] * 2


def test_an_amended_birth_date_that_is_an_adults_takes_the_child_back(exports):
    adult = {**MIRA, "birth_date": "1999-05-04"}
    first, second = exports.events(an_incident(), an_incident(**LATER, children=[adult]))
    assert second.source_key == first.source_key
    assert second.state is EventState.WITHDRAWN
    assert exports.events(an_incident(children=[adult])) == []


def test_twins_who_have_no_names_yet_are_two_children(exports):
    baby = {"family_name": "Ashworth", "given_names": "Baby", "birth_date": "2026-11-01"}
    events = exports.events(an_incident(children=[baby, baby]))
    assert len({event.source_key for event in events}) == 2
    named = {**baby, "given_names": "Mira"}
    assert len(exports.events(an_incident(children=[named, named]))) == 1


def test_an_occurrence_that_is_merged_into_itself_is_refused(exports):
    told = an_incident(status="merged", merged_into=" 1326 0123456")
    (reading,) = exports.told(told)
    assert [refusal.field for refusal in reading.refusals] == ["merged_into"]


def test_a_number_of_thousands_of_digits_is_left_out(exports):
    (reading,) = exports.told(an_incident(yes_answers="9" * 5000))
    assert [drop.reason for drop in reading.dropped] == ["yes_answers_not_a_number"]
    assert len(reading.events) == 1
