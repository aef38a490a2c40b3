"""Notices to schools over a real PostgreSQL: made in the deciding transaction, once, and fired."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.core.encompass_policy import ContentLevel
from hub.core.event import EventState
from hub.core.identifiers import GssCode
from hub.core.incident_facts import RiskGrade
from hub.ports import Store
from hub.service.standing import Standing
from tests.e2e.watched import Watched
from tests.service.encompass import (
    MONDAY_0815,
    NIGHT,
    a_tick,
    an_incident,
    notices,
    on_roll,
    outbox,
    tell,
    timers,
    with_a_force,
)
from tests.service.laboratory import BRADFORD, NUMBERS, a_child

pytestmark = pytest.mark.stack

AT_SCHOOL = ("URN107200", "school_reports_child", "standing", 1)


@pytest.fixture
def hub(laboratory):
    return with_a_force(laboratory)


def test_an_incident_makes_a_notice_a_timer_and_an_outbox_row_in_its_own_transaction(hub):
    on_roll(hub)
    tell(hub, an_incident())

    assert notices(hub) == [AT_SCHOOL]
    assert outbox(hub) == ["URN107200"]
    assert timers(hub) == [(MONDAY_0815, "waiting")]
    assert hub.rows("SELECT seats FROM encompass_notice") == [(["staff:school-lead-107200"],)]


def test_the_same_report_again_makes_nothing_again(hub):
    on_roll(hub)
    report = hub.says(hub.force, an_incident())
    for _ in range(2):
        hub.receive([report])
    tell(hub, an_incident())

    assert notices(hub) == [AT_SCHOOL]
    assert outbox(hub) == ["URN107200"]
    assert hub.one("SELECT count(*) FROM encompass_step") == 1


def test_a_school_that_reports_the_child_later_takes_the_notice_over_from_the_council(hub):
    tell(hub, an_incident())
    assert notices(hub) == [(BRADFORD, "no_school_known", "standing", 1)]

    on_roll(hub)

    assert sorted(notices(hub)) == [
        (BRADFORD, "no_school_known", "passed_on", 1),
        AT_SCHOOL,
    ]
    assert sorted(timers(hub)) == [(MONDAY_0815, "cancelled"), (MONDAY_0815, "waiting")]


def test_a_child_that_is_only_possibly_another_goes_to_the_desk(hub):
    on_roll(hub)
    tell(hub, an_incident(child=a_child(local_id="N1", nhs_number=None, given_names=("Oriel",))))

    assert ("POL13", "child_not_certain", "standing", 1) in notices(hub)
    assert "URN107200" not in outbox(hub)


@pytest.mark.parametrize(("link_unnamed", "children"), [(0.95, 1), (0.999, 2)])
def test_an_incident_told_of_a_nameless_child_goes_to_the_desk_linked_or_not(
    laboratory, link_unnamed, children
):
    """It may be a twin's whom nobody told of yet: likeness alone tells no school anything."""
    hub = with_a_force(laboratory)
    on_roll(hub)
    weights = hub.links_standing.matching.weights
    bands = replace(weights.bands, link_unnamed=link_unnamed)
    matching = replace(hub.links_standing.matching, weights=replace(weights, bands=bands))
    hub.links_standing = Standing(digests=hub.digests, matching=matching, signing=hub.signing)
    hub.receive = hub.a_receive()
    tell(hub, an_incident(child=a_child(local_id="N1", nhs_number=None, given_names=())))

    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == children
    assert ("POL13", "child_not_certain", "standing", 1) in notices(hub)
    assert "URN107200" not in outbox(hub)


def test_an_amendment_is_told_again_and_a_withdrawal_ends_it(hub):
    on_roll(hub)
    tell(hub, an_incident())
    tell(hub, an_incident(revision=2, facts={"officer_grade": RiskGrade.HIGH}))

    assert notices(hub) == [("URN107200", "school_reports_child", "standing", 2)]
    assert outbox(hub) == ["URN107200", "URN107200"]

    tell(hub, an_incident(revision=3, state=EventState.WITHDRAWN))

    assert notices(hub) == [("URN107200", "school_reports_child", "withdrawn", 2)]
    assert {state for _, state in timers(hub)} == {"cancelled"}
    kinds = hub.rows("SELECT kind FROM encompass_step ORDER BY step")
    assert kinds == [("made",), ("revised",), ("withdrawn",)]


def test_a_notice_is_taken_back_when_the_force_says_that_it_was_another_child(hub):
    on_roll(hub)
    tell(hub, an_incident())
    other = a_child(
        1, local_id="N2", given_names=("Noor",), family_name="Hale", birth_date=date(2014, 2, 3)
    )
    source_key = an_incident().source_key
    corrected = an_incident(
        child=other, revision=2, state=EventState.CORRECTED, source_key=source_key
    )

    tell(hub, corrected)

    assert sorted((one[0], one[2]) for one in notices(hub)) == [
        (BRADFORD, "standing"),
        ("URN107200", "withdrawn"),
    ]


def test_a_notice_is_handed_on_though_the_agreement_has_ended(hub):
    tell(hub, an_incident())
    policy = hub.policies.of(GssCode(BRADFORD))
    ended = replace(policy, encompass=replace(policy.encompass, level=ContentLevel.OFF))
    authorities = {**hub.policies.authorities, GssCode(BRADFORD): ended}
    hub.policies = replace(hub.policies, authorities=authorities)
    hub.receive = hub.a_receive()

    on_roll(hub)

    assert hub.rows("SELECT recipient, level FROM encompass_notice WHERE state = 'standing'") == [
        ("URN107200", "full")
    ]
    assert hub.one("SELECT count(*) FROM report WHERE state = 'parked'") == 0


def test_what_happened_before_the_force_joined_makes_no_notice(hub):
    on_roll(hub)
    tell(hub, an_incident(began=NIGHT - timedelta(days=400)))
    assert notices(hub) == []


def test_two_workers_with_one_batch_make_one_notice(hub):
    on_roll(hub)
    report = hub.says(hub.force, an_incident())
    workers = [threading.Thread(target=hub.a_receive(), args=([report],)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert notices(hub) == [AT_SCHOOL]
    assert outbox(hub) == ["URN107200"]


# ------------------------------------------------------------------------------------------- time


def test_a_notice_that_nobody_acknowledged_is_late_when_it_was_due(hub):
    on_roll(hub)
    tell(hub, an_incident())
    tick = a_tick(hub)

    hub.clock.instant = MONDAY_0815 - timedelta(seconds=1)
    assert tick() == 0
    hub.clock.instant = MONDAY_0815
    assert (tick(), tick()) == (1, 0)

    assert hub.rows("SELECT late_at, seats FROM encompass_notice") == [
        (MONDAY_0815, ["staff:school-lead-107200", "staff:school-deputy-107200", "desk:POL13"])
    ]
    assert outbox(hub) == ["URN107200", "POL13", "URN107200"]
    assert timers(hub) == [(MONDAY_0815, "fired")]


def test_two_tickers_fire_each_timer_once(hub):
    on_roll(hub)
    tell(hub, *(an_incident(f"O{number}") for number in range(12)))
    hub.clock.instant = MONDAY_0815
    fired = []
    together = threading.Barrier(2)

    def tick():
        ticking = a_tick(hub)
        together.wait(30)
        fired.append(ticking())

    tickers = [threading.Thread(target=tick) for _ in range(2)]
    for ticker in tickers:
        ticker.start()
    for ticker in tickers:
        ticker.join(60)

    assert sum(fired) == 12
    assert hub.one("SELECT count(*) FROM encompass_step WHERE kind = 'late'") == 12
    assert {state for _, state in timers(hub)} == {"fired"}


class Died(BaseException):  # a death, not an error: nobody catches it
    """Ends a ticker at a point of its transaction."""


def test_a_ticker_that_dies_before_it_commits_has_fired_nothing(hub):
    on_roll(hub)
    tell(hub, an_incident())
    hub.clock.instant = MONDAY_0815

    def die(point, _):
        if point == "after Transaction.write_effects":
            raise Died

    dying = Watched(hub.store, Store, die)
    with pytest.raises(Died):
        a_tick(hub, dying)()
    assert timers(hub) == [(MONDAY_0815, "waiting")]
    assert hub.rows("SELECT late_at FROM encompass_notice") == [(None,)]

    assert a_tick(hub)() == 1
    assert hub.one("SELECT count(*) FROM outbox WHERE recipient = 'POL13'") == 1


def test_what_piled_up_is_worked_off_in_rounds_the_oldest_first(hub):
    on_roll(hub)
    tell(hub, *(an_incident(f"O{number}") for number in range(60)))
    hub.clock.instant = MONDAY_0815 + timedelta(days=3)
    tick = a_tick(hub)
    assert (tick(), tick(), tick()) == (50, 10, 0)


def test_a_timer_of_a_kind_that_is_not_known_waits_and_holds_nothing_up(hub):
    on_roll(hub)
    tell(hub, an_incident())
    with hub.store.connection() as connection:
        connection.execute(
            "INSERT INTO timer (timer_id, kind, subject_id, child_ref, due_at)"
            " SELECT gen_random_uuid(), 'of_tomorrow', gen_random_uuid(), child_ref, %s"
            " FROM encompass_notice",
            (MONDAY_0815 - timedelta(days=1),),
        )
    hub.clock.instant = MONDAY_0815
    assert a_tick(hub)() == 1
    assert hub.one("SELECT state FROM timer WHERE kind = 'of_tomorrow'") == "waiting"


# --------------------------------------------------------------------------------- nobody is named


def test_no_row_that_leaves_or_waits_holds_a_word_about_the_child(hub):
    on_roll(hub)
    tell(hub, an_incident())
    hub.clock.instant = MONDAY_0815
    a_tick(hub)()

    told = "".join(
        str(hub.rows(f"SELECT {table}::text FROM {table}"))
        for table in ("outbox", "timer", "encompass_notice", "encompass_step")
    ).lower()
    assert "urn107200" in told
    for word in ("ashworth", "mira", NUMBERS[0], "2021-05-04", "o1|", "n1003"):
        assert word not in told


def test_an_authority_may_agree_on_less(hub):
    policy = hub.policies.of(GssCode(BRADFORD))
    least = replace(policy, encompass=replace(policy.encompass, level=ContentLevel.MINIMUM))
    authorities = {**hub.policies.authorities, GssCode(BRADFORD): least}
    hub.policies = replace(hub.policies, authorities=authorities)
    on_roll(hub)
    tell(hub, an_incident())
    assert hub.rows("SELECT level FROM encompass_notice") == [("minimum",)]
