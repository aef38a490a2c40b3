"""Who a message is about, by number: every spelling of the NHS number, and the local id."""

import pytest

from hub.core.event import NhsNumberStatus
from tests.connectors.health.messages import (
    NHS_NUMBER,
    OTHER_NHS_NUMBER,
    a_message,
    dropped,
    event_of,
    faults,
    read,
)

MRN = "H123456^^^RCB^MR"


def with_identifiers(*identifiers, **more):
    return a_message(pid={3: "~".join(identifiers)} | more.pop("pid", {}), **more)


def number_of(event):
    return event.subject.nhs_number.reveal() if event.subject.nhs_number else None


@pytest.mark.parametrize(
    "spelling",
    [
        f"{NHS_NUMBER}^^^NHS",
        f"{NHS_NUMBER}^^^NHS^NH",
        f"{NHS_NUMBER}^^^NHS^HN",
        f"{NHS_NUMBER}^^^^NH",
        f"{NHS_NUMBER}^06^^^NI",
        f"{NHS_NUMBER}^^^NHS^",
        f"{NHS_NUMBER}^^^nhs^nh",
        f"{NHS_NUMBER}^^^NHS&2.16.840.1.113883.2.1.4.1&ISO^NH",
        f"{NHS_NUMBER}^^^&2.16.840.1.113883.2.1.4.1&ISO",
        f"{NHS_NUMBER}   ^^^NHS  ^NH  ",
        "999 000 0018^^^NHS^NH",
        "999-000-0018^^^NHS^NH",
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_every_spelling_of_the_nhs_number_is_read(spelling, first):
    identifiers = (spelling, MRN) if first else (MRN, spelling)
    event = event_of(with_identifiers(*identifiers))
    assert number_of(event) == NHS_NUMBER
    assert event.subject.local_id == "RCB|H123456"


@pytest.mark.parametrize(
    "other",
    ["AB123456C^^^^NI", f"{NHS_NUMBER}^^^RCB^NI", f"{NHS_NUMBER}^^^RCB^MR", f"{NHS_NUMBER}"],
)
def test_a_number_that_is_not_marked_as_an_nhs_number_is_not_one(other):
    assert number_of(event_of(with_identifiers("H9^^^RCB^PI", other))) is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("9990000019", "nhs_number_check_digit"),
        ("9999999999", "nhs_number_repeated_digit"),
        ("3333333333", "nhs_number_repeated_digit"),
        ("0123456789", "nhs_number_placeholder"),
        ("99900000", "nhs_number_length"),
        ("UNKNOWN", "nhs_number_characters"),
    ],
)
def test_a_number_that_is_not_valid_is_dropped_and_named_and_the_event_stands(number, reason):
    reading = read(with_identifiers(MRN, f"{number}^^^NHS"))
    assert dropped(reading) == {reason: 1}
    assert reading.events[0].subject.nhs_number is None
    assert reading.events[0].subject.nhs_number_status is NhsNumberStatus.UNKNOWN


def test_a_test_number_is_dropped_on_a_live_feed():
    reading = read(with_identifiers(MRN, f"{NHS_NUMBER}^^^NHS"), test_numbers=False)
    assert dropped(reading) == {"nhs_number_test_number": 1}
    assert number_of(reading.events[0]) is None


def test_a_valid_number_after_a_placeholder_is_read():
    reading = read(with_identifiers(MRN, "9999999999^^^NHS", f"{NHS_NUMBER}^^^NHS"))
    assert number_of(reading.events[0]) == NHS_NUMBER


def test_two_valid_numbers_are_named_and_none_is_called_verified():
    reading = read(with_identifiers(MRN, f"{NHS_NUMBER}^^^NHS", f"{OTHER_NHS_NUMBER}^^^NHS"))
    assert number_of(reading.events[0]) == NHS_NUMBER
    assert reading.events[0].subject.nhs_number_status is NhsNumberStatus.NOT_VERIFIED
    assert dropped(reading) == {"nhs_number_several": 1}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("NSTS01", NhsNumberStatus.VERIFIED),
        ("ED~NSTS01", NhsNumberStatus.VERIFIED),
        ("NSTS02", NhsNumberStatus.NOT_VERIFIED),
        ("NSTS04", NhsNumberStatus.NOT_VERIFIED),
        ("AL", NhsNumberStatus.UNKNOWN),
        ("", NhsNumberStatus.UNKNOWN),
    ],
)
def test_pid_32_says_whether_the_number_was_traced(said, status):
    assert event_of(a_message(pid={32: said})).subject.nhs_number_status is status


@pytest.mark.parametrize(
    ("identifiers", "local_id"),
    [
        (("H1^^^RCB^MR",), "RCB|H1"),
        (("X9^^^EDIS^PT", "H1^^^RCB^MR"), "RCB|H1"),
        (("H1^^^RCB&1.2&ISO^PI",), "RCB|H1"),
        (("h1",), "RCB|H1"),
        (("H1^^^^^RCB55",), "RCB55|H1"),
        (("77", "H1^^^EDIS"), "EDIS|H1"),
        (("P123^^^GBR^PPN", "H1^^^RCB^MR"), "RCB|H1"),
        (("H" * 150 + "^^^RCB^MR", "H2^^^RCB^PI"), "RCB|H2"),
    ],
)
def test_the_local_id_is_the_hospitals_own_number_under_its_issuer(identifiers, local_id):
    assert event_of(with_identifiers(*identifiers)).subject.local_id == local_id


def test_where_only_an_nhs_number_is_sent_it_is_the_local_id():
    assert event_of(with_identifiers(f"{NHS_NUMBER}^^^NHS")).subject.local_id == f"NHS|{NHS_NUMBER}"


def test_a_placeholder_is_never_a_local_id_and_the_visit_stands_in():
    reading = read(with_identifiers("9999999999^^^NHS"))
    assert reading.events[0].subject.local_id == "RCB|VISITID|V1001"
    assert faults(reading) == {"person_without_number": "RCB"}


def test_demographics_of_a_person_without_a_number_are_refused():
    (refusal,) = read(with_identifiers("9999999999^^^NHS").replace("A04", "A31")).refusals
    assert refusal.field == "PID-3"
