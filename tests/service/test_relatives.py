"""Children related by a shared incident or a shared home, over a real PostgreSQL."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hub.adapters.store.questions import PostgresQuestions
from hub.core.disclosure import Role
from hub.core.disclosure_related import RelationReason
from hub.core.event import EventKind, EventState, Handling
from hub.core.household import HOUSEHOLD_CHILDREN_MAX
from hub.core.identifiers import GssCode, NhsNumber, Postcode
from hub.service.asker import Asker, Surroundings
from hub.service.relatives import Relatives
from tests.service.laboratory import (
    BRADFORD,
    LEEDS,
    NOW,
    a_child,
    a_plan,
    an_attendance,
    shuffled,
)
from tests.service.test_incidents import an_incident

pytestmark = pytest.mark.stack

IDS = itertools.count(1)
HOME, INCIDENT = RelationReason.SAME_HOME, RelationReason.SAME_INCIDENT
PARK_ROAD = ("10 Park Road", "Bradford")
MIRA = a_child(address_lines=PARK_ROAD)
SAM = a_child(1, given_names=("Sam",), birth_date=date(2018, 2, 3), address_lines=PARK_ROAD)
REVISION = itertools.count(10)


def duty(authority=BRADFORD):
    return Asker(
        user_id="duty",
        role=Role.DUTY_WORKER,
        organisation=authority,
        authority=GssCode(authority),
    )


@pytest.fixture
def related(laboratory):
    """Asks who is related to Mira, about whom Bradford has an alert."""
    around = Surroundings(
        questions=PostgresQuestions(
            laboratory.store, laboratory.keys.sealer, laboratory.keys.identity
        ),
        policies=laboratory.policies,
        places=laboratory.places,
        clock=laboratory.clock,
        new_id=lambda: uuid.UUID(int=next(IDS)),
    )
    plan = a_plan(child=replace(MIRA, local_id="C1"))
    laboratory.receive(
        [
            laboratory.says(laboratory.council, plan),
            laboratory.says(laboratory.hospital, an_attendance(child=MIRA)),
        ]
    )

    alert = laboratory.one("SELECT alert_id FROM alert WHERE rule = 'plan_match'")

    def ask(asker=None):
        return Relatives(around).of_alert(asker or duty(), alert)

    return ask


def reasons(told):
    return {one.name: [relation.reason for relation in one.relations] for one in told.children}


def hear(laboratory, agency, *events, **report):
    laboratory.receive([laboratory.says(agency, *events, **report)])


def sams_visit(child=SAM, name="V7", **more):
    return an_attendance(name, child=child, days_ago=3, site="RR801", **more)


def listed(child, name="O1", **more):
    """The incident as the force tells it of one child."""
    known = replace(child, local_id=f"N-{child.local_id}", address_lines=None)
    return an_incident(name, child=known, days_ago=9, **more)


def test_children_of_one_address_are_related_since_the_hub_knows_of_both(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit())
    told = related()
    assert reasons(told) == {"Sam Ashworth": [HOME]}
    (sam,) = told.children
    assert sam.relations[0].at > datetime(2026, 1, 1, tzinfo=UTC)
    assert (sam.concerned, sam.plans, sam.alerts) == (True, frozenset(), 0)


def test_a_brother_who_moved_after_a_visit_is_shown_at_the_home_he_left_no_more(
    laboratory, related
):
    """Hospitals count in nanoseconds and councils in milliseconds: the later word is the later."""
    january, november = 1_767_950_000, 1_793_450_000
    hear(laboratory, laboratory.other_hospital, sams_visit(revision=january * 10**9))
    assert reasons(related()) == {"Sam Ashworth": [HOME]}
    moved = replace(SAM, local_id="C7", postcode=Postcode.parse("LS1 1AA"))
    moved = replace(moved, address_lines=("3 Mill Lane",))
    plan = a_plan("P7", child=moved)
    hear(laboratory, laboratory.council, replace(plan, revision=november * 1000))
    assert reasons(related()) == {}


def test_one_number_in_two_streets_of_a_postcode_relates_nobody(laboratory, related):
    neighbour = replace(SAM, address_lines=("10 Mill Lane", "Bradford"))
    hear(laboratory, laboratory.other_hospital, sams_visit(neighbour))
    assert reasons(related()) == {}


def test_a_number_told_without_its_street_relates_as_before(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit(replace(SAM, address_lines=("10",))))
    assert reasons(related()) == {"Sam Ashworth": [HOME]}


def test_children_whom_a_force_lists_in_one_occurrence_are_related(laboratory, related):
    elsewhere = replace(SAM, address_lines=None)
    hear(laboratory, laboratory.force, listed(MIRA), listed(elsewhere))
    told = related()
    assert reasons(told) == {"Sam Ashworth": [INCIDENT]}
    assert told.children[0].relations[0].at == NOW - timedelta(days=9)


def test_two_occurrences_of_one_night_relate_nobody(laboratory, related):
    elsewhere = replace(SAM, address_lines=None)
    hear(laboratory, laboratory.force, listed(MIRA), listed(elsewhere, "O2"))
    assert reasons(related()) == {}


@pytest.mark.parametrize("ends", ["withdrawn", "corrected"])
def test_a_relation_ends_with_its_incident_and_comes_back_with_it(laboratory, related, ends):
    elsewhere = replace(SAM, address_lines=None)
    first = listed(elsewhere)
    hear(laboratory, laboratory.force, listed(MIRA), first)
    gone = replace(first, revision=2, state=EventState.WITHDRAWN)
    if ends == "corrected":
        other = replace(first.facts, occurrence="O9")
        gone = replace(first, revision=2, state=EventState.CORRECTED, facts=other)
    hear(laboratory, laboratory.force, gone)
    assert reasons(related()) == {}
    hear(laboratory, laboratory.force, replace(first, revision=3, state=EventState.REPORTED))
    assert reasons(related()) == {"Sam Ashworth": [INCIDENT]}


def in_tables(laboratory):
    """What the relations come to; since when the hub knows them is the hub's own instant."""
    return (
        laboratory.rows("SELECT record_ref, place, address, revision FROM home ORDER BY 1"),
        laboratory.rows(
            "SELECT fact_key, record_ref, agency, occurrence, began_at, ended_at IS NULL"
            " FROM shared_incident ORDER BY 1"
        ),
        laboratory.rows("SELECT address FROM withheld_address ORDER BY 1"),
    )


def test_a_home_is_known_since_the_hub_heard_of_it_by_its_own_clock(laboratory):
    since = "SELECT since FROM home JOIN record USING (record_ref) WHERE agency = 'RR8'"
    at, told = laboratory.clock.instant, sams_visit()
    later = at + timedelta(days=3)
    hear(laboratory, laboratory.other_hospital, told)
    laboratory.clock.instant = later
    hear(laboratory, laboratory.other_hospital, replace(told, source_key="V2", revision=7))
    assert laboratory.rows(since) == [(at,)], "it was told there before"
    moved = replace(SAM, postcode=Postcode.parse("BD9 6RJ"), address_lines=("3 High Street",))
    hear(laboratory, laboratory.other_hospital, sams_visit(moved, "V8", revision=9))
    assert laboratory.rows(since) == [(later,)]


def a_family_told(laboratory):
    moved = replace(SAM, postcode=Postcode.parse("BD9 6RJ"), address_lines=("3 High Street",))
    first = listed(SAM)
    events = [
        (laboratory.other_hospital, sams_visit()),
        (laboratory.other_hospital, sams_visit(moved, "V8", revision=5)),
        (laboratory.force, listed(MIRA)),
        (laboratory.force, first),
        (laboratory.force, replace(first, revision=2, state=EventState.WITHDRAWN)),
        (laboratory.force, listed(MIRA, "O2")),
        (laboratory.force, listed(SAM, "O2")),
    ]
    return [(agency, agency.report(event)) for agency, event in events]


def test_relations_do_not_depend_on_order_and_a_redelivery_changes_nothing(laboratory, related):
    told = [laboratory.raw(agency, value) for agency, value in a_family_told(laboratory)]
    for raw in told:
        laboratory.receive([raw])
    expected, before = in_tables(laboratory), laboratory.rows("SELECT * FROM home ORDER BY 1")
    assert reasons(related()) == {"Sam Ashworth": [INCIDENT]}
    assert [stands for *_, stands in expected[1]].count(False) == 1
    for seed in range(3):
        for raw in shuffled(told, seed):
            laboratory.receive([replace(raw, offset=raw.offset + 1000 * (seed + 1))])
    assert in_tables(laboratory) == expected
    assert laboratory.rows("SELECT * FROM home ORDER BY 1") == before


@pytest.mark.parametrize("seed", range(4))
def test_relations_are_the_same_in_any_order(laboratory, related, seed):
    sealed = a_family_told(laboratory)
    for agency, value in shuffled(sealed, seed):
        laboratory.receive([laboratory.raw(agency, value)])
    assert reasons(related()) == {"Sam Ashworth": [INCIDENT]}
    standing = laboratory.one("SELECT count(*) FROM shared_incident WHERE ended_at IS NULL")
    assert standing == 3


def test_who_has_moved_away_is_no_longer_of_the_home(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit())
    moved = replace(SAM, postcode=Postcode.parse("BD9 6RJ"), address_lines=("3 High Street",))
    hear(laboratory, laboratory.other_hospital, sams_visit(moved, "V8", revision=5))
    assert reasons(related()) == {}


def test_a_move_that_another_agency_tells_later_counts_too(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit())
    moved = replace(SAM, local_id="H7", postcode=Postcode.parse("BD9 6RJ"), address_lines=None)
    hear(laboratory, laboratory.hospital, an_attendance("V9", child=moved, revision=5))
    assert reasons(related()) == {}


def test_a_postcode_alone_makes_no_home(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit(replace(SAM, address_lines=None)))
    assert reasons(related()) == {}


@pytest.mark.parametrize("by", ["home", "incident"])
def test_a_shielded_child_is_related_to_nobody(laboratory, related, by):
    if by == "home":
        hear(laboratory, laboratory.other_hospital, sams_visit(shielded=True))
    else:
        hidden = replace(SAM, address_lines=None, postcode=None)
        hear(laboratory, laboratory.force, listed(MIRA), listed(hidden, shielded=True))
    told = related()
    assert (told.children, told.too_many) == ((), False)


def test_a_child_that_is_itself_shielded_has_no_list(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit())
    hear(laboratory, laboratory.hospital, an_attendance("V2", child=MIRA, shielded=True))
    assert related() is None


def test_an_address_that_a_shielded_child_has_had_never_makes_a_household(laboratory, related):
    """Such as a refuge: the family that fled moves on, and those who come after are strangers."""
    fled = a_child(2, given_names=("Ada",), birth_date=date(2020, 1, 1), address_lines=PARK_ROAD)
    hear(laboratory, laboratory.other_hospital, sams_visit(fled, "V4", shielded=True))
    gone = replace(fled, postcode=Postcode.parse("BD9 6RJ"), address_lines=("3 High Street",))
    hear(laboratory, laboratory.other_hospital, sams_visit(gone, "V5", revision=5))
    hear(laboratory, laboratory.other_hospital, sams_visit())
    told = related()
    assert (told.children, told.too_many) == ((), False)


@pytest.mark.parametrize("at_once", [True, False])
def test_an_address_told_late_with_shielding_is_withheld_though_a_newer_one_is_known(
    laboratory, related, at_once
):
    fled = a_child(2, given_names=("Ada",), birth_date=date(2020, 1, 1), address_lines=PARK_ROAD)
    gone = replace(fled, postcode=Postcode.parse("BD9 6RJ"), address_lines=("3 High Street",))
    told = [sams_visit(gone, "V5", revision=5), sams_visit(fled, "V4", shielded=True)]
    for some in [told] if at_once else [[one] for one in told]:
        hear(laboratory, laboratory.other_hospital, *some)
    hear(laboratory, laboratory.other_hospital, sams_visit())
    assert related().children == ()


def many(count):
    """Children of one address, of several families."""
    return [
        a_child(
            local_id=f"M{number}",
            nhs_number=NhsNumber.parse(_number(number), test_numbers=True),
            family_name=f"Family{number}",
            given_names=(f"Child{number}",),
            birth_date=date(2015, 1, 1) + timedelta(days=40 * number),
            address_lines=PARK_ROAD,
        )
        for number in range(count)
    ]


def _number(number):
    body = f"99901{number:04d}"
    check = (11 - sum((10 - i) * int(digit) for i, digit in enumerate(body)) % 11) % 11
    return f"{body}{check}" if check < 10 else _number(number + 500)


@pytest.mark.parametrize(
    ("others", "shown"), [(HOUSEHOLD_CHILDREN_MAX - 1, True), (HOUSEHOLD_CHILDREN_MAX, False)]
)
def test_more_children_than_a_household_has_relate_nobody_and_it_is_said(
    laboratory, related, others, shown
):
    visits = [sams_visit(child, f"W{child.local_id}") for child in many(others)]
    hear(laboratory, laboratory.other_hospital, *visits)
    told = related()
    assert len(told.children) == (others if shown else 0)
    assert told.too_many is not shown
    if not shown:
        outcome = laboratory.one("SELECT outcome FROM audit_leaf WHERE action = 'related children'")
        assert outcome.endswith(": 0 children, address too large")


def test_a_record_that_may_be_the_child_itself_is_no_brother(laboratory, related):
    likeness = replace(MIRA, local_id="N77", nhs_number=None, given_names=("Oriel",))
    hear(laboratory, laboratory.force, an_incident("O5", child=likeness, days_ago=9))
    assert laboratory.one("SELECT count(*) FROM link WHERE verdict = 'possible'") == 1
    assert reasons(related()) == {}


def test_how_a_brother_stands_is_told(laboratory, related):
    plan = a_plan("P7", child=replace(SAM, local_id="C7"))
    hear(laboratory, laboratory.council, plan)
    hear(laboratory, laboratory.hospital, sams_visit(name="V7"))
    (sam,) = related().children
    assert sam.plans == {EventKind.CHILD_PROTECTION_PLAN}
    assert sam.alerts == 1


def test_an_incident_that_may_not_be_shown_yet_relates_nobody_yet(laboratory, related):
    later = Handling(not_before=NOW + timedelta(hours=2))
    elsewhere = replace(SAM, address_lines=None)
    hear(laboratory, laboratory.force, listed(MIRA), listed(elsewhere, handling=later))
    assert reasons(related()) == {}
    laboratory.clock.instant = NOW + timedelta(hours=3)
    assert reasons(related()) == {"Sam Ashworth": [INCIDENT]}


def test_each_child_that_is_shown_is_named_in_the_audit(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit())
    told = related()
    ((subjects, outcome),) = laboratory.rows(
        "SELECT subjects, outcome FROM audit_leaf WHERE action = 'related children'"
    )
    assert {bytes(one) for one in subjects} > {told.children[0].child_ref}
    assert len(subjects) == 2
    assert outcome.endswith(": 1 children")


def test_another_authority_is_told_of_nobody(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit())
    assert related(duty(LEEDS)) is None


def test_no_address_stands_in_clear(laboratory, related):
    hear(laboratory, laboratory.other_hospital, sams_visit())
    rows = laboratory.rows("SELECT home::text FROM home")
    assert len(rows) == 3
    for (row,) in rows:
        assert "park" not in row.lower()
        assert "BD1" not in row
    assert related().children
