"""A force's incidents over a real PostgreSQL: from a sealed report to an inbox, and to no check."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.api.hub_services import HubServices
from hub.api.users import DEMO_USERS_BY_ID
from hub.core.answer import CheckQuestion
from hub.core.disclosure import Role
from hub.core.event import DomesticAbuseIncidentFacts, Event, EventState, Mother, SubjectRole
from hub.core.identifiers import GssCode, NhsNumber, OdsCode, Postcode
from hub.core.incident_facts import AdultRole, IncidentAdult, Premises, RiskGrade
from hub.core.policy import Source
from hub.core.report import Feed
from hub.ports import InboxWanted
from hub.service.asker import Asker, Surroundings
from hub.service.check import Check
from hub.service.triage import Triage
from tests.service.laboratory import BRADFORD, LEEDS, NOW, NUMBERS, a_child, an_attendance, shuffled

pytestmark = pytest.mark.stack

DUTY = Asker(
    user_id="duty", role=Role.DUTY_WORKER, organisation=BRADFORD, authority=GssCode(BRADFORD)
)
CLINICIAN = Asker(
    user_id="clinician", role=Role.ED_CLINICIAN, organisation="RAE01", site=OdsCode("RAE01")
)
EVERYTHING = InboxWanted(size=50)
DUTY_WORKER = DEMO_USERS_BY_ID["duty-worker-e08000032"]
IDS = itertools.count(1)
NUMBERLESS = a_child(local_id="N1003", nhs_number=None)
FORCE = Source(
    agency="POL13",
    feed=Feed.POLICE,
    name="West Yorkshire Police",
    live_from=datetime(2026, 1, 1, tzinfo=UTC),
    maximum_age=timedelta(hours=24),
)


class Unheard:
    """Notices that nobody listens to here."""

    def listen(self, authority, told):
        raise NotImplementedError


UNHEARD = Unheard()


def an_incident(name="O1", *, days_ago=1, child=NUMBERLESS, revision=1, facts=None, **changes):
    """A made-up incident at the child's home in Bradford, graded medium."""
    at = NOW - timedelta(days=days_ago)
    told = DomesticAbuseIncidentFacts(
        occurrence=name,
        began_at=at,
        place_authority=BRADFORD,
        officer_grade=RiskGrade.MEDIUM,
        present=True,
        resident=True,
        adults=(IncidentAdult(role=AdultRole.SUSPECT, person="N1002"),),
    )
    event = Event(
        source_key=f"POL13|{name}|{child.local_id}",
        revision=revision,
        state=EventState.REPORTED,
        occurred_at=at,
        recorded_at=at,
        subject=child,
        facts=replace(told, **(facts or {})),
    )
    return replace(event, **changes)


@pytest.fixture
def hub(laboratory):
    """The laboratory, with the force joined by everybody."""

    def joined(policy):
        return replace(policy, sources={**policy.sources, "POL13": FORCE})

    policies = laboratory.policies
    laboratory.policies = replace(
        policies,
        hub=joined(policies.hub),
        authorities={code: joined(one) for code, one in policies.authorities.items()},
    )
    laboratory.receive = laboratory.a_receive()
    return laboratory


def surroundings(hub):
    return Surroundings(
        questions=PostgresQuestions(hub.store, hub.keys.sealer, hub.keys.identity),
        policies=hub.policies,
        places=hub.places,
        clock=hub.clock,
        new_id=lambda: uuid.UUID(int=next(IDS)),
    )


def tell(hub, *events, **report):
    return hub.receive([hub.says(hub.force, event, **report) for event in events])


def standing(hub):
    return hub.rows(
        "SELECT rule, severity, owner, delivered FROM alert WHERE state = 'standing' ORDER BY rule"
    )


def test_an_incident_about_an_unknown_child_founds_a_record_with_a_child_of_its_own(hub):
    received = tell(hub, an_incident())

    assert received.events == 1
    assert hub.rows("SELECT verdict FROM link") == [("new",)]
    assert standing(hub) == [("domestic_abuse_incident", "today", BRADFORD, True)]


def test_a_record_without_a_number_is_the_child_whose_names_birth_date_and_home_it_has(hub):
    hub.receive([hub.says(hub.hospital, an_attendance())])
    tell(hub, an_incident())

    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == 1


def test_a_record_without_number_and_of_another_name_is_only_possibly_the_child_known(hub):
    hub.receive([hub.says(hub.hospital, an_attendance())])
    tell(hub, an_incident(child=replace(NUMBERLESS, given_names=("Oriel",))))

    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == 2
    verdicts = hub.rows("SELECT verdict FROM link JOIN record USING (record_ref) ORDER BY agency")
    assert verdicts == [("possible",), ("new",)]


def test_a_record_with_the_same_number_and_birth_date_is_the_same_child(hub):
    hub.receive([hub.says(hub.hospital, an_attendance())])
    tell(hub, an_incident(child=a_child(local_id="N1003")))

    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == 1


def test_a_name_alone_links_nobody(hub):
    hub.receive([hub.says(hub.hospital, an_attendance())])
    bare = replace(NUMBERLESS, birth_date=None, postcode=None)
    tell(hub, an_incident(child=bare))

    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == 2
    assert ("matched",) not in hub.rows("SELECT verdict FROM link")


def test_an_unborn_child_of_a_victim_has_an_alert_of_its_own(hub):
    mother = Mother(local_id="N1001", family_name="Ashworth", postcode=Postcode.parse("BD1 1HX"))
    unborn = replace(
        NUMBERLESS,
        local_id="N1001|unborn|2027-03",
        role=SubjectRole.UNBORN,
        family_name=None,
        given_names=None,
        birth_date=None,
        postcode=None,
        due_on=date(2027, 3, 14),
        mother=mother,
    )
    facts = {"present": None, "resident": None, "unborn": True, "officer_grade": RiskGrade.HIGH}
    tell(hub, an_incident(child=unborn, facts=facts))

    assert standing(hub) == [("domestic_abuse_incident", "immediate", BRADFORD, True)]
    (item,) = Triage(surroundings(hub), UNHEARD).inbox(DUTY, EVERYTHING).items
    assert item.child_label == "Child, not born yet"


def test_references_are_stored_only_as_digests(hub):
    tell(hub, an_incident("13260123456"))

    stored = str(hub.rows("SELECT facts FROM event"))
    assert "N1002" not in stored
    assert "13260123456" not in stored
    whole = hub.one("SELECT string_agg(event::text, '') FROM event")
    assert "13260123456" not in whole


def test_an_amended_grade_makes_an_acknowledged_alert_new_again(hub):
    triage = Triage(surroundings(hub), UNHEARD)
    tell(hub, an_incident())
    alert_id = hub.one("SELECT alert_id FROM alert")
    triage.acknowledge(DUTY, alert_id)
    higher = {"assessor_grade": RiskGrade.HIGH}
    tell(hub, an_incident(revision=2, state=EventState.CORRECTED, facts=higher))

    assert hub.rows("SELECT alert_id, severity FROM alert") == [(alert_id, "immediate")]
    (item,) = triage.inbox(DUTY, EVERYTHING).items
    assert item.acknowledged_at is None

    triage.acknowledge(DUTY, alert_id)
    lower = {"assessor_grade": RiskGrade.STANDARD}
    tell(hub, an_incident(revision=3, state=EventState.CORRECTED, facts=lower))
    (item,) = triage.inbox(DUTY, EVERYTHING).items
    assert item.disclosed.alert.severity == "information"
    assert item.acknowledged_at is not None


def test_a_withdrawn_incident_takes_its_alert_back(hub):
    tell(hub, an_incident())
    gone = an_incident(
        revision=2, state=EventState.WITHDRAWN, facts=None, subject=replace(NUMBERLESS)
    )
    tell(hub, replace(gone, facts=DomesticAbuseIncidentFacts()))

    assert standing(hub) == []
    assert hub.rows("SELECT state FROM alert") == [("withdrawn",)]


def test_backfill_is_recorded_and_never_delivered(hub):
    tell(hub, an_incident(), backfill=True)

    assert standing(hub) == [("domestic_abuse_incident", "today", BRADFORD, False)]
    assert Triage(surroundings(hub), UNHEARD).inbox(DUTY, EVERYTHING).items == ()


def three():
    return [an_incident(f"O{n}", days_ago=n * 100) for n in (1, 2, 3)]


@pytest.mark.parametrize("seed", range(3))
def test_three_incidents_are_a_pattern_in_whatever_order_they_come(hub, seed):
    amended = an_incident("O2", days_ago=200, revision=2, facts={"injured": True})
    tell(hub, *shuffled([*three(), amended], seed))

    rules = [rule for rule, *_ in standing(hub)]
    assert rules.count("domestic_abuse_incident") == 3
    assert rules.count("repeat_domestic_abuse") == 1
    grounds = next(g for rule, _, g in hub.standing() if rule == "repeat_domestic_abuse")
    assert len(grounds) == 3
    assert hub.one("SELECT count(DISTINCT child_ref) FROM link") == 1


def test_a_redelivered_incident_changes_nothing(hub):
    event = an_incident()
    raw = hub.says(hub.force, event)
    hub.receive([raw])
    before = hub.rows("SELECT * FROM alert"), hub.rows("SELECT * FROM event")
    hub.receive([raw])
    tell(hub, event)
    assert (hub.rows("SELECT * FROM alert"), hub.rows("SELECT * FROM event")) == before


def test_the_owner_sees_the_coded_facts_and_another_authority_nothing(hub):
    tell(hub, an_incident(facts={"officer_grade": RiskGrade.HIGH, "spoken_to": True}))
    alert_id = hub.one("SELECT alert_id FROM alert")
    services = HubServices(
        surroundings(hub),
        UNHEARD,
        registers=None,
        school_notices=None,
        reviews=None,
        rule_yields=None,
    )
    shown = services.alert(DUTY_WORKER, alert_id)

    (ground,) = shown.grounds
    assert ground.source_name == "West Yorkshire Police"
    assert ground.sentence == (
        "Domestic-abuse incident, graded high by the force. The child was there and lives there."
        " An officer spoke to the child"
    )
    elsewhere = replace(DUTY, organisation=LEEDS, authority=GssCode(LEEDS))
    assert Triage(surroundings(hub), UNHEARD).alert(elsewhere, alert_id) is None


def test_of_a_shielded_incident_no_place_no_source_and_no_other_authority_is_told(hub):
    refuge = {"premises": Premises.REFUGE, "school_urn": "107201"}
    tell(hub, an_incident(facts=refuge, shielded=True, child=replace(NUMBERLESS, postcode=None)))

    triage = Triage(surroundings(hub), UNHEARD)
    (listed,) = triage.inbox(DUTY, EVERYTHING).items
    assert listed.disclosed.location_withheld
    item = triage.alert(DUTY, listed.disclosed.alert.alert_id)
    assert item.disclosed.location_withheld
    (ground,) = item.grounds
    assert ground.source == "an agency"
    assert ground.incident.place_authority is None
    assert ground.incident.premises is Premises.UNKNOWN
    assert ground.incident.school_urn is None


def test_a_clinician_sees_nothing_of_an_incident(hub):
    question = CheckQuestion(
        nhs_number=NhsNumber(NUMBERS[0]),
        birth_date=date(2021, 5, 4),
        postcode=Postcode.parse("BD1 1HX"),
        site=OdsCode("RAE01"),
    )
    hub.receive([hub.says(hub.hospital, an_attendance(days_ago=30))])
    check = Check(surroundings(hub))
    before = check(CLINICIAN, question)
    tell(hub, an_incident(child=a_child(local_id="N1003"), detail=b"sealed elsewhere"))
    after = check(CLINICIAN, question)

    assert replace(after, audit_id=before.audit_id) == before
    assert "incident" not in str(after).lower()


def test_a_shielded_incident_hides_where_the_child_was_from_a_clinician_too(hub):
    question = CheckQuestion(
        nhs_number=NhsNumber(NUMBERS[0]),
        birth_date=date(2021, 5, 4),
        postcode=Postcode.parse("BD1 1HX"),
        site=OdsCode("RAE01"),
    )
    hub.receive([hub.says(hub.other_hospital, an_attendance(site="RR801", days_ago=30))])
    check = Check(surroundings(hub))
    assert [one.site_code for one in check(CLINICIAN, question).presentations] == [OdsCode("RR801")]
    tell(hub, an_incident(child=a_child(local_id="N1003", postcode=None), shielded=True))
    assert [one.site_code for one in check(CLINICIAN, question).presentations] == [None]


def test_an_alert_goes_to_the_home_told_last_in_whatever_units_agencies_count(hub):
    """A hospital's visit of January counts in nanoseconds, the force's word of now in millis."""
    january, now = 1_767_950_000, int(NOW.timestamp())
    before = an_attendance(child=a_child(), days_ago=300, revision=january * 10**9)
    moved = a_child(local_id="N7", postcode=Postcode.parse("LS1 1AA"))
    hub.receive([hub.says(hub.hospital, before)])
    hub.receive([hub.says(hub.force, an_incident(child=moved, revision=now * 1000))])
    assert hub.rows("SELECT DISTINCT owner FROM alert WHERE rule = 'domestic_abuse_incident'") == [
        (LEEDS,)
    ]
