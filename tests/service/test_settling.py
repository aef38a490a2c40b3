"""What is missing from a feed forbids an answer until it comes, or a named person settles it."""

import uuid
from datetime import date, timedelta

import pytest

from hub.adapters.store.identity import CANDIDATES_PER_KEY_MAX
from hub.adapters.store.positions import PostgresPositions
from hub.adapters.store.questions import PostgresQuestions
from hub.core.answer import CannotSay, PlanAnswer, SeenAnswer
from hub.core.intake import RawReport
from hub.core.reasons import ParkReason
from hub.core.report import ConnectorStatus
from hub.errors import ConfigurationError
from hub.service.asker import Surroundings
from hub.service.reconcile import Reconcile
from hub.service.settle import Settle
from tests.service.laboratory import BRADFORD, LEEDS, NOW, a_child, an_attendance
from tests.service.test_check import CLINICIAN, about, check, registers_whole

pytestmark = pytest.mark.stack

__all__ = ["check"]  # the fixture

ALIVE = ConnectorStatus(read_count=0)
WHO = {"by": "Lee Hargreaves", "reason": "The trust looked the visit up; it was an adult's."}


@pytest.fixture
def settle(laboratory):
    questions = PostgresQuestions(
        laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
    )
    return Settle(
        Surroundings(
            questions=questions,
            policies=laboratory.policies,
            places=laboratory.places,
            clock=laboratory.clock,
            new_id=uuid.uuid4,
        )
    )


def seen(check):
    return check(CLINICIAN, about(3)).seen


def plan(check):
    return check(CLINICIAN, about(3)).plan


def test_a_hospitals_gap_forbids_none_known_until_a_named_person_settles_it(
    laboratory, check, settle
):
    registers_whole(laboratory)
    assert seen(check) is SeenAnswer.NONE_KNOWN
    next(laboratory.hospital.sequence)
    next(laboratory.hospital.sequence)
    laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])
    assert seen(check) is SeenAnswer.CANNOT_SAY

    (gap,) = settle.standing()
    assert gap.reference == "gap:health:RAE/main:1763800000000:2-3"
    assert gap.agencies == ("RAE",)
    settled = settle(gap.reference, **WHO)

    assert settled.answerable == ('RAE: "none known" can be answered, as far as this feed goes.',)
    assert seen(check) is SeenAnswer.NONE_KNOWN
    assert settle.standing() == ()


def test_what_can_be_answered_is_said_before_and_nothing_is_changed_by_it(
    laboratory, check, settle
):
    registers_whole(laboratory)
    next(laboratory.hospital.sequence)
    laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])
    (gap,) = settle.standing()

    foreseen = settle.foresee(gap.reference)

    assert not foreseen.done
    assert "can be answered" in foreseen.answerable[0]
    assert settle.standing() == (gap,)
    assert seen(check) is SeenAnswer.CANNOT_SAY
    assert laboratory.one("SELECT count(*) FROM settlement") == 0


def test_what_else_stands_against_the_answer_is_said(laboratory, check, settle):
    registers_whole(laboratory)
    for _ in range(2):
        next(laboratory.hospital.sequence)
        laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])
    laboratory.clock.instant = NOW + timedelta(days=9)
    first, second = settle.standing()

    settled = settle(first.reference, **WHO)

    assert settled.answerable == (
        (
            'RAE: "none known" still cannot be answered: it is out of date,'
            " other reports are missing or were removed."
        ),
    )
    assert settle.standing() == (second,)
    assert seen(check) is SeenAnswer.CANNOT_SAY


def test_a_missing_report_that_comes_after_all_counts_as_any(laboratory, check, settle):
    registers_whole(laboratory)
    missing = laboratory.hospital.report(an_attendance(child=a_child(3), days_ago=9))
    laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])
    (gap,) = settle.standing()
    settle(gap.reference, **WHO)
    assert seen(check) is SeenAnswer.NONE_KNOWN

    assert laboratory.receive([laboratory.raw(laboratory.hospital, missing)]).accepted == 1

    assert check(CLINICIAN, about(3)).seen is SeenAnswer.SEEN_BEFORE


def test_a_gap_that_opens_later_is_not_settled_with_an_earlier_one(laboratory, check, settle):
    registers_whole(laboratory)
    next(laboratory.hospital.sequence)
    laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])
    (gap,) = settle.standing()
    settle(gap.reference, **WHO)

    next(laboratory.hospital.sequence)
    laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])

    assert seen(check) is SeenAnswer.CANNOT_SAY
    with pytest.raises(ConfigurationError, match="nothing stands under"):
        settle(gap.reference, **WHO)


def test_a_registers_missing_report_forbids_no_plan_found_until_it_is_settled(
    laboratory, check, settle
):
    registers_whole(laboratory)
    next(laboratory.council.sequence)
    laboratory.receive([laboratory.says(laboratory.council, status=ALIVE)])
    assert plan(check) is PlanAnswer.CANNOT_SAY

    (gap,) = settle.standing()
    settled = settle(gap.reference, **WHO)

    assert settled.answerable == (
        f'{BRADFORD}: "no plan found" can be answered, as far as this feed goes.',
    )
    assert plan(check) is PlanAnswer.NO_PLAN_FOUND


def test_a_gap_that_a_whole_extract_has_made_up_for_is_not_listed(laboratory, settle):
    registers_whole(laboratory)
    next(laboratory.council.sequence)
    laboratory.receive([laboratory.says(laboratory.council, status=ALIVE)])
    assert settle.standing()

    later = NOW + timedelta(hours=1)
    laboratory.clock.instant = later
    laboratory.receive(laboratory.extract(laboratory.council, as_at=later))

    assert settle.standing() == ()


def test_a_parked_report_of_a_known_sender_can_be_settled_and_is_still_kept(
    laboratory, check, settle
):
    registers_whole(laboratory)
    raw = laboratory.says(laboratory.council, status=ALIVE)
    laboratory.receive.park(raw, ParkReason.WORKER_DEATHS, "Three workers died.")
    assert plan(check) is PlanAnswer.CANNOT_SAY

    (parked,) = settle.standing()
    settle(parked.reference, **WHO)

    assert plan(check) is PlanAnswer.NO_PLAN_FOUND
    assert laboratory.receive.retry([raw]).accepted == 1


def test_who_settled_what_and_why_is_kept_and_audited(laboratory, settle):
    next(laboratory.hospital.sequence)
    laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])
    (gap,) = settle.standing()
    settled = settle(gap.reference, **WHO)

    ((audit_id, at, *kept, answerable),) = laboratory.rows("SELECT * FROM settlement")
    assert (at, kept) == (NOW, [gap.reference, WHO["by"], WHO["reason"]])
    assert tuple(answerable) == settled.answerable
    assert laboratory.rows(
        "SELECT audit_id, actor, role, action, outcome FROM audit_leaf WHERE action = 'settle'"
    ) == [(audit_id, WHO["by"], "hub_operator", "settle", gap.reference)]


@pytest.mark.parametrize("who", [{"by": " ", "reason": "x"}, {"by": "x", "reason": ""}])
def test_settling_needs_a_name_and_a_reason(laboratory, settle, who):
    next(laboratory.hospital.sequence)
    laboratory.receive([laboratory.says(laboratory.hospital, status=ALIVE)])
    (gap,) = settle.standing()

    with pytest.raises(ConfigurationError, match="neither --by nor --reason"):
        settle(gap.reference, **who)

    assert settle.standing() == (gap,)


# ------------------------------------------------------------------ removed by retention


class Kafka:
    """One partition, of which retention has removed the beginning."""

    def __init__(self, *raws, first):
        self.raws, self.first = raws, first

    def ends(self, topic):
        del topic
        return {0: (self.first, 1 + max((raw.offset for raw in self.raws), default=-1))}

    def fetch(self, topic, partition, start, stop):
        del topic, partition
        return (raw for raw in self.raws if max(start, self.first) <= raw.offset < stop)


def reconciling(laboratory, kafka, topic):
    return Reconcile(
        positions=PostgresPositions(laboratory.store),
        kafka=kafka,
        receive=laboratory.receive,
        clock=laboratory.clock,
        topic=topic,
        group="hub",
    )


def some(laboratory, agency, count) -> list[RawReport]:
    return [laboratory.says(agency, status=ALIVE) for _ in range(count)]


def test_what_retention_removed_unread_puts_every_hospital_in_doubt_until_it_is_settled(
    laboratory, check, settle
):
    registers_whole(laboratory)
    assert seen(check) is SeenAnswer.NONE_KNOWN
    raws = some(laboratory, laboratory.hospital, 9)
    laboratory.receive(raws[8:])
    before = len(laboratory.rows("SELECT 1 FROM report"))
    first = raws[3].offset
    reconcile = reconciling(laboratory, Kafka(*raws, first=first), raws[0].topic)

    received = reconcile()

    assert received.accepted == 5, "what Kafka still had is received"
    assert len(laboratory.rows("SELECT 1 FROM report")) == before + 5
    removed = next(one for one in settle.standing() if one.kind == "fault")
    begin, end = raws[0].offset, raws[2].offset
    assert removed.reference == f"fault:offsets_removed:health:{raws[0].topic}:0:{begin}-{end}"
    assert removed.agencies == ("RAE", "RR8")
    for gap in settle.standing():
        if gap.kind == "gap":
            settle(gap.reference, **WHO)
    assert seen(check) is SeenAnswer.CANNOT_SAY

    assert reconcile() == type(received)()
    settled = settle(removed.reference, **WHO)

    assert len(settled.answerable) == 2
    assert seen(check) is SeenAnswer.NONE_KNOWN


def test_what_retention_removed_of_a_register_forbids_no_plan_found(laboratory, check, settle):
    registers_whole(laboratory)
    raws = some(laboratory, laboratory.council, 2)
    reconciling(laboratory, Kafka(*raws, first=raws[1].offset + 1), raws[0].topic)()

    answer = check(CLINICIAN, about(3))
    assert answer.plan is PlanAnswer.CANNOT_SAY
    assert CannotSay.REGISTER_INCOMPLETE in answer.plan_reasons

    (removed,) = settle.standing()
    assert set(removed.agencies) == {BRADFORD, LEEDS}
    settle(removed.reference, **WHO)
    assert plan(check) is PlanAnswer.NO_PLAN_FOUND


def test_an_offset_that_holds_no_message_is_no_loss(laboratory, settle):
    raws = some(laboratory, laboratory.hospital, 4)
    laboratory.receive(raws[3:])
    kafka = Kafka(raws[0], raws[2], raws[3], first=0)

    reconciling(laboratory, kafka, raws[0].topic)()

    assert [one.kind for one in settle.standing()] == ["gap"]


# ------------------------------------------------------------------ wide keys


def test_a_key_with_more_children_than_are_looked_at_is_told_and_can_be_settled(
    laboratory, settle, monkeypatch
):
    monkeypatch.setattr("hub.adapters.store.identity.CANDIDATES_PER_KEY_MAX", 3)
    assert CANDIDATES_PER_KEY_MAX == 200
    given_names = ("Aaliyah", "Ben", "Chidi", "Dorota", "Emre", "Freya", "Gethin")

    def alike(number):
        return an_attendance(
            f"V{number}",
            child=a_child(
                local_id=f"H{number}",
                nhs_number=None,
                given_names=(given_names[number],),
                birth_date=date(2019, 3, 3),
            ),
        )

    for number in range(6):
        laboratory.receive([laboratory.says(laboratory.hospital, alike(number))])

    wide = settle.standing()
    assert {one.reference.split(":")[1] for one in wide} == {"identity_key_wide"}
    assert all(one.agencies == () for one in wide)
    told = settle(wide[0].reference, **WHO).answerable
    assert told == ("No answer of the check rests on this; it is no longer shown.",)
    assert len(settle.standing()) == len(wide) - 1
    laboratory.receive([laboratory.says(laboratory.hospital, alike(6))])
    assert len(settle.standing()) == len(wide), "it comes again, and stands again"
