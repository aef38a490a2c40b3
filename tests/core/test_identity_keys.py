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
