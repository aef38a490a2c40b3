"""A timer on which the hub fails costs only itself, over a real PostgreSQL."""

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.api.feeds_shown import alarms_shown
from hub.errors import TransientFault
from hub.ports import Effects
from hub.service.feed_health import read_alarms
from hub.service.noticing import NOTICE_DUE
from hub.service.tick import TRANSIENT_FAULTS_MAX, Tick
from tests.service.encompass import MONDAY_0815, a_tick, an_incident, on_roll, tell, with_a_force
from tests.service.laboratory import NUMBERS

pytestmark = pytest.mark.stack


@pytest.fixture
def hub(laboratory):
    """Five notices that are due, on five incidents of one child at school."""
    with_a_force(laboratory)
    on_roll(laboratory)
    tell(laboratory, *(an_incident(f"O{number}") for number in range(5)))
    laboratory.clock.instant = MONDAY_0815
    return laboratory


def states(hub):
    return dict(
        hub.rows("SELECT state, count(*) FROM timer WHERE kind = %s GROUP BY state", NOTICE_DUE)
    )


def failing(hub, errors):
    """A ticker that fails on the oldest timers with these errors, and does the rest."""
    found = hub.rows(
        "SELECT timer_id FROM timer WHERE kind = %s ORDER BY due_at, timer_id", NOTICE_DUE
    )
    ids = [one for (one,) in found]
    planted = dict(zip(ids, errors, strict=False))
    late = hub.noticing().late

    def handle(transaction, timer, now):
        late(transaction, timer, now)
        if timer.timer_id in planted:
            raise planted[timer.timer_id]

    return Tick(store=hub.store, clock=hub.clock, handlers={NOTICE_DUE: handle})


def test_a_timer_on_which_the_hub_fails_is_parked_and_the_others_fire(hub):
    tick = failing(hub, [ValueError(f"Mira Ashworth {NUMBERS[0]}"), KeyError("urn")])

    assert (tick(), tick()) == (3, 0)

    assert states(hub) == {"fired": 3, "parked": 2}
    assert hub.one("SELECT count(*) FROM encompass_notice WHERE late_at IS NOT NULL") == 3
    assert [one.reason.partition("@")[0] for one in tick.parked()] == ["ValueError", "KeyError"]


def test_a_parked_timer_is_a_fault_and_an_alarm_that_names_nobody(hub, caplog):
    failing(hub, [ValueError(f"Mira Ashworth {NUMBERS[0]}")])()

    questions = PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity)
    found = read_alarms(questions, hub.clock.now(), MONDAY_0815 - MONDAY_0815)
    (fault,) = found.faults
    assert "ValueError@test_timers_parked.py" in fault.sentence
    assert "timers_parked" in {one.name for one in alarms_shown(found)}
    told = caplog.text + fault.sentence + str(hub.rows("SELECT timer::text FROM timer"))
    assert "ValueError" in told
    for word in ("Mira", "Ashworth", NUMBERS[0]):
        assert word not in told


def test_a_parked_timer_is_tried_again_when_it_is_released_and_fires_once(hub):
    failing(hub, [ValueError()])()
    tick = a_tick(hub)
    assert tick() == 0

    assert tick.release() == 1
    assert (tick(), tick(), tick.release()) == (1, 0, 0)

    assert states(hub) == {"fired": 5}
    assert hub.one("SELECT count(*) FROM encompass_step WHERE kind = 'late'") == 5


def test_one_that_still_fails_after_a_release_is_parked_again_and_counted(hub):
    tick = failing(hub, [ValueError()])
    tick()
    tick.release()
    tick()

    assert states(hub) == {"fired": 4, "parked": 1}
    assert hub.one("SELECT count FROM operator_fault WHERE code = 'timer_parked'") == 2


def test_a_parked_timer_whose_notice_was_dealt_with_is_not_tried_again(hub):
    failing(hub, [ValueError()])()
    (parked,) = a_tick(hub).parked()
    with hub.store.transaction() as transaction:
        effects = Effects(settled_subjects=(parked.timer.subject_id,))
        transaction.write_effects(effects, hub.clock.now())

    assert a_tick(hub).release() == 0


def test_a_child_that_somebody_holds_is_passed_over_and_comes_next_time(hub):
    fault = TransientFault("the child is busy")
    assert failing(hub, [fault] * (TRANSIENT_FAULTS_MAX - 1))() == 3
    assert states(hub) == {"fired": 3, "waiting": 2}

    assert a_tick(hub)() == 2


def test_a_database_that_is_away_ends_the_round_and_parks_nothing(hub):
    with pytest.raises(TransientFault):
        failing(hub, [TransientFault("away")] * 5)()

    assert states(hub) == {"waiting": 5}
