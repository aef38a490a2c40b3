"""No statement on the way of an event reads a table whole, however much is stored."""

import uuid
from datetime import UTC, datetime

import psycopg
import pytest

from hub.adapters.store import desk, inbox, inbox_changes
from hub.adapters.store.feedback import PAGE, REPORTERS
from hub.adapters.store.history import POSSIBLY
from hub.adapters.store.households import PERHAPS_THE_SAME
from hub.adapters.store.links import read_naming
from hub.adapters.store.migrate import migrate

pytestmark = pytest.mark.stack

CHILD = bytes(16)


@pytest.fixture
def cursor(database_url):
    """Of a database that reads a table whole only if no index would do."""
    migrate(database_url)
    with psycopg.connect(database_url) as connection:
        cursor = connection.cursor()
        cursor.execute("SET LOCAL enable_seqscan = off")
        yield cursor


class Explained:
    """A cursor that has each statement explained."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.plans = []

    def execute(self, statement, parameters, **_):
        found = self.cursor.execute("EXPLAIN " + statement, parameters)
        self.plans.append("\n".join(line for (line,) in found))

    def __iter__(self):
        return iter(())


def test_who_may_be_one_of_a_household_is_found_by_an_index(cursor):
    explained = Explained(cursor)
    explained.execute(PERHAPS_THE_SAME, ([CHILD],) * 3)

    assert all("Seq Scan" not in plan for plan in explained.plans), explained.plans


def test_whose_record_names_a_child_is_found_by_an_index(cursor):
    explained = Explained(cursor)
    read_naming(explained, [CHILD])

    assert all("Seq Scan" not in plan for plan in explained.plans), explained.plans


def test_who_is_possibly_the_child_of_a_history_is_found_by_an_index(cursor):
    explained = Explained(cursor)
    explained.execute(POSSIBLY, {"child": CHILD, "most": 1})

    assert all("Seq Scan" not in plan for plan in explained.plans), explained.plans
    assert any("link_naming" in plan for plan in explained.plans), explained.plans


def test_what_became_of_the_reports_of_an_agency_is_found_by_an_index(cursor):
    explained = Explained(cursor)
    asked = {"agency": "POL13", "reader": "desk", "changed_after": None, "most": 50, "passed": 0}
    explained.execute(PAGE, asked | {"occurred_after": datetime(2026, 5, 1, tzinfo=UTC)})
    explained.execute(REPORTERS, {"alerts": [uuid.UUID(int=7)]})

    assert all("Seq Scan" not in plan for plan in explained.plans), explained.plans
    assert "alert_ground_reporter" in explained.plans[0]


def test_the_inbox_of_several_desks_is_found_by_the_indexes_of_one(cursor):
    fill_with_alerts(cursor, authorities=150, each=200)
    desks = ["E08000001", "E08000002", "E08000003"]
    explained = Explained(cursor)
    listed = desk.LISTED + inbox.whose(desks)
    explained.execute(listed, {"who": desks, "since": datetime(2026, 5, 1, tzinfo=UTC)})
    asked = {"desks": desks, "from": "1", "since": "1:1:", "most": 500, "kept": 7}
    explained.execute(inbox_changes.READ, asked)
    explained.execute(inbox_changes.ANY, asked)

    alerts, *changes = explained.plans
    assert "Seq Scan on alert" not in alerts, alerts
    assert "alert_owner" in alerts, alerts
    assert "alert_informed" in alerts, alerts
    assert all("inbox_entry_change" in plan for plan in changes), changes


def fill_with_alerts(cursor, *, authorities, each):
    """Alerts of nobody, so many of each authority; each tells the next one too."""
    cursor.execute("ALTER TABLE alert DROP CONSTRAINT alert_child_ref_fkey")  # of no child
    cursor.execute(
        "INSERT INTO alert (alert_id, child_ref, rule, severity, state, sentence, not_known, owner,"
        " informed, delivered, policy_version, raised_at, changed_at)"
        " SELECT gen_random_uuid(), '\\x00', 'plan_match', 'today', 'standing', '', '{}',"
        " 'E08' || to_char(a, 'FM000000'), ARRAY['E08' || to_char(a + 1, 'FM000000')], true, '1',"
        " now(), now() FROM generate_series(1, %s) AS a, generate_series(1, %s)",
        (authorities, each),
    )
    cursor.execute("ANALYZE alert, inbox_entry")


def test_every_table_that_names_records_is_asked_by_an_index_when_one_goes(cursor):
    cursor.execute(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE confrelid = 'record'::regclass"
        " AND contype = 'f' AND NOT EXISTS (SELECT 1 FROM pg_index"
        "  WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indpred IS NULL)"
    )

    assert cursor.fetchall() == []
