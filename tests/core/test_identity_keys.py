"""Which keys a record gets, and that the kinds that may be stored are known."""

from dataclasses import replace
from datetime import date

from hub.core.event import Mother, OtherName, SubjectRole
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity import RecordEvidence, identity_keys
from hub.core.identity_keys import STORED_KINDS

EVERYTHING = RecordEvidence(
    record_ref=b"r" * 16,
    agency="E08000032",
    nhs_number=NhsNumber.parse("9990000018", test_numbers=True),
    upn=Upn("A123456789012"),
    birth_date=date(2020, 3, 4),
    family_name="Ashworth",
    given_names=("Mira", "Jane"),
    other_names=(OtherName(family_name="Khan", given_names=("Mira",)),),
    postcode=Postcode("BD1 1AA"),
    address_lines=("12 High Street",),
    mother=Mother(
        nhs_number=NhsNumber.parse("9990000026", test_numbers=True),
        family_name="Ashworth",
        birth_date=date(1990, 1, 2),
        postcode=Postcode("BD1 1AA"),
    ),
)


def test_every_kind_that_a_record_may_have_is_one_that_may_be_stored_and_there_is_no_other():
    unborn = replace(EVERYTHING, role=SubjectRole.UNBORN, due_on=date(2026, 12, 1))
    kinds = {kind for one in (EVERYTHING, unborn) for kind, _ in identity_keys(one)}
    assert kinds == STORED_KINDS


def share_a_key(one, other):
    return set(identity_keys(one)) & set(identity_keys(other))


AT_HOME = RecordEvidence(
    record_ref=b"r" * 16,
    agency="RAE",
    birth_date=date(2020, 3, 4),
    family_name="Ashworth",
    given_names=("Mira",),
    postcode=Postcode("BD1 1AA"),
    address_lines=("Flat 2", "12 High Street"),
)


def test_a_family_is_found_at_its_home_though_given_name_and_birth_date_are_wrong():
    misspelt = replace(AT_HOME, given_names=("Xira",), birth_date=date(2019, 3, 4))
    assert share_a_key(AT_HOME, misspelt)
    unnamed = replace(AT_HOME, given_names=(), birth_date=None)
    assert share_a_key(AT_HOME, unnamed)
    assert not share_a_key(AT_HOME, replace(unnamed, family_name="Bell"))


def test_names_and_the_numbers_of_a_home_find_who_has_no_birth_date_and_a_wrong_postcode():
    told = {"birth_date": None, "postcode": Postcode("BD9 6RY")}
    lines = ("12/2 HIGH ST",)
    assert share_a_key(AT_HOME, replace(AT_HOME, **told, address_lines=lines))
    exchanged = {"given_names": ("Ashworth",), "family_name": "Mira"}
    assert share_a_key(AT_HOME, replace(AT_HOME, **told, **exchanged))
    neighbour = replace(AT_HOME, **told, address_lines=("Flat 2", "14 High Street"))
    assert not share_a_key(AT_HOME, neighbour)


def test_a_house_without_a_number_makes_no_key_of_a_home():
    named = replace(AT_HOME, address_lines=("Rose Cottage",))
    assert "names_home" not in {kind for kind, _ in identity_keys(named)}
