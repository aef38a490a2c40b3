"""The oracle sees what is wrong: each damage to what a day left, on a copy of its database."""

import itertools

import pytest

from tests.e2e import oracle
from tests.e2e.installation import Installation, copy_of_the_database, make_topics_anew
from tests.e2e.one_day import one_day
from tests.service.laboratory import NOW

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

_NUMBERS = itertools.count(1)
_ALERT = "(SELECT alert_id FROM alert WHERE state = 'standing' AND rule = '{}' LIMIT 1)"
_OTHER = "'00000000-0000-0000-0000-000000000000'"
_SCHOOLS = "(SELECT record_ref FROM record JOIN link USING (record_ref) WHERE agency LIKE 'URN%')"
_GROUND = "alert_id, fact_key, event_id, kind, occurred_at, role, live, agency, added_at"

DAMAGES = {
    "an alert was withdrawn": "UPDATE alert SET state = 'withdrawn' WHERE alert_id = "
    + _ALERT.format("absence_after_incident"),
    "an alert stands twice": "CREATE TEMP TABLE twice AS SELECT * FROM alert WHERE alert_id = "
    + _ALERT.format("domestic_abuse_incident")
    + "; CREATE TEMP TABLE grounds AS SELECT alert_ground.* FROM alert_ground JOIN twice"
    f" USING (alert_id); UPDATE twice SET alert_id = {_OTHER}; UPDATE grounds SET"
    f" alert_id = {_OTHER};"
    f" INSERT INTO alert SELECT * FROM twice; INSERT INTO alert_ground ({_GROUND})"
    f" SELECT {_GROUND} FROM grounds; INSERT INTO alert_step VALUES ({_OTHER}, 1, 'raised',"
    " now(), NULL, 'Said again.')",
    "a ground is missing": "DELETE FROM alert_ground WHERE alert_id = "
    + _ALERT.format("repeat_domestic_abuse"),
    "a step is missing": "DELETE FROM alert_step WHERE kind = 'raised' AND alert_id = "
    + _ALERT.format("unexplained_absence"),
    "a report has no row": "DELETE FROM report WHERE topic LIKE '%police%' AND kafka_offset = 0",
    "an incident was lost": "DELETE FROM event WHERE event_id = (SELECT event_id FROM event"
    " WHERE kind = 'domestic_abuse_incident' LIMIT 1)",
    "a mark of a child is gone": "DELETE FROM event WHERE event_id = (SELECT event_id FROM event"
    f" WHERE record_ref IN {_SCHOOLS} LIMIT 1)",
    "a mark was not promoted": f"UPDATE record SET waits = true WHERE record_ref IN {_SCHOOLS};"
    " DELETE FROM link USING record WHERE link.record_ref = record.record_ref AND record.waits",
    "a mark was promoted to a stranger": "INSERT INTO link (record_ref, child_ref, verdict,"
    " possible, evidence, linked_at, version) SELECT waiting.record_ref, other.child_ref,"
    " 'matched', '{}', '{}', now(), 1 FROM record AS waiting, (SELECT child_ref FROM link LIMIT 1)"
    " AS other WHERE waiting.waits; UPDATE record SET waits = false",
    "a session was not noted": "UPDATE attendance_register SET complete_as_at = NULL",
    "a plan is of an earlier revision": "UPDATE plan SET revision = revision - 1",
    "one child is two": "INSERT INTO child SELECT '\\x00', founded_by, created_at FROM child"
    " LIMIT 1; UPDATE link SET child_ref = '\\x00' WHERE record_ref = (SELECT record_ref FROM"
    " link JOIN record USING (record_ref) WHERE agency = 'RR8' LIMIT 1)",
    "a position is verified that nobody sent": "UPDATE position SET verified_to = verified_to + 1",
}


@pytest.fixture(scope="module")
def day(local_stack, new_database, tmp_path_factory):
    """A whole day that went as it should."""
    make_topics_anew(local_stack.kafka_address)
    url = new_database("day_to_damage")
    found = Installation(local_stack, url, tmp_path_factory.mktemp("day"))
    found.publish(*found.town.whole_day())
    process = found.run(one_day, found.settings, found.groups)
    assert process.ended(180) == 0, process.log
    oracle.check(found, expired_on=NOW.date())
    yield found
    found.close()
    local_stack.drop_database("day_to_damage")


@pytest.fixture
def copy(day, local_stack, tmp_path):
    """The same day's database under another name."""
    name = f"damaged_{next(_NUMBERS)}"
    day.hub.postgres.close()
    found = Installation(local_stack, copy_of_the_database(day.settings, name), tmp_path)
    found.sent = dict(day.sent)
    yield found
    found.close()
    local_stack.drop_database(name)


def test_a_copy_that_nobody_touched_is_right(copy):
    oracle.check(copy, expired_on=NOW.date())


def test_what_has_waited_its_time_is_missed_where_nobody_was_to_remove_it(copy):
    with pytest.raises(AssertionError):
        oracle.check(copy)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_seen(copy, damage):
    with copy.hub.postgres.connection() as connection:
        connection.execute(DAMAGES[damage], prepare=False)
    with pytest.raises((AssertionError, KeyError)):
        oracle.check(copy, expired_on=NOW.date())
