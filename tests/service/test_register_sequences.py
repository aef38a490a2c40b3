"""Registers over a real PostgreSQL when things come late, in part, twice, flawed or absurd.

Each test is a sequence of reports in which a register could pass for whole, or a plan for closed,
though a plan may still stand. The register must read incomplete, and the plan stay open.
"""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from connectors.contract import Reading
from connectors.packing import Packer
from connectors.writing_out import EVENT_BYTES_MAX
from hub.core import codec
from hub.core.answer import CannotSay, PlanAnswer
from hub.core.intake import OpenedReport, open_report
from hub.core.reasons import ParkReason
from hub.core.report import (
    ConnectorStatus,
    Extract,
    Feed,
    FeedFault,
    OpenPlan,
    Refusal,
    RegisterStatement,
)
from hub.service.register_slices import extract_slice
from hub.service.registers import DecideExtract
from tests.service.laboratory import NOW, REGISTRY, Agency, a_child, a_plan, an_attendance
from tests.service.test_check import CLINICIAN, about, check

pytestmark = pytest.mark.stack

__all__ = ["check"]  # the fixture

HOUR = timedelta(hours=1)
A_NAME = {"family_name": "Quill", "given_name": "Ada"}
EARLY = NOW - 20 * HOUR
ALIVE = ConnectorStatus(read_count=0)
BELL = {"local_id": "C2", "family_name": "Bell", "birth_date": date(2020, 1, 1)}


def others_whole(hub):
    """The other council's register whole, and both hospitals alive."""
    hub.receive(
        [
            *hub.extract(hub.other_council),
            hub.says(hub.hospital, status=ALIVE),
            hub.says(hub.other_hospital, status=ALIVE),
        ]
    )


def a_part(extract_id, number, slices, *, as_at=NOW, full=True):
    return Extract(extract_id=extract_id, slice=number, slices=slices, as_at=as_at, full=full)


def hears(hub, *plans, **report):
    return hub.receive([hub.says(hub.council, *plans, **report)])


def states(hub, *names, as_at=NOW, number=0, slices=1):
    """Bradford's statement: the plans of these names are open."""
    opened = tuple(
        OpenPlan(kind=a_plan().kind, source_key=f"child_protection_plan|{name}") for name in names
    )
    statement = RegisterStatement(
        statement_id="S", as_at=as_at, slice=number, slices=slices, open_plans=opened
    )
    hears(hub, statement=statement)


def is_incomplete(answer):
    return (
        answer.plan is PlanAnswer.CANNOT_SAY
        and CannotSay.REGISTER_INCOMPLETE in answer.plan_reasons
    )


def extract_states(hub):
    return dict(hub.rows("SELECT extract_id, state FROM extract WHERE agency = %s", "E08000032"))


def told_early(hub, *plans):
    """Bradford's register as at 20 hours ago, told then."""
    hub.clock.instant = EARLY
    hub.receive(hub.extract(hub.council, *plans, as_at=EARLY))
    hub.clock.instant = NOW
    others_whole(hub)


# ------------------------------------------------------------------ in part, and late


def test_an_unfinished_extract_forbids_it_though_a_newer_one_of_changes_is_whole(laboratory, check):
    told_early(laboratory)
    assert check(CLINICIAN, about(3, **A_NAME)).plan is PlanAnswer.NO_PLAN_FOUND

    hears(laboratory, extract=a_part("C1", 0, 2, as_at=NOW - 10 * HOUR, full=False))
    laboratory.council.epoch += 1000
    laboratory.council.sequence = itertools.count(1)
    hears(laboratory, extract=a_part("C2", 0, 1, full=False))

    assert is_incomplete(check(CLINICIAN, about(3, **A_NAME)))
    laboratory.clock.instant = NOW + HOUR
    laboratory.receive(laboratory.extract(laboratory.council, as_at=NOW + HOUR))
    assert check(CLINICIAN, about(3, **A_NAME)).plan is PlanAnswer.NO_PLAN_FOUND


def test_an_older_full_extract_that_comes_late_does_not_make_up_for_a_newer_rejected_plan(
    laboratory, check
):
    told_early(laboratory)
    changed = a_plan("P1", ended=date(2026, 8, 1), as_at=NOW - 2 * HOUR)
    part = a_part("CH", 0, 1, as_at=NOW - 2 * HOUR, full=False)
    assert hears(laboratory, changed, extract=part).rejected == 1

    laboratory.receive(laboratory.extract(laboratory.council, as_at=NOW - 3 * HOUR))

    assert is_incomplete(check(CLINICIAN, about()))


def test_an_older_full_extract_that_comes_late_does_not_make_up_for_a_newer_gap(laboratory, check):
    told_early(laboratory)
    next(laboratory.council.sequence)  # a report of changes as at two hours ago, lost
    hears(laboratory, extract=a_part("CH2", 0, 1, as_at=NOW - HOUR, full=False))

    laboratory.receive(laboratory.extract(laboratory.council, as_at=NOW - 3 * HOUR))

    assert is_incomplete(check(CLINICIAN, about()))
    laboratory.receive(laboratory.extract(laboratory.council, as_at=NOW))
    assert check(CLINICIAN, about()).plan is PlanAnswer.NO_PLAN_FOUND


def test_a_first_full_extract_that_comes_late_heals_no_gap(laboratory, check):
    others_whole(laboratory)
    hears(laboratory, extract=a_part("CH", 0, 1, as_at=NOW - HOUR, full=False))
    next(laboratory.council.sequence)

    laboratory.receive(laboratory.extract(laboratory.council, as_at=NOW - 3 * HOUR))

    assert is_incomplete(check(CLINICIAN, about()))


def test_a_rejected_plan_counts_by_what_its_report_tells_of_not_only_by_when_it_came(
    laboratory, check
):
    """It came without an extract, before an older reading of the register did."""
    told_early(laboratory)
    assert hears(laboratory, a_plan("P1", ended=date(2026, 8, 1))).rejected == 1

    laboratory.clock.instant = NOW + HOUR / 2
    laboratory.receive(laboratory.extract(laboratory.council, as_at=NOW - HOUR))

    assert is_incomplete(check(CLINICIAN, about()))


def test_a_slow_clock_of_the_hubs_forgives_nothing(laboratory, check):
    """Problems are dated by the broker, as extracts are."""
    told_early(laboratory)
    laboratory.receive(laboratory.extract(laboratory.council, as_at=NOW))
    bad = laboratory.council.report(a_plan("P1", ended=date(2026, 8, 1)))
    arrived = laboratory.raw(laboratory.council, bad, received_at=NOW)
    laboratory.clock.instant = NOW - HOUR / 12

    assert laboratory.receive([arrived]).rejected == 1

    assert is_incomplete(check(CLINICIAN, about()))


# ------------------------------------------------------------------ flawed


@pytest.fixture
def two_plans(laboratory):
    """A hub with two open plans as at 20 hours ago, and an attendance of the first child."""
    told_early(
        laboratory,
        a_plan("P1", as_at=EARLY),
        a_plan("P2", child=a_child(1, **BELL), as_at=EARLY),
    )
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    return laboratory


def second():
    return a_plan("P2", child=a_child(1, **BELL))


def refused_row():
    fault = FeedFault(code="register_row_refused", subject="ssd_cp_plans")
    refusal = Refusal(reference="cp_plans.csv:2", field="start", expected="A day.", at=NOW)
    return ConnectorStatus(read_count=2, faults=(fault,), refusals=(refusal,))


def event_not_written_out():
    refusal = Refusal(reference="extract E2, slice 1 of 1", field="", expected="Less.", at=NOW)
    return ConnectorStatus(read_count=2, refusals=(refusal,))


def test_a_plan_that_the_hub_rejects_is_not_left_out_of_its_extract(two_plans, check):
    rejected = a_plan("P1", ended=date(2026, 8, 1))

    outcome = hears(two_plans, rejected, second(), extract=a_part("E2", 0, 1))

    assert outcome.rejected == 1
    assert extract_states(two_plans)["E2"] == "applied"
    answer = check(CLINICIAN, about())
    assert answer.plan is PlanAnswer.ON_PLAN
    assert [plan.current for plan in answer.plans] == [True]


@pytest.mark.parametrize("status", [refused_row, event_not_written_out])
def test_a_row_that_the_connector_could_not_use_closes_no_plan_by_itself(two_plans, check, status):
    standing = two_plans.standing()
    hears(two_plans, second(), extract=a_part("E2", 0, 1), status=status())
    states(two_plans, "P1", "P2")

    assert extract_states(two_plans)["E2"] == "waiting"
    answer = check(CLINICIAN, about())
    assert answer.plan is PlanAnswer.ON_PLAN
    assert [plan.current for plan in answer.plans] == [True]
    assert two_plans.standing() == standing
    assert is_incomplete(check(CLINICIAN, about(3, **A_NAME)))


def test_one_flawed_slice_makes_its_whole_extract_flawed(two_plans):
    hears(two_plans, extract=a_part("E2", 0, 2), status=refused_row())
    hears(two_plans, second(), extract=a_part("E2", 1, 2))

    assert extract_states(two_plans)["E2"] == "waiting"


def test_an_event_of_which_not_even_the_key_can_be_read_makes_its_extract_flawed(two_plans):
    council = two_plans.council
    unreadable = replace(a_plan("P1"), source_key=" ")
    value = council.report(unreadable, second(), extract=a_part("E2", 0, 1))

    assert two_plans.receive([two_plans.raw(council, value)]).rejected == 1

    assert extract_states(two_plans)["E2"] == "waiting"


def test_a_person_may_apply_a_flawed_extract_and_the_register_stays_incomplete(two_plans, check):
    hears(two_plans, second(), extract=a_part("E2", 0, 1), status=refused_row())
    decide = DecideExtract(
        store=two_plans.store, decide=two_plans.receive._decide, clock=two_plans.clock
    )
    (waiting,) = decide.waiting()
    assert waiting.flawed

    decided = decide(
        waiting.agency, waiting.extract_id, approve=True, by="A. Person", reason="checked"
    )

    assert decided.closed == 1
    states(two_plans, "P2")
    assert is_incomplete(check(CLINICIAN, about(3, **A_NAME)))


def test_closed_plans_show_as_ended_from_the_day_that_the_decision_names(two_plans, check):
    hears(two_plans, second(), extract=a_part("E2", 0, 1), status=refused_row())
    decide = DecideExtract(
        store=two_plans.store, decide=two_plans.receive._decide, clock=two_plans.clock
    )
    decided = decide("E08000032", "E2", approve=True, by="A. Person", reason="checked")

    assert check(CLINICIAN, about()).plan is PlanAnswer.ON_PLAN
    two_plans.clock.instant = datetime.combine(decided.show_as_ended_from, time(12), tzinfo=UTC)
    assert check(CLINICIAN, about()).plan is PlanAnswer.PLAN_ENDED


def test_a_flawed_extract_that_closes_nothing_is_no_baseline_and_the_next_one_is(two_plans, check):
    both = a_plan("P1"), second()
    hears(two_plans, *both, extract=a_part("E2", 0, 1), status=refused_row())
    states(two_plans, "P1", "P2")

    assert extract_states(two_plans)["E2"] == "applied"
    assert is_incomplete(check(CLINICIAN, about(3, **A_NAME)))
    baseline = "SELECT baseline_as_at FROM register WHERE agency = %s"
    assert two_plans.one(baseline, "E08000032") == EARLY

    later = two_plans.clock.instant = NOW + HOUR
    told = [replace(plan, recorded_at=later, revision=plan.revision + 1) for plan in both]
    two_plans.receive(two_plans.extract(two_plans.council, *told, as_at=later))
    assert check(CLINICIAN, about(3, **A_NAME)).plan is PlanAnswer.NO_PLAN_FOUND


def test_the_flaw_of_a_slice_is_told_with_it_however_much_was_refused(two_plans):
    """500 refusals fill a status, which then goes ahead of the slice with the row's fault."""
    status = refused_row()
    reading = Reading(
        reference="extract E9, slice 1 of 1",
        events=(replace(a_plan("P1"), detail=bytes(EVENT_BYTES_MAX)), second()),
        refusals=status.refusals * 500,
        faults=status.faults,
        extract=a_part("E9", 0, 1),
        source_as_of=NOW,
        read_count=2,
    )
    packer = Packer(REGISTRY, EARLY, lambda words, _: words)  # as long as when it was sealed
    drafts = list(packer.add(reading))
    assert [draft.extract is not None for draft in drafts] == [False, True]

    council = two_plans.council
    value = council.report(second(), extract=drafts[1].extract, status=drafts[1].body.status)
    opened = open_report(two_plans.raw(council, value), two_plans.intake())

    assert isinstance(opened, OpenedReport)
    assert extract_slice(opened).flawed


def test_a_slice_with_a_status_that_refuses_nothing_is_not_flawed(two_plans):
    hears(two_plans, second(), extract=a_part("E2", 0, 1), status=ALIVE)

    assert extract_states(two_plans)["E2"] == "applied"
    assert two_plans.one("SELECT count(*) FROM plan WHERE omitted_as_at IS NOT NULL") == 1


# ------------------------------------------------------------------ absurd, and twice


@pytest.mark.parametrize(
    "extract",
    [
        a_part("E", 0, 1, as_at=NOW + timedelta(minutes=11)),
        a_part("E", 5, 2),
        a_part("E", 2, 2),
        a_part("E", -1, 2),
        a_part("E", 0, 0),
        a_part("E", 0, 100_001),
    ],
    ids=["future", "beyond", "last", "negative", "no slices", "too many slices"],
)
def test_an_absurd_extract_is_parked_and_the_register_reads_incomplete(laboratory, check, extract):
    told_early(laboratory)

    assert hears(laboratory, extract=extract).parked == 1

    assert laboratory.one("SELECT reason FROM report WHERE state = 'parked'") == (
        ParkReason.EXTRACT_UNUSABLE
    )
    assert "E" not in extract_states(laboratory)
    assert is_incomplete(check(CLINICIAN, about(3, **A_NAME)))


def test_a_statement_from_the_future_is_parked(laboratory):
    told_early(laboratory)

    states(laboratory, as_at=NOW + 40 * 24 * HOUR)

    assert laboratory.one("SELECT reason FROM report WHERE state = 'parked'") == "extract_unusable"
    as_of = laboratory.one("SELECT as_of FROM register WHERE agency = %s", "E08000032")
    assert as_of == EARLY


def test_slices_of_two_cuts_of_one_statement_never_add_up(laboratory, check):
    told_early(laboratory, a_plan("P1", as_at=EARLY), a_plan("P2", as_at=EARLY))
    states(laboratory, "P1", slices=2)
    states(laboratory, "P2", slices=3, number=1)

    stated = "SELECT statement_as_at FROM register WHERE agency = %s"
    assert laboratory.one(stated, "E08000032") == EARLY


@pytest.mark.parametrize(
    ("epoch", "sequence"), [(None, 0), (None, -4), (None, 2**53 + 1), (None, 2**63 - 1), (-1, 1)]
)
def test_a_place_that_cannot_be_counted_is_parked_and_leaves_the_spool_as_it_was(
    laboratory, check, epoch, sequence
):
    told_early(laboratory)
    laboratory.council.epoch = laboratory.council.epoch if epoch is None else epoch

    assert hears(laboratory, sequence=sequence).parked == 1

    assert laboratory.one("SELECT reason FROM report WHERE state = 'parked'") == (
        ParkReason.SEQUENCE_UNUSABLE
    )
    received = laboratory.one(
        "SELECT received::text FROM spool WHERE publisher = %s AND epoch > 0", "E08000032"
    )
    assert received == "{[1,3)}"
    assert is_incomplete(check(CLINICIAN, about(3, **A_NAME)))


def test_an_extract_of_a_register_is_not_taken_from_a_hospitals_feed(laboratory):
    told = laboratory.says(laboratory.hospital, extract=a_part("E", 0, 1))

    assert laboratory.receive([told]).parked == 1


def four_plans(*, as_at):
    names = ("Ash", "Bell", "Cole", "Dunn")
    return [
        a_plan(
            f"P{n}",
            child=a_child(n, local_id=f"C{n}", family_name=name, birth_date=date(2015 + n, 2, 3)),
            as_at=as_at,
        )
        for n, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    "others",
    [
        [a_part("E", 0, 3), a_part("E", 1, 3)],
        [a_part("E", 1, 2, as_at=NOW - HOUR)],
        [a_part("E", 1, 2, full=False)],
    ],
    ids=["another cut", "another time", "changes only"],
)
def test_an_extract_whose_slices_contradict_each_other_closes_nothing(laboratory, check, others):
    told_early(laboratory, *four_plans(as_at=EARLY))
    first, other, *_ = four_plans(as_at=NOW)
    hears(laboratory, first, extract=a_part("E", 0, 2))
    for part in others:
        hears(laboratory, other, extract=part)
    states(laboratory, "P0", "P1", "P2", "P3")

    assert extract_states(laboratory)["E"] == "refused"
    assert laboratory.rows("SELECT 1 FROM plan WHERE omitted_as_at IS NOT NULL") == []
    assert laboratory.rows("SELECT subject FROM feed_fault") == [("E",)]
    assert is_incomplete(check(CLINICIAN, about(4)))

    later = laboratory.clock.instant = NOW + HOUR
    laboratory.receive(
        laboratory.extract(laboratory.council, *four_plans(as_at=later), as_at=later)
    )
    assert check(CLINICIAN, about(4)).plan is PlanAnswer.NO_PLAN_FOUND


def test_contradicting_slices_of_one_batch_close_nothing_that_was_not_locked(laboratory, check):
    told_early(laboratory, *four_plans(as_at=EARLY))
    plans = four_plans(as_at=NOW)
    council = laboratory.council
    laboratory.receive(
        [
            laboratory.says(council, *plans[:3], extract=a_part("E", 0, 1, as_at=NOW - HOUR)),
            laboratory.says(council, plans[3], extract=a_part("E", 0, 2)),
        ]
    )

    assert is_incomplete(check(CLINICIAN, about(4)))


def test_an_applied_extract_that_is_contradicted_later_forbids_it_until_a_newer_one(
    laboratory, check
):
    told_early(laboratory)
    hears(laboratory, extract=a_part("E", 0, 1))
    states(laboratory)
    assert check(CLINICIAN, about(4)).plan is PlanAnswer.NO_PLAN_FOUND

    hears(laboratory, extract=a_part("E", 0, 2))

    assert extract_states(laboratory)["E"] == "applied"
    assert is_incomplete(check(CLINICIAN, about(4)))


def test_a_number_sent_on_one_feed_fills_no_gap_on_another(laboratory, check):
    """One publisher, one connector, one epoch: the hospital's feed and the register's."""
    told_early(laboratory)
    both = Agency("E08000032", Feed.HEALTH, seed=3)
    with laboratory.store.connection() as connection:
        connection.execute(
            "INSERT INTO publisher_reports_for VALUES ('E08000032', 'health', 'E08000032')"
        )
    assert laboratory.receive([laboratory.says(both, status=ALIVE, sequence=3)]).accepted == 1

    hears(laboratory, sequence=4)

    assert laboratory.rows(
        "SELECT feed, received::text FROM spool WHERE publisher = %s ORDER BY feed", "E08000032"
    ) == [("health", "{[3,4)}"), ("social_care", "{[1,3),[4,5)}")]
    assert is_incomplete(check(CLINICIAN, about(3, **A_NAME)))


def test_the_broken_values_of_these_tests_can_be_written():
    """So that it is the hub which refuses them and not the codec."""
    value = Agency("E08000032", Feed.SOCIAL_CARE, seed=3).report(extract=a_part("E", -1, 0))
    assert codec.decode_header(codec.decode_value(value, REGISTRY).header, REGISTRY).extract
