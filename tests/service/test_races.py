"""What happens in between: reports that commit while a question is asked, links that move, bugs."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from hub.adapters.store import search as search_module
from hub.adapters.store.questions import PostgresQuestions
from hub.adapters.store.together import ask_together
from hub.core.answer import CheckQuestion, PlanAnswer
from hub.core.disclosure import Role
from hub.core.event import EventState, SubjectRole, UnbornChildProtectionPlanFacts
from hub.core.identifiers import NhsNumber, OdsCode, Postcode
from hub.core.reasons import ParkReason, ReportState
from hub.core.report import ConnectorStatus
from hub.errors import ConfigurationError
from hub.service.asker import Asker, Surroundings
from hub.service.check import Check
from hub.service.decide import Decide
from hub.service.registers import DecideExtract
from tests.e2e.waiting import wait_until
from tests.service.laboratory import (
    BRADFORD,
    NOW,
    NUMBERS,
    a_child,
    a_plan,
    an_attendance,
)

pytestmark = pytest.mark.stack

CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)
QUESTION = CheckQuestion(
    nhs_number=NhsNumber(NUMBERS[0]),
    birth_date=date(2021, 5, 4),
    postcode=Postcode.parse("BD1 1HX"),
    site=OdsCode("RAE01"),
)


def a_check(laboratory):
    return Check(
        Surroundings(
            questions=PostgresQuestions(
                laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
            ),
            policies=laboratory.policies,
            places=laboratory.places,
            clock=laboratory.clock,
            new_id=uuid.uuid4,
        )
    )


def whole_registers(laboratory):
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council),
            *laboratory.extract(laboratory.other_council),
            laboratory.says(laboratory.hospital, status=ConnectorStatus(read_count=0)),
            laboratory.says(laboratory.other_hospital, status=ConnectorStatus(read_count=0)),
        ]
    )


@pytest.mark.parametrize("exchange", [1, 2, 3])
def test_a_plan_that_commits_while_a_check_reads_never_reads_no_plan_found(
    laboratory, monkeypatch, exchange
):
    """Bradford's register, which only the child's record names, comes between two readings."""
    check = a_check(laboratory)
    laboratory.receive(laboratory.extract(laboratory.other_council))
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    elsewhere = replace(
        QUESTION,
        family_name="Ashworth",
        postcode=Postcode.parse("LS1 3EX"),
        site=OdsCode("RR801"),
    )
    exchanges = []

    def then_the_register_comes(*given):
        found = ask_together(*given)
        exchanges.append(found)
        if len(exchanges) == exchange:
            laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
        return found

    monkeypatch.setattr(search_module, "ask_together", then_the_register_comes)

    answer = check(CLINICIAN, elsewhere)

    assert len(exchanges) >= exchange
    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert check(CLINICIAN, elsewhere).plan is PlanAnswer.ON_PLAN


def test_an_undated_plan_is_found_by_what_the_matched_record_says(laboratory):
    whole_registers(laboratory)
    undated = a_child(local_id="C1", nhs_number=None, birth_date=None, given_names=None)
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    laboratory.receive([laboratory.says(laboratory.council, a_plan(child=undated))])

    answer = a_check(laboratory)(CLINICIAN, replace(QUESTION, postcode=Postcode.parse("LS1 3EX")))

    assert answer.plan is PlanAnswer.CANNOT_SAY


def test_a_founding_record_corrected_to_another_child_leaves_the_others_behind(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    laboratory.receive(laboratory.extract(laboratory.council, a_plan()))
    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == 1

    other = a_child(
        1,
        family_name="Quarmby",
        given_names=("Tom",),
        birth_date=date(2018, 2, 2),
        postcode=Postcode.parse("LS1 3EX"),
    )
    corrected = an_attendance(child=other, revision=2, state=EventState.CORRECTED)
    laboratory.receive([laboratory.says(laboratory.hospital, corrected)])

    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == 2
    assert laboratory.standing() == set()
    asked = replace(QUESTION, nhs_number=NhsNumber(NUMBERS[1]), birth_date=date(2018, 2, 2))
    assert a_check(laboratory)(CLINICIAN, asked).plan is not PlanAnswer.ON_PLAN


def test_a_link_that_moves_while_a_child_is_looked_at_is_looked_at_again(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    child = laboratory.one("SELECT child_ref FROM child")
    with laboratory.store.connection() as connection:
        connection.execute("INSERT INTO correlation_pending VALUES (%s, %s, 1)", (child, NOW))
    with laboratory.store.transaction() as transaction:
        marks = transaction.pending_marks([child])
        with laboratory.store.connection() as meanwhile:
            meanwhile.execute("UPDATE correlation_pending SET version = version + 1")
        transaction.settle_pending(marks)

    assert laboratory.one("SELECT count(*) FROM correlation_pending") == 1


def test_a_child_that_cannot_be_looked_at_costs_no_report_of_another(laboratory):
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    bad = laboratory.one("SELECT child_ref FROM child")
    with laboratory.store.connection() as connection:
        connection.execute("INSERT INTO correlation_pending VALUES (%s, %s, 1)", (bad, NOW))
    sound = laboratory.correlating()

    def correlator(seen, as_of, now):
        if any(one.known.child_ref == bad for one in seen):
            raise ValueError("a bug of ours")
        return sound(seen, as_of, now)

    receive = laboratory.a_receive()
    receive._decide = Decide(
        store=laboratory.store,
        correlator=correlator,
        noticing=laboratory.noticing(),
        clock=laboratory.clock,
    )
    others = [
        laboratory.says(
            laboratory.hospital,
            an_attendance(
                f"V{n}",
                child=a_child(
                    1,
                    local_id=f"H{n}",
                    nhs_number=None,
                    family_name=f"Name{n}",
                    birth_date=date(2015, 1, n),
                    postcode=None,
                ),
            ),
        )
        for n in range(2, 6)
    ]

    received = receive(others)

    assert (received.accepted, received.parked) == (4, 0)
    assert laboratory.one("SELECT since > %s FROM correlation_pending", NOW) is True


def test_a_publisher_entered_late_has_its_waiting_reports_accepted(laboratory):
    stranger = type(laboratory.hospital)("RCB", laboratory.hospital.feed, seed=9)
    raw = laboratory.raw(stranger, stranger.report(an_attendance()))
    laboratory.receive([raw])

    laboratory.publishers.add(
        "RCB",
        public_key=stranger.signer.public_key().public_bytes_raw(),
        reports_for=[("RCB", stranger.feed)],
        now=laboratory.clock.now(),
    )

    assert laboratory.receive.retry([raw]).accepted == 1


def is_blocked(laboratory):
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    return laboratory.one(waiting) > 0


def test_of_one_report_delivered_twice_at_the_same_time_one_is_the_duplicate(laboratory):
    value = laboratory.hospital.report(an_attendance())
    places = [laboratory.raw(laboratory.hospital, value, partition=p) for p in (0, 1)]
    first, second = laboratory.a_receive(), laboratory.a_receive()
    note, in_hand, may_commit = first._decide._note, threading.Event(), threading.Event()

    def hold(*given):
        note(*given)
        in_hand.set()
        assert may_commit.wait(60)

    first._decide._note = hold
    with ThreadPoolExecutor(2) as both:
        one = both.submit(first, places[:1])
        assert in_hand.wait(60)
        other = both.submit(second, places[1:])
        wait_until(lambda: is_blocked(laboratory), "the second waits for the first")
        may_commit.set()
        received = one.result(60) + other.result(60)

    assert received.accepted == 1
    assert laboratory.rows("SELECT partition, state FROM report ORDER BY 1") == [
        (0, ReportState.ACCEPTED.value),
        (1, ReportState.DUPLICATE.value),
    ]
    assert laboratory.one("SELECT count(*) FROM event") == 1
    assert laboratory.receive(places).known == 2


def test_one_parked_report_that_still_fails_does_not_stop_the_next(laboratory):
    raws = [laboratory.says(laboratory.hospital, an_attendance(f"V{n}")) for n in range(1, 4)]
    for raw in raws:
        laboratory.receive.park(raw, ParkReason.WORKER_DEATHS, "Three workers died.")
    receive = laboratory.a_receive()
    whole = receive._linking.link
    calls = []

    def link(observations):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("a bug of ours")
        return whole(observations)

    receive._linking.link = link

    received = receive.retry(raws)

    assert (received.accepted, received.parked) == (2, 1)
    assert laboratory.rows("SELECT DISTINCT agency FROM report") == [("RAE",)]


def test_a_decision_on_a_register_needs_a_name_and_a_reason(laboratory):
    decide = DecideExtract(
        store=laboratory.store, decide=laboratory.receive._decide, clock=laboratory.clock
    )

    with pytest.raises(ConfigurationError, match="neither --by nor --reason"):
        decide(BRADFORD, "x", approve=True, by=" ", reason="")


def test_days_of_birth_of_unborn_plans_stand_sealed(laboratory):
    unborn = a_child(
        local_id="U1",
        nhs_number=None,
        birth_date=None,
        role=SubjectRole.UNBORN,
        due_on=date(2027, 1, 20),
    )
    facts = UnbornChildProtectionPlanFacts(
        authority=BRADFORD, started_on=date(2026, 9, 1), due_on=date(2027, 1, 20)
    )
    laboratory.receive(
        [laboratory.says(laboratory.council, replace(a_plan(child=unborn), facts=facts))]
    )
    child = laboratory.one("SELECT child_ref FROM link")

    dump = str(laboratory.rows("SELECT p::text, e::text FROM plan AS p, event AS e"))
    with laboratory.store.transaction() as transaction:
        (known,) = transaction.known([child])

    assert "2026-09-01" in dump
    assert "2027-01-20" not in dump
    assert known.register[0].due_on == date(2027, 1, 20)


def test_a_plan_that_a_birth_ended_tells_the_day_of_birth_to_who_may_know_and_not_in_clear(
    laboratory,
):
    born = date(2026, 9, 13)
    facts = UnbornChildProtectionPlanFacts(
        authority=BRADFORD, started_on=date(2026, 8, 1), ended_on=born, born_on=born
    )
    laboratory.receive([laboratory.says(laboratory.council, replace(a_plan(), facts=facts))])
    child = laboratory.one("SELECT child_ref FROM link")

    dump = str(laboratory.rows("SELECT p::text, e::text FROM plan AS p, event AS e"))
    with laboratory.store.transaction() as transaction:
        (known,) = transaction.known([child])

    assert "2026-08-01" in dump
    assert "2026-09-13" not in dump
    assert known.register[0].ended_on == known.register[0].born_on == born
    assert laboratory.one("SELECT ended_on IS NOT NULL FROM plan")
