"""A part of a year through the real Kafka, workers and PostgreSQL: what stands is the same.

The whole year of 2,000 children goes the same way by ``python -m tests.simulation 1 2000 --stack``.
"""

import pytest

from hub.adapters.calendar_files import load_calendars
from hub.adapters.policy_files import load_policies
from hub.settings import PROJECT_ROOT
from tests.e2e.installation import make_topics_anew
from tests.service.laboratory import FewPlaces
from tests.simulation.memory_hub import MemoryHub
from tests.simulation.messages import Told
from tests.simulation.oracle import OLDER, differences, stands
from tests.simulation.policies import policy_folders
from tests.simulation.stack_hub import StackHub, make_topics_of_a_year
from tests.simulation.telling import as_taken, report_of
from tests.simulation.town import a_year

pytestmark = [pytest.mark.stack, pytest.mark.alone]

SEED, CHILDREN, TIMES, DAYS = 46, 40, 8, 75
HAPPENED = {
    "a wake fired": "SELECT count(*) FROM timer WHERE kind = 'wake' AND state = 'fired'",
    "suppressed repeat": "SELECT count(*) FROM alert WHERE repeat_of IS NOT NULL",
    "withdrawn after it was seen": "SELECT count(*) FROM alert JOIN alert_step USING (alert_id)"
    " WHERE state = 'withdrawn' AND kind = 'acknowledged'",
    "told twice": "SELECT sum(events_stored) - (SELECT count(*) FROM event) FROM report",
    "looked at for another": "SELECT count(*) FROM timer WHERE kind = 'household_look'"
    " AND state = 'fired'",
    "of a household": "SELECT count(*) FROM alert WHERE rule = 'household_incident'",
    "of a household, in shadow": "SELECT count(*) FROM alert"
    " WHERE rule = 'household_attendances' AND NOT delivered",
    "of a household, withdrawn": "SELECT count(*) FROM alert WHERE rule LIKE 'household_%%'"
    " AND state = 'withdrawn'",
    "passed on": "SELECT count(*) FROM timer WHERE kind = 'alert_unseen' AND state = 'fired'",
}
"""What must have been met on the way, as PostgreSQL has it."""


@pytest.fixture(scope="module")
def calendars():
    return load_calendars(PROJECT_ROOT / "deploy" / "calendars")


@pytest.fixture
def stack_hub(local_stack, database_url, tmp_path):
    make_topics_of_a_year(local_stack.kafka_address)
    folders = policy_folders(tmp_path)
    found = StackHub(local_stack, database_url, tmp_path / "hub", folders)
    yield found
    found.close()
    make_topics_anew(local_stack.kafka_address)


@pytest.mark.timeout(1200)  # minutes of a machine with nothing else to do
def test_what_stands_on_real_servers_is_what_stands_in_memory(stack_hub, calendars):
    year = a_year(SEED, CHILDREN, calendars, times=TIMES, days=DAYS)
    policies = tuple(load_policies(one).with_calendars(calendars) for one in stack_hub.folders)
    memory = MemoryHub(FewPlaces(), policies, year)
    memory.live_through(year)
    assert differences(year, memory) == []

    stack_hub.live_through(year)

    assert stack_hub.rows("SELECT state, reason FROM report WHERE state = 'parked'") == []
    assert stack_hub.rows("SELECT reason, field, expected FROM event_problem") == []
    stood = stack_hub.stood(memory)
    assert differences(year, stood, stood.told) == []
    by_older = stood.counts[OLDER] + memory.counts[OLDER]  # which of these stand depends on the way
    assert len(stands(stood) ^ stands(memory)) <= by_older
    assert len(stands(stood) & stands(memory)) > 30
    assert stack_hub.rows("SELECT kind FROM timer WHERE state = 'parked'") == []
    happened = {name: stack_hub.one(statement) for name, statement in HAPPENED.items()}
    happened |= {name: stack_hub.counts[name] for name in ("merged", "parted", "reversed")}
    happened |= {name: stack_hub.counts[name] for name in ("killed", "stopped", "other policies")}
    assert [name for name, count in happened.items() if not count] == []


def test_what_a_hub_in_memory_is_given_is_what_intake_makes_of_the_reports(stack_hub, calendars):
    year = a_year(SEED, CHILDREN, calendars, times=TIMES, days=DAYS)
    intake = stack_hub.hub.intake()
    seen = set()
    for arrival in year.arrivals:
        if isinstance(arrival.says, Told):
            agency = stack_hub.agencies[arrival.says.agency]
            taken, refused = as_taken(agency, arrival, report_of(agency, arrival), intake)
            assert (taken, refused) == ([arrival.says.come(arrival.at)], ())
            seen.add(arrival.says.stored.kind)
    assert len(seen) > 5
