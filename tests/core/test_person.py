"""What an agency said of a person, kept field by field, and read again."""

from dataclasses import replace

import pytest
from hypothesis import given

from hub.core.event import NhsNumberStatus, Subject
from hub.core.identifiers import NhsNumber
from hub.core.identity_evidence import evidence_of
from hub.core.person import ledger_of, merge, subject_of
from tests.strategies import subjects

ONE = NhsNumber.parse("9990000018", test_numbers=True)
OTHER = NhsNumber.parse("9990000026", test_numbers=True)


def evidence(subject):
    return evidence_of(subject, record_ref=b"r", agency="RAE")


@given(subjects())
def test_nothing_that_helps_to_recognise_a_person_is_lost_by_keeping_it(subject):
    if subject.nhs_number is None:
        subject = replace(subject, nhs_number_status=NhsNumberStatus.UNKNOWN)

    assert evidence(subject_of(ledger_of(subject, 1), "1")) == evidence(subject)


@pytest.mark.parametrize("again", [OTHER, ONE])
def test_a_number_is_traced_only_by_the_word_that_told_it_last(again):
    traced = Subject(local_id="1", nhs_number=ONE, nhs_number_status=NhsNumberStatus.VERIFIED)
    told = Subject(local_id="1", nhs_number=again)
    ledger = merge(ledger_of(traced, 1), ledger_of(told, 2))

    assert subject_of(ledger, "1").nhs_number == again
    assert subject_of(ledger, "1").nhs_number_status is NhsNumberStatus.UNKNOWN


def test_a_number_that_was_taken_back_is_not_traced():
    traced = Subject(local_id="1", nhs_number=ONE, nhs_number_status=NhsNumberStatus.VERIFIED)
    gone = Subject(local_id="1", cleared=("nhs_number",))

    found = subject_of(merge(ledger_of(traced, 1), ledger_of(gone, 2)), "1")

    assert (found.nhs_number, found.nhs_number_status) == (None, NhsNumberStatus.UNKNOWN)
