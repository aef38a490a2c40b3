"""A hospital moves a visit to another patient (A45): it counts there, in whatever order told."""

import pytest

from hub.core.event import EventState
from tests.service.changes import a_move, somebody
from tests.service.laboratory import an_attendance

pytestmark = pytest.mark.stack

MOVED_TO, TOLD_OF = somebody("H1", 0), somebody("H2", 1, given_names=("Noor",))
REPEAT = "repeat_attendance"  # four in a year
ALL = {"V0", "V1", "V2", "V3"}


@pytest.fixture
def lab(laboratory):
    return laboratory


def told(lab, *events):
    """Each event in a report of its own, in this order."""
    for event in events:
        lab.receive([lab.says(lab.hospital, event)])


def visits_of(lab, child):
    """The visits in the chronology of the child whom the hospital knows by this id."""
    record = lab.keys.events.record_ref("RAE", child.local_id)
    ref = lab.store.link_rows([record])[record].child_ref
    with lab.store.transaction() as transaction:
        (known,) = transaction.known([ref])
    keys = {event.fact_key for event in known.events}
    return {v for v in ALL if lab.keys.events.fact_key("RAE", f"RAE01|{v}") in keys}


def repeated(lab):
    """The children of whom a repeat attendance stands."""
    return {child for rule, child, _ in lab.standing() if rule == REPEAT}


def the_child(lab, child):
    record = lab.keys.events.record_ref("RAE", child.local_id)
    return lab.store.link_rows([record])[record].child_ref


FOUR = [
    an_attendance("V0", child=MOVED_TO, days_ago=30),
    an_attendance("V1", child=MOVED_TO, days_ago=20),
    an_attendance("V2", child=MOVED_TO, days_ago=10),
    an_attendance("V3", child=TOLD_OF, days_ago=1),
]
MOVE = a_move("V3", MOVED_TO)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (3, 4, 0, 1, 2)])
def test_a_moved_visit_counts_for_whom_it_was_moved_to_in_whatever_order_it_is_told(lab, order):
    events = [*FOUR, MOVE]
    told(lab, *(events[at] for at in order))
    assert visits_of(lab, MOVED_TO) == ALL
    assert visits_of(lab, TOLD_OF) == set()
    assert repeated(lab) == {the_child(lab, MOVED_TO)}


def test_a_visit_moved_away_takes_the_alert_with_it(lab):
    days = {"V1": 9, "V2": 5, "V3": 1, "V0": 12}
    mine = [an_attendance(v, child=TOLD_OF, days_ago=ago) for v, ago in days.items()]
    told(lab, *mine)
    assert repeated(lab) == {the_child(lab, TOLD_OF)}
    told(lab, a_move("V3", MOVED_TO))
    assert repeated(lab) == set()


@pytest.mark.parametrize("of", [MOVED_TO, TOLD_OF])
def test_a_later_revision_told_of_either_stays_where_the_visit_was_moved(lab, of):
    told(lab, *FOUR, MOVE)
    later = an_attendance("V3", child=of, days_ago=1, revision=9, state=EventState.CORRECTED)
    told(lab, later)
    assert visits_of(lab, MOVED_TO) == ALL
    assert visits_of(lab, TOLD_OF) == set()


def test_a_moved_visit_that_is_cancelled_counts_down(lab):
    told(lab, *FOUR, MOVE)
    assert repeated(lab)
    told(lab, an_attendance("V3", child=TOLD_OF, revision=9, state=EventState.WITHDRAWN))
    assert repeated(lab) == set()


def test_a_visit_moved_twice_is_where_it_was_moved_last_whichever_comes_first(lab):
    other = somebody("H3", 2, given_names=("Ilse",))
    later = a_move("V3", other, revision=2)
    told(lab, *FOUR, later, MOVE)
    assert visits_of(lab, other) == {"V3"}
    assert visits_of(lab, MOVED_TO) == {"V0", "V1", "V2"}


def test_a_move_that_is_taken_back_leaves_the_visit_where_it_was_told(lab):
    told(lab, *FOUR, MOVE)
    told(lab, a_move("V3", MOVED_TO, revision=2, state=EventState.WITHDRAWN))
    assert visits_of(lab, TOLD_OF) == {"V3"}
    assert repeated(lab) == set()


def test_a_move_told_twice_moves_once(lab):
    told(lab, *FOUR, MOVE, MOVE)
    assert visits_of(lab, MOVED_TO) == ALL
    assert lab.one("SELECT count(*) FROM moved_visit") == 1


def test_checks_of_either_patient_are_asked_again_once_a_visit_is_moved(lab):
    told(lab, *FOUR)
    before = lab.one("SELECT count(*) FROM answer_doubt")
    told(lab, MOVE)
    doubted = lab.rows("SELECT child_ref FROM answer_doubt ORDER BY doubt_id OFFSET %s", before)
    assert {bytes(one) for (one,) in doubted} == {the_child(lab, MOVED_TO), the_child(lab, TOLD_OF)}


def test_a_move_of_another_hospitals_visit_moves_nothing(lab):
    told(lab, *FOUR)
    lab.receive([lab.says(lab.other_hospital, MOVE)])
    assert visits_of(lab, TOLD_OF) == {"V3"}


def test_no_identifier_of_a_move_stands_in_clear(lab):
    secret = somebody("SECRET77")
    told(lab, a_move("SECRETVISIT", secret))
    for table in ("event", "identity_told", "moved_visit", "record", "link"):
        for (text,) in lab.rows(f"SELECT t::text FROM {table} AS t"):  # own names
            assert "SECRET" not in text
            assert b"SECRET".hex() not in text
