"""What a search by name, birth date and home answers, and whom it never finds."""

from datetime import date, timedelta

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.core.answer import ByName, CheckQuestion
from hub.core.event import SubjectRole
from hub.core.identifiers import NhsNumber, Postcode
from hub.core.identity_compare import person_of
from hub.core.identity_evidence import evidence_of_question
from hub.core.identity_keys import identity_keys, search_keys
from hub.core.search_by_name import (
    PLACE_KINDS,
    Searched,
    is_asked_by_name,
    is_found_by_place_alone,
    keys_by_name,
    search_by_name,
)
from hub.core.status_others import Doubt, Other, doubt
from tests.core.builders import a_candidate, a_number, a_record

BORN = date(2019, 5, 4)
HOME, ELSEWHERE = Postcode("BD9 6RJ"), Postcode("LS9 7TF")


def a_question(**changes):
    values = {
        "nhs_number": None,
        "birth_date": BORN,
        "family_name": "Holroyd",
        "given_name": "Amina",
        "postcode": HOME,
    }
    return CheckQuestion(**(values | changes))


def on_record(name="r1", **changes):
    values = {"family_name": "Holroyd", "given_names": ("Amina",), "birth_date": BORN}
    return a_record(name, **(values | {"postcode": HOME} | changes))


def searched(*records, name="c1", shielded=False):
    return Searched(candidate=a_candidate(name, *records), shielded=shielded)


def answered(question, *children):
    found = search_by_name(evidence_of_question(question), children, shipped_matching())
    return found.answer


@pytest.mark.parametrize("missing", ["birth_date", "family_name", "postcode"])
def test_a_search_by_name_needs_name_birth_date_and_home(missing):
    assert is_asked_by_name(a_question())
    assert is_asked_by_name(a_question(given_name=None))
    assert not is_asked_by_name(a_question(**{missing: None}))


def test_whoever_gives_a_number_is_not_searched_by_name():
    assert not is_asked_by_name(a_question(nhs_number=NhsNumber("9990000018")))


def test_one_child_who_is_all_but_certainly_this_one_is_one():
    assert answered(a_question(), searched(on_record())) is ByName.ONE


def test_nobody_alike_is_none():
    stranger = on_record(family_name="Pemberton", given_names=("Tobias",), postcode=ELSEWHERE)

    assert answered(a_question()) is ByName.NONE
    assert answered(a_question(), searched(stranger)) is ByName.NONE


def test_two_who_fit_are_to_be_narrowed_and_never_counted():
    two = [
        searched(on_record(f"r{last}", nhs_number=a_number(last)), name=f"c{last}")
        for last in ("0018", "0026")
    ]

    assert answered(a_question(), *two) is ByName.NARROW_IT
    assert {one.value for one in ByName} == {"NOT_SEARCHED", "NONE", "ONE", "NARROW_IT"}


def test_without_a_given_name_a_child_is_not_told_from_a_twin():
    assert answered(a_question(given_name=None), searched(on_record())) is ByName.NARROW_IT
    assert answered(a_question(given_name="Baby"), searched(on_record())) is ByName.NARROW_IT


def test_a_twin_with_another_name_is_not_the_child_asked_about():
    twin = searched(
        on_record("r2", given_names=("Tobias",), nhs_number=a_number("0026")), name="c2"
    )

    assert answered(a_question(), searched(on_record()), twin) is ByName.ONE


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("another spelling", {"given_name": "Aminah"}),
        ("half of a double name", {"family_name": "Holroyd-Pemberton"}),
        ("the names exchanged", {"given_name": "Holroyd", "family_name": "Amina"}),
        ("day and month exchanged", {"birth_date": date(2019, 4, 5)}),
        ("a home that changed", {"postcode": ELSEWHERE}),
        ("a known-as name", {"given_name": "Mina (known as Amina)"}),
    ],
)
def test_a_child_written_otherwise_is_still_found(who, asked):
    question = a_question(**asked)
    held = on_record(nhs_number=a_number("0018"))
    keys = set(keys_by_name(evidence_of_question(question)))

    assert keys & set(identity_keys(held)), f"{who}: no key finds the record"
    assert answered(question, searched(held)) is not ByName.NONE


def test_a_shielded_child_is_not_found_however_well_the_details_fit():
    assert answered(a_question(), searched(on_record(), shielded=True)) is ByName.NONE


def test_a_shielded_namesake_changes_nothing_of_the_answer_about_another_child():
    other = searched(on_record("r2", nhs_number=a_number("0026")), name="c2", shielded=True)

    assert answered(a_question(), searched(on_record()), other) is ByName.ONE


def test_an_unborn_child_is_nobody_to_be_found_by_name():
    unborn = on_record(role=SubjectRole.UNBORN, birth_date=None)

    assert answered(a_question(), searched(unborn)) is ByName.NONE


def test_who_shares_a_home_and_nothing_else_is_found_by_place_alone():
    keys = keys_by_name(evidence_of_question(a_question()))
    neighbour = on_record(family_name="Pemberton", given_names=("Tobias",))

    assert is_found_by_place_alone(keys, [neighbour])
    assert not is_found_by_place_alone(keys, [on_record()])


def test_every_key_that_is_made_of_a_postcode_counts_as_a_place():
    question = evidence_of_question(a_question())
    elsewhere = evidence_of_question(a_question(postcode=ELSEWHERE))
    differ = set(keys_by_name(question)) ^ set(keys_by_name(elsewhere))

    told = {"names_home"}  # of address lines, which no question gives
    assert {kind for kind, _ in differ} == PLACE_KINDS - told
    assert set(search_keys(question)) <= set(keys_by_name(question))


def person(**changes):
    return person_of(evidence_of_question(a_question(nhs_number=a_number("0034"), **changes)))


@pytest.mark.parametrize("shares", ["Holroyd", "Pemberton"])
@pytest.mark.parametrize("asked_name", ["Amina", "Tobias", None])
def test_what_a_shielded_child_forbids_does_not_depend_on_the_home_asked_about(shares, asked_name):
    held = on_record(family_name=shares, nhs_number=a_number("0018"))
    other = Other(records=(held,), shielded=True)

    there = doubt(person(given_name=asked_name), other)
    elsewhere = doubt(person(given_name=asked_name, postcode=ELSEWHERE), other)

    assert there is elsewhere


def test_a_shielded_child_under_another_surname_still_forbids_by_its_given_name():
    other = Other(
        records=(on_record(family_name="Pemberton", nhs_number=a_number("0018")),), shielded=True
    )

    assert doubt(person(), other) is Doubt.POSSIBLE
    assert doubt(person(given_name=None), other) is Doubt.NAME_NEEDED
    assert doubt(person(birth_date=BORN + timedelta(days=1)), other) is Doubt.EXCLUDED
