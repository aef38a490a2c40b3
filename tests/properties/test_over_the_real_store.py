"""What must hold whatever comes in whatever order, over a real PostgreSQL.

The core's own tests go over every order of five attendances (``tests/core/test_correlate.py``) and
every combination of faults (``tests/core/test_status.py``). Here the same is seen of the whole way
of a report, linking and locking included, for orders that follow from a seed.
"""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.event import EventState
from hub.core.incident_facts import RiskGrade
from hub.core.reasons import EventOutcome, ReportState
from hub.service.received import Received
from tests.service.laboratory import (
    NOW,
    Laboratory,
    a_child,
    a_plan,
    an_attendance,
    shuffled,
)
from tests.service.schools import a_register, an_absence, joined, read_at
from tests.service.test_incidents import an_incident

pytestmark = pytest.mark.stack

SEEDS = range(5)
ELSEWHERE = a_child(local_id="L9")
"""The same child as the other hospital knows them."""


def visits():
    """Five attendances at three sites of two trusts; of the fifth the time is put right later."""
    return [
        an_attendance("V1", days_ago=80),
        an_attendance("V2", days_ago=60, site="RR801", child=ELSEWHERE),
        an_attendance("V3", days_ago=40),
        an_attendance("V4", days_ago=20, site="RR813", child=ELSEWHERE),
        an_attendance("V5", days_ago=300),
    ]


def corrections():
    """V3 never was; V5 was ten days ago; the council's plan is told, and told again with an end."""
    third, fifth = visits()[2], visits()[4]
    arrived = NOW - timedelta(days=10)
    right = replace(fifth.facts, arrived_at=arrived)
    plan = a_plan("P1", child=a_child(local_id="C1"), as_at=NOW - timedelta(days=2))
    ended = a_plan("P1", child=a_child(local_id="C1"), ended=date(2026, 11, 10))
    return [
        replace(third, revision=2, state=EventState.WITHDRAWN),
        replace(fifth, revision=2, state=EventState.CORRECTED, facts=right),
        plan,
        ended,
    ]


def incidents():
    """Two incidents; of the first the grade is amended, the second never was."""
    known = a_child(local_id="N1003")
    first = an_incident("O1", days_ago=12, child=known)
    second = an_incident("O2", days_ago=11, child=known)
    graded = replace(first.facts, officer_grade=RiskGrade.STANDARD)
    return [
        replace(first, facts=graded),
        replace(first, revision=2, state=EventState.CORRECTED),
        second,
        replace(second, revision=2, state=EventState.WITHDRAWN),
    ]


def marks(laboratory):
    """Registers of three days: the marks of two stand, of the third a later reading tells none."""
    school = joined(laboratory)
    days = [date(2026, 11, 11), date(2026, 11, 12), date(2026, 11, 13)]
    read = [(day, read_at(day), [an_absence(day=day)]) for day in days]
    read.append((days[2], read_at(days[2], hour=12), []))
    return [
        (school, school.report(*some, attendance_register=a_register(day=day, as_at=at)))
        for day, at, some in read
    ]


def reports(laboratory):
    """Each event in a report of its own, sealed once: the agency and the bytes."""
    of_agency = {
        "RAE": laboratory.hospital,
        "RR8": laboratory.other_hospital,
        "POL": laboratory.force,
    }
    events = [*visits(), *corrections(), *incidents()]
    told = [(of_agency.get(e.source_key[:3], laboratory.council), e) for e in events]
    return [*((agency, agency.report(event)) for agency, event in told), *marks(laboratory)]


def in_batches(things, seed):
    """The things in batches of one to three."""
    chance = random.Random(seed)  # noqa: S311  # sizes, not secrets
    rest = list(things)
    while rest:
        size = chance.randint(1, 3)
        yield rest[:size]
        rest = rest[size:]


def deliver(laboratory, sealed, seed):
    """The reports in batches, in the order given; answers what each batch came to."""
    raws = [laboratory.raw(agency, value) for agency, value in sealed]
    return [laboratory.receive(batch) for batch in in_batches(raws, seed)], raws


def standing(laboratory):
    """Rule and grounds; a child's reference follows from whichever record came first."""
    return sorted((rule, tuple(sorted(grounds))) for rule, _, grounds in laboratory.standing())


def everything(laboratory):
    """Every row of every table."""
    tables = laboratory.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    return {
        table: sorted(str(row) for row in laboratory.rows(f"SELECT t::text FROM {table} AS t"))
        for (table,) in tables
    }


@pytest.fixture(scope="module")
def expected(local_stack, new_database):
    """What stands when everything is told in the order in which it happened."""
    laboratory = Laboratory(new_database("in_order"))
    deliver(laboratory, reports(laboratory), seed=0)
    found = standing(laboratory)
    laboratory.close()
    local_stack.drop_database("in_order")
    return found


def test_what_is_expected_of_every_order_is_more_than_nothing(expected):
    rules = [rule for rule, _ in expected]
    assert rules.count("plan_match") >= 2
    assert "repeat_attendance" in rules
    assert rules.count("domestic_abuse_incident") == 1
    assert "cumulative_concern" in rules


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_arrival_does_not_change_what_stands(laboratory, expected, seed):
    sealed = shuffled(reports(laboratory), seed)

    deliver(laboratory, sealed, seed)

    assert laboratory.one("SELECT count(DISTINCT child_ref) FROM link") == 1
    assert standing(laboratory) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_a_redelivery_at_any_moment_changes_nothing(laboratory, expected, seed):
    """The same messages again, and the same bytes sent again, between and after the others."""
    sealed = shuffled(reports(laboratory), seed)
    _, raws = deliver(laboratory, [*sealed[:5], *sealed[:3], *sealed[4:]], seed)
    assert standing(laboratory) == expected
    assert laboratory.one("SELECT count(*) FROM report WHERE state = 'duplicate'") == 4
    before = everything(laboratory)

    again = sum((laboratory.receive(b) for b in in_batches(shuffled(raws, seed), seed)), Received())

    assert again == Received(known=len(raws))
    assert everything(laboratory) == before


def test_every_report_and_event_ends_in_one_of_the_known_ways(laboratory):
    """A good, a rejected and a conflicting event, a redelivered and an unreadable report."""
    rejected = a_plan("P2", ended=date(2026, 1, 1))
    conflicting = a_plan("P1", started=date(2026, 8, 1))
    good = laboratory.council.report(a_plan("P1"), rejected)
    sealed = [good, good, laboratory.council.report(conflicting), b"no report"]

    laboratory.receive([laboratory.raw(laboratory.council, value) for value in sealed])

    states = [state for (state,) in laboratory.rows("SELECT state FROM report ORDER BY 1")]
    assert states == sorted(
        [
            *(ReportState.ACCEPTED, ReportState.ACCEPTED),
            *(ReportState.DUPLICATE, ReportState.PARKED),
        ]
    )
    outcomes = laboratory.rows(
        "SELECT %s::text FROM event UNION ALL SELECT outcome FROM event_problem ORDER BY 1",
        EventOutcome.STORED,
    )
    assert [outcome for (outcome,) in outcomes] == sorted(
        [EventOutcome.STORED, EventOutcome.REJECTED, EventOutcome.CONFLICT]
    )
    assert laboratory.rows(
        "SELECT sum(events_stored)::int, sum(events_rejected)::int, sum(events_conflict)::int"
        " FROM report"
    ) == [(1, 1, 1)]
