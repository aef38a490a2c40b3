"""What changed in an inbox since a cursor, over a real PostgreSQL: nothing is lost in any order."""

import threading
import uuid
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest

from hub.adapters.store import inbox_changes
from hub.adapters.store.inbox_changes import Snapshot
from hub.adapters.store.notices import PostgresNotices
from hub.core.alert import AlertState
from hub.core.disclosure import Role
from hub.core.event import EventState
from hub.ports import InboxWanted, Notice
from hub.service.triage import Triage
from tests.service.laboratory import LEEDS, a_child, a_plan, an_attendance
from tests.service.test_triage import (
    DUTY,
    ELSEWHERE,
    OPERATOR,
    Unheard,
    a_match,
    copies,
    surroundings,
)

pytestmark = pytest.mark.stack

PATIENCE = 30.0
BEGIN = ""


@pytest.fixture
def triage(laboratory):
    return Triage(surroundings(laboratory), Unheard())


@contextmanager
def open_transaction(laboratory):
    """A transaction of another process, which commits when the test says so."""
    with psycopg.connect(laboratory.database_url) as connection:
        yield connection


def touch(connection, alert_id):
    connection.execute("UPDATE alert SET version = version + 1 WHERE alert_id = %s", (alert_id,))


def alert_ids(found):
    return [item.disclosed.alert.alert_id for item in found.items]


def states(found):
    return [item.disclosed.alert.state for item in found.items]


def follow(triage, cursor, asker=DUTY):
    """Everything that changed, page after page, and where it ends."""
    items, removed = [], []
    while True:
        found = triage.changes(asker, cursor)
        items += alert_ids(found)
        removed += found.removed
        cursor = found.cursor
        if not found.more:
            return items, removed, cursor


def test_only_what_changed_since_is_answered(laboratory, triage):
    a_match(laboratory)
    first = triage.changes(DUTY, BEGIN)
    assert first.complete
    assert states(first) == [AlertState.STANDING]

    again = triage.changes(DUTY, first.cursor)

    assert (again.items, again.removed, again.complete) == ((), (), False)


def test_raised_acknowledged_and_taken_back_are_each_a_change(laboratory, triage):
    cursor = triage.changes(DUTY, BEGIN).cursor
    a_match(laboratory)
    raised = triage.changes(DUTY, cursor)
    (alert_id,) = alert_ids(raised)

    triage.acknowledge(DUTY, alert_id)
    acknowledged = triage.changes(DUTY, raised.cursor)
    cancel = an_attendance(revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, cancel)])
    taken_back = triage.changes(DUTY, acknowledged.cursor)

    assert acknowledged.items[0].acknowledged_by == "duty"
    assert alert_ids(acknowledged) == alert_ids(taken_back) == [alert_id]
    assert states(taken_back) == [AlertState.WITHDRAWN]


def test_a_superseded_alert_is_a_change_too(laboratory, triage):
    a_match(laboratory)
    cursor = triage.changes(DUTY, BEGIN).cursor

    laboratory.rows("UPDATE alert SET state = 'superseded', changed_at = now() RETURNING 1")

    assert states(triage.changes(DUTY, cursor)) == [AlertState.SUPERSEDED]


def test_the_cursor_of_a_list_begins_where_the_list_ends(laboratory, triage):
    a_match(laboratory)
    cursor = triage.inbox(DUTY, InboxWanted(size=10)).cursor
    assert triage.changes(DUTY, cursor).items == ()

    triage.acknowledge(DUTY, laboratory.one("SELECT alert_id FROM alert"))

    assert len(triage.changes(DUTY, cursor).items) == 1


def test_what_was_written_first_and_commits_last_is_not_lost(laboratory, triage):
    a_match(laboratory)
    copies(laboratory, 1)
    (early,), (late,) = laboratory.rows("SELECT alert_id FROM alert ORDER BY alert_id")
    cursor = triage.changes(DUTY, BEGIN).cursor

    with open_transaction(laboratory) as slow, open_transaction(laboratory) as quick:
        touch(slow, early)
        touch(quick, late)
        quick.commit()
        while_one_is_open = triage.changes(DUTY, cursor)
        nothing_new = triage.changes(DUTY, while_one_is_open.cursor)
        slow.commit()
    after = triage.changes(DUTY, while_one_is_open.cursor)

    assert alert_ids(while_one_is_open) == [late]
    assert nothing_new.items == ()
    assert alert_ids(after) == [early]
    assert alert_ids(triage.changes(DUTY, nothing_new.cursor)) == [early]
    assert triage.changes(DUTY, after.cursor).items == ()


def test_what_was_rolled_back_is_no_change(laboratory, triage):
    a_match(laboratory)
    cursor = triage.changes(DUTY, BEGIN).cursor
    with open_transaction(laboratory) as other:
        touch(other, laboratory.one("SELECT alert_id FROM alert"))
        other.rollback()

    assert triage.changes(DUTY, cursor).items == ()


def test_two_changes_of_one_alert_in_open_transactions_are_told_as_it_stands(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    with open_transaction(laboratory) as first:
        touch(first, alert_id)
        cursor = triage.changes(DUTY, BEGIN).cursor
        first.commit()
    with open_transaction(laboratory) as second:
        touch(second, alert_id)
        second.commit()

    assert alert_ids(triage.changes(DUTY, cursor)) == [alert_id]


def test_a_long_absence_is_made_up_in_pages_that_part_no_transaction(
    laboratory, triage, monkeypatch
):
    monkeypatch.setattr(inbox_changes, "CHANGES_MAX", 4)
    a_match(laboratory)
    cursor = triage.changes(DUTY, BEGIN).cursor
    for _ in range(3):
        copies(laboratory, 3)
    everything = {row[0] for row in laboratory.rows("SELECT alert_id FROM alert")}

    page = triage.changes(DUTY, cursor)
    found, _, after = follow(triage, cursor)

    assert (len(page.items), page.more) == (6, True)
    assert len(found) == 9
    assert set(found) < everything
    assert set(follow(triage, BEGIN)[0]) == everything
    assert triage.changes(DUTY, after).items == ()


def test_a_transaction_that_is_open_while_pages_are_read_is_told_after_it_commits(
    laboratory, triage, monkeypatch
):
    monkeypatch.setattr(inbox_changes, "CHANGES_MAX", 2)
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    cursor = triage.changes(DUTY, BEGIN).cursor
    with open_transaction(laboratory) as slow:
        touch(slow, alert_id)
        for _ in range(3):
            copies(laboratory, 2)
        page = triage.changes(DUTY, cursor)
        rest, _, after = follow(triage, page.cursor)
        slow.commit()

    assert alert_id not in alert_ids(page) + rest
    assert follow(triage, page.cursor)[0].count(alert_id) == 1
    assert follow(triage, after)[0] == [alert_id]


def test_an_alert_that_moves_away_is_removed_here_and_appears_there(laboratory, triage):
    a_match(laboratory)
    alert_id = laboratory.one("SELECT alert_id FROM alert")
    here, there = (triage.changes(asker, BEGIN).cursor for asker in (DUTY, ELSEWHERE))

    laboratory.rows("UPDATE alert SET owner = %s, informed = '{}' RETURNING 1", LEEDS)

    moved = triage.changes(DUTY, here)
    assert (moved.items, moved.removed) == ((), (alert_id,))
    assert alert_ids(triage.changes(ELSEWHERE, there)) == [alert_id]


def test_changes_of_others_are_not_told(laboratory, triage):
    cursor = triage.changes(ELSEWHERE, BEGIN).cursor
    a_match(laboratory)

    assert triage.changes(ELSEWHERE, cursor).items == ()
    assert not triage.changed(ELSEWHERE, cursor)
    assert triage.changes(OPERATOR, BEGIN).items == ()


def test_who_has_no_inbox_learns_nothing_from_its_changes(laboratory, triage):
    a_match(laboratory)
    cursor = triage.changes(DUTY, BEGIN).cursor
    laboratory.rows("UPDATE alert SET owner = %s, informed = '{}' RETURNING 1", LEEDS)

    found = triage.changes(replace(DUTY, role=Role.ED_CLINICIAN), cursor)

    assert (found.items, found.removed) == ((), ())


def test_what_is_recorded_and_never_delivered_is_no_change(laboratory, triage):
    cursor = triage.changes(DUTY, BEGIN).cursor
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan()),
            laboratory.says(laboratory.hospital, an_attendance(), backfill=True),
        ]
    )

    assert laboratory.one("SELECT count(*) FROM alert WHERE NOT delivered") == 1
    assert triage.changes(DUTY, cursor).items == ()
    assert not triage.changed(DUTY, cursor)


def test_whether_anything_changed_agrees_with_what_changed(laboratory, triage):
    cursor = triage.changes(DUTY, BEGIN).cursor
    assert not triage.changed(DUTY, cursor)
    a_match(laboratory)
    assert triage.changed(DUTY, cursor)
    assert not triage.changed(DUTY, triage.changes(DUTY, cursor).cursor)


def not_of_this_database(laboratory):
    with laboratory.store.connection() as connection:
        here = Snapshot.now(connection.cursor(), DUTY.reads)
    text = str(here)
    return [
        "",
        "x",
        text + "0",
        text.replace(here.history, f"7{here.history}"),
        str(replace(here, next_to_begin=here.next_to_begin + 10_000)),
        str(replace(here, first_under_way=0)),
        str(replace(here, under_way=(here.next_to_begin + 5,))),
        str(replace(here, first_under_way=here.next_to_begin + 1)),
        f"{here.history}.5.9.7-6.{here.desks}",
        f"{here.history}.5.9.--.{here.desks}",
        f"{here.history}.{'9' * 20}.{'9' * 20}..{here.desks}",
        text.removesuffix(f".{here.desks}"),
        str(replace(here, desks="0" * 8)),
    ]


def test_a_cursor_that_this_database_did_not_give_begins_anew(laboratory, triage):
    a_match(laboratory)

    for cursor in not_of_this_database(laboratory):
        found = triage.changes(DUTY, cursor)
        assert (found.complete, len(found.items)) == (True, 1), cursor
        assert triage.changed(DUTY, cursor)


def test_every_answer_is_audited_also_an_empty_one(laboratory, triage):
    a_match(laboratory)
    cursor = triage.changes(DUTY, BEGIN).cursor
    triage.changes(DUTY, cursor)

    rows = laboratory.rows("SELECT action, outcome, subjects FROM audit_leaf ORDER BY audit_id")

    assert [row[:2] for row in rows] == [
        ("inbox changes", "1 alerts, 0 removed"),
        ("inbox changes", "0 alerts, 0 removed"),
    ]
    assert rows[0][2] == [laboratory.one("SELECT child_ref FROM alert")]


# -------------------------------------------------------------------------------- who is told when


class Listener:
    def __init__(self):
        self.heard = []
        self._something = threading.Condition()

    def told(self, notice):
        with self._something:
            self.heard.append(notice)
            self._something.notify_all()

    def wait(self, so):
        with self._something:
            assert self._something.wait_for(lambda: so(self.heard), PATIENCE)


@pytest.fixture
def notices(laboratory):
    notices = PostgresNotices(laboratory.database_url, name=f"test-{uuid.uuid4().hex[:8]}")
    yield notices
    notices.close()


def begun(notices, authority):
    listener = Listener()
    listener.end = notices.listen([authority], listener.told)
    return listener


def test_a_desk_is_told_of_its_own_changes_and_of_no_others(laboratory, notices):
    here = begun(notices, DUTY.authority.reveal())
    here.wait(lambda heard: heard)  # it hears now, and says so once
    there = begun(notices, LEEDS)

    a_match(laboratory)
    here.wait(lambda heard: len(heard) > 1)
    other = a_child(1, local_id="C2")
    laboratory.receive(
        [
            *laboratory.extract(
                laboratory.other_council, a_plan("P2", child=other, authority=LEEDS)
            ),
            laboratory.says(
                laboratory.other_hospital,
                an_attendance("V2", child=replace(other, local_id="H2"), site="RR801"),
            ),
        ]
    )
    there.wait(lambda heard: heard)

    assert {*here.heard, *there.heard} == {Notice.CHANGED}
    assert len(there.heard) == 1


def test_acknowledging_is_told_to_colleagues(laboratory, triage, notices):
    a_match(laboratory)
    here = begun(notices, DUTY.authority.reveal())
    here.wait(lambda heard: heard)

    triage.acknowledge(DUTY, laboratory.one("SELECT alert_id FROM alert"))

    here.wait(lambda heard: len(heard) == 2)


def test_who_no_longer_listens_is_not_told(laboratory, notices):
    gone, here = (begun(notices, DUTY.authority.reveal()) for _ in range(2))
    for one in (gone, here):
        one.wait(lambda heard: heard)
    gone.end()

    a_match(laboratory)

    here.wait(lambda heard: len(heard) > 1)
    assert len(gone.heard) == 1


def test_a_lost_connection_is_told_and_so_is_that_changes_may_have_been_missed(laboratory, notices):
    here = begun(notices, DUTY.authority.reveal())
    here.wait(lambda heard: heard)

    assert laboratory.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s",
        "test-%",
    )

    here.wait(lambda heard: heard[1:] == [Notice.DEAF, Notice.CHANGED])
