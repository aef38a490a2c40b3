"""From a council's files to the register: a row that cannot be used never closes its plan.

The real connector reads, the real packer and writer make the reports, the hub receives them over a
real PostgreSQL. What a row's refusal is told with is seen here, not assumed.
"""

import pytest

from connectors.contract import ConnectorContext
from connectors.packing import Packer
from connectors.social_care import connector
from connectors.social_care.tables import PERSON, PLANS
from connectors.writer import ReportWriter
from hub.core.intake import SIGNATURE_HEADER
from hub.topics import report_topic
from tests.connectors.social_care.conftest import ExtractFolder
from tests.service.laboratory import HUB_KEY, LEEDS, NOW, REGISTRY

pytestmark = pytest.mark.stack

PEOPLE = [f"c{n},Given{n},Madeup,2015-01-0{n}," for n in (1, 2, 3)]
ROWS = [f"p{n},c{n},2026-01-01," for n in (1, 2, 3)]


class Council:
    """Leeds, whose connector sends folders to the hub one after the other."""

    def __init__(self, laboratory, folder):
        self.hub, self.folder, self.sequence = laboratory, folder, 0
        agency = laboratory.other_council
        self.writer = ReportWriter(
            publisher=LEEDS,
            connector="main",
            agency=LEEDS,
            feed=agency.feed,
            topic=report_topic(agency.feed),
            epoch=agency.epoch,
            backfill=False,
            key_id="ingest-1",
            public_key=HUB_KEY.public_key(),
            signing_key=agency.signer,
            schemas=REGISTRY,
        )

    def extract(self, name, *, as_at):
        found = ExtractFolder(self.folder / name)
        found.says(as_at=as_at, full=True, extract_id=name)
        return found

    def sends(self, extract):
        """Every report of one run: slices, statement and the last heartbeat."""
        context = ConnectorContext(started_at=NOW, test_numbers=True)
        packer = Packer(REGISTRY, NOW)
        for reading in connector.read(extract.folder, context):
            for draft in packer.add(reading):
                self.delivers(draft)
        for draft in (*packer.flush(), *packer.heartbeat()):
            self.delivers(draft)

    def delivers(self, draft):
        self.sequence += 1
        written = self.writer.write(draft, self.sequence, NOW)
        raw = self.hub.raw(self.hub.other_council, written.value)
        assert raw.headers == ((SIGNATURE_HEADER, written.signature),)
        assert self.hub.receive([raw]).accepted == 1

    def state_of(self, extract_id):
        return self.hub.one("SELECT state FROM extract WHERE extract_id = %s", extract_id)

    def open_plans(self):
        return self.hub.one(
            "SELECT count(*) FROM plan WHERE omitted_as_at IS NULL AND ended_on IS NULL"
        )


@pytest.fixture
def council(laboratory, tmp_path):
    found = Council(laboratory, tmp_path)
    first = found.extract("first", as_at="2026-11-20T02:00:00Z")
    first.table(PERSON, PEOPLE)
    first.table(PLANS, ROWS)
    found.sends(first)
    assert found.state_of("first") == "applied"
    assert found.open_plans() == 3
    return found


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("p3,c3,32/13/2026,", id="its start cannot be read"),
        pytest.param("p3,c3,2026-01-01,never", id="its end cannot be read"),
        pytest.param("p|3,c3,2026-01-01,", id="its id cannot be read"),
        pytest.param("p3,,2026-01-01,", id="its person is missing"),
        pytest.param("p3", id="it is cut off"),
    ],
)
def test_a_row_that_cannot_be_used_lets_the_extract_wait_and_its_plan_stay_open(council, row):
    second = council.extract("second", as_at="2026-11-21T02:00:00Z")
    second.table(PERSON, PEOPLE)
    second.table(PLANS, [*ROWS[:2], row])

    council.sends(second)

    assert council.state_of("second") == "waiting"
    assert council.open_plans() == 3
    refused = "SELECT count(*) FROM feed_fault WHERE code = 'register_row_refused'"
    assert council.hub.one(refused) == 1


def test_the_same_extract_without_the_row_closes_the_plan(council):
    second = council.extract("second", as_at="2026-11-21T02:00:00Z")
    second.table(PERSON, PEOPLE)
    second.table(PLANS, ROWS[:2])

    council.sends(second)

    assert council.state_of("second") == "applied"
    assert council.open_plans() == 2
