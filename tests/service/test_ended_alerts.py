"""An alert that no longer stands opens what it rested on for a while, over a real PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.api.chronology_views import ChronologyWanted
from hub.api.hub_services import HubServices
from hub.core.alert import AlertState
from hub.core.disclosure_ended import ENDED_OPENS_FOR
from hub.core.event import EventKind, EventState
from hub.service.histories import Histories
from hub.service.relatives import Relatives
from hub.service.triage import Triage
from tests.service.laboratory import NOW, a_child, a_plan, an_attendance
from tests.service.schools import an_absence, joined, told
from tests.service.test_triage import (
    DUTY,
    DUTY_WORKER,
    ELSEWHERE,
    Unheard,
    register_desk,
    surroundings,
)

pytestmark = pytest.mark.stack

ROAD = ("10 Park Road", "Bradford")
MIRA = a_child(address_lines=ROAD)
SAM = a_child(1, given_names=("Sam",), birth_date=date(2018, 2, 3), address_lines=ROAD)


@pytest.fixture
def alert_id(laboratory):
    """An alert on a visit of a child on a plan, who has missed school and has a brother."""
    school = joined(laboratory)
    laboratory.receive(
        [
            *laboratory.extract(laboratory.council, a_plan(child=replace(MIRA, local_id="C1"))),
            laboratory.says(laboratory.hospital, an_attendance(child=MIRA)),
            laboratory.says(
                laboratory.other_hospital, an_attendance("V7", child=SAM, site="RR801")
            ),
        ]
    )
    laboratory.receive([told(laboratory, school, an_absence())])
    return laboratory.one("SELECT alert_id FROM alert WHERE rule = 'plan_match'")


def cancelled(laboratory):
    """The hospital takes the visit back."""
    gone = an_attendance(child=MIRA, revision=2, state=EventState.WITHDRAWN)
    laboratory.receive([laboratory.says(laboratory.hospital, gone)])


def history(laboratory, alert_id, asker=DUTY):
    return Histories(surroundings(laboratory)).of_alert(asker, alert_id, lambda _: None)


def relatives(laboratory, alert_id):
    return Relatives(surroundings(laboratory)).of_alert(DUTY, alert_id)


def audited(laboratory):
    return laboratory.rows("SELECT action, outcome, cardinality(subjects) FROM audit_leaf")


def test_while_it_stands_it_opens_the_history_and_who_is_related(laboratory, alert_id):
    kinds = {one.kind for one in history(laboratory, alert_id).history.entries}
    assert EventKind.SCHOOL_ABSENCE in kinds
    assert len(relatives(laboratory, alert_id).children) == 1


def test_withdrawn_it_opens_what_it_rested_on_and_nobody_who_is_related(laboratory, alert_id):
    cancelled(laboratory)

    item = Triage(surroundings(laboratory), Unheard()).alert(DUTY, alert_id)
    assert item.disclosed.alert.state is AlertState.WITHDRAWN
    assert item.ended_at == NOW
    found = history(laboratory, alert_id)
    kinds = {one.kind for one in found.history.entries}
    assert kinds <= {EventKind.EMERGENCY_ATTENDANCE, EventKind.CHILD_PROTECTION_PLAN}
    assert EventKind.EMERGENCY_ATTENDANCE in kinds
    assert found.history.ended
    assert (found.possible_total, found.not_joined, found.sources.troubled) == (0, (), ())
    assert relatives(laboratory, alert_id).children == ()
    assert relatives(laboratory, alert_id).ended


def test_other_visits_of_the_child_are_not_among_what_it_rested_on(laboratory, alert_id):
    later = an_attendance("V2", child=MIRA, days_ago=40)
    laboratory.receive([laboratory.says(laboratory.hospital, later)])
    cancelled(laboratory)

    entries = history(laboratory, alert_id).history.entries
    visits = [one for one in entries if one.kind is EventKind.EMERGENCY_ATTENDANCE]
    assert len(visits) == 1


def test_after_28_days_it_opens_nothing_and_answers_like_one_that_is_not_there(
    laboratory, alert_id
):
    cancelled(laboratory)
    laboratory.clock.instant = NOW + ENDED_OPENS_FOR - timedelta(seconds=1)
    assert history(laboratory, alert_id) is not None

    laboratory.clock.instant = NOW + ENDED_OPENS_FOR

    triage = Triage(surroundings(laboratory), Unheard())
    assert triage.alert(DUTY, alert_id) is None
    assert triage.acknowledge(DUTY, alert_id) is None
    assert history(laboratory, alert_id) is None
    assert relatives(laboratory, alert_id) is None
    assert laboratory.one("SELECT count(*) FROM alert WHERE alert_id = %s", alert_id) == 1


def test_each_look_is_audited_and_names_the_child_only_where_something_is_shown(
    laboratory, alert_id
):
    cancelled(laboratory)
    history(laboratory, alert_id)
    relatives(laboratory, alert_id)
    laboratory.clock.instant = NOW + ENDED_OPENS_FOR
    history(laboratory, alert_id)
    relatives(laboratory, alert_id)

    told = audited(laboratory)
    assert [(action, subjects) for action, _, subjects in told] == [
        ("chronology", 1),
        ("related children", 1),
        ("chronology", 0),
        ("related children", 0),
    ]
    assert told[1][1] == f"{alert_id}: alert ended"


def test_another_authority_sees_nothing_of_it(laboratory, alert_id):
    cancelled(laboratory)
    assert history(laboratory, alert_id, ELSEWHERE) is None


def test_an_alert_whose_child_turned_out_to_be_another_opens_nothing_of_either(
    laboratory, alert_id
):
    """The visit's record is linked to Sam: what was raised about Mira ends."""
    mira, sam = (
        laboratory.one(
            "SELECT child_ref FROM link JOIN record USING (record_ref) WHERE agency = %s", agency
        )
        for agency in ("E08000032", "RR8")
    )
    with laboratory.store.connection() as connection:
        connection.execute(
            "UPDATE link SET child_ref = %s WHERE record_ref ="
            " (SELECT record_ref FROM record WHERE agency = 'RAE')",
            (sam,),
        )
    decide = laboratory.a_decide()
    decide.recorrelate(mira)
    decide.recorrelate(sam)

    found = history(laboratory, alert_id)
    assert {one.kind for one in found.history.entries} <= {EventKind.CHILD_PROTECTION_PLAN}
    assert relatives(laboratory, alert_id).children == ()


def test_the_page_and_the_json_say_why_the_rest_is_not_shown(laboratory, alert_id):
    cancelled(laboratory)
    services = HubServices(
        surroundings(laboratory),
        Unheard(),
        registers=register_desk(laboratory),
        school_notices=None,
        reviews=None,
        rule_yields=None,
    )

    view = services.alert(DUTY_WORKER, alert_id)
    chronology = services.chronology(DUTY_WORKER, alert_id, ChronologyWanted())
    related = services.related(DUTY_WORKER, alert_id)

    assert (view.ended_at, view.shown_until) == (NOW, NOW + ENDED_OPENS_FOR)
    assert chronology.ended
    assert chronology.sources == ()
    assert "has not stood since" in chronology.notes[0]
    assert "20 December 2026" in chronology.notes[0]
    assert related.rows == ()
    assert "no longer stands" in related.notes[0]
