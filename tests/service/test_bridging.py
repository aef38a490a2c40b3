"""Children whom a later record bridges, and two workers who are told of one child at once."""

import threading
from dataclasses import replace
from datetime import date

import pytest

from hub.core.identifiers import NhsNumber, Upn
from hub.core.identity_decision import DecisionCause
from tests.service.laboratory import NUMBERS, a_child, a_plan, an_attendance
from tests.service.test_correct import links, record_of, reverse, says

pytestmark = pytest.mark.stack

UPN = Upn("H801200001001")
BY_NUMBER = a_child(local_id="N1")
BY_UPN = replace(
    a_child(local_id="U1"),
    nhs_number=None,
    family_name=None,
    given_names=None,
    postcode=None,
    upn=UPN,
)
BOTH = replace(a_child(local_id="B1"), upn=UPN)


def of_another_hospital(visit, child):
    return an_attendance(visit, child=child, site="RR801")


def known_twice(laboratory):
    """One hospital knows her by her NHS number, another by what her school calls her."""
    says(laboratory, laboratory.hospital, an_attendance("V1", child=BY_NUMBER))
    says(laboratory, laboratory.other_hospital, of_another_hospital("V2", BY_UPN))
    one = record_of(laboratory, laboratory.hospital, BY_NUMBER)
    other = record_of(laboratory, laboratory.other_hospital, BY_UPN)
    assert links(laboratory)[one][0] != links(laboratory)[other][0]
    return one, other


def children(laboratory):
    return laboratory.one("SELECT count(DISTINCT child_ref) FROM link")


def test_a_record_that_is_surely_of_both_joins_them_and_says_so(laboratory):
    one, other = known_twice(laboratory)
    says(laboratory, laboratory.hospital, an_attendance("V3", child=BOTH))

    assert children(laboratory) == 1
    (read,) = laboratory.a_correct().about([one, other])
    assert (read.decision.cause, read.decision.by, read.genuine) == (
        DecisionCause.BRIDGED,
        "HUB",
        True,
    )
    laboratory.receive([])
    assert len(laboratory.standing()) == 1
    assert laboratory.one("SELECT count(*) FROM correlation_pending") == 0


def test_what_a_person_takes_back_is_not_bridged_again(laboratory):
    one, _ = known_twice(laboratory)
    says(laboratory, laboratory.hospital, an_attendance("V3", child=BOTH))
    (read,) = laboratory.a_correct().about([one])
    reverse(laboratory, read.decision)
    assert children(laboratory) == 2
    again = replace(BOTH, given_names=("Mira", "Jane"))
    says(laboratory, laboratory.hospital, an_attendance("V4", child=again))
    assert children(laboratory) == 2


def test_children_of_whom_one_has_a_plan_are_asked_about_and_not_joined(laboratory):
    known_twice(laboratory)
    plan = a_plan(child=replace(BY_NUMBER, local_id="C1"))
    laboratory.receive(laboratory.extract(laboratory.council, plan))
    says(laboratory, laboratory.hospital, an_attendance("V3", child=BOTH))
    assert children(laboratory) == 2
    both = record_of(laboratory, laboratory.hospital, BOTH)
    assert links(laboratory)[both][1] == "many"
    assert laboratory.one("SELECT count(*) FROM identity_decision") == 0


def test_children_with_two_nhs_numbers_are_not_joined(laboratory):
    says(laboratory, laboratory.hospital, an_attendance("V1", child=BY_NUMBER))
    twin = replace(BY_UPN, nhs_number=NhsNumber(NUMBERS[1]), given_names=("Sam",))
    says(laboratory, laboratory.other_hospital, of_another_hospital("V2", twin))
    says(laboratory, laboratory.hospital, an_attendance("V3", child=BOTH))
    assert children(laboratory) == 2
    assert laboratory.one("SELECT count(*) FROM identity_decision") == 0


def at_once(*works):
    """Do everything in threads that begin together; the first error is raised."""
    begin, failed = threading.Barrier(len(works)), []

    def run(work):
        begin.wait(30)
        try:
            work()
        except Exception as error:  # noqa: BLE001  # raised in the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if failed:
        raise failed[0]


def two_workers(laboratory, one, other):
    """Two processes' worth of receiving, each of its own report."""
    works = []
    for report in (one, other):
        receive = laboratory.a_receive()
        works.append(lambda receive=receive, report=report: receive([report]))
    at_once(*works)


@pytest.mark.parametrize("born", [date(2021, 5, day) for day in (4, 5, 6)])
def test_two_workers_who_are_told_of_one_new_child_at_once_know_one_child(laboratory, born):
    """By NHS number in one feed, by UPN in another; what they share is name, day and home."""
    by_number = replace(BY_NUMBER, birth_date=born)
    by_upn = replace(BOTH, nhs_number=None, birth_date=born)
    two_workers(
        laboratory,
        laboratory.says(laboratory.hospital, an_attendance("V1", child=by_number)),
        laboratory.says(laboratory.council, a_plan(child=by_upn)),
    )
    assert children(laboratory) == 1


def test_two_workers_who_can_share_nothing_know_one_child_once_a_record_bridges_them(laboratory):
    two_workers(
        laboratory,
        laboratory.says(laboratory.hospital, an_attendance("V1", child=BY_NUMBER)),
        laboratory.says(laboratory.other_hospital, of_another_hospital("V2", BY_UPN)),
    )
    assert children(laboratory) == 2
    again = replace(BOTH, local_id="B2")
    two_workers(
        laboratory,
        laboratory.says(laboratory.hospital, an_attendance("V3", child=BOTH)),
        laboratory.says(laboratory.other_hospital, of_another_hospital("V4", again)),
    )
    assert children(laboratory) == 1
    assert laboratory.one("SELECT count(*) FROM identity_decision") == 1
