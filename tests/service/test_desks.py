"""At a shared front door each authority keeps its alerts; audit says for whom they were read."""

from dataclasses import replace

import pytest

from hub.api.hub_services import HubServices
from hub.api.users import DEMO_USERS_BY_ID
from hub.api.views import InboxFilters
from hub.core.front_door import SharedFrontDoor
from hub.core.identifiers import GssCode
from hub.ports import Held, InboxShows
from tests.service.laboratory import BRADFORD, LEEDS, a_plan, an_attendance
from tests.service.test_triage import Unheard, register_desk, surroundings

pytestmark = pytest.mark.stack

WORKER = DEMO_USERS_BY_ID["duty-worker-e08000032"]
OTHER = DEMO_USERS_BY_ID["duty-worker-e10000017"]
WAITING = InboxFilters(shows=InboxShows.WAITING, held=Held.ANYONE)
DOOR = SharedFrontDoor(code="west", name="West front door")


@pytest.fixture
def services(laboratory):
    """Bradford and Leeds share a front door; one alert of Bradford's waits."""
    laboratory.receive([laboratory.says(laboratory.council, a_plan())])
    laboratory.receive([laboratory.says(laboratory.hospital, an_attendance())])
    authorities = {
        code: replace(one, front_door=DOOR if code.reveal() in {BRADFORD, LEEDS} else None)
        for code, one in laboratory.policies.authorities.items()
    }
    around = replace(
        surroundings(laboratory), policies=replace(laboratory.policies, authorities=authorities)
    )
    return HubServices(around, Unheard(), register_desk(laboratory), None, None, None)


def test_from_the_others_desk_its_alerts_are_seen_and_audited_as_its(laboratory, services):
    leeds = replace(
        WORKER, user_id="duty-worker-leeds", authority=GssCode(LEEDS), organisation=LEEDS
    )
    assert services.inbox(leeds, WAITING).rows == ()
    assert [(one.name, one.here) for one in services.desks(leeds)] == [
        ("Bradford", False),
        ("Leeds", True),
    ]
    seat = services.at_desk(leeds, BRADFORD)
    (row,) = services.inbox(seat, WAITING).rows
    assert services.acknowledge(seat, row.alert_id).row.acknowledged_by == "duty-worker-leeds"
    audited = laboratory.rows("SELECT DISTINCT actor, organisation FROM audit_leaf ORDER BY 2")
    assert ("duty-worker-leeds", BRADFORD) in audited


def test_nobody_of_another_authority_or_role_sits_there(services):
    assert services.at_desk(OTHER, BRADFORD) is None
    assert services.desks(OTHER) == ()
    manager = DEMO_USERS_BY_ID["front-door-manager-e08000035"]
    assert services.at_desk(manager, BRADFORD) is None
    assert services.at_desk(WORKER, "E10000017") is None
