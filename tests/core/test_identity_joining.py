"""When two children whom a record bridges are joined without a person, and when not."""

from dataclasses import replace
from datetime import date

import pytest

from hub.adapters.identity_reference import shipped_matching
from hub.core.event import Sex, SubjectRole
from hub.core.identifiers import NhsNumber, Postcode, Upn
from hub.core.identity_evidence import RecordEvidence
from hub.core.identity_joining import Joining

JOINING = Joining(matching=shipped_matching())
UPN, NUMBER = Upn("H801200001001"), NhsNumber("9990000018")


def a_record(ref, **told):
    known = {
        "birth_date": date(2013, 1, 27),
        "family_name": "Ozdemir",
        "given_names": ("Amina",),
        "sex": Sex.FEMALE,
        "postcode": Postcode("BD1 1AA"),
    }
    return RecordEvidence(record_ref=bytes([ref]) * 16, agency="RAE", **(known | told))


NUMBERED = a_record(1, nhs_number=NUMBER)
PUPIL = a_record(2, upn=UPN, postcode=None, family_name=None, given_names=())
BRIDGE = a_record(3, nhs_number=NUMBER, upn=UPN)


def test_numbers_in_common_with_both_join_them():
    assert JOINING.may_join([NUMBERED], [PUPIL], BRIDGE)
    assert JOINING.may_join([PUPIL], [NUMBERED], BRIDGE)


def test_names_that_agree_at_one_home_join_them_and_names_that_are_alike_do_not():
    """A twin may be called Amna; between them no number tells."""
    assert JOINING.may_join([NUMBERED], [a_record(4)], a_record(5))
    assert not JOINING.may_join([NUMBERED], [a_record(4, given_names=("Amna",))], a_record(5))
    assert not JOINING.may_join([NUMBERED], [a_record(4, given_names=("A",))], a_record(5))
    assert not JOINING.may_join([NUMBERED], [a_record(4, given_names=())], a_record(5))


@pytest.mark.parametrize(
    "told",
    [
        {"nhs_number": NhsNumber("9990000026")},
        {"role": SubjectRole.UNBORN},
        {"given_names": ("Zainab",)},
    ],
)
def test_whatever_contradicts_is_for_a_person(told):
    other = replace(PUPIL, **told)
    assert not JOINING.may_join([NUMBERED], [other], BRIDGE)
    assert not JOINING.may_join([NUMBERED, other], [PUPIL], BRIDGE)


@pytest.mark.parametrize("told", [{"birth_date": date(2013, 1, 28)}, {"sex": Sex.MALE}])
def test_a_slip_contradicts_nothing_where_both_were_told_the_same_too(told):
    slip = replace(PUPIL, record_ref=bytes([9]) * 16, **told)
    assert not JOINING.may_join([NUMBERED], [slip], BRIDGE)
    assert JOINING.may_join([NUMBERED], [PUPIL, slip], BRIDGE)
    assert JOINING.may_join([NUMBERED, slip], [PUPIL], BRIDGE)


def test_a_record_under_a_twins_number_drags_no_twins_together():
    """Whoever has Zainab's records beside hers may be two: neither side joins a third by itself."""
    twins = a_record(6, nhs_number=NUMBER, given_names=("Zainab",))
    assert not JOINING.may_join([NUMBERED, twins], [a_record(4)], a_record(5))
    assert not JOINING.may_join([a_record(4)], [NUMBERED, twins], a_record(5))


def test_two_names_of_one_child_are_no_two_children_where_a_record_says_both():
    halima = a_record(6, nhs_number=NUMBER, given_names=("Halima",))
    both = a_record(7, given_names=("Amina", "Halima"))
    assert not JOINING.may_join([NUMBERED, halima], [a_record(4)], a_record(5))
    assert JOINING.may_join([NUMBERED, halima], [both, a_record(4)], a_record(5))


def test_a_record_that_does_not_say_who_it_is_joins_nobody():
    nameless = a_record(4, given_names=())
    assert not JOINING.may_join([NUMBERED], [a_record(5)], nameless)
    assert not JOINING.may_join([NUMBERED], [nameless], a_record(5))


def test_two_pupil_numbers_are_for_a_person():
    other = replace(NUMBERED, upn=Upn("X801200001002"))
    assert not JOINING.may_join([other], [PUPIL], BRIDGE)
