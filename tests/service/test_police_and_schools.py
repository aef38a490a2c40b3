"""What police and schools tell of one child, over a real PostgreSQL."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.core.answer import CheckQuestion
from hub.core.disclosure import Role
from hub.core.event import DomesticAbuseIncidentFacts, Event, EventState
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode
from hub.core.incident_facts import RiskGrade
from hub.core.policy import Source
from hub.core.report import Feed
from hub.ports import InboxWanted
from hub.service.asker import Asker, Surroundings
from hub.service.check import Check
from hub.service.triage import Triage
from tests.service.laboratory import BRADFORD, NOW, NUMBERS, a_child, a_plan, an_attendance
from tests.service.schools import a_pupil, an_absence, joined, told

pytestmark = pytest.mark.stack

IDS = itertools.count(1)
THURSDAY = date(2026, 11, 19)
WEDNESDAY_NIGHT = datetime(2026, 11, 18, 22, 40, tzinfo=UTC)
AFTER = (
    "the first school day after a domestic-abuse incident on 18 November 2026 at 22:40, as told by"
    " the police"
)
DUTY = Asker(
    user_id="duty", role=Role.DUTY_WORKER, organisation=BRADFORD, authority=GssCode(BRADFORD)
)
CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)


class Unheard:
    """Notices that nobody listens to here."""

    def listen(self, authority, told):
        raise NotImplementedError


@pytest.fixture
def school(laboratory):
    """A school and a force that Bradford has joined."""
    bradford = GssCode(BRADFORD)
    policy = laboratory.policies.of(bradford)
    force = Source(
        agency="POL13",
        feed=Feed.POLICE,
        name="West Yorkshire Police",
        live_from=NOW - timedelta(days=300),
        maximum_age=timedelta(hours=24),
    )
    policy = replace(policy, sources={**policy.sources, "POL13": force})
    laboratory.policies = replace(
        laboratory.policies, authorities={**laboratory.policies.authorities, bradford: policy}
    )
    return joined(laboratory)


def an_incident(began_at=WEDNESDAY_NIGHT):
    child = a_child(local_id="N1003")
    return Event(
        source_key=f"POL13|O1|{child.local_id}",
        revision=1,
        state=EventState.REPORTED,
        occurred_at=began_at,
        recorded_at=began_at,
        subject=child,
        facts=DomesticAbuseIncidentFacts(
            occurrence="O1",
            began_at=began_at,
            place_authority=BRADFORD,
            officer_grade=RiskGrade.STANDARD,
            present=True,
            resident=True,
        ),
    )


def surroundings(laboratory):
    return Surroundings(
        questions=PostgresQuestions(
            laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
        ),
        policies=laboratory.policies,
        places=laboratory.places,
        clock=laboratory.clock,
        new_id=lambda: uuid.UUID(int=next(IDS)),
    )


@pytest.mark.parametrize("first", ["the incident", "the mark"])
def test_an_absence_on_the_school_day_after_an_incident_is_raised_in_either_order(
    laboratory, school, first
):
    incident = laboratory.says(laboratory.force, an_incident())
    mark = told(laboratory, school, an_absence(day=THURSDAY), day=THURSDAY)
    in_order = [incident, mark] if first == "the incident" else [mark, incident]
    for report in in_order:
        laboratory.receive([report])

    raised = laboratory.rows(
        "SELECT severity, owner, delivered, sentence FROM alert"
        " WHERE rule = 'absence_after_incident' AND state = 'standing'"
    )
    assert raised == [
        (
            "today",
            BRADFORD,
            True,
            f"Absent from school with no reason known, 1 session on 19 November 2026, {AFTER}.",
        )
    ]


def test_when_the_absence_is_explained_the_alert_of_the_incident_alone_is_left(laboratory, school):
    mark = an_absence(day=THURSDAY)
    laboratory.receive([laboratory.says(laboratory.force, an_incident())])
    laboratory.receive([told(laboratory, school, mark, day=THURSDAY)])
    later = mark.recorded_at + timedelta(hours=2)
    laboratory.receive([told(laboratory, school, day=THURSDAY, as_at=later)])

    stands = laboratory.rows("SELECT rule, state FROM alert ORDER BY rule")
    assert stands == [
        ("absence_after_incident", "withdrawn"),
        ("domestic_abuse_incident", "standing"),
    ]


@pytest.mark.parametrize("waits", [True, False], ids=["known later", "known before"])
def test_what_a_school_withholds_hides_where_the_child_was_on_every_surface(
    laboratory, school, waits
):
    withheld = an_absence(pupil=a_pupil(postcode=None), day=THURSDAY, shielded=True)
    mark = told(laboratory, school, withheld, day=THURSDAY)
    visit = laboratory.says(laboratory.other_hospital, an_attendance(site="RR801", days_ago=3))
    known = [*laboratory.extract(laboratory.council, a_plan()), visit]
    question = CheckQuestion(
        nhs_number=NhsNumber(NUMBERS[0]),
        birth_date=date(2021, 5, 4),
        postcode=Postcode.parse("BD1 1HX"),
        site=OdsCode("RAE01"),
    )
    check, triage = Check(surroundings(laboratory)), Triage(surroundings(laboratory), Unheard())
    if waits:
        laboratory.receive([mark])
        laboratory.receive(known)
    else:
        laboratory.receive(known)
        (seen,) = check(CLINICIAN, question).presentations
        assert seen.site_code == OdsCode("RR801")
        laboratory.receive([mark])

    (seen,) = check(CLINICIAN, question).presentations
    assert seen.site_code is None
    listed = triage.inbox(DUTY, InboxWanted(size=50)).items
    assert {item.disclosed.alert.rule for item in listed} >= {"plan_match", "unexplained_absence"}
    for item in listed:
        assert item.disclosed.location_withheld
        alone = triage.alert(DUTY, item.disclosed.alert.alert_id)
        assert alone.disclosed.location_withheld
        assert {ground.source for ground in alone.grounds} == {"an agency"}
